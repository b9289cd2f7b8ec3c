"""What does nudger say, screen by screen?"""

from collections.abc import Mapping

from nudger.render.texts.mark import N_, NP_, Plural

JOINING = {
    "onboarding.hello": N_(
        "Hi, I'm nudger. I help you practise being apart without the alarm going off: small"
        " steps, at your pace. Self-help, not therapy.\n\n"
        "No person reads along. Telegram carries your words, and whoever runs this bot could"
        " technically read them; they are stored encrypted. /privacy says more, /forget erases"
        " what I store. In danger or crisis: /helpnow."
    ),
    "onboarding.younger": N_(
        "Thank you for saying so. nudger is made for adults, so I stop here. If things are heavy"
        " right now, /helpnow lists people you can talk to; many are there for young people too."
    ),
    "onboarding.about": N_("Who is it mostly about?"),
    "onboarding.loss": N_("Is there a recent break-up or a loss behind it?"),
    "onboarding.afraid": N_(
        "Is there someone in this you're afraid of being hurt or controlled by? Practising distance"
        " or patience would be wrong there."
    ),
    "onboarding.style": N_("Which sounds most like you?"),
    "onboarding.place": N_(
        "So that I never write at night: where are you? Share your place with the button below,"
        " or type a city. I keep only the time zone."
    ),
    "onboarding.quiet": N_("Quiet hours are when I don't write. {nights:nights} Right for you?"),
    "onboarding.time": N_("When is a good time for one small thing a day?"),
    "onboarding.rate": N_(
        "Last thing, {of} quick ones, so that the first steps fit. How hard would this be today?"
        " 0 easy, 10 unbearable.\n\n"
        "<i>{rung:sentence}</i>"
    ),
    "onboarding.rate_next": N_(
        "{n} of {of}. How hard would this be today?\n\n<i>{rung:sentence}</i>"
    ),
    "onboarding.joined": N_(
        "That's all I need. Your ladder is ready, /ladder shows it. I'll write about once a day,"
        " {time:time_of_day}, now and then with a kind word as well. /next always says when."
    ),
    "onboarding.joined_first": N_("Something small right now?"),
    # Whoever reads the chat over a shoulder must not learn from it what was answered.
    "onboarding.joined_afraid": N_(
        "That's all I need. There are no steps for you now, only a kind word a day. /calm works at"
        " any hour, and /helpnow lists people who listen, whatever it is about. If things change,"
        " /settings is where to say so."
    ),
    "onboarding.joined_loss": N_(
        "Kindness first. For two weeks there are no steps, only a kind word a day; /calm is there"
        " at any hour. After that we start small."
    ),
    "start.again": N_("Good to see you."),
    "start.first": N_(
        "Let's finish these few questions first. /calm, /help and /helpnow work already."
    ),
    "start.unknown": N_("I have nothing stored about you. /start begins; it takes two minutes."),
    "whereabouts.clock": N_("{zone}: it's {clock:clock} there now."),
    "whereabouts.which": N_("Which one is yours?"),
    "whereabouts.left": N_("Your time zone stays as it is."),
    "whereabouts.not_found": N_(
        "I don't know that place. A bigger city nearby works, like Berlin or São Paulo; or type"
        " what your clock shows, like 19:30."
    ),
    "whereabouts.no_zone_there": N_(
        "I found no time zone there. Type a city instead, like Lisbon."
    ),
}

