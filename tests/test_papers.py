"""Do the papers say what is?"""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from nudger.settings import SECRETS, Settings, describe, read_settings, variable

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
HOSTING = (ROOT / "deploy" / "README.md").read_text("utf-8")

DEMO = (
    "python3 -m venv .venv && .venv/bin/pip install -qr deploy/requirements.txt"
    " && .venv/bin/python -m nudger demo"
)
TESTS = (
    "python3 -m venv .venv && .venv/bin/pip install -qr tests/requirements.txt"
    " && .venv/bin/python -m pytest"
)


def tracked() -> list[Path]:
    """All files of the repository as git sees them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    names = listed.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("command", [DEMO, TESTS])
def test_the_readme_gives_the_two_commands_each_on_a_line_of_its_own(command: str) -> None:
    assert README.splitlines().count(command) == 1


def test_ci_runs_the_tests_by_the_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    found = re.search(r"grep -m 1 -E '(?P<line>[^']+)' README.md", script)
    assert found is not None
    assert re.findall(found["line"], README, re.MULTILINE) == [TESTS]


def test_the_readme_tells_what_each_variable_is_for() -> None:
    for row in describe(read_settings({}, ROOT / "no such file")):
        assert f"| `{row.name}` | {row.purpose}" in README


def test_the_example_file_holds_every_variable_and_can_be_used_as_it_is() -> None:
    example = ROOT / "deploy" / "env.example"
    named = re.findall(r"^#?(NUDGER_\w+)=", example.read_text("utf-8"), re.MULTILINE)
    assert set(named) == {variable(field) for field in Settings.model_fields}
    assert read_settings({}, example) == Settings()


def test_no_paper_names_a_variable_that_does_not_exist() -> None:
    known = {variable(field) for field in Settings.model_fields}
    known |= {f"{variable(field)}_FILE" for field in SECRETS}
    for paper in [*ROOT.glob("*.md"), *(ROOT / "deploy").iterdir()]:
        named = set(re.findall(r"NUDGER_[A-Z_]*[A-Z]", paper.read_text("utf-8")))
        assert named <= known | {"NUDGER_TEST"}, paper


def test_the_commands_for_new_pins_are_written_down() -> None:
    words = " ".join(HOSTING.replace("\\\n", " ").split())
    assert (
        "uv pip compile pyproject.toml --group dev --universal --python-version 3.11"
        " --generate-hashes --no-header --no-annotate -o tests/requirements.txt"
    ) in words


def pins(file: str) -> dict[str, str]:
    lines = re.findall(
        r"^([\w.-]+)(?:\[.*\])?==(\S+)", (ROOT / file).read_text("utf-8"), re.MULTILINE
    )
    return dict(lines)


def test_what_runs_is_what_was_tested() -> None:
    assert pins("deploy/requirements.txt").items() <= pins("tests/requirements.txt").items()


@pytest.mark.parametrize("file", ["deploy/requirements.txt", "tests/requirements.txt"])
def test_every_pin_has_a_hash_and_fits_what_the_code_is_written_for(file: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = list(project["project"]["dependencies"])
    if file.startswith("tests"):
        wanted += project["dependency-groups"]["dev"]
    pinned = pins(file)
    for requirement in map(Requirement, wanted):
        assert pinned[requirement.name.lower()] in requirement.specifier, requirement
    blocks = re.split(r"\n(?=\S)", (ROOT / file).read_text("utf-8").strip())
    assert [b.splitlines()[0] for b in blocks if "--hash=sha256:" not in b] == []


def test_no_file_names_the_address_of_a_registry() -> None:
    # Written in two parts, or this file would be found.
    hosts = re.compile("|".join(("py" + r"pi\.org", "python" + "hosted", r"registry\." + "npm")))
    found = [
        path.relative_to(ROOT)
        for path in tracked()
        if hosts.search(path.read_bytes().decode("utf-8", "replace"))
    ]
    assert found == []


def test_no_other_folder_stands_at_the_top() -> None:
    folders = {path.relative_to(ROOT).parts[0] for path in tracked() if path.parent != ROOT}
    assert folders <= {"nudger", "prompts", "deploy", "tests", ".ci"}


def test_container_unit_and_procfile_start_the_same_command() -> None:
    container = (ROOT / "deploy" / "Containerfile").read_text("utf-8")
    unit = (ROOT / "deploy" / "nudger.service").read_text("utf-8")
    assert 'ENTRYPOINT ["python", "-m", "nudger"]\nCMD ["run"]' in container
    assert "\nExecStart=/opt/nudger/.venv/bin/python -m nudger run\n" in unit
    assert "\nRestartPreventExitStatus=2\n" in unit
    assert (ROOT / "Procfile").read_text("utf-8") == "worker: nudger run\n"
