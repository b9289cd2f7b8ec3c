"""Does nudger name only help lines that stand in the file, in an order that helps?"""

import re
from pathlib import Path

import pytest

import nudger
from nudger.domain.help_line import WORLD, HelpKind, lines_for
from nudger.library import LibraryError, check_library, default_prompts_dir, read_helplines

FILE = default_prompts_dir() / "helplines.yaml"
TEXT = FILE.read_text()
LINES = read_helplines(FILE)
COUNTRIES = sorted({line.country for line in LINES})


def test_every_entry_of_the_file_is_read() -> None:
    assert len(LINES) == len(re.findall(r"^- country:", TEXT, re.MULTILINE))
    assert len(LINES) > 100


def test_every_value_stands_in_the_file_letter_by_letter() -> None:
    values = re.findall(r'^  value: "(.*)"$', TEXT, re.MULTILINE)
    assert [line.value for line in LINES] == values


def test_a_line_keeps_where_and_when_its_number_was_seen() -> None:
    sources = [line.source for line in LINES if line.country != WORLD]
    assert all(source.startswith("http") for source in sources)
    assert any(line.page_date for line in LINES)


@pytest.mark.parametrize("country", COUNTRIES)
def test_emergency_comes_first_then_crisis_text_violence(country: str) -> None:
    shown = [line for line in lines_for(LINES, country) if line.country == country]
    ranks = [list(HelpKind).index(line.kind) for line in shown if line.how != "web"]
    assert ranks == sorted(ranks)
    assert shown[0].kind is HelpKind.EMERGENCY


@pytest.mark.parametrize("country", COUNTRIES)
def test_no_line_of_a_country_is_left_out(country: str) -> None:
    own = {line for line in LINES if line.country == country}
    shown = set(lines_for(LINES, country))
    assert {line.value for line in own} <= {line.value for line in shown}
    if country != WORLD:
        assert own <= shown


@pytest.mark.parametrize("country", [*COUNTRIES, "de", "XX", ""])
def test_the_directory_of_the_whole_world_comes_last_and_once(country: str) -> None:
    shown = lines_for(LINES, country)
    assert shown[-1].country == WORLD
    assert shown[-1].how == "web"
    assert [line.value for line in shown].count(shown[-1].value) == 1


@pytest.mark.parametrize("country", ["XX", "", "world"])
def test_a_country_without_lines_gets_those_of_the_world(country: str) -> None:
    shown = lines_for(LINES, country)
    assert {line.country for line in shown} == {WORLD}
    assert shown[0].kind is HelpKind.EMERGENCY


def test_a_country_is_found_however_it_is_written() -> None:
    assert lines_for(LINES, "de") == lines_for(LINES, "DE")


def test_no_number_of_help_stands_anywhere_else() -> None:
    numbers = {re.sub(r"\D", "", line.value) for line in LINES}
    numbers = {number for number in numbers if len(number) >= 5}
    assert len(numbers) > 40
    package = Path(nudger.__file__).parent
    files = [*package.rglob("*.py"), *(f for f in FILE.parent.rglob("*.*") if f != FILE)]
    assert len(files) > 10
    for file in files:
        found = {
            re.sub(r"\D", "", run) for run in re.findall(r"\d[\d ()+./-]{3,}", file.read_text())
        }
        assert not found & numbers, file


def test_no_text_tells_anyone_to_call_a_number() -> None:
    for file in (FILE.parent / "en").rglob("*.yaml"):
        assert not re.search(
            r"(call|ring|text|dial)\D{0,20}\d{3,}", file.read_text(), re.IGNORECASE
        )


WRONG = [
    ('country: "US"', 'country: "usa"', "`country` cannot be `usa`"),
    ('kind: "crisis"', 'kind: "crises"', "did you mean `crisis`?"),
    ('value: "988"', "value: 988", 'put quotes round it: "988"'),
    ('value: "988"', 'value: ""', "`value` is empty"),
    ("  hours:", "  hour:", "did you mean `hours`?"),
    ('page_date: "2022-01-20"', 'page_date: "spring"', "`page_date` cannot be `spring`"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_a_wrong_entry_is_one_finding_and_nothing_is_read(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in TEXT
    file = tmp_path / "helplines.yaml"
    file.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(LibraryError) as raised:
        read_helplines(file)
    (finding,) = raised.value.findings
    assert said in str(finding)
    assert finding.line == 1 + TEXT[: TEXT.index(old)].count("\n")


def test_a_missing_or_empty_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="cannot be read"):
        read_helplines(tmp_path / "helplines.yaml")
    (tmp_path / "helplines.yaml").write_text("country: DE\n")
    with pytest.raises(LibraryError, match="no list of help lines"):
        read_helplines(tmp_path / "helplines.yaml")


def test_the_check_of_the_texts_checks_the_help_lines_too(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "fears.yaml").write_text((FILE.parent / "en" / "fears.yaml").read_text())
    (finding,) = check_library(tmp_path)
    assert finding.file.name == "helplines.yaml"