ATTEMPT = {
    "attempt.two": N_("Two to choose from:\n\nA · {a}\nB · {b}"),
    "attempt.one": N_("{text}"),
    "attempt.gone": N_("That step isn't there any more. /challenge finds another."),
    "attempt.no": N_("Fine. What fits?"),
    "attempt.when": N_("When is better?"),
    "attempt.which": N_("Which one shall I leave out?\n\nA · {a}\nB · {b}"),
    "attempt.no_too_hard": N_("Good to know. I'll look for something smaller."),
    "attempt.no_just_no": N_("That's a good answer too. Nothing more is needed today."),
    "attempt.no_bad_time": N_("Not today, then. Everything else stays as it is."),
    "attempt.no_other_time": N_("From now on {time:time_of_day}. /next says when."),
    "attempt.no_not_for_me": N_("Left out for good, and your ladder goes on."),
    "attempt.rests": N_("Steps rest at the moment. /resume takes them up again."),
    "attempt.one_at_a_time": N_("One is running already. One at a time."),
    "attempt.running_one": N_("One is running already. How is it going?"),
    "attempt.fear": N_("{text}\n\nWhat does the alarm say will happen?"),
    "attempt.ready_timed": N_(
        "{text}\n\nUntil {until:clock}. {meanwhile}\n\nPut the phone away; I'll be here after."
    ),
    "attempt.ready": N_("{text}\n\n{meanwhile}\n\nTell me when it's done; I'm in no hurry."),
    "attempt.late": N_(
        "That ends at {until:clock}, in your quiet hours. When shall I ask how it went?"
    ),
    "attempt.nothing_shorter": N_(
        "Nothing shorter fits before your quiet hours. Another day, then."
    ),
    "attempt.not_now": N_("Not now is fine. /challenge brings it back when you want."),
    "attempt.running_timed": N_("Running until {until:clock}."),
    "attempt.running": N_("It's yours now. Come back whenever it's done, or isn't."),
    "attempt.stopped_here": N_("Stopped, and you told me. That is worth knowing, too."),
    "attempt.how": N_("How did it go?"),
    "attempt.other": N_("What happened? Tap, or write a line."),
    "attempt.none.one_a_day": N_(
        "One step a day is enough: what you learn settles overnight. /calm and /kind are there."
    ),
    "attempt.none.coherence": N_(
        "The last one was hard, so now is for something kind: /kind. Steps go on after that."
    ),
    "attempt.none.no_rung_fits": N_("No step fits today. /kind has something for now."),
    "attempt.none.no_ladder": N_(
        "There are no steps left on your ladder. In /settings, “What I practise” brings others."
    ),
    "attempt.none.stopped": N_("Steps rest at the moment. /resume takes them up again."),
    "barred.afraid": N_(
        "There are no steps for you now, because of something you told me. /kind and /calm are"
        " there, and /helpnow lists people who listen, whatever it is about. If things change, say"
        " so in /settings, “About me”."
    ),
    "barred.unasked": N_(
        "Before there are steps, two questions need an answer: /settings, “About me”. /kind and"
        " /calm are there meanwhile."
    ),
    "barred.loss": N_(
        "After a loss there are no steps for two weeks. /kind and /calm are there at any hour."
    ),
    "barred.not_adult": N_("nudger's steps are for adults."),
    "asking.fear_words": N_("Say it in your own words. I show them only when you look back."),
    "asking.likely": N_("How sure is the alarm about that?"),
    "asking.expected": N_("How bad will it get? 0 calm, 10 unbearable."),
    "asking.peak": N_("Worst moment? 0 calm, 10 unbearable."),
    "asking.came_true": N_("Did what you feared happen?"),
    "asking.fear_gone": N_("what you said then"),
    "asking.own_came_true": N_("You feared: “{fear}”. Did it happen?"),
    "asking.feared": N_("Feared: {fear}. Happened: {came}."),
    "asking.feared_likely": N_("Feared: {fear}, {likely} %. Happened: {came}."),
    "asking.expected_and_worst": N_("Expected {expected}, the worst was {peak}."),
    "asking.worst": N_("The worst moment was {peak}."),
    "asking.found": N_("{found:run_on}"),
    "asking.kept": N_("I'll keep that for you: /evidence."),
    "asking.line": N_("Write it as it comes."),
    "asking.line_kept": N_("Added."),
    "asking.done": N_("Kept."),
    "stopped.nine": N_(
        "That was a lot, and you told me. I'm stopping the steps now; you'll get something kind"
        " tomorrow, and steps only when you say so, smaller ones."
    ),
    "stopped.two_eights": N_(
        "Two hard ones within a week. I'm stopping the steps now, so that this can settle; you'll"
        " get something kind, and steps only when you say so, smaller ones."
    ),
    "stopped.fear_twice": N_(
        "What you feared happened twice this week. That deserves a look of its own, maybe with"
        " someone you trust, so I'm stopping the steps. They come back when you say so."
    ),
    "stopped.unsafe": N_(
        "You said it didn't feel safe, so there are no more steps from me. /helpnow has people who"
        " know about this and believe you. If you are afraid of someone, tell me in /settings,"
        " About me."
    ),
    "stopped.ok_unasked": N_("Rest now. Steps come back only when you say so: /resume."),
    "stopped.ok": N_("Rest now. I'll ask once, in two days, whether small steps are welcome."),
    "steps_again.ask": N_("Steps again, small?"),
    "steps_again.yes": N_("Small ones, then. /next says when the first comes."),
    "steps_again.not_yet": N_(
        "Not yet is fine, and I won't ask again. /resume is there when you want."
    ),
}

