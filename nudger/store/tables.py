"""What is stored, and which states do the tables refuse?

What a person wrote is only in columns of type SealedBytes; what they chose by tap (a rating, a
setting) is plain, except what the profile reveals. All that belongs to a person goes with them
(ON DELETE CASCADE). Ids are texts made by us; ``serial`` numbers say in which order rows came.

A partial index is met only where a statement says its condition in the same words, so conditions
are named here, for both (with a bound parameter in its place SQLite reads the whole table).
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
)

from nudger.domain.nudge import Content, FollowUp, Lane, Reason, State
from nudger.domain.pacing.events import Outcome
from nudger.domain.person import Phase as PersonPhase
from nudger.domain.practice import CameTrue, HowItWent
from nudger.domain.practice import Phase as AttemptPhase
from nudger.store.states import DialogueStatus, OutState, UpdateState
from nudger.store.types import Json, Moment, SealedBytes, Serial, word

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)


def _of_person(*, nullable: bool = False) -> Column[str]:
    return Column("person", ForeignKey("person.id", ondelete="CASCADE"), nullable=nullable)


def _says(name: str, condition: str) -> CheckConstraint:
    return CheckConstraint(condition, name=name)


def _condition(sql: str) -> ColumnElement[bool]:
    # With a type, SQLite would be asked "(...) = 1", and no index would be met.
    return literal_column(sql)


def _partial(
    name: str, *columns: Column[Any], where: ColumnElement[bool], unique: bool = False
) -> None:
    Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


# What holds for the installation as a whole: the wrapped service key (which also proves the master
# key at start), and marks such as the version of the zone data that plans were made with.
service = Table(
    "service",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text),
    Column("sealed", SealedBytes),
    _says("one", "(value IS NULL) <> (sealed IS NULL)"),
)

person = Table(
    "person",
    metadata,
    Column("id", Text, primary_key=True),
    Column("chat", BigInteger, nullable=False, unique=True),
    Column("phase", word(PersonPhase), nullable=False),
    Column("zone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("joined_at", Moment, nullable=False),
    Column("last_word_at", Moment),
    Column("data_key", SealedBytes, nullable=False),  # wrapped by the master key
    Column("profile", SealedBytes, nullable=False),  # JSON: all else that a Person holds
    Column("pace", Text),  # JSON that only pacing understands
)

dialogue = Table(
    "dialogue",
    metadata,
    Column("id", Text, primary_key=True),
    _of_person(),
    Column("kind", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("state", SealedBytes, nullable=False),
    Column("status", word(DialogueStatus), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("last_word_at", Moment, nullable=False),
    Column("message", BigInteger),  # that shows it now
)
OPEN_DIALOGUE = _condition("status = 'open'")
_partial("dialogue_one_open", dialogue.c.person, where=OPEN_DIALOGUE, unique=True)
Index("dialogue_person", dialogue.c.person)


def _foreseen_and_found() -> list[Column[Any] | CheckConstraint]:
    """What attempts and separations share; the fear and all words are in ``words``."""
    return [
        Column("likely", SmallInteger),
        Column("expected", SmallInteger),
        Column("how", word(HowItWent)),
        Column("came_true", word(CameTrue)),
        Column("peak", SmallInteger),
        Column("words", SealedBytes, nullable=False),
        _says("likely", "likely BETWEEN 0 AND 100"),
        _says("expected", "expected BETWEEN 0 AND 10"),
        _says("peak", "peak BETWEEN 0 AND 10"),
    ]


attempt = Table(
    "attempt",
    metadata,
    Column("id", Text, primary_key=True),
    _of_person(),
    Column("rung", Text, nullable=False),
    Column("phase", word(AttemptPhase), nullable=False),
    Column("chosen_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("ends_at", Moment),
    Column("ask_at", Moment),
    Column("over_at", Moment),
    Column("even_in_quiet", Boolean, nullable=False, server_default=false()),
    *_foreseen_and_found(),
    # Moments of different readings of the clock are not compared: a clock may be set back.
    _says("chosen_not_started", "phase <> 'chosen' OR started_at IS NULL"),
    _says("running_started", "phase <> 'running' OR started_at IS NOT NULL"),
    _says("over_ended", "phase <> 'over' OR over_at IS NOT NULL"),
    _says("under_way_not_over", "phase NOT IN ('chosen', 'running') OR over_at IS NULL"),
)
ATTEMPT_UNDER_WAY = _condition("phase IN ('chosen', 'running')")
_partial("attempt_one_under_way", attempt.c.person, where=ATTEMPT_UNDER_WAY, unique=True)
Index("attempt_person", attempt.c.person, attempt.c.chosen_at)

separation = Table(
    "separation",
    metadata,
    Column("id", Text, primary_key=True),
    _of_person(),
    Column("logged_at", Moment, nullable=False),
    Column("until", Moment),
    Column("ask_at", Moment),
    Column("reflected_at", Moment),
    *_foreseen_and_found(),
)
Index("separation_person", separation.c.person, separation.c.logged_at)

note = Table(
    "note",
    metadata,
    Column("id", Text, primary_key=True),
    _of_person(),
    Column("at", Moment, nullable=False),
    Column("words", SealedBytes, nullable=False),
)
Index("note_person", note.c.person, note.c.at)

# What pacing learns from. A corrected answer takes the place of the first, in the order of old.
event = Table(
    "event",
    metadata,
    Column("serial", Serial, primary_key=True),
    _of_person(),
    Column("id", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("local_date", Date, nullable=False),
    Column("outcome", word(Outcome), nullable=False),
    Column("rung", Text),
    Column("value", Float),
    Column("came_true", Boolean, nullable=False),
    Column("quick", Boolean, nullable=False),
    UniqueConstraint("person", "id"),
    _says("value", "value BETWEEN 0 AND 10"),
)

nudge = Table(
    "nudge",
    metadata,
    Column("id", Text, primary_key=True),
    _of_person(),
    Column("lane", word(Lane), nullable=False),
    Column("local_date", Date, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("useful_until", Moment, nullable=False),
    Column("state", word(State), nullable=False),
    Column("content", Json(Content), nullable=False),
    Column("reason", Json(Reason), nullable=False),
    Column("follow_up", word(FollowUp)),
    Column("follows", Text),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("claimed_by", Text),
    Column("lease_until", Moment),
    Column("sent_at", Moment),  # when it was last given to Telegram
    Column("sent_again", Boolean, nullable=False, server_default=false()),
    Column("silence_counted", Boolean, nullable=False, server_default=false()),
    Column("message", BigInteger),
    Column("delivered_at", Moment),
    Column("answered_at", Moment),
    _says("useful", "due_at <= useful_until"),
    _says("follow_up_lane", "(lane = 'follow_up') = (follow_up IS NOT NULL)"),
    _says("follows", "(follow_up IS NULL) = (follows IS NULL)"),
    _says("held_by", "(state IN ('claimed', 'sending')) = (claimed_by IS NOT NULL)"),
    _says("held_until", "(claimed_by IS NULL) = (lease_until IS NULL)"),
    _says(
        "sent",
        "state NOT IN ('sending', 'delivered', 'refused', 'unknown') OR sent_at IS NOT NULL",
    ),
    _says("delivered", "(state = 'delivered') = (delivered_at IS NOT NULL)"),
    _says("message", "message IS NULL OR state = 'delivered'"),
    _says("answered", "answered_at IS NULL OR state = 'delivered'"),
)
PLANNED = _condition("state = 'planned'")
HELD = _condition("state IN ('claimed', 'sending')")
UNDER_WAY = _condition("lane <> 'follow_up' AND state IN ('planned', 'claimed', 'sending')")
FOLLOWING = _condition("lane = 'follow_up' AND state IN ('planned', 'claimed', 'sending')")
SENT_TODAY = _condition(
    "lane IN ('challenge', 'kindness') AND state IN ('sending', 'delivered', 'unknown')"
)
UNANSWERED = _condition("state = 'delivered' AND answered_at IS NULL AND silence_counted = false")
_partial("nudge_due", nudge.c.due_at, where=PLANNED)
_partial("nudge_held", nudge.c.lease_until, where=HELD)
_partial("nudge_unanswered", nudge.c.useful_until, where=UNANSWERED)
Index("nudge_person", nudge.c.person, nudge.c.due_at)
_partial("nudge_one_under_way", nudge.c.person, nudge.c.lane, where=UNDER_WAY, unique=True)
_partial(
    "nudge_one_following",
    nudge.c.person,
    nudge.c.follow_up,
    nudge.c.follows,
    where=FOLLOWING,
    unique=True,
)
_partial(
    "nudge_one_sent_a_date",
    nudge.c.person,
    nudge.c.lane,
    nudge.c.local_date,
    where=SENT_TODAY,
    unique=True,
)

# Every decision of the planner, also the one to send nothing (``nudge`` is empty then).
decision = Table(
    "decision",
    metadata,
    Column("serial", Serial, primary_key=True),
    _of_person(),
    Column("lane", word(Lane), nullable=False),
    Column("local_date", Date, nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", Json(Reason), nullable=False),
    Column("nudge", ForeignKey("nudge.id", ondelete="CASCADE")),
)
Index("decision_lane", decision.c.person, decision.c.lane, decision.c.serial)
Index("decision_nudge", decision.c.nudge)

outbox = Table(
    "outbox",
    metadata,
    Column("serial", Serial, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    _of_person(nullable=True),
    Column("chat", BigInteger, nullable=False),
    Column("nudge", ForeignKey("nudge.id", ondelete="CASCADE")),
    Column("dialogue", ForeignKey("dialogue.id", ondelete="CASCADE")),
    Column("body", SealedBytes),
    Column("state", word(OutState), nullable=False),
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("sent_again", Boolean, nullable=False, server_default=false()),
    Column("next_try_at", Moment, nullable=False),
    Column("claimed_by", Text),
    Column("lease_until", Moment),
    Column("message", BigInteger),
    Column("created_at", Moment, nullable=False),
    Column("done_at", Moment),
    _says("body", "state NOT IN ('waiting', 'sending') OR body IS NOT NULL"),
    _says("erased", "state NOT IN ('delivered', 'refused') OR body IS NULL"),
    _says("done", "(state IN ('delivered', 'refused', 'unknown')) = (done_at IS NOT NULL)"),
    _says("held_by", "(state = 'sending') = (claimed_by IS NOT NULL)"),
    _says("held_until", "(claimed_by IS NULL) = (lease_until IS NULL)"),
    _says("message", "message IS NULL OR state = 'delivered'"),
)
OUT_WAITING = _condition("state = 'waiting'")
OUT_UNDER_WAY = _condition("state IN ('waiting', 'sending')")
_partial("outbox_under_way", outbox.c.chat, outbox.c.serial, where=OUT_UNDER_WAY)
OUT_HELD = _condition("state = 'sending'")
_partial("outbox_held", outbox.c.lease_until, where=OUT_HELD)
_partial("outbox_waiting", outbox.c.next_try_at, where=OUT_WAITING)
Index("outbox_person", outbox.c.person)
Index("outbox_nudge", outbox.c.nudge)
Index("outbox_dialogue", outbox.c.dialogue)
Index("outbox_done", outbox.c.done_at)

# ``serial`` is the order of arrival: Telegram's own ids may start anywhere after a quiet week.
inbox = Table(
    "inbox",
    metadata,
    Column("serial", Serial, primary_key=True),
    Column("update_id", BigInteger, nullable=False, unique=True),
    Column("chat", BigInteger),
    Column("received_at", Moment, nullable=False),
    Column("body", SealedBytes),
    Column("state", word(UpdateState), nullable=False),
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("next_try_at", Moment, nullable=False),
    Column("error", Text),  # the name of a class, nothing else
    _says("body", "state <> 'waiting' OR body IS NOT NULL"),
    _says("erased", "state <> 'handled' OR (body IS NULL AND chat IS NULL)"),
)
UPDATE_WAITING = _condition("state = 'waiting'")
_partial("inbox_next_try", inbox.c.next_try_at, where=UPDATE_WAITING)
_partial("inbox_waiting", inbox.c.chat, inbox.c.serial, where=UPDATE_WAITING)
Index("inbox_received", inbox.c.received_at)
