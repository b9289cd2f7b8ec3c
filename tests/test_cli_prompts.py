"""What do `nudger prompts check`, `list`, `preview` and `schema` say?"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nudger.cli.prompts import app
from nudger.domain.prompt import Kind
from nudger.library import LibraryError, default_prompts_dir, read_library
from nudger.library.shapes import schema


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real texts, to be spoilt."""
    return shutil.copytree(default_prompts_dir(), tmp_path / "prompts")


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "100", **environment})


def spoil(folder: Path, old: str, new: str) -> Path:
    file = folder / "en" / "kindness.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    return file


def test_check_says_in_one_line_that_all_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUDGER_PROMPTS_DIR", raising=False)
    result = run("check")
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    assert line.startswith("en: 40 rungs in 5 families, 18 kindness, ")
    assert "111 help lines" in line


def test_check_names_file_line_and_mend_and_ends_with_1(folder: Path) -> None:
    file = spoil(folder, "    single: same", "    singel: same")
    result = run("check", "--folder", str(folder))
    assert result.exit_code == 1
    line = 1 + file.read_text().partition("singel")[0].count("\n")
    assert f"{file}:{line}: `singel` is not known here – did you mean `single`?" in result.stdout
    assert result.stderr == "1 thing to mend.\n"


def test_check_lists_all_that_is_wrong(folder: Path) -> None:
    spoil(folder, "reply: Good.", "reply: Good!")
    spoil(folder, "strategy: friend", "strategy: 22:30")
    (folder / "helplines.yaml").write_text("")
    result = run("check", "--folder", str(folder))
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 3
    assert "3 things to mend" in result.stderr


def test_check_says_warnings_and_still_ends_with_0(folder: Path) -> None:
    spoil(folder, "Lay a hand", "Mindful, lay a hand")
    result = run("check", "--folder", str(folder))
    assert result.exit_code == 0
    assert result.stdout.startswith("look again: ")
    assert "All right." in result.stdout


def test_the_folder_may_come_from_the_environment(folder: Path) -> None:
    spoil(folder, "reply: Good.", "reply: Good!")
    assert run("check", NUDGER_PROMPTS_DIR=str(folder)).exit_code == 1


def test_list_shows_every_text_once() -> None:
    out = run("list").stdout
    for id in read_library(default_prompts_dir(), "en").prompts:
        assert sum(line.split()[:1] == [id] for line in out.splitlines()) == 1


def test_list_narrows_to_a_kind_or_a_family() -> None:
    library = read_library(default_prompts_dir(), "en")
    calm = {prompt.id for prompt in library.of_kind(Kind.CALM)}
    checking = {rung.id for rung in library.families["checking"].rungs}
    for arguments, expected in ((("--kind", "calm"), calm), (("--family", "checking"), checking)):
        lines = run("list", *arguments).stdout.splitlines()
        first = {line.split()[0] for line in lines if line.split()}
        assert {word for word in first if "." in word} == expected


def test_list_shows_difficulty_and_length_of_a_rung() -> None:
    lines = run("list", "--family", "texting_gap").stdout.splitlines()
    (line,) = [line for line in lines if "texting.15_minutes" in line]
    assert "3.4" in line
    assert "15 min" in line


@pytest.mark.parametrize("kind", ["calmness", "rung"])
def test_an_unknown_kind_is_refused(kind: str) -> None:
    assert run("list", "--kind", kind).exit_code == 2


def test_an_unknown_family_names_the_nearest() -> None:
    result = run("list", "--family", "cheking")
    assert result.exit_code == 1
    assert "did you mean `checking`?" in result.stderr


def test_an_unknown_language_is_the_libraries_own_refusal() -> None:
    assert isinstance(run("list", "--locale", "xx").exception, LibraryError)


def test_preview_shows_both_forms_of_a_rung_with_its_taps() -> None:
    out = run("preview", "texting.5_minutes").stdout
    assert out.index("with a partner") < out.index("without a partner")
    assert "Send your person" in out
    assert "Send a friend" in out
    assert out.count("[ They'll be annoyed ]") == 2
    assert "1.5 of 10 · 5 min · time" in out


def test_preview_shows_a_text_for_everyone_once_with_what_is_said_back() -> None:
    out = run("preview", "kind.hand_on_heart").stdout
    assert out.count("Lay a hand on your chest") == 1
    assert "for everyone" in out
    assert "[ Done ]" in out
    assert "→ Good." in out


def test_preview_of_a_family_shows_all_its_rungs() -> None:
    out = run("preview", "letting_in").stdout
    for rung in read_library(default_prompts_dir(), "en").families["letting_in"].rungs:
        assert rung.id in out


def test_preview_fits_a_phone() -> None:
    assert max(map(len, run("preview", "checking").stdout.splitlines())) <= 50


def test_an_unknown_id_names_the_nearest() -> None:
    result = run("preview", "kind.hand_on_hart")
    assert result.exit_code == 1
    assert "did you mean `kind.hand_on_heart`?" in result.stderr


def test_schema_prints_the_schema() -> None:
    assert json.loads(run("schema").stdout) == schema()


def test_naming_the_commands_imports_nothing_heavy() -> None:
    code = (
        "import sys, nudger.cli.prompts\n"
        "heavy = {'yaml', 'pydantic', 'telegram', 'sqlalchemy', 'aiohttp'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert out.stdout.strip() == "[]"
