"""Does the library take what is right, and say all that is wrong, where, and how it is mended?"""

import re
import shutil
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nudger.domain.prompt import Dimension, Kind, Ladder
from nudger.library import (
    Finding,
    LibraryError,
    check_library,
    default_prompts_dir,
    locales,
    read_library,
    yaml_lines,
)
from nudger.library.rules import JARGON, MOVES, PARTNER
from nudger.library.yaml_lines import read_yaml

FEARS = """\
fears:
  - {id: annoyed, label: They'll be annoyed, after: "Were they annoyed?", noun: annoyed}
  - {id: leave, label: They'll leave, after: "Did they leave?", noun: being left}
  - {id: wrong, label: Something is wrong, after: "Was something wrong?", noun: something wrong}
"""
FAMILY = """\
family: waiting
ladder: distance
name: Waiting
about: Letting the quiet be.
fears: [annoyed, leave, wrong]
rungs:
  - id: waiting.short
    difficulty: 2
    dimension: time
    lasts: "5 min"
    short: five minutes of waiting
    text: Wait with your person in mind.
    single: Wait with a friend in mind.
    meanwhile: Make tea.
  - id: waiting.long
    difficulty: 3.5
    dimension: contact
    short: an hour of waiting
    short_single: an hour with a friend in mind
    text: Stay where you are.
    single: same
    meanwhile: Read a page.
    fears: [leave, wrong, annoyed]
"""
KINDNESS = """\
kind: kindness
prompts:
  - id: kind.one
    strategy: rest
    tags: [after_hard]
    text: Rest a little.
    single: same
    answers:
      - {id: done, label: Done, reply: Good.}
      - {id: later, label: Later}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small library in which everything is right."""
    write(tmp_path, "en/fears.yaml", FEARS)
    write(tmp_path, "en/distance/waiting.yaml", FAMILY)
    write(tmp_path, "en/kindness.yaml", KINDNESS)
    shutil.copy(default_prompts_dir() / "helplines.yaml", tmp_path)
    return tmp_path


def write(folder: Path, name: str, text: str | bytes) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def only(findings: tuple[Finding, ...]) -> Finding:
    (finding,) = findings
    return finding


# ---------------------------------------------------------------- what is right


def test_a_right_folder_has_no_findings_and_becomes_a_library(folder: Path) -> None:
    assert check_library(folder) == ()
    library = read_library(folder, "en")
    assert library.locale == "en"
    assert list(library.families) == ["waiting"]
    assert list(library.prompts) == ["waiting.short", "waiting.long", "kind.one"]
    assert library.fears["leave"].after == "Did they leave?"


def test_a_rung_takes_what_its_file_says_and_what_its_family_says(folder: Path) -> None:
    library = read_library(folder, "en")
    short, long = library.families["waiting"].rungs
    assert (short.kind, short.ladder, short.family) == (Kind.CHALLENGE, Ladder.DISTANCE, "waiting")
    assert short.lasts is not None
    assert short.lasts.total_seconds() == 300
    assert (short.difficulty, short.dimension) == (2, Dimension.TIME)
    assert short.fears == ("annoyed", "leave", "wrong")
    assert long.fears == ("leave", "wrong", "annoyed")
    assert long.lasts is None


def test_both_forms_are_always_there(folder: Path) -> None:
    short, long = read_library(folder, "en").families["waiting"].rungs
    assert short.single == "Wait with a friend in mind."
    assert short.short_single == short.short
    assert long.single == long.text
    assert long.short_single == "an hour with a friend in mind"


def test_prompts_come_in_the_order_in_which_they_are_written(folder: Path) -> None:
    second = KINDNESS.partition("prompts:\n")[2].replace("kind.one", "kind.a").replace("Rest", "Be")
    write(folder, "en/kindness.yaml", KINDNESS + second)
    kindness = read_library(folder, "en").of_kind(Kind.KINDNESS)
    assert [prompt.id for prompt in kindness] == ["kind.one", "kind.a"]


