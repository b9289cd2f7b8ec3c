"""Is every update read as what it says, and nothing else?"""

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nudger.domain.said import Command, Left, Place, Reply, Said, Tap, Typed, Unread, Unreadable
from nudger.telegram.receive import (
    OLD_BUTTON,
    Unparsable,
    chat_of,
    read_tap,
    read_text,
    read_update,
    without_place,
)

Json = dict[str, Any]

ADA: Json = {"id": 7, "is_bot": False, "first_name": "Ada", "language_code": "de"}
PRIVATE: Json = {"id": 7, "type": "private", "first_name": "Ada"}
GROUP: Json = {"id": -1001, "type": "supergroup", "title": "Us"}
BERLIN: Json = {"latitude": 52.52, "longitude": 13.405}


def zone_at(latitude: float, longitude: float) -> str | None:
    assert -90 <= latitude <= 90
    assert -180 <= longitude <= 180
    return "Europe/Berlin" if (latitude, longitude) == (52.52, 13.405) else None


def message(chat: Json = PRIVATE, **content: Any) -> Json:
    return {
        "update_id": 1,
        "message": {"message_id": 40, "from": ADA, "chat": chat, "date": 1772452800, **content},
    }


def tap(data: str | None = "d0:where:ok", **changes: Any) -> Json:
    carrier = {
        "message_id": 39,
        "from": {"id": 4242, "is_bot": True, "first_name": "nudger"},
        "chat": PRIVATE,
        "date": 1772452800,
        "text": "Shall we?",
    }
    query = {"id": "q1", "from": ADA, "chat_instance": "1", "message": carrier, "data": data}
    return {"update_id": 2, "callback_query": query | changes}


def member(status: str, chat: Json = PRIVATE) -> Json:
    bot = {"id": 4242, "is_bot": True, "first_name": "nudger"}
    return {
        "update_id": 3,
        "my_chat_member": {
            "chat": chat,
            "from": ADA,
            "date": 1772452800,
            "old_chat_member": {"user": bot, "status": "member"},
            "new_chat_member": {"user": bot, "status": status, "until_date": 0},
        },
    }


def read(raw: Mapping[str, Any]) -> Reply | None:
    return read_update(raw, zone_at)


def said(raw: Mapping[str, Any]) -> Said | None:
    reply = read(raw)
    return None if reply is None else reply.said


FILE: Json = {"file_id": "f", "file_unique_id": "u"}
SIZED = FILE | {"width": 3, "height": 4}
TIMED = FILE | {"duration": 4}

# ---------------------------------------------------------------- what is said
SAYS: dict[str, tuple[Json, Said]] = {
    "words": (message(text="I was fine."), Typed(text="I was fine.")),
    "words with marks in them stay plain": (
        message(
            text="so bold, see t.me/x",
            entities=[
                {"type": "bold", "offset": 3, "length": 4},
                {"type": "url", "offset": 13, "length": 6},
            ],
        ),
        Typed(text="so bold, see t.me/x"),
    ),
    "a command": (
        message(text="/next", entities=[{"type": "bot_command", "offset": 0, "length": 5}]),
        Command(name="next"),
    ),
    "a start with a payload": (
        message(text="/start abc-1_2"),
        Command(name="start", rest="abc-1_2"),
    ),
    "a reply to another message": (
        message(text="yes", reply_to_message=message(text="/next")["message"]),
        Typed(text="yes"),
    ),
    "a place": (message(location=BERLIN), Place(zone="Europe/Berlin")),
    "a live place": (
        message(location=BERLIN | {"live_period": 900}),
        Place(zone="Europe/Berlin"),
    ),
    "a venue": (
        message(location=BERLIN, venue={"location": BERLIN, "title": "Home", "address": "Here 1"}),
        Place(zone="Europe/Berlin"),
    ),
    "a place at sea": (message(location={"latitude": 0.0, "longitude": 0.0}), Place(zone=None)),
    "a place on no globe": (message(location={"latitude": 91, "longitude": 0}), Place(zone=None)),
    "a sticker": (
        message(sticker=SIZED | {"is_animated": False, "is_video": False, "type": "regular"}),
        Unread(what=Unreadable.STICKER),
    ),
    "a voice message": (message(voice=TIMED), Unread(what=Unreadable.VOICE)),
    "a round video": (
        message(video_note=TIMED | {"length": 240}),
        Unread(what=Unreadable.VOICE),
    ),
    "a picture": (message(photo=[SIZED]), Unread(what=Unreadable.PICTURE)),
    "a picture with words under it": (
        message(photo=[SIZED], caption="/next"),
        Unread(what=Unreadable.PICTURE),
    ),
    "a film": (message(video=SIZED | TIMED), Unread(what=Unreadable.PICTURE)),
    "an animation, which comes as a document too": (
        message(animation=SIZED | TIMED, document=FILE),
        Unread(what=Unreadable.PICTURE),
    ),
    "a file": (message(document=FILE), Unread(what=Unreadable.FILE)),
    "music": (message(audio=TIMED), Unread(what=Unreadable.FILE)),
    "a contact": (
        message(contact={"phone_number": "+49", "first_name": "Ben"}),
        Unread(what=Unreadable.OTHER),
    ),
    "dice": (message(dice={"value": 3, "emoji": "\N{GAME DIE}"}), Unread(what=Unreadable.OTHER)),
    "a kind of message newer than this": (
        message(hologram={"depth": 3}),
        Unread(what=Unreadable.OTHER),
    ),
    "a tap": (tap(), Tap(dialogue="d0", step="where", choice="ok")),
    "a tap on something that carries nothing": (tap(None, game_short_name="x"), OLD_BUTTON),
    "blocked": (member("kicked"), Left()),
    "unblocked": (member("member"), Left(back=True)),
}