SEPARATION = {
    "separation.until": N_(
        "How long are you apart? Tap, or type it: <i>until sunday 18:00</i>, <i>2h30</i>,"
        " <i>yesterday evening</i>."
    ),
    "separation.until_unclear": N_("I didn't get that time."),
    "separation.past_unclear": N_(
        "I didn't get when that was, so I take it as just now. <i>yesterday evening</i> would work."
    ),
    "separation.fear_any": N_(
        "Noted until {until:when}, and I'm quiet about it till then. Is there a fear?"
    ),
    "separation.fear": N_("What does the alarm say will happen?"),
    "separation.noted": N_("Kept. {ask_at:about:capital}, I'll ask how it went."),
    "separation.noted_open": N_("Kept. /reflect whenever you want to look back."),
    "separation.will_ask": N_("Fine. I'll ask {ask_at:about}."),
    "separation.taken_back": N_("Taken back; I won't ask about it."),
    "separation.ready": N_("Ready to look back at the time apart?"),
    "separation.which": N_("The time apart that ended {until:day}."),
    "separation.no_need": N_("No need, then. I won't ask again."),
    "separation.feared": N_("You feared: {fear}."),
    "separation.feared_likely": N_("You feared: {fear}, {likely} %."),
    "separation.peak": N_("The worst moment of it? 0 calm, 10 unbearable."),
    "separation.helped": N_("What helped? Tap, or write it."),
}

TIMES = {
    "quiet.show": N_(
        "In quiet hours I answer, but I never begin. {nights:nights}\n\n"
        "Tap, or type them: <i>22-8</i>, <i>weekends 23-9</i>, <i>off</i>."
    ),
    "quiet.type": N_(
        "Tap, or type them: <i>22-8</i>, <i>10pm to 7am</i>, <i>weekdays 22:30-07:00</i>."
    ),
    "quiet.confirm": N_("{nights:nights} Right?"),
    "quiet.done": N_("Set. {nights:nights}"),
    "quiet.left": N_("{nights:nights}"),
    "quiet.unclear": N_("I didn't get those hours."),
    "quiet.too_little_open": N_(
        "That leaves me only {open:span} on some days. I need three open hours a day to find a"
        " good moment; /pause keeps me silent altogether."
    ),
    "quiet.nothing_open": N_(
        "That leaves me no open hour on some days. I need three a day to find a good moment;"
        " /pause keeps me silent altogether."
    ),
    "pause.ask": N_(
        "For how long shall I be silent? Tap, or type it: <i>3 days</i>, <i>until sunday 18:00</i>."
    ),
    "pause.until": N_("Silent until {until:when}. It ends by itself."),
    "pause.open": N_("Silent until you say so: /resume."),
    "pause.unclear": N_("I didn't get how long."),
    "pause.over": N_("The pause is over. /next says what comes."),
    "pause.none": N_("Nothing is paused. /next says what comes."),
    "pause.undone": N_("Undone."),
    "pause.left": N_("Everything stays as it is."),
    "coming.next": N_("{at:about:capital}: {what}."),
    "coming.next_also": N_("{at:about:capital}: {what}.\n\n{also:lines}"),
    "coming.also": N_("{at:about:capital}: {what}."),
    "coming.nothing": N_("Nothing is planned at the moment."),
    "writing_less.ask_at": N_("I'll write less so I'm not in your way: next {at:about}."),
    "writing_less.ask": N_("I'll write less so I'm not in your way."),
    "writing_less.farewell": N_(
        "It has been quiet for two months, so I stop writing here. Everything of yours stays as"
        " it is. Any word from you begins again, and /forget erases it all."
    ),
    "writing_less.again": N_("Good to hear from you. /next says what comes."),
    "writing_less.fine": N_("Good. I'm here in between, too."),
    "writing_less.daily": N_("Once a day, then."),
}