@pytest.mark.parametrize(
    ("words", "minutes"), [("5 min", 5), ("1 h", 60), ("1 day", 24 * 60), ("2 days", 48 * 60)]
)
def test_lengths_are_read_as_people_write_them(folder: Path, words: str, minutes: int) -> None:
    text = FAMILY.replace("difficulty: 2\n", "difficulty: 5\n").replace("3.5", "5.5")
    write(folder, "en/distance/waiting.yaml", text.replace("5 min", words))
    rung = read_library(folder, "en").rung("waiting.short")
    assert rung is not None
    assert rung.lasts is not None
    assert rung.lasts.total_seconds() == minutes * 60


def test_the_plain_python_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted(default_prompts_dir().rglob("*.yaml"))
    fast = [read_yaml(file) for file in files]
    monkeypatch.setattr(yaml_lines, "_Loader", yaml.SafeLoader)
    assert [read_yaml(file) for file in files] == fast


def test_the_real_texts_load_in_half_a_second() -> None:
    before = time.process_time()
    read_library(default_prompts_dir(), "en")
    assert time.process_time() - before < 0.5


# ---------------------------------------------------------------- what is wrong

WRONG = [
    # label, file, replace, by, line, words of the finding, words of the mend
    ("time without quotes", "waiting", "Make tea.", "22:30", 14, "`22:30` for a number", '"22:30"'),
    ("no without quotes", "waiting", "Make tea.", "no", 14, "`no` for yes or no", '"no"'),
    ("minutes without quotes", "waiting", '"5 min"', "1:30", 10, "`1:30` for a number", '"1:30"'),
    ("date without quotes", "waiting", "Make tea.", "2026-11-21", 14, "for a date", "quotes"),
    ("octal", "waiting", "difficulty: 2", "difficulty: 02", 8, "`02` for a number", '"02"'),
    ("number for a text", "waiting", '"5 min"', "5", 10, "`lasts` is a number", 'quotes round it: "5"'),
    ("strange length", "waiting", "5 min", "a while", 10, "`lasts` cannot be `a while`", "`15 min`"),
    ("no time at all", "waiting", "5 min", "0 min", 10, "`lasts` cannot be `0 min`", "`15 min`"),
    ("typing error in a key", "waiting", "meanwhile: Make", "meanwile: Make", 14, "`meanwile`", "`meanwhile`?"),
    ("unknown key", "kindness", "    tags:", "    zzz:", 5, "`zzz` is not known", "known are: answers"),
    ("single missing", "kindness", "    single: same\n", "", 3, "`single` is missing", "without a partner"),
    ("single empty", "kindness", "single: same", "single:", 7, "`single` is empty", "write something"),
    ("single blank", "kindness", "single: same", 'single: " "', 7, "`single` is empty", "write something"),
    ("unknown dimension", "waiting", "dimension: time", "dimension: tim", 9, "cannot be `tim`", "`time`?"),
    ("unknown tag", "kindness", "after_hard", "after_hrd", 5, "`after_hrd`", "`after_hard`?"),
    ("difficulty in words", "waiting", "difficulty: 2", "difficulty: easy", 8, "`easy`", "number"),
    ("difficulty 11", "waiting", "difficulty: 2", "difficulty: 11", 8, "`11`", "less than"),
    ("long text", "kindness", "Rest a little.", "very " * 100, 6, "499 characters", "450"),
    ("long button", "kindness", "label: Done", f"label: {'x' * 31}", 9, "31 characters", "30"),
    ("long id", "kindness", "kind.one", "kind." + "x" * 20, 3, "25 characters", "24"),
    ("strange id", "kindness", "kind.one", "Kind One", 3, "cannot be `Kind One`", "small letters"),
    ("one answer", "kindness", "      - {id: later, label: Later}\n", "", 8, "too few entries (1)", "at least 2"),
    ("indentation", "waiting", "short: five minutes of waiting", "short:\n      a: b", 11, "is no text", "indentation"),
    ("key twice", "kindness", "    strategy: rest", "    strategy: rest\n    strategy: rest", 5, "twice", "one of the two"),
    ("prompt id twice", "kindness", "kind.one", "waiting.short", 3, "taken (waiting.yaml:7)", "another"),
    ("answer id twice", "kindness", "id: later", "id: done", 10, "two answers", "another"),
    ("answer id of nudger's own", "kindness", "id: later", "id: another", 10, "`another` is a button", "remove"),
    ("fear that is not there", "waiting", "[annoyed, leave, wrong]", "[annoyed, leaf, wrong]", 5, "no fear `leaf`", "`leave`?"),
    ("own fear that is not there", "waiting", "[leave, wrong, annoyed]", "[leave, wrong, anoyed]", 23, "no fear `anoyed`", "`annoyed`?"),
    ("wrong order", "waiting", "3.5", "1.5", 16, "easier than the rung before", "order"),
    ("gap", "waiting", "3.5", "3.6", 16, "1.6 harder", "between them"),
    ("partner in the single form", "waiting", "Wait with a friend in mind.", "Wait for your person.", 13, '"your person"', "without a partner"),
    ("partner in what is the same", "waiting", "Stay where you are.", "Stay with your partner.", 21, 'names "partner"', "without a partner"),
    ("partner in the short form", "waiting", "five minutes of waiting", "five minutes for your partner", 7, "`short_single`", "without a partner"),
    ("exclamation mark", "kindness", "reply: Good.", "reply: Good!", 9, "exclamation mark", "full stop"),
    ("emoji", "kindness", "reply: Good.", "reply: Good 🙂", 9, "picture sign", "words"),
    ("placeholder", "kindness", "Rest a little.", "Rest, {name}.", 6, "placeholder", "in words"),
    ("HTML", "kindness", "Rest a little.", "Rest a <b>little</b>.", 6, "placeholder or a tag", "in words"),
    ("colon in a text", "kindness", "Rest a little.", "Rest: a little.", 6, "a colon and a space", ">-"),
    ("open quote", "kindness", "Rest a little.", '"Rest a little.', 6, "a quote is opened", "close it"),
    ("alias", "kindness", "Rest a little.", "*rest", 6, "aliases", "quotes"),
    ("anchor", "kindness", "Rest a little.", "&rest little", 6, "aliases", "quotes"),
    ("tag", "kindness", "Rest a little.", "!!python/object:os.system x", 6, "a tag", "quotes"),
    ("no kind of file", "kindness", "kind: kindness", "sort: kindness", 1, "what kind of file", "`kind:`"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "what", "mend"),
    [pytest.param(*rest, id=label) for label, *rest in WRONG],
)
def test_each_mistake_is_said_once_with_its_line_and_its_mend(
    folder: Path, file: str, old: str, new: str, line: int, what: str, mend: str
) -> None:
    name = {"waiting": "en/distance/waiting.yaml", "kindness": "en/kindness.yaml"}[file]
    text = (folder / name).read_text()
    assert old in text
    write(folder, name, text.replace(old, new, 1))
    finding = only(check_library(folder))
    assert (finding.file, finding.line, finding.warning) == (folder / name, line, False)
    assert what in finding.what
    assert mend in finding.mend
    assert str(finding).startswith(f"{folder / name}:{line}: ")
    with pytest.raises(LibraryError) as raised:
        read_library(folder, "en")
    assert raised.value.findings == (finding,)
    assert str(raised.value) == str(finding)


