"""Does what is due arrive once, in its time, or not at all, whatever goes wrong on the way?

The real service on a real store; Telegram fails on demand, and time moves by leaps.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from nudger import loops
from nudger.app import EDGE, make_world, read_texts
from nudger.demo import faults
from nudger.demo.bot_api import BotApi, Call
from nudger.demo.faults import Fault
from nudger.demo.phone import Phone
from nudger.domain.message_out import Act, MessageOut, Sent
from nudger.domain.nudge import Content, Delivery, Lane, Nudge, Reason, State
from nudger.domain.person import Afraid, Pause, Person, Phase, Profile, Style
from nudger.domain.practice import Attempt
from nudger.domain.practice import Phase as AttemptPhase
from nudger.domain.prompt import Kind
from nudger.flows import deliver, inbox, send, silence
from nudger.flows.plan import plan_again
from nudger.flows.world import World
from nudger.store import nudges, people, practice
from nudger.store.refusal import StoreRefusal
from nudger.store.store import Store
from nudger.store.tables import metadata, outbox
from nudger.telegram.verdict import TokenRevoked
from tests import stores
from tests.life import BERLIN, Life, life

MORNING = datetime(2026, 10, 13, 6, tzinfo=UTC)  # a Tuesday, 08:00 in Berlin
NIGHT = datetime(2026, 10, 13, 20, tzinfo=UTC)  # 22:00: quiet hours begin
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
ENDS = MORNING + 2 * HOUR  # of the attempt that runs
ASKED = "How did it go?"
ADULT = Profile(adult=True, afraid=Afraid.NO, style=Style.ANXIOUS)
AHEAD = {State.PLANNED, State.CLAIMED, State.SENDING}
MOST_ROWS, MOST_CALLS = 60, 60  # of a person in some days, whatever went wrong


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for in real seconds is shorter here."""
    monkeypatch.setattr(loops, "FIRST_RETRY", 0.02)
    monkeypatch.setattr(loops, "LONGEST_RETRY", 0.1)
    monkeypatch.setattr(loops, "RESCUE_EVERY", 0.1)


@asynccontextmanager
async def living(
    folder: Path, *, start: datetime = MORNING, api: BotApi | None = None
) -> AsyncIterator[Life]:
    """The service, watched for loops that run hot: few rows, few calls."""
    async with life(folder, start=start, api=api) as lived:
        yield lived
        async with lived.store.read() as tx:
            for table in ("nudge", "decision", "outbox"):
                rows = select(func.count()).select_from(metadata.tables[table])
                count: int = await tx.connection.scalar(rows) or 0
                assert count <= MOST_ROWS, table
        chats = Counter(call.chat for call in lived.api.calls)
        assert all(count <= MOST_CALLS for chat, count in chats.items() if chat is not None)


async def someone(lived: Life, number: int = 1, **told: Any) -> Phone:
    """Joined three days ago; gets one kind word an evening and nothing else."""
    phone = lived.phone(100 + number)
    person = stores.someone(
        number,
        **{
            "chat": phone.chat,
            "joined_at": lived.clock.now() - 3 * DAY,
            "zone": "Europe/Berlin",
            "profile": ADULT,
            "steps_wanted": False,
            **told,
        },
    )
    await saved(lived, person, new=True)
    return phone


async def saved(lived: Life, person: Person, *, new: bool = False) -> None:
    """Write a person down, plan, and wake the service, as a reply would."""
    async with lived.store.begin() as tx:
        await (people.add if new else people.save)(tx, person)
        await plan_again(tx, person, world=lived.app.world, now=lived.clock.now())
    lived.clock.leap(lived.clock.now())


async def an_attempt_runs(lived: Life) -> None:
    """The first person began a step that ends by day; how it went is asked then."""
    world, began = lived.app.world, lived.clock.now()
    async with lived.store.begin() as tx:
        person = await people.by_id(tx, "person-1")
        assert person is not None
        rung = next(iter(world.library_of(person).families.values())).rungs[0]
        attempt = Attempt(
            id="attempt-1",
            rung=rung.id,
            chosen_at=began,
            phase=AttemptPhase.RUNNING,
            started_at=began,
            ends_at=ENDS,
            ask_at=ENDS,
        )
        await practice.save_attempt(tx, person.id, attempt)
        await plan_again(tx, person, world=world, now=began)
    lived.clock.leap(began)