LANES = {
    "lane.challenge": N_("a step"),
    "lane.kindness": N_("a kind word"),
    "lane.insight": N_("a thought"),
    "lane.review": N_("the week on one screen"),
    "lane.attempt_end": N_("a question about your step"),
    "lane.reflection": N_("a look back at your time apart"),
    "lane.steps_again": N_("a question about small steps"),
    "lane.farewell": N_("a farewell"),
    "lane.writing_less": N_("a word about writing less"),
    "came_true.no": N_("no"),
    "came_true.a_little": N_("a little"),
    "came_true.yes": N_("yes"),
    "came_true.unknown": N_("can't tell yet"),
    "on": N_("on"),
    "off": N_("off"),
}

SETTINGS = {
    "settings.menu": N_(
        "Where: {zone}\nQuiet: {nights:nights}\nTime of day: {time}\nAt most {cap} a day\n"
        "Steps: {steps} · Kind words: {kindness}"
    ),
    "settings.closed": N_("Kept as it is now."),
    "settings.one_stays": N_("One of them has to stay."),
    "settings.kept": N_("Kept."),
    "settings.zone": N_(
        "You are in {zone}. To change it, share your place with the button below, or type a city."
        " /settings leads back."
    ),
    "settings.planned_anew": N_("Everything is planned again for that clock; /next shows it."),
    "settings.time": N_("The daily one comes at this time: {time}."),
    "settings.days": N_("On which days should nothing come? I still answer when you write."),
    "settings.kinds": N_("What would you like to get?"),
    "settings.cap": N_("How many messages a day, at most? Answers to you don't count."),
    "settings.families": N_("Your ladder is made of two of these. A tap takes one in or out."),
    "settings.language": N_("Which language?"),
    "settings.sound": N_("Should messages arrive without a sound?"),
    "settings.about": N_("What has changed?"),
    "settings.steps_on": N_("Steps are on again, small ones first."),
    "settings.steps_off": N_("Steps rest until you switch them on. Kind words go on."),
    "settings.steps_open": N_("Kept. That opens the way to steps again; they begin small."),
}