@pytest.mark.parametrize("label", SAYS)
def test_an_update_is_read_as_what_it_says(label: str) -> None:
    raw, expected = SAYS[label]
    before = copy.deepcopy(raw)
    reply = read(raw)
    assert reply is not None
    assert (reply.said, reply.chat, reply.private, reply.language) == (expected, 7, True, "de")
    assert raw == before, "the update itself stays as it is"


NOTHING: dict[str, Json] = {
    "an edit": {"update_id": 1, "edited_message": message(text="changed")["message"]},
    "a post in a channel": {
        "update_id": 1,
        "channel_post": message({"id": -5, "type": "channel", "title": "News"}, text="hear")[
            "message"
        ],
    },
    "an inline query": {
        "update_id": 1,
        "inline_query": {"id": "1", "from": ADA, "query": "", "offset": ""},
    },
    "a pinned message": message(pinned_message=message(text="old")["message"]),
    "a new timer for deletion": message(
        message_auto_delete_timer_changed={"message_auto_delete_time": 86400}
    ),
    "a new title": message(GROUP, new_chat_title="We"),
    "restricted in a group": member("restricted", GROUP)
    | {
        "my_chat_member": member("kicked", GROUP)["my_chat_member"]
        | {
            "new_chat_member": {"user": ADA, "status": "something new"},
        }
    },
    "an update of a kind nobody knows": {"update_id": 1, "telepathy": {"from": ADA}},
    "nothing": {"update_id": 1},
}


@pytest.mark.parametrize("label", NOTHING)
def test_what_is_no_reply_is_left_alone(label: str) -> None:
    assert read(NOTHING[label]) is None


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("/quiet 22-8", "quiet", "22-8"),
        ("/quiet@nudger_bot 22-8", "quiet", "22-8"),
        ("/QUIET weekdays 22:30–07:00", "quiet", "weekdays 22:30–07:00"),
        ("  /quiet   22-8  ", "quiet", "22-8"),
        ("/quiet\n22-8\n23-9", "quiet", "22-8\n23-9"),
        ("/quiet, off", "quiet", ", off"),
        ("/help_now!", "help_now", "!"),
        ("/hilfe\N{LATIN SMALL LETTER U WITH DIAERESIS}", "hilfeü", ""),
        ("/тихо", "тихо", ""),
        ("/start", "start", ""),
    ],
)
def test_a_command_is_found_however_it_is_typed(text: str, name: str, rest: str) -> None:
    assert read_text(text) == Command(name=name, rest=rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "/",
        "//",
        "/ quiet",
        "/10",
        "5/10",
        "and/or",
        "/and/or",
        "me /quiet",
        "/" + "a" * 33,
    ],
)
def test_a_slash_alone_makes_no_command(text: str) -> None:
    assert read_text(text) == Typed(text=text)