async def planned(store: Store, number: int = 1) -> list[Nudge]:
    """All nudges of a person, the first due first."""
    async with store.read() as tx:
        return [*await nudges.recent(tx, f"person-{number}", limit=999)][::-1]


async def due(lived: Life, number: int = 1) -> Nudge:
    """The nudge that is planned next."""
    return next(n for n in await planned(lived.store, number) if n.state in AHEAD)


async def states(store: Store, number: int = 1) -> list[State]:
    """What became of a person's nudges, without what lies ahead."""
    ahead = {State.PLANNED, State.CANCELLED}
    return [n.state for n in await planned(store, number) if n.state not in ahead]


async def left_behind(folder: Path) -> Store:
    """What a service that ended has left."""
    url = f"sqlite:///{folder / 'nudger.sqlite3'}"
    return await Store.open(url=url, data_dir=folder, key=stores.KEY)


async def goes_to(lived: Life, moment: datetime) -> None:
    """Leap there, and do what there is to do."""
    lived.clock.leap(moment)
    await lived.settle()


async def until(true: Callable[[], bool], what: str = "it") -> None:
    """Wait for what the service does by itself."""
    try:
        async with asyncio.timeout(8):
            while not true():  # noqa: ASYNC110 - what is waited for rings no bell
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"{what} did not happen") from None


def tries(lived: Life, phone: Phone, method: str = "sendMessage") -> list[Call]:
    """Each time a message was given to Telegram for that chat."""
    return [c for c in lived.api.calls if (c.method, c.chat) == (method, phone.chat)]


def copies(phone: Phone, words: str = ASKED) -> int:
    """How many messages on the phone say so."""
    return sum(words in shown.text for shown in phone.messages)


# ------------------------------------------------------------------ refused, or never left


async def test_a_refused_nudge_is_sent_once_that_day_and_the_next_date_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with living(tmp_path) as lived:
        phone = await someone(lived)
        lived.api.fail("sendMessage", with_=faults.bad_request("Bad Request: can't parse entities"))
        await lived.live_until(MORNING + 16 * HOUR)
        assert [call.status for call in tries(lived, phone)] == [400]
        assert await states(lived.store) == [State.REFUSED]
        assert not phone.messages
        await lived.live_until(MORNING + DAY + 16 * HOUR)
        assert len(phone.messages) == 1
    assert '"call_refused"' in capsys.readouterr().err, "the operator hears of it"