def test_everything_wrong_is_said_at_once(folder: Path) -> None:
    write(folder, "en/kindness.yaml", KINDNESS.replace("Good.", "Good!").replace("done", "Done"))
    write(folder, "en/distance/waiting.yaml", FAMILY.replace("3.5", "9").replace("5 min", "soon"))
    write(folder, "en/fears.yaml", FEARS + "no: way\n")
    said = [f"{f.file.name}:{f.line}" for f in check_library(folder)]
    assert said == [
        "waiting.yaml:10",
        "fears.yaml:5",
        "kindness.yaml:9",
        "kindness.yaml:9",
    ]


DAMAGED: list[tuple[str, bytes, int, str]] = [
    ("empty", b"", 1, "nothing in the file"),
    ("only a comment", b"# later\n", 1, "nothing in the file"),
    ("null", b"~\n", 1, "nothing in the file"),
    ("a tab", b"kind: kindness\nprompts:\n\t- id: x\n", 3, "a tab"),
    ("a byte order mark", b"\xef\xbb\xbf" + KINDNESS.encode(), 1, "byte order mark"),
    ("UTF-16", KINDNESS.encode("utf-16"), 1, "not UTF-8"),
    ("Latin 1", b"kind: kindness\nabout: caf\xe9\n", 2, "not UTF-8"),
    ("a zero byte", b"kind: kind\x00ness\n", 1, "does not allow"),
    ("5 MB", b"kind: kindness\n" + b"# filler\n" * 600_000, 1, "larger than"),
    ("two documents", KINDNESS.encode() + b"---\n" + KINDNESS.encode(), 11, "second document"),
    ("a list", b"- 1\n- 2\n", 1, "what kind of file"),
    ("a lone word", b"hello\n", 1, "what kind of file"),
    ("a key that is a list", b"kind: kindness\n? [a, b]\n: c\n", 2, "plain word"),
    ("a merge", b"<<: {kind: kindness}\n", 1, "what kind of file"),
    (
        "a bomb of aliases",
        b"a: &a [x]\n"
        + b"".join(b"%c: &%c [*%c, *%c]\n" % (n, n, n - 1, n - 1) for n in b"bcdefg"),
        1,
        "aliases",
    ),
    ("lists without end", b"kind: " + b"[" * 200_000, 1, "levels inside each other"),
    ("keys without end", b"a: {" * 60_000, 1, "levels inside each other"),
]


