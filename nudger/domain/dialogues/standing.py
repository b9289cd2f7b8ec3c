"""How long does a question stand, and whose question do words answer?"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from nudger.domain.dialogues import attempt
from nudger.domain.dialogues.turn import State
from nudger.domain.planning.last_look import CONVERSATION_IDLE
from nudger.domain.time.local_time import local_date

# The answer to this question, and that it was asked, must not be read in the chat afterwards.
LEAVES_NO_TRACE = frozenset({"afraid", "about_afraid"})
ASKS_PLACE = frozenset({"place", "zone"})  # with a key under the chat, to be taken away again
ALWAYS_LISTENS = "onboarding"
# These take words only while the conversation is under way; later a plain sentence is a note.
BRIEF = frozenset({"pause", "quiet", "settings"})
# Their question stands until it is answered: it is asked again after words that were no answer.
STANDING = frozenset({"attempt", ALWAYS_LISTENS, "separation"})
AWAY_FROM_THE_PHONE = "running"  # the step of an attempt in which nothing is asked
WHERE_WE_ARE = timedelta(days=1)  # so long after its last word a question is still where we are


def asked_again(kind: str, step: str) -> bool:
    """After words that were no answer."""
    return kind in STANDING and step != AWAY_FROM_THE_PHONE


def hears_words(kind: str, *, idle: timedelta, joining: bool) -> bool:
    """Whether a sentence of their own is meant for this question, so long after its last word."""
    if kind == ALWAYS_LISTENS:
        return True
    if joining:
        return False
    if kind in STANDING:
        return idle < WHERE_WE_ARE
    return idle < CONVERSATION_IDLE or kind not in BRIEF


def lapsed(
    kind: str,
    state: State,
    *,
    opened_at: datetime,
    last_word_at: datetime,
    now: datetime,
    zone: ZoneInfo,
) -> bool:
    """Whether a question is over by itself: an offer of steps belongs to its own date."""
    if kind != "attempt" or now - last_word_at < CONVERSATION_IDLE:
        return False
    since: date = local_date(opened_at, zone)
    return attempt.lapsed(state, since=since, today=local_date(now, zone))
