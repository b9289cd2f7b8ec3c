"""What does Telegram show about the bot: the menu of commands and the lines on its page?"""

from collections.abc import Mapping

from nudger.render.texts.mark import N_

COMMANDS: Mapping[str, str] = {
    "next": N_("What comes, and when"),
    "challenge": N_("A step now"),
    "apart": N_("Log a time apart"),
    "reflect": N_("Look back at a time apart"),
    "kind": N_("A kind word"),
    "calm": N_("Something against the alarm"),
    "ladder": N_("Your steps, easiest first"),
    "evidence": N_("What you feared, and what happened"),
    "why": N_("Why I chose what I chose"),
    "quiet": N_("Hours in which nothing arrives"),
    "pause": N_("Silence until a moment you say"),
    "resume": N_("End a pause, take up steps again"),
    "settings": N_("Your rules"),
    "helpnow": N_("In danger or crisis: people to call"),
    "help": N_("What I understand"),
    "privacy": N_("What I store, who could read it"),
    "export": N_("Send me everything you store"),
    "forget": N_("Erase me"),
    "start": N_("Begin, or see where we are"),
}
DESCRIPTION = N_(
    "Practise being apart without the alarm going off: small steps, a question after each time"
    " apart, a kind word. Your answers set the pace.\n\nSelf-help, not therapy, not an emergency"
    " service. For adults."
)
SHORT_DESCRIPTION = N_("Practise being apart, in small steps, at your own pace. Self-help.")