@pytest.mark.parametrize(
    ("raw", "line", "what"), [pytest.param(*rest, id=label) for label, *rest in DAMAGED]
)
def test_a_damaged_file_is_one_clear_finding(
    folder: Path, raw: bytes, line: int, what: str
) -> None:
    file = write(folder, "en/kindness.yaml", raw)
    finding = only(check_library(folder))
    assert (finding.file, finding.line) == (file, line)
    assert what in finding.what


def test_a_file_that_is_a_folder_or_has_another_ending_is_a_finding(folder: Path) -> None:
    (folder / "en" / "extra.yaml").mkdir()
    write(folder, "en/more.yml", KINDNESS)
    unreadable, ending = check_library(folder)
    assert "cannot be read" in unreadable.what
    assert ending.mend == "rename it to .yaml"


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode(errors="replace")))
def test_no_bytes_at_all_raise(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    document = read_yaml(write(tmp_path_factory.mktemp("raw"), "x.yaml", raw))
    assert document.value is not None or document.findings


@given(data=st.data())
def test_whatever_is_typed_into_a_file_yields_a_library_or_findings(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(FAMILY)))
    end = data.draw(st.integers(start, min(len(FAMILY), start + 40)))
    typed = data.draw(st.text(alphabet=" \n-:[]{}'\"#&*!|>%@`?,.abc0129~é\t", max_size=12))
    folder = tmp_path_factory.mktemp("typed")
    write(folder, "en/fears.yaml", FEARS)
    write(folder, "en/waiting.yaml", FAMILY[:start] + typed + FAMILY[end:])
    try:
        library = read_library(folder, "en")
    except LibraryError as error:
        findings = error.findings
    else:
        findings = ()
        assert library.families
    assert all(finding.line >= 1 and finding.mend for finding in findings)


# ---------------------------------------------------------------- what no text may ask for

PHRASES = [
    ("Don't reply till tomorrow.", "without an answer"),
    ("Leave them on read tonight.", "without an answer"),
    ("Ignore their call.", "without an answer"),
    ("Make them wonder where you are.", "feelings"),
    ("Be late, and make him miss you.", "feelings"),
    ("See if they notice.", "tests the other"),
    ("Wait and test whether he writes.", "tests the other"),
    ("Give them the silent treatment.", "silence"),
    ("Tell them you’re busy.", "deceit"),
    ("Pretend not to see it.", "deceit"),
    ("Skip the date.", "missed"),
    ("They love you.", "reassures"),
    ("Nothing bad will happen.", "reassures"),
    ("You are not needy.", "labels"),
    ("You should wait.", "labels"),
]


@pytest.mark.parametrize(("text", "what"), PHRASES)
def test_a_forbidden_move_is_found(folder: Path, text: str, what: str) -> None:
    write(folder, "en/kindness.yaml", KINDNESS.replace("Rest a little.", text))
    finding = only(check_library(folder))
    assert what in finding.what
    assert finding.line == 6