@given(text=st.text(max_size=200))
def test_words_are_kept_as_they_came(text: str) -> None:
    match read_text(text):
        case Typed(text=kept):
            assert kept == text
        case Command(name=name, rest=rest):
            assert text.lstrip().startswith("/")
            assert name == name.lower()
            assert rest in text


# ---------------------------------------------------------------- whose, and where
def test_a_tap_names_its_message_and_the_spinner_to_stop() -> None:
    reply = read(tap())
    assert reply is not None
    assert (reply.message, reply.query) == (39, "q1")


def test_a_tap_on_a_message_too_old_to_be_shown_counts_all_the_same() -> None:
    reply = read(tap(message={"chat": PRIVATE, "message_id": 2, "date": 0}))
    assert reply is not None
    assert (reply.chat, reply.message, reply.private) == (7, 2, True)


def test_a_tap_without_its_message_is_the_persons_own() -> None:
    raw = tap(inline_message_id="i")
    del raw["callback_query"]["message"]
    reply = read(raw)
    assert reply is not None
    assert (reply.chat, reply.message, reply.private) == (7, None, True)


def test_a_button_counts_for_who_tapped_it() -> None:
    foreign = tap()
    foreign["callback_query"]["message"]["chat"] = PRIVATE | {"id": 8}
    reply = read(foreign)
    assert reply is not None
    assert reply.chat == 7


@pytest.mark.parametrize(
    "raw",
    [
        message(GROUP, text="hello"),
        message({"id": -3, "type": "group", "title": "Old"}, text="/start"),
        tap(message={"message_id": 1, "chat": GROUP, "date": 1772452800}),
        member("member", GROUP),
        member("left", GROUP),
    ],
    ids=["words", "a command", "a tap", "added", "removed"],
)
def test_a_group_is_not_private(raw: Json) -> None:
    reply = read(raw)
    assert reply is not None
    assert not reply.private
    assert reply.chat < 0


@pytest.mark.parametrize(
    "data",
    [
        "",
        "d0",
        "d0:x",
        "d0:x:y:z",
        ":x:y",
        "d0::y",
        "d0:x:",
        "a b:c:d",
        "d0:x:y\n",
        "\N{GRINNING FACE}:x:y",
        "::",
        "' OR 1=1:x:y",
    ],
)
def test_forged_data_is_an_old_button(data: str) -> None:
    assert said(tap(data)) == OLD_BUTTON


@given(data=st.one_of(st.none(), st.text(max_size=64)))
def test_no_data_at_all_breaks_a_tap(data: str | None) -> None:
    tapped = read_tap(data)
    assert tapped == OLD_BUTTON or f"{tapped.dialogue}:{tapped.step}:{tapped.choice}" == data


# ---------------------------------------------------------------- no position is kept
PLACES = {
    "a place": message(location=BERLIN | {"horizontal_accuracy": 5.0}),
    "a venue": message(
        location=BERLIN, venue={"location": BERLIN, "title": "Home", "address": "Here 1"}
    ),
    "a venue alone": message(venue={"location": BERLIN, "title": "Home", "address": "Here 1"}),
}


@pytest.mark.parametrize("label", PLACES)
def test_a_shared_place_is_its_zone_before_it_is_kept(label: str) -> None:
    raw = PLACES[label]
    before = copy.deepcopy(raw)
    kept = json.dumps(without_place(raw, zone_at))
    for gone in ("52.52", "13.405", "latitude", "Home", "Here 1", "accuracy"):
        assert gone not in kept
    read_again = read_update(json.loads(kept), zone_at=lambda *_: pytest.fail("asked twice"))
    assert read_again == read(raw)
    assert read_again is not None
    assert read_again.said == Place(zone="Europe/Berlin")
    assert raw == before


def test_a_place_at_sea_is_kept_as_a_place_without_a_zone() -> None:
    kept = without_place(message(location={"latitude": 0.0, "longitude": 0.0}), zone_at)
    assert said(kept) == Place(zone=None)


