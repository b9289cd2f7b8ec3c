"""Is every sentence said in the right language, in the right voice, with nothing lost?"""

import ast
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from nudger.domain.screen import Screen
from nudger.render import words
from nudger.render.message import render
from nudger.render.texts import mark
from nudger.render.words import LOCALE, SENTENCES
from tests.phones import EVENING, joined

NUDGER = LOCALE.parent
TEXTS = NUDGER / "render" / "texts"
# Keys that are put together, by what stands before the part that is found when it is said.
PUT_TOGETHER = (
    "choice.",
    "command.",
    "about.",
    "when.",
    "day.",
    "time_of_day.",
    "barred.",
    "onboarding.joined_",
    "stopped.",
    "attempt.none.",
    "why.",
    "lane.",
    "came_true.",
    "evidence.one_fear_",
    "aside.joining_",
    "aside.",
    "helpnow.line_",
)
Message = str | tuple[str, ...]


def said() -> Iterator[str]:
    """Every English sentence, both forms of those that count."""
    for sentence in SENTENCES.values():
        if isinstance(sentence, mark.Plural):
            yield from (sentence.one, sentence.many)
        else:
            yield sentence


def strings_in(file: Path) -> Iterator[str]:
    """All plain strings of a module, without its docstrings."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def keys_asked_for() -> set[str]:
    """Strings outside the texts that are keys of sentences, or look like one."""
    files = [file for file in NUDGER.rglob("*.py") if TEXTS not in file.parents]
    return {string for file in files for string in strings_in(file)}


# ------------------------------------------------------------------ keys


def test_no_sentence_is_left_that_nothing_says() -> None:
    asked = keys_asked_for()
    left = {key for key in SENTENCES if key not in asked and not _put_together(key, asked)}
    assert not left


def _put_together(key: str, asked: set[str]) -> bool:
    """Whether it begins as such a key does, and goes on in names that stand somewhere."""
    prefix = next((prefix for prefix in PUT_TOGETHER if key.startswith(prefix)), None)
    if prefix is None:
        return False
    return all(part in asked for part in key.removeprefix(prefix).replace("_or_", "/").split("."))


def test_every_key_that_is_said_has_a_sentence() -> None:
    said = 0
    for file in (*NUDGER.glob("domain/dialogues/*.py"), *NUDGER.glob("flows/*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                for key in _keys_of(node):
                    assert key in SENTENCES, f"{file.name} says {key!r}, which has no sentence"
                    said += 1
    assert said > 100


def _keys_of(call: ast.Call) -> Iterator[str]:
    """The key of `say("...")`, `Screen(key="...")`, `Label(key="...")`, where it stands as it is."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    given = [k.value for k in call.keywords if k.arg == "key" and name in {"Screen", "Label"}]
    given += call.args[:1] if name == "say" else []
    for value in given:
        for leaf in (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,):
            if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str):
                yield leaf.value


# ------------------------------------------------------------------ voice

UNWANTED = {
    "an exclamation mark": r"!",
    "an emoji": r"[\U0001F000-\U0001FAFF\u2600-\u26FF\u2705\u274C\uFE0F]",
    "a label": r"\bneedy\b|\bclingy\b|\bweak\b|\bcrazy\b",
    "a score": r"\bstreaks?\b|\bpoints\b|\blevels?\b",
    "blame": r"\bfail(s|ed|ing|ure)?\b|\bmissed\b|\bshould have\b|\bmust\b|\bonly managed\b",
    "a promise that is not ours": r"\bloves? you\b|\bcure\b|\btreatment\b",
    "two spaces": r"\S  +\S",
    "dots for a pause": r"\.\.\.|…",
    "a straight quote": r'"',
}


@pytest.mark.parametrize("what", UNWANTED)
def test_no_sentence_has(what: str) -> None:
    assert not [text for text in said() if re.search(UNWANTED[what], text, re.IGNORECASE)]


def test_sentences_fit_a_phone() -> None:
    longest = {key: len(str(text)) for key, text in SENTENCES.items() if len(str(text)) > 320}
    pages = {"onboarding.hello", "help", "privacy"}
    assert set(longest) <= pages


# ------------------------------------------------------------------ other languages


