"""What does a log line look like, and what never stands in one?"""

import ast
import io
import json
import logging
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

import nudger
from nudger import logs

TOKEN = "123456789:AAF-made-up_for_the_tests_of_nudger"
PACKAGE = Path(nudger.__file__).parent


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in (*logs.QUIET, *logs.SILENT)}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def test_a_json_line_is_an_event_with_its_fields() -> None:
    out = io.StringIO()
    logs.set_up("json", out=out)
    structlog.get_logger("nudger.flows.deliver").info("nudge_delivered", nudge="n1", seconds=0.5)
    line = json.loads(out.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "nudge_delivered",
        "level": "info",
        "logger": "nudger.flows.deliver",
        "nudge": "n1",
        "seconds": 0.5,
    }


def test_lines_of_other_libraries_have_the_same_shape() -> None:
    out = io.StringIO()
    logs.set_up("json", out=out)
    logging.getLogger("asyncio").warning("%s was slow", "a task")
    assert json.loads(out.getvalue())["event"] == "a task was slow"


@pytest.mark.parametrize(("terminal", "as_json"), [(True, False), (False, True)])
def test_without_a_format_a_terminal_gets_columns_and_a_file_gets_json(
    terminal: bool, as_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.StringIO()
    monkeypatch.setattr(out, "isatty", lambda: terminal)
    logs.set_up(out=out)
    structlog.get_logger().info("service_started")
    assert out.getvalue().startswith("{") is as_json


def test_setting_up_again_starts_over() -> None:
    first, second = io.StringIO(), io.StringIO()
    log = structlog.get_logger()
    logs.set_up("json", out=first)
    log.info("one")
    logs.set_up("json", out=second)
    log.info("two")
    assert (first.getvalue().count("\n"), second.getvalue().count("\n")) == (1, 1)


@pytest.mark.parametrize("name", logs.QUIET)
def test_talkative_libraries_say_only_what_is_wrong(name: str) -> None:
    out = io.StringIO()
    logs.set_up("json", out=out)
    logging.getLogger(name).info("POST https://api.telegram.org/bot%s/sendMessage", TOKEN)
    assert not out.getvalue()
    logging.getLogger(name).warning("slow")
    assert out.getvalue()


def test_the_body_of_an_unreadable_answer_is_not_logged() -> None:
    out = io.StringIO()
    logs.set_up("json", out=out)
    logging.getLogger("telegram.request.BaseRequest").error('Can not load "%s"', "dear diary")
    logging.getLogger("telegram.request").error('Can not load "%s"', "dear diary")
    assert not out.getvalue()


def test_warnings_become_lines() -> None:
    out = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logs.set_up("json", out=out)
        warnings.warn("old ways", DeprecationWarning, stacklevel=1)
        logging.captureWarnings(capture=False)
    assert "old ways" in json.loads(out.getvalue())["event"]


def test_a_line_that_cannot_be_made_is_lost_without_its_arguments(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.StringIO()
    logs.set_up("json", out=out)
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", root.handlers[-1:])  # without pytest's own, which raise
    logging.getLogger("lib").warning("%d tries", "dear diary")
    assert "log_line_lost logger=lib" in out.getvalue()
    assert "dear diary" not in out.getvalue() + capsys.readouterr().err


SECRET = st.text(min_size=1, max_size=30).map("¶".__add__)


@given(secret=SECRET, log_format=st.sampled_from(["json", "console"]))
def test_a_secret_never_leaves_in_a_line(secret: str, log_format: str) -> None:
    out = io.StringIO()
    logs.set_up(log_format, secrets=[secret], out=out)
    log = structlog.get_logger()
    log.info("as_a_field", at=f"https://example.org/{secret}", inside={"deep": [secret]})
    logging.getLogger("lib").warning("as an argument %s, as a repr %r", secret, secret)
    fault = ConnectionError(secret)
    log.error("in_a_traceback", exc_info=fault)
    logging.getLogger("lib").error("in another", exc_info=fault)
    written = out.getvalue()
    assert logs.HIDDEN in written
    assert secret not in written
    assert json.dumps(secret)[1:-1] not in written
    assert json.dumps(secret, ensure_ascii=False)[1:-1] not in written


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            f"https://api.telegram.org/bot{TOKEN}/getMe",
            "https://api.telegram.org/bot[hidden]/getMe",
        ),
        ("/bot1:x/getUpdates", "/bot[hidden]/getUpdates"),
        (f"the token {TOKEN} is wrong", "the token [hidden] is wrong"),
        ("postgresql://nudger:hush@db/nudger", "postgresql://nudger:[hidden]@db/nudger"),
        ("at 12:30 of 2026-11-21T12:30:00", "at 12:30 of 2026-11-21T12:30:00"),
        ("http://127.0.0.1:8420/page?who=a@b", "http://127.0.0.1:8420/page?who=a@b"),
    ],
)
def test_what_looks_like_a_secret_is_hidden_and_the_rest_is_left(text: str, left: str) -> None:
    assert logs.redacting([])(text) == left


def events() -> Iterator[tuple[str, ast.Call]]:
    """Every call such as ``log.info(...)`` in the package, with where it stands."""
    levels = {"debug", "info", "warning", "error", "exception", "critical"}
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "LOG"), attr=level)):
                    if level in levels:
                        yield f"{file.relative_to(PACKAGE)}:{node.lineno}", node


def test_an_event_has_a_constant_name_and_no_field_for_words() -> None:
    for place, call in events():
        assert len(call.args) == 1, place
        name = call.args[0]
        for arm in (name.body, name.orelse) if isinstance(name, ast.IfExp) else (name,):
            assert isinstance(arm, ast.Constant), place
            assert re.fullmatch(r"[a-z]+(_[a-z]+)*", str(arm.value)), place
        fields = {keyword.arg for keyword in call.keywords}
        assert not fields & {"text", "words", "body", "prompt_text", "token"}, place