REST: Mapping[str, str | Plural] = {
    "prompt.gone": N_("That text isn't there any more."),
    "note.kept": N_("I kept that as a note."),
    "note.kept_and_back": N_("I kept that as a note. We were here:"),
    "old.gone": N_("That button is from {day:day}, and it is settled. /next says what comes."),
    "old.lost": N_("That button no longer works. /next says what comes."),
    "old.lost_here": N_("That button no longer works. Here is where we are:"),
    "old.here": N_("That button is from {day:day}. Here is where we are:"),
    "command.unknown": N_("I don't know /{name}. /help lists what I understand."),
    "command.unknown_near": N_("I don't know /{name}. Did you mean /{near}? /help lists them all."),
    "group": N_("I only work in a private chat, where nobody reads along."),
    "sorry": N_("Something went wrong on my side. It is noted, and I try again by myself."),
    "aside.sticker": N_(
        "I can't read stickers, but I'm glad you're here. Want to log a time apart?"
    ),
    "aside.voice": N_(
        "I can't listen to voice messages, and I keep none. Want to log a time apart?"
    ),
    "aside.picture": N_("I can't see pictures, and I keep none. Want to log a time apart?"),
    "aside.file": N_("I can't open files, and I keep none. Want to log a time apart?"),
    "aside.other": N_("I can't read that, but I'm glad you're here. Want to log a time apart?"),
    "aside.joining_sticker": N_(
        "I can't read stickers, but I'm glad you're here. A tap is enough here:"
    ),
    "aside.joining_voice": N_(
        "I can't listen to voice messages, and I keep none. A tap is enough here:"
    ),
    "aside.joining_picture": N_("I can't see pictures, and I keep none. A tap is enough here:"),
    "aside.joining_file": N_("I can't open files, and I keep none. A tap is enough here:"),
    "aside.joining_other": N_("I can't read that, but I'm glad you're here. A tap is enough here:"),
    "aside.fine": N_("All right."),
    "place.unasked": N_("I keep no places. To change your time zone: /settings, then Where I am."),
    "help": N_(
        "<b>Any time</b>\n"
        "/next what comes, and when\n"
        "/challenge a step now\n"
        "/apart log a time apart\n"
        "/reflect look back at one\n"
        "/kind a kind word\n"
        "/calm something against the alarm\n\n"
        "<b>Your own</b>\n"
        "/ladder your steps\n"
        "/evidence what you feared, and what happened\n"
        "/why the reason for my last choice\n\n"
        "<b>Your rules</b>\n"
        "/quiet /pause /resume /settings\n"
        "/privacy /export /forget\n\n"
        "In danger or crisis: /helpnow. You can also just write; I keep it as a note."
    ),
    "privacy": N_(
        "<b>What I store:</b> your answers, your words, your settings and your time zone, never"
        " your place. Your words and what reveals you are encrypted with a key of your own.\n\n"
        "<b>Who could read it:</b> Telegram carries every message and keeps this chat. Whoever"
        " runs this bot holds the main key, so could technically read along; nobody needs to.\n\n"
        "<b>Your rights:</b> /export sends you everything. /forget erases it at once, with your"
        " key; only backups made before may still hold a sealed copy.\n\n"
        "No message I send unasked shows your own words."
    ),
    "export.ask": N_(
        "I'll send everything I store about you into this chat, as two files. The chat keeps"
        " them, also on your other devices, until you delete them there."
    ),
    "export.sent": N_("Here it is: one file to read, one for machines."),
    "export.left": N_("Nothing was sent."),
    "forget.ask": N_(
        "This erases your answers, words, settings and your key. Nobody can bring them back, not"
        " even I. Telegram keeps this chat until you delete it."
    ),
    "forget.sure": N_("Last question: erase it all?"),
    "forget.kept": N_("Everything stays."),
    "forget.done": N_(
        "It's gone. What is left is this chat, which only you can delete. I wish you well. /start"
        " would begin anew."
    ),
    "ladder.show": N_("Your ladder, easiest first:\n\n{rungs:lines}"),
    "ladder.rung": N_("– {rung}"),
    "ladder.rung_rated": N_("– {rung} · you said {rating}"),
    "ladder.rung_done": N_("✓ {rung}"),
    "ladder.rung_done_rated": N_("✓ {rung} · you said {rating}"),
    "ladder.none": N_(
        "There is no ladder for you right now. In /settings, “What I practise” makes one."
    ),
    "evidence.none": N_(
        "Nothing yet. After a step or a time apart you find here what you feared, and what"
        " happened."
    ),
    "evidence.show": N_("{summary:run_on}\n\n{found:paragraphs}"),
    "evidence.one_fear_no": N_("One fear, and it did not come true."),
    "evidence.one_fear_a_little": N_("One fear, and it came true a little."),
    "evidence.one_fear_yes": N_("One fear, and it came true."),
    "evidence.fears": N_("Of {feared} fears, {came} came true."),
    "evidence.fears_little": N_("Of {feared} fears, {came} came true and {a_little} a little."),
    "evidence.tries_alone": NP_("{tries} try so far.", "{tries} tries so far.", by="tries"),
    "evidence.tries": NP_(
        "{tries} try, {waited} waited out.", "{tries} tries, {waited} waited out.", by="tries"
    ),
    "evidence.distress": N_("You expected about {expected:half}, it was {peak:half}."),
    "evidence.line": N_("<b>{at:day:capital}</b>\n{what:run_on}"),
    "helpnow.show": N_(
        "If you are in danger now, call the emergency number first. You don't have to explain"
        " much; “I need help” is enough.\n\n{lines:paragraphs}\n\nnudger reads nothing in real time"
        " and can't call anyone for you."
    ),
    "helpnow.countries": N_("Which country?"),
    "helpnow.line_call": N_("<b>{name}</b>\ncall {value}{hours:after}"),
    "helpnow.line_text": N_("<b>{name}</b>\ntext {value}{hours:after}"),
    "helpnow.line_chat": N_("<b>{name}</b>\nchat {value}{hours:after}"),
    "helpnow.line_web": N_("<b>{name}</b>\n{value}{hours:after}"),
    "helpnow.line_call_or_text": N_("<b>{name}</b>\ncall or text {value}{hours:after}"),
}