@pytest.mark.parametrize(
    "text",
    [
        "If they answer, you answer.",
        "Tell them you're putting the phone away till nine.",
        "See whether you still want to ask.",
        "You don't have to reply at once, nobody does.",
        "What would you love to do?",
        "Let the silence be.",
    ],
)
def test_plain_speech_is_let_through(folder: Path, text: str) -> None:
    write(folder, "en/kindness.yaml", KINDNESS.replace("Rest a little.", text))
    assert check_library(folder) == ()


def test_every_list_of_phrases_compiles() -> None:
    for moves in MOVES.values():
        assert all(re.compile(move.pattern) for move in moves)
    assert JARGON.keys() == PARTNER.keys() == MOVES.keys()


# ---------------------------------------------------------------- what is only said


def warning(folder: Path) -> Finding:
    finding = only(check_library(folder))
    assert finding.warning
    assert read_library(folder, "en").prompts  # a warning stops nothing
    return finding


def test_a_repeated_opening_is_a_warning(folder: Path) -> None:
    write(folder, "en/distance/waiting.yaml", FAMILY.replace("Stay where", "Wait with what"))
    assert '"wait with" like `waiting.short`' in warning(folder).what


def test_a_word_of_the_trade_is_a_warning(folder: Path) -> None:
    write(folder, "en/kindness.yaml", KINDNESS.replace("little", "trigger"))
    assert "therapist" in warning(folder).what


def test_a_long_kindness_is_a_warning(folder: Path) -> None:
    text = KINDNESS.replace("a little", "a " + "little " * 50)
    write(folder, "en/kindness.yaml", text)
    assert "lock screen" in warning(folder).mend


def test_an_easy_rung_that_runs_long_is_a_warning(folder: Path) -> None:
    write(folder, "en/distance/waiting.yaml", FAMILY.replace("5 min", "20 min"))
    assert "first week" in warning(folder).mend


def test_two_families_that_do_not_meet_are_found(folder: Path) -> None:
    other = FAMILY.replace("waiting", "asking").replace("difficulty: 2", "difficulty: 6")
    other = other.replace("3.5", "7").replace("Wait with", "Go with").replace("Stay where", "Be as")
    write(folder, "en/distance/asking.yaml", other)
    finding = only(check_library(folder))
    assert "hole of 2.5" in finding.what


# ---------------------------------------------------------------- languages


def test_a_folder_without_texts_says_what_to_do(tmp_path: Path) -> None:
    assert "NUDGER_PROMPTS_DIR" in only(check_library(tmp_path / "none")).mend
    with pytest.raises(LibraryError, match="no texts here"):
        read_library(tmp_path, "en")


def test_an_unknown_language_names_the_nearest(folder: Path) -> None:
    with pytest.raises(LibraryError, match=r"did you mean `en`"):
        read_library(folder, "en_GB"[:3])


def test_a_language_is_a_folder_with_texts(folder: Path) -> None:
    (folder / "notes").mkdir()
    assert locales(folder) == ("en",)
    write(folder, "de/fears.yaml", FEARS)
    assert locales(folder) == ("de", "en")


def test_a_translation_keeps_the_ladder_and_may_come_bit_by_bit(folder: Path) -> None:
    write(folder, "de/fears.yaml", FEARS)
    write(folder, "de/distance/waiting.yaml", FAMILY.replace("3.5", "3.4"))
    missing, changed = sorted(check_library(folder), key=lambda f: not f.warning)
    assert missing.what == "1 of 3 texts are not translated yet"
    assert "kind.one" in missing.mend
    assert "`difficulty` of `waiting.long`" in changed.what
    assert changed.line == 16


def test_a_file_in_which_everything_is_wrong_is_checked_quickly_and_said_briefly(
    folder: Path,
) -> None:
    write(folder, "en/kindness.yaml", "kind: kindness\nprompts:\n" + "- {id: 1, txt: a}\n" * 10_000)
    before = time.process_time()
    with pytest.raises(LibraryError) as raised:
        read_library(folder, "en")
    assert time.process_time() - before < 5
    assert len(raised.value.findings) > 10_000
    lines = str(raised.value).splitlines()
    assert len(lines) == 51
    assert lines[-1].endswith(" more")
