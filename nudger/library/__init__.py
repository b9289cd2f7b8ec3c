"""What stands in prompts/, and is it right?"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from nudger.domain.prompt import Answer, Family, Fear, Kind, Library, Prompt, Rung
from nudger.library.finding import Finding, LibraryError
from nudger.library.help_lines import HELP_LINES_FILE, check_help_lines, read_helplines
from nudger.library.rules import broken_rules, untranslated
from nudger.library.shapes import (
    SAME,
    FamilyShape,
    FearsShape,
    PromptShape,
    PromptsShape,
    RungShape,
    duration,
)
from nudger.library.sheets import Sheet, nearest, read_sheets

__all__ = [
    "FIRST_LOCALE",
    "Finding",
    "LibraryError",
    "check_library",
    "default_prompts_dir",
    "fingerprint",
    "locales",
    "read_helplines",
    "read_library",
]


FIRST_LOCALE = "en"  # the language that the texts are written in first, and translated from


def read_library(folder: Path, locale: str) -> Library:
    """All prompts of a language, or a LibraryError with everything that is wrong in them."""
    if locale not in locales(folder):
        raise LibraryError([_no_such_locale(folder, locale)])
    sheets, findings = _read(folder, locale)
    if wrong := [finding for finding in findings if not finding.warning]:
        raise LibraryError(wrong)
    return Library(
        locale=locale,
        families={family.id: family for family in _families(sheets)},
        prompts={prompt.id: prompt for prompt in _prompts(sheets)},
        fears={fear.id: fear for fear in _fears(sheets)},
    )


def check_library(folder: Path) -> tuple[Finding, ...]:
    """Everything to mend in all languages and in the help lines; warnings too."""
    if not locales(folder):
        return (_no_such_locale(folder, FIRST_LOCALE),)
    read = {locale: _read(folder, locale) for locale in locales(folder)}
    first, _ = read.get(FIRST_LOCALE, ((), ()))
    findings: list[Finding] = []
    for locale, (sheets, found) in read.items():
        findings += found
        if locale != FIRST_LOCALE and first:
            findings += untranslated(sheets, first, folder=folder / locale)
    return (*findings, *check_help_lines(folder / HELP_LINES_FILE))


def locales(folder: Path) -> tuple[str, ...]:
    """The languages that have texts: the folders with a YAML file in them."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(f.name for f in folder.iterdir() if f.is_dir() and any(f.rglob("*.yaml"))))


def fingerprint(folder: Path) -> str:
    """Another one whenever a text changes."""
    files = sorted(folder.rglob("*.yaml"))
    parts = (f"{file.relative_to(folder)}\0{file.read_text('utf-8')}" for file in files)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def default_prompts_dir() -> Path:
    """Where the texts are: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "prompts"
    return inside if inside.is_dir() else package.parent / "prompts"


def _no_such_locale(folder: Path, locale: str) -> Finding:
    known = locales(folder)
    return Finding(
        file=folder / locale,
        line=1,
        what="there are no texts here",
        mend=nearest(locale, known)
        if known
        else "let NUDGER_PROMPTS_DIR (or --folder) name the folder with the texts, or leave it out",
    )


def _read(folder: Path, locale: str) -> tuple[tuple[Sheet, ...], tuple[Finding, ...]]:
    sheets, findings = read_sheets(folder / locale)
    found = (*findings, *broken_rules(sheets, locale=locale))
    return sheets, tuple(sorted(found, key=lambda f: (str(f.file), f.line)))


def _families(sheets: Iterable[Sheet]) -> Iterator[Family]:
    for sheet in sheets:
        if isinstance(shape := sheet.shape, FamilyShape):
            yield Family(
                id=shape.family,
                name=shape.name,
                about=shape.about,
                ladder=shape.ladder,
                rungs=tuple(_rung(rung, shape) for rung in shape.rungs),
            )


def _rung(rung: RungShape, family: FamilyShape) -> Rung:
    return Rung(
        id=rung.id,
        kind=Kind.CHALLENGE,
        text=rung.text,
        single=_single(rung.text, rung.single),
        strategy=family.family,
        tags=frozenset(rung.tags),
        family=family.family,
        ladder=family.ladder,
        dimension=rung.dimension,
        difficulty=rung.difficulty,
        short=rung.short,
        short_single=rung.short_single or rung.short,
        lasts=duration(rung.lasts) if rung.lasts else None,
        fears=rung.fears or family.fears,
        meanwhile=rung.meanwhile,
    )


def _prompts(sheets: Iterable[Sheet]) -> Iterator[Prompt]:
    for family in _families(sheets):
        yield from family.rungs
    for sheet in sheets:
        if isinstance(shape := sheet.shape, PromptsShape):
            yield from (_prompt(prompt, shape.kind) for prompt in shape.prompts)


def _prompt(prompt: PromptShape, kind: Kind) -> Prompt:
    return Prompt(
        id=prompt.id,
        kind=kind,
        text=prompt.text,
        single=_single(prompt.text, prompt.single),
        strategy=prompt.strategy,
        tags=frozenset(prompt.tags),
        answers=tuple(Answer(id=a.id, label=a.label, reply=a.reply) for a in prompt.answers),
    )


def _fears(sheets: Iterable[Sheet]) -> Iterator[Fear]:
    for sheet in sheets:
        if isinstance(shape := sheet.shape, FearsShape):
            for fear in shape.fears:
                yield Fear(id=fear.id, label=fear.label, after=fear.after, noun=fear.noun)


def _single(text: str, single: str) -> str:
    return text if single == SAME else single