def test_a_place_in_a_message_replied_to_is_left_out() -> None:
    raw = message(text="there", reply_to_message=message(location=BERLIN)["message"])
    kept = without_place(raw, zone_at)
    assert "52.52" not in json.dumps(kept)
    assert said(kept) == Typed(text="there")


@pytest.mark.parametrize(
    "label", [label for label in SAYS if "place" not in label and label != "a venue"]
)
def test_what_holds_no_place_is_kept_whole(label: str) -> None:
    raw, _ = SAYS[label]
    assert without_place(raw, zone_at) == raw


def test_taking_the_place_out_twice_changes_nothing_more() -> None:
    once = without_place(PLACES["a venue"], zone_at)
    assert without_place(once, zone_at) == once


# ---------------------------------------------------------------- hostile
HOSTILE: dict[str, Json] = {
    "a message of another type": {"update_id": 1, "message": "secret words"},
    "a list": {"update_id": 1, "message": ["secret words"]},
    "no chat": {"update_id": 1, "message": {"message_id": 1, "date": 0, "text": "secret words"}},
    "a chat without an id": message({"type": "private"}, text="secret words"),
    "a chat with words for an id": message(PRIVATE | {"id": "7"}, text="secret words"),
    "a chat with true for an id": message(PRIVATE | {"id": True}, text="secret words"),
    "a chat with an id too long": message(PRIVATE | {"id": 2**63}, text="secret words"),
    "a text that is none": message(text={"secret": "words"}),
    "a date beyond all calendars": message(text="secret words", date=10**20),
    "entities of another shape": message(text="secret words", entities="secret words"),
    "a place of another shape": message(location=["secret words"]),
    "a query without an id": tap(id=None),
    "a query from nobody": tap(**{"from": None}),
    "a message with words for an id": tap(message={"chat": PRIVATE, "message_id": "x", "date": 0}),
    "a member that is none": {"update_id": 3, "my_chat_member": {"chat": PRIVATE}},
}


@pytest.mark.parametrize("label", HOSTILE)
def test_what_is_no_update_is_refused_without_a_word_of_it(label: str) -> None:
    with pytest.raises(Unparsable) as refused:
        read(HOSTILE[label])
    assert "words" not in str(refused.value)
    assert str(refused.value).isidentifier()
    assert refused.value.__context__ is None


def test_an_update_nested_without_end_is_refused() -> None:
    nested: Json = {}
    for _ in range(100_000):
        nested = {"reply_to_message": nested}
    with pytest.raises(Unparsable, match="RecursionError"):
        without_place(message(**nested), zone_at)
    inner = message(text="in")["message"]
    for _ in range(5_000):
        inner = message(text="in", reply_to_message=inner)["message"]
    with pytest.raises(Unparsable, match="RecursionError"):
        read({"update_id": 1, "message": inner})


SAMPLES = [raw for raw, _ in SAYS.values()] + list(NOTHING.values()) + list(HOSTILE.values())
anything = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from([7, -1001, 2**63, 10**30, "private", "/next", "d0:where:ok", "kicked", ""]),
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def read_or_refuse(raw: Json) -> Reply | Unparsable | None:
    try:
        return read(raw)
    except Unparsable as refused:
        return refused


@st.composite
def mutated(draw: st.DrawFn) -> Json:
    """A real update, a few of whose parts were replaced, removed, moved or taken from another."""
    raw: Json = copy.deepcopy(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 3))):
        holder: Any = raw
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(holder[key], dict | list) and holder[key] and draw(st.booleans()):
                holder = holder[key]
                continue
            match draw(st.sampled_from(["replace", "remove", "graft"])):
                case "replace":
                    holder[key] = draw(anything)
                case "remove":
                    del holder[key]
                case _:
                    other = copy.deepcopy(draw(st.sampled_from(SAMPLES)))
                    holder[key] = draw(st.sampled_from([other, *other.values()]))
            break
    return raw


@given(raw=mutated())
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_update_at_all_does_more_than_be_refused(raw: Json) -> None:
    chat = chat_of(raw)
    kept = without_place(raw, zone_at)
    for each in (raw, kept):
        match read_or_refuse(each):
            case Unparsable() as refused:
                assert str(refused).isidentifier()
            case reply:
                assert reply is None or reply.chat == chat
    assert "52.52" not in json.dumps(kept)
