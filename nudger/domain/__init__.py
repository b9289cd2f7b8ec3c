"""What does nudger decide? Pure values and functions: no input or output, no clock, no framework.

One word, one meaning, everywhere: code, tables, logs, tests, prompt files.

person        someone who agreed to be nudged
chat, message Telegram's ids for where, and for which sent text
prompt        one text with its meta data from prompts/
challenge     a prompt that asks for graded practice, on a rung
rung, ladder  a rung names one practice with its difficulty; a ladder is a person's rungs in order
family        rungs of one theme: texting gap, checking, reassurance delay, ...
attempt       one go at a rung, from yes to outcome (never a try at sending)
separation    a time apart from a person who matters, logged or arising from an attempt
prediction    the fear, its likelihood (0-100 %) and expected distress (0-10), said before
reflection    the questions after a separation: what happened, peak distress, what was learned
evidence      predictions beside outcomes, over time
kindness      a self-compassion nudge
lane          one stream of nudges to one person: challenge, kindness, insight, review, follow-up
nudge         one prompt planned for one person at one moment: an intention with its reason
message out   one call to Telegram that was decided on, for a nudge or as an answer
plan          decide the next nudge of a lane, with its reason, and write it down
due_at        from when a nudge may leave
useful_until  when it has lost its use
quiet hours   local hours in which nothing unasked arrives
rest          least time between two unasked messages, whatever the lanes
pace, pacing  where a person stands; the rule that makes a new pace from what they said
claim         take a due nudge for this process alone
deliver       the flow around a claimed nudge; send is one call to Telegram
delivery      what came of a send: delivered, refused, unknown
reply         what came from the phone, as it came
outcome       what a reply, or silence, means to pacing
dialogue      one conversation with a beginning and an end, as a value: onboarding, attempt, ...
screen        what a message shows, before there are words: a key, values, choices
moment        an aware UTC datetime, named ..._at; a person's clock is `local`: shown, never compared

Imports point one way:

    cli -> app -> loops -> telegram | demo | metronome -> flows -> render
        -> store | library | places -> domain
"""