async def test_what_never_left_is_tried_with_growing_pauses_and_arrives_once(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as lived:
        phone = await someone(lived)
        nudge = await due(lived)
        port = lived.api._port
        await lived.api.stop()
        pauses = []
        for _ in range(11):
            await goes_to(lived, (await due(lived)).due_at)
            pauses.append((await due(lived)).due_at - lived.clock.now())
        assert [pause.seconds + 1 for pause in pauses[:4]] == [1, 2, 4, 8]
        assert all(a <= b + timedelta(seconds=1) for a, b in pairwise(pauses))
        assert max(pauses) <= 5 * MINUTE
        await lived.api.start(port=port)
        await lived.live_until(nudge.due_at + HOUR)
        assert len(phone.messages) == 1
        assert await states(lived.store) == [State.DELIVERED]
        assert {n.local_date for n in await planned(lived.store)} == {
            nudge.local_date,
            nudge.local_date + DAY,
        }


async def test_what_never_left_arrives_though_its_time_of_day_closes_meanwhile(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as lived:
        phone = await someone(lived)
        nudge = await due(lived)
        port = lived.api._port
        await lived.api.stop()
        await goes_to(lived, nudge.due_at)
        await goes_to(lived, datetime(2026, 10, 13, 20, 40, tzinfo=BERLIN))
        assert nudge.useful_until > lived.clock.now()
        await lived.api.start(port=port)
        await goes_to(lived, (await due(lived)).due_at)
        assert len(phone.messages) == 1
        first = (await planned(lived.store))[0]
        assert (first.id, first.state) == (nudge.id, State.DELIVERED)


# ------------------------------------------------------------------ 429


async def test_after_a_429_nothing_leaves_before_its_time_and_all_of_it_after(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as lived:
        phone, other = await someone(lived, 1), await someone(lived, 2)
        lived.api.fail("sendMessage", with_=faults.too_many(1))
        await other.types("/help")
        await until(lambda: bool(tries(lived, other)), "the first call")
        lived.clock.leap((await due(lived)).due_at)
        await other.until("Any time")
        await until(lambda: bool(phone.messages), "the nudge")
        await lived.settle()
        refused, *after = [c for c in lived.api.calls if c.method == "sendMessage"]
        assert refused.status == 429
        assert {call.chat for call in after} == {phone.chat, other.chat}
        assert all(call.monotonic - refused.monotonic >= 1 for call in after)
        assert len(phone.messages) == len(tries(lived, phone)) == 1


async def test_a_429_that_outlasts_its_use_lets_it_expire_and_no_burst_follows(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as lived:
        phone = await someone(lived)
        await an_attempt_runs(lived)
        lived.api.fail("sendMessage", with_=faults.too_many(1))
        await goes_to_while_held(lived, ENDS)
        await goes_to_while_held(lived, NIGHT + HOUR)
        held = lived.app._parts.telegram.held()
        assert held is not None, "all of this within the second that Telegram asked for"
        await asyncio.sleep(held.total_seconds() + 0.05)
        await lived.live_until(MORNING + DAY)
        assert await states(lived.store) == [State.EXPIRED]
        assert len(tries(lived, phone)) == 1
        await lived.live_until(MORNING + DAY + 16 * HOUR)
        assert len(phone.messages) == 1


async def goes_to_while_held(lived: Life, moment: datetime) -> None:
    """Leap there, for a look around: what is due cannot leave yet."""
    lived.clock.leap(moment)
    await asyncio.sleep(0.15)


# ------------------------------------------------------------------ of unknown fate

UNCLEAR = (
    pytest.param(faults.accepted_then_broken(), 1, id="accepted, then the connection broke"),
    pytest.param(faults.refused_then_broken(), 0, id="not accepted, and the connection broke"),
    pytest.param(faults.server_error(502), 0, id="502"),
    pytest.param(faults.server_error(500, takes_effect=True), 1, id="500, and it happened"),
    pytest.param(faults.truncated_json(), 1, id="half an answer"),
    pytest.param(Fault(takes_effect=True, body="<html>hello</html>"), 1, id="HTML, and 200"),
    pytest.param(Fault(takes_effect=True, body='{"ok":true,"result":[]}'), 1, id="another shape"),
)


@pytest.mark.parametrize(("fault", "arrived"), UNCLEAR)
async def test_what_may_have_arrived_is_not_repeated_of_our_own_accord(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: Fault, arrived: int
) -> None:
    async with living(tmp_path) as lived:
        phone = await someone(lived)
        lived.api.fail("sendMessage", with_=fault)
        await lived.live_until(MORNING + 20 * HOUR)
        assert await states(lived.store) == [State.UNKNOWN]
        assert len(phone.messages) == arrived
        assert len(tries(lived, phone)) == 1
        if arrived:
            await phone.taps(phone.last.keys[0].label)
            await lived.settle()
            assert await states(lived.store) == [State.DELIVERED], "a tap proves it"
    assert "<h" not in capsys.readouterr().err, "no body in the log"


@pytest.mark.parametrize(("fault", "arrived"), UNCLEAR)
async def test_what_is_waited_for_is_sent_once_more(
    tmp_path: Path, fault: Fault, arrived: int
) -> None:
    async with living(tmp_path) as lived:
        phone = await someone(lived)
        await an_attempt_runs(lived)
        lived.api.fail("sendMessage", with_=fault)
        lived.clock.leap(ENDS)
        await until(lambda: len(tries(lived, phone)) == 2, "the second call")
        await lived.settle()
        assert await states(lived.store) == [State.DELIVERED]
        assert copies(phone) == arrived + 1
        await phone.taps("I waited it out")
        await phone.until("Worst moment")


async def test_what_is_waited_for_comes_in_two_copies_at_most_and_is_then_let_be(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as lived:
        phone = await someone(lived)
        await an_attempt_runs(lived)
        lived.api.fail("sendMessage", with_=faults.accepted_then_broken(), times=2)
        lived.clock.leap(ENDS)
        await until(lambda: len(tries(lived, phone)) == 2, "the second call")
        await lived.live_until(ENDS + 3 * HOUR)
        assert (copies(phone), await states(lived.store)) == (2, [State.UNKNOWN])
        await phone.taps("I waited it out", message=phone.messages[0].id)
        await phone.until("Worst moment")
        assert await states(lived.store) == [State.DELIVERED]


async def test_what_is_waited_for_is_sent_once_more_also_when_it_had_to_wait_before(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as lived:
        phone = await someone(lived)
        await an_attempt_runs(lived)
        lived.api.fail("sendMessage", with_=faults.too_many(1))
        lived.api.fail("sendMessage", with_=faults.refused_then_broken())
        lived.clock.leap(ENDS)
        await until(lambda: len(tries(lived, phone)) == 3, "the third call")
        await lived.settle()
        assert (copies(phone), await states(lived.store)) == (1, [State.DELIVERED])


@pytest.mark.parametrize(
    ("label", "start", "told", "sent"),
    [
        ("by day", ENDS + 20 * MINUTE, {}, 1),
        ("lost its use", ENDS + 3 * HOUR, {}, 0),
        ("in quiet hours", NIGHT + HOUR, {}, 0),
        ("paused", ENDS + 20 * MINUTE, {"pause": Pause(since=ENDS, until=None)}, 0),
        ("left", ENDS + 20 * MINUTE, {"phase": Phase.GONE}, 0),
    ],
)
async def test_what_was_on_its_way_when_the_process_died_is_repeated_only_where_that_is_right(
    tmp_path: Path, label: str, start: datetime, told: dict[str, Any], sent: int
) -> None:
    async with living(tmp_path) as lived:
        phone = await someone(lived)
        await an_attempt_runs(lived)
    opened = await left_behind(tmp_path)
    async with opened.begin() as tx:
        (claimed,) = await nudges.claim_due(tx, now=ENDS, limit=9, owner="killed")
        assert await nudges.move(tx, claimed, State.SENDING, now=ENDS, owner="killed")
        person = await people.by_id(tx, "person-1")
        assert person is not None
        await people.save(tx, replace(person, **told))
    await opened.close()
    async with living(tmp_path, start=start) as lived:
        phone = lived.phone()
        await until(lambda: copies(phone) == sent, label)
        await lived.settle()
        assert (await states(lived.store))[0] is (State.DELIVERED if sent else State.UNKNOWN)
        await lived.live_until(start + 40 * HOUR)
        assert copies(phone) == sent, label


# ------------------------------------------------------------------ conversations


@pytest.mark.parametrize(
    "fault", [faults.bad_request("Bad Request: text is empty"), faults.too_many(1)]
)
async def test_a_question_that_did_not_arrive_takes_no_words(tmp_path: Path, fault: Fault) -> None:
    async with living(tmp_path) as lived:
        phone = await someone(lived)
        await phone.types("/apart until sunday 18:00")
        await phone.until("Noted until Sunday 18:00")
        await phone.taps("Yes")
        await phone.until("alarm say")
        await lived.settle()
        lived.api.fail("sendMessage", with_=fault)
        lived.clock.leap((await due(lived)).due_at)
        await until(lambda: tries(lived, phone)[-1].status == fault.status, "the refusal")
        await phone.types("that she will not come back")
        await phone.until("How sure")


async def test_a_step_that_was_stopped_in_the_last_moment_is_not_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with living(tmp_path) as lived:
        phone = await someone(lived, steps_wanted=True)
        await phone.types("/challenge")
        offer = await phone.until(lambda shown: bool(shown.keys))
        await phone.taps("A" if "A · " in offer.text else "I'm in")
        await phone.until("alarm say")
        await phone.taps("Skip")
        await phone.until("How bad")
        await phone.taps("6")
        await phone.taps("Start")
        await phone.until("Running until")
        await lived.settle()
        telegram = lived.app._parts.telegram
        real = telegram.send

        async def stopped_meanwhile(out: MessageOut, **rest: Any) -> Sent:
            if ASKED in out.text and out.act is Act.SEND:  # others go first, and so does a tap
                await phone.taps("Stop here")
                await phone.until("How did it go")
            return await real(out, **rest)

        monkeypatch.setattr(telegram, "send", stopped_meanwhile)
        end = await due(lived)
        assert end.lane is Lane.FOLLOW_UP
        await goes_to(lived, end.due_at)
        assert copies(phone) == 1, "the one that took the place of the button"
        assert await states(lived.store) == []
        await phone.taps("I broke off")
        await phone.until("Worst moment")
        await phone.taps("4")
        await phone.until("I'll keep that")


async def test_an_edit_whose_message_is_gone_is_said_anew(tmp_path: Path) -> None:
    async with living(tmp_path) as lived:
        phone = await someone(lived)
        await lived.live_until(MORNING + 13 * HOUR)
        asked = phone.last
        gone = faults.bad_request("Bad Request: message to edit not found")
        lived.api.fail("editMessageText", with_=gone)
        await phone.taps(asked.keys[0].label)
        await lived.settle()
        assert phone.last.id > asked.id
        assert len(tries(lived, phone)) == 2


# ------------------------------------------------------------------ the person is gone, or we are


async def test_who_blocked_us_gets_nothing_more_until_they_are_back(tmp_path: Path) -> None:
    async with living(tmp_path) as lived:
        phone = await someone(lived)
        await an_attempt_runs(lived)
        lived.api.fail("sendMessage", with_=faults.blocked())
        await goes_to(lived, ENDS)
        assert await states(lived.store) == [State.REFUSED]
        assert all(n.state is not State.PLANNED for n in await planned(lived.store))
        await lived.live_until(MORNING + 3 * DAY)
        assert len(tries(lived, phone)) == 1
        await phone.types("/start")
        await lived.settle()
        assert (await due(lived)).lane is Lane.KINDNESS
        before = len(phone.messages)
        await lived.live_until(MORNING + 3 * DAY + 16 * HOUR)
        assert len(phone.messages) == before + 1


async def test_a_revoked_token_ends_the_service_and_nothing_is_lost(tmp_path: Path) -> None:
    with pytest.raises(TokenRevoked, match="NUDGER_BOT_TOKEN"):  # noqa: PT012 - at its end
        async with life(tmp_path, start=MORNING) as lived:
            for number in range(1, 6):
                await someone(lived, number)
            await lived.phone(101).types("/help")
            await lived.settle()
            lived.api.fail("sendMessage", with_=faults.slow(0.2), times=3)
            lived.api.fail("sendMessage", with_=faults.unauthorized(), times=None)
            lived.clock.leap(MORNING + timedelta(hours=12, minutes=25))
            await until(lambda: any(call.status == 401 for call in lived.api.calls), "401")
            await lived.phone(105).types("/help")
            await asyncio.sleep(0.3)
    store = await left_behind(tmp_path)
    try:
        told = Counter([n.state for number in range(1, 6) for n in await planned(store, number)])
        assert set(told) <= {State.PLANNED, State.DELIVERED}
        async with store.read() as tx:
            waiting = (await tx.connection.scalars(select(outbox.c.state))).all()
        assert set(waiting) <= {"waiting", "delivered", "refused"}
    finally:
        await store.close()


async def test_an_answer_that_failed_for_hours_is_not_lost_and_keeps_out_of_quiet_hours(
    tmp_path: Path,
) -> None:
    at_three = MORNING + 7 * HOUR
    async with living(tmp_path, start=at_three) as lived:
        phone = await someone(lived, kindness_wanted=False)
        port = lived.api._port
        await lived.api.stop()
        update = raw_message(phone, "/help")
        await inbox.keep(lived.store, [update], edge=EDGE, now=at_three)
        tried = 0
        while lived.clock.now() < NIGHT:
            lived.clock.leap(lived.clock.now() + 6 * MINUTE)
            tried = await next_try_failed(lived, after=tried)
        assert tried > 48
        await lived.api.start(port=port)
        await goes_to_while_held(lived, NIGHT + 3 * HOUR)
        assert not phone.messages, "at night nobody waits for it any more"
        lived.clock.leap(MORNING + DAY)
        await phone.until("Any time")
        await lived.settle()
        assert len(phone.messages) == 1


def raw_message(phone: Phone, words: str) -> dict[str, Any]:
    """An update as Telegram gives it."""
    command = [{"type": "bot_command", "offset": 0, "length": len(words)}]
    return {
        "update_id": 900_000_001,
        "message": {
            "message_id": 77,
            "date": int(MORNING.timestamp()),
            "chat": {"id": phone.chat, "type": "private", "first_name": "Ada"},
            "from": {"id": phone.chat, "is_bot": False, "first_name": "Ada"},
            "text": words,
            "entities": command,
        },
    }


async def next_try_failed(lived: Life, *, after: int) -> int:
    """How often the one answer was tried, once that is more than before."""
    waiting = select(outbox.c.tries).where(outbox.c.state == "waiting")
    async with asyncio.timeout(8):
        while True:
            async with lived.store.read() as tx:
                found: int = await tx.connection.scalar(waiting) or 0
            if found > after:
                return found
            await asyncio.sleep(0.002)


@pytest.mark.parametrize("after", [False, True], ids=["not arrived yet", "arrived already"])
async def test_what_is_being_sent_while_they_are_forgotten_troubles_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], after: bool
) -> None:
    async with living(tmp_path) as lived:
        phone = await someone(lived)
        lived.api.fail("sendMessage", with_=faults.slow(0.2, after=after))
        lived.clock.leap((await due(lived)).due_at)
        await until(lambda: bool(lived.api._under_way), "the call")
        async with lived.store.begin() as tx:
            person = await people.by_id(tx, "person-1")
            assert person is not None
            await people.forget(tx, person)
        await lived.settle()
        await lived.live_until(MORNING + 2 * DAY)
        assert len(tries(lived, phone)) == 1
        async with lived.store.read() as tx:
            for table in metadata.sorted_tables:
                if "person" in table.c:
                    rows = await tx.connection.scalar(select(func.count()).select_from(table))
                    assert rows == 0, table.name
    logged = capsys.readouterr().err
    assert "not_done" not in logged
    assert "loop_failed" not in logged


@pytest.mark.parametrize("after", [False, True], ids=["not arrived yet", "arrived already"])
async def test_what_is_being_sent_is_finished_before_the_service_stops(
    tmp_path: Path, after: bool
) -> None:
    async with living(tmp_path) as lived:
        phone = await someone(lived)
        lived.api.fail("sendMessage", with_=faults.slow(0.3, after=after))
        lived.clock.leap((await due(lived)).due_at)
        await until(lambda: bool(lived.api._under_way), "the call")
    assert len(phone.messages) == 1
    store = await left_behind(tmp_path)
    assert await states(store) == [State.DELIVERED]
    await store.close()


# ------------------------------------------------------------------ loops that fail

FAILING = (
    (deliver, "claim_due"),
    (deliver, "_prepare"),
    (deliver, "_begin_sending"),
    (send, "claim"),
    (send, "_held_back"),
    (loops, "keep"),
    (loops, "handle"),
)
ERRORS = (RuntimeError("once"), StoreRefusal("the database is locked"))


@pytest.mark.parametrize(
    ("where", "what", "error"),
    [(*place, ERRORS[n % len(ERRORS)]) for n, place in enumerate(FAILING)],
    ids=lambda each: getattr(each, "__name__", str(each)),
)
async def test_whatever_fails_for_a_moment_goes_on_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: Any, what: str, error: Exception
) -> None:
    real, left = getattr(where, what), [2]

    async def fails_at_first(*given: Any, **named: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise error
        return await real(*given, **named)

    async with living(tmp_path) as lived:
        phone = await someone(lived)
        other = await someone(lived, 2, kindness_wanted=False)
        await lived.settle()
        monkeypatch.setattr(where, what, fails_at_first)
        nudge = await due(lived)
        lived.clock.leap(nudge.due_at)
        await until(lambda: bool(phone.messages), "the nudge")
        await other.types("/help")
        await until(lambda: bool(other.messages), "the answer")
        await lived.settle()
        assert left == [0]
        assert (await planned(lived.store))[0].state is State.DELIVERED
        assert (len(phone.messages), len(other.messages)) == (1, 1)


async def test_one_person_whose_silence_cannot_be_noted_keeps_nobody_else_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = silence._note

    async def fails_for_the_second(store: Store, id: str, **rest: Any) -> None:
        if id == "person-2":
            raise RuntimeError(id)
        await real(store, id, **rest)

    monkeypatch.setattr(silence, "_note", fails_for_the_second)
    async with life(tmp_path, start=MORNING) as lived:
        phones = [await someone(lived, 1), await someone(lived, 2)]
        for days in range(3):
            for number in (1, 2):
                await waited_for(lived, number, MORNING + days * DAY + 14 * HOUR)
        assert [len(phone.messages) for phone in phones] == [3, 3]


async def waited_for(lived: Life, number: int, moment: datetime) -> None:
    """That person's next nudge, if it is due by then; where others never settle."""
    nudge = await due(lived, number)
    if nudge.due_at > moment:
        return
    lived.clock.leap(nudge.due_at)
    async with asyncio.timeout(8):
        while (await due(lived, number)).id == nudge.id:  # noqa: ASYNC110 - as in until
            await asyncio.sleep(0.005)


# ------------------------------------------------------------------ many at once


async def test_hundreds_due_at_one_moment_arrive_once_each_and_few_are_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "LEASE", timedelta(seconds=4))  # 30 a second: room for 30
    async with life(tmp_path, start=MORNING) as lived:
        await lived.phone(99).types("/help")  # once it is answered, all loops run
        await lived.phone(99).until("Any time")
        phones = [lived.phone(100 + number) for number in range(1, 201)]
        async with lived.store.begin() as tx:
            await hundreds_due(tx, phones, lived)
        most, held = 0, text("SELECT count(*) FROM nudge WHERE state IN ('claimed', 'sending')")
        lived.clock.leap(ENDS)
        async with asyncio.timeout(30):
            while sum(len(phone.messages) for phone in phones) < len(phones):
                async with lived.store.read() as tx:
                    most = max(most, (await tx.connection.scalar(held)) or 0)
                await asyncio.sleep(0.02)
        await lived.settle()
        assert [len(phone.messages) for phone in phones] == [1] * len(phones)
        assert 0 < most <= 30


async def hundreds_due(tx: Any, phones: Sequence[Phone], lived: Life) -> None:
    """People with one kind word each, all due at one moment."""
    for number, phone in enumerate(phones, start=1):
        person = stores.someone(
            number, chat=phone.chat, zone="Europe/Berlin", profile=ADULT, steps_wanted=False
        )
        await people.add(tx, person)
        await nudges.add(tx, kind_word(lived.app.world.library_of(person), number))


def kind_word(library: Any, number: int) -> Nudge:
    """A kind word for that person, due in the morning."""
    return Nudge(
        id=f"nudge-{number}",
        person=f"person-{number}",
        lane=Lane.KINDNESS,
        local_date=ENDS.date(),
        due_at=ENDS,
        useful_until=ENDS + 4 * HOUR,
        state=State.PLANNED,
        content=Content(prompt=library.of_kind(Kind.KINDNESS)[0].id),
        reason=Reason(name="usual"),
    )


async def test_two_workers_on_one_database_send_each_nudge_once(
    postgres_store_url: str, tmp_path: Path
) -> None:
    texts, sent = read_texts(None), Counter[int]()
    opened = [
        await Store.open(url=postgres_store_url, key=stores.KEY, data_dir=tmp_path) for _ in "ab"
    ]
    worlds = [make_world(texts, owner=store.owner, default_zone="UTC") for store in opened]
    async with opened[0].begin() as tx:
        for number in range(1, 61):
            person = stores.someone(number, zone="Europe/Berlin", profile=ADULT, steps_wanted=False)
            await people.add(tx, person)
            await nudges.add(tx, kind_word(worlds[0].library_of(person), number))

    async def to_telegram(
        out: MessageOut, *, last_look: Callable[[], Awaitable[bool]], **_: Any
    ) -> Sent:
        if not await last_look():
            return Sent(delivery=Delivery.NOT_LEFT)
        sent[out.chat] += 1
        return Sent(delivery=Delivery.DELIVERED, message=1)

    async def work(store: Store, world: World) -> int:
        done = 0
        while due_now := await deliver.claim_due(store, world=world, now=ENDS, limit=7):
            await asyncio.gather(
                *(
                    deliver.deliver(store, nudge, to_telegram, world=world, now=lambda: ENDS)
                    for nudge in due_now
                )
            )
            done += len(due_now)
        return done

    shares = await asyncio.gather(*map(work, opened, worlds))
    assert sum(shares) == len(sent) == 60
    assert set(sent.values()) == {1}
    assert all(shares), "both had a share"
    for number in range(1, 61):
        assert await states(opened[0], number) == [State.DELIVERED]
    for store in opened:
        await store.close()
