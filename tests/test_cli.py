"""What can be typed, and how does it end?"""

import subprocess
import sys
from pathlib import Path

import pytest

import nudger
from nudger import cli
from nudger.domain.refusal import Refusal

ROOT = Path(nudger.__file__).parents[1]
HEAVY = {"telegram", "sqlalchemy", "matplotlib", "alembic", "aiohttp", "apscheduler", "yaml"}
TOKEN = "123456789:AAF-made-up_for_the_tests_of_nudger"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's .env, nobody's data."""
    monkeypatch.chdir(tmp_path)


def typed(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert isinstance(left.value.code, int)
    return left.value.code


def failing_with(fault: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(cli, "_settings_with_logs", run)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["run", "--help"], ["prompts", "--help"], ["version"]]
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        "from nudger.cli import main\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "except SystemExit as left:\n"
        "    print(left.code, *sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter with our own words
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    code, *modules = done.stdout.splitlines()[-1].split()
    assert code == "0"
    assert not HEAVY & set(modules)


@pytest.mark.parametrize("command", ["run", "demo", "check", "prompts", "version"])
def test_every_command_is_listed_and_says_what_it_is_for(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed("--help") == 0
    assert f"  {command} " in capsys.readouterr().out
    assert typed(command, "--help") == 0
    assert len(capsys.readouterr().out.splitlines()) > 4


def test_python_with_m_is_the_same_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nudger", "version"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.strip() == nudger.__version__


def test_a_refusal_is_its_sentence_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing_with(Refusal("The folder is read-only. Let nudger write to it."), monkeypatch)
    assert typed("run") == 2
    said = capsys.readouterr()
    assert said.err == "nudger: The folder is read-only. Let nudger write to it.\n"
    assert not said.out


def test_a_refusal_inside_a_group_of_tasks_is_still_its_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    group = ExceptionGroup("tasks", [ExceptionGroup("inner", [Refusal("Another one polls.")])])
    failing_with(group, monkeypatch)
    assert typed("run") == 2
    assert capsys.readouterr().err == "nudger: Another one polls.\n"


def test_a_fault_beside_a_refusal_is_not_hidden_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(ExceptionGroup("tasks", [Refusal("Full."), KeyError("x")]), monkeypatch)
    assert typed("run") == 1


def test_a_fault_is_one_line_without_its_text_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing_with(KeyError("dear diary"), monkeypatch)
    assert typed("run") == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "KeyError" in said
    assert "--debug" in said
    assert "dear diary" not in said


def test_debug_shows_the_traceback_without_secrets(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NUDGER_ENCRYPTION_KEY", "correct horse")
    failing_with(KeyError(f"correct horse, https://localhost/bot{TOKEN}/getMe"), monkeypatch)
    assert typed("--debug", "run") == 1
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "correct horse" not in said
    assert TOKEN not in said


def test_a_wrong_setting_ends_run_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("NUDGER_MESSAGES_PER_SECOND", "many")
    assert typed("run") == 2
    assert "NUDGER_MESSAGES_PER_SECOND" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["runn"], ["run", "--speed", "0"], ["demo", "--port", "x"]])
def test_what_cannot_be_typed_is_exit_code_2(arguments: list[str]) -> None:
    assert typed(*arguments) == 2