def current() -> set[Message]:
    """What translators are to translate, as the texts stand."""
    found = extract_from_dir(
        TEXTS, method_map=[("**.py", "python")], keywords={"N_": None, "NP_": (1, 2)}
    )
    return {
        message if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found
    }


def ids_of(catalog: Catalog) -> set[Message]:
    """The sentences of a catalog, without its header."""
    return {
        message.id if isinstance(message.id, str) else tuple(message.id)
        for message in catalog
        if message.id
    }


def test_the_list_for_translators_is_current() -> None:
    with (LOCALE / "nudger.pot").open("rb") as pot:
        listed = ids_of(read_po(pot))
    assert listed == current(), "run the command of nudger/locale/README.md"
    assert {text for id in listed for text in ([id] if isinstance(id, str) else id)} == set(said())


def losses(po: Path) -> list[str]:
    """The translations that lost or changed a placeholder or a tag."""
    with po.open("rb") as file:
        catalog = read_po(file, locale=po.parent.parent.name)
    lost = []
    for message in catalog:
        if not message.id or not message.string or message.fuzzy:
            continue
        english = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        wanted = _fixed(english[-1])
        allowed = [wanted, _fixed(english[0])] if len(english) > 1 else [wanted]
        lost += [each for each in strings if each and _fixed(each) not in allowed]
    return lost


def _fixed(sentence: str) -> tuple[list[str], list[str]]:
    """What a translation must keep: values with their forms, and tags; in any order."""
    values = [f"{name}:{form}" for _, name, form, _ in Formatter().parse(sentence) if name]
    return sorted(set(values)), sorted(re.findall(r"</?\w+>", sentence))


def a_language(folder: Path, **strings: str | tuple[str, ...]) -> Path:
    """A made-up translation of these keys."""
    catalog = Catalog(locale="de")
    for key, string in strings.items():
        written = SENTENCES[key.replace("__", ".")]
        id = (written.one, written.many) if isinstance(written, mark.Plural) else written
        catalog.add(id, string=string)
    po = folder / "de" / "LC_MESSAGES" / "nudger.po"
    po.parent.mkdir(parents=True)
    with po.open("wb") as file:
        write_po(file, catalog)
    return po


def test_no_translation_loses_a_value_or_a_tag() -> None:
    assert not [lost for po in LOCALE.glob("*/LC_MESSAGES/*.po") for lost in losses(po)]


LOST = [
    ("kept", "Ruhe bis {until:when}. Sie endet von selbst.", False),
    ("a value lost", "Ruhe, sie endet von selbst.", True),
    ("a value renamed", "Ruhe bis {bis:when}. Sie endet von selbst.", True),
    ("another form", "Ruhe bis {until:clock}. Sie endet von selbst.", True),
    ("a tag too many", "<b>Ruhe bis {until:when}. Sie endet von selbst.", True),
]


@pytest.mark.parametrize(("string", "lost"), [r[1:] for r in LOST], ids=[r[0] for r in LOST])
def test_a_lost_value_or_tag_is_found(string: str, lost: bool, tmp_path: Path) -> None:
    assert bool(losses(a_language(tmp_path, pause__until=string))) is lost


def test_the_singular_may_leave_the_number_out(tmp_path: Path) -> None:
    forms = ("Einen Tag lang war es still.", "{silent} Tage lang war es still.")
    assert not losses(a_language(tmp_path, why__writes_less=forms))


def test_a_translation_reaches_the_phone_and_a_missing_one_is_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_language(
        tmp_path,
        pause__undone="Zurückgenommen.",
        why__writes_less=("Ein Tag ohne Antwort.", "{silent} Tage ohne Antwort."),
    )
    words.translations.cache_clear()
    monkeypatch.setattr(words, "translations", partial(words.translations, folder=tmp_path))
    person = joined(language="de")

    def says(key: str, **values: int) -> str:
        return render(Screen(key=key, values=values), person=person, now=EVENING).text

    assert says("pause.undone") == "Zurückgenommen."
    assert says("why.writes_less", silent=1) == "Ein Tag ohne Antwort."
    assert says("why.writes_less", silent=4) == "4 Tage ohne Antwort."
    assert says("pause.left") == "Everything stays as it is."
    assert words.languages(tmp_path) == ("en", "de")
