"""Which files of a language have the shape they should have?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from nudger.library.finding import Finding
from nudger.library.shapes import SHAPES, FileShape, Shape
from nudger.library.yaml_lines import Document, Route, read_yaml


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A file that was read; ``shape`` is None where it does not have the one it should have."""

    document: Document
    shape: FileShape | None = None

    def finding(self, route: Route, what: str, mend: str, *, warning: bool = False) -> Finding:
        """Something to mend at one place of this file."""
        line = self.document.line(route)
        return Finding(file=self.document.file, line=line, what=what, mend=mend, warning=warning)


def read_sheets(folder: Path) -> tuple[tuple[Sheet, ...], tuple[Finding, ...]]:
    """All files of a language, in the order of their paths, and what is wrong with their shape."""
    sheets: list[Sheet] = []
    findings = [
        Finding(file=file, line=1, what="the name ends in .yml", mend="rename it to .yaml")
        for file in sorted(folder.rglob("*.yml"))
    ]
    for file in sorted(folder.rglob("*.yaml")):
        document = read_yaml(file)
        shape, wrong = _shaped(document)
        sheets.append(Sheet(document=document, shape=shape))
        findings += [*document.findings, *wrong]
    return tuple(sheets), tuple(findings)


def _shaped(document: Document) -> tuple[FileShape | None, list[Finding]]:
    value = document.value
    if value is None:  # what is wrong was said when it was read
        return None, []
    kinds = [key for key in SHAPES if isinstance(value, dict) and key in value]
    if not kinds:
        finding = Finding(
            file=document.file,
            line=1,
            what="nothing says what kind of file this is",
            mend="begin with `family:` (rungs), `kind:` (texts of one kind) or `fears:`",
        )
        return None, [finding]
    shape = SHAPES[kinds[0]]
    try:
        return shape.model_validate(value), []
    except ValidationError as error:
        return None, list(shape_findings(document, shape, error, at=()))


def shape_findings(
    document: Document, shape: type[Shape], error: ValidationError, *, at: Route
) -> Iterator[Finding]:
    """Each thing pydantic found, with its line and in words that say what to do."""
    for wrong in _once(error.errors(include_url=False)):
        route = tuple(wrong["loc"])
        if document.line((*at, *route)) in {finding.line for finding in document.findings}:
            continue  # it was said already, when YAML read it
        what, mend = _explained(wrong, route, shape)
        yield Finding(file=document.file, line=document.line((*at, *route)), what=what, mend=mend)


def _once(errors: Sequence[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Without those that only follow from another one."""
    misspelt = {
        (*e["loc"][:-1], close)
        for e in errors
        if e["type"] == "extra_forbidden"
        for close in get_close_matches(str(e["loc"][-1]), _missing(errors, e["loc"][:-1]), n=1)
    }
    for error in errors:
        route = error["loc"]
        within = any(e["loc"][: len(route)] == route and e is not error for e in errors)
        if error["type"] == "too_short" and within:
            continue  # pydantic does not count an entry that is wrong
        if error["type"] == "missing" and route in misspelt:
            continue
        yield error


def _missing(errors: Iterable[ErrorDetails], holder: Route) -> list[str]:
    return [str(e["loc"][-1]) for e in errors if e["type"] == "missing" and e["loc"][:-1] == holder]


def nearest(word: str, words: Iterable[str]) -> str:
    """` did you mean ...?` with the nearest of the words, or what is known."""
    known = sorted(words)
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else f"known are: {', '.join(known)}"


def _explained(wrong: ErrorDetails, route: Route, shape: type[Shape]) -> tuple[str, str]:
    while route and isinstance(route[-1], int):  # an entry of a list is explained by its list
        route = route[:-1]
    name = str(route[-1]) if route else "the entry"
    given, limits = wrong["input"], wrong.get("ctx", {})
    holder = _holder(shape, route[:-1])
    match wrong["type"]:
        case "missing":
            field = holder.model_fields.get(name) if holder else None
            about = (field.description if field else None) or "see prompts/README.md"
            return f"`{name}` is missing", f"add it. {about}"
        case "extra_forbidden":
            known = holder.model_fields if holder else {}
            return f"`{name}` is not known here", nearest(name, known)
        case "string_type" if given is None:
            return f"`{name}` is empty", "write something behind it, or remove it"
        case "string_type" if isinstance(given, int | float):
            return f"`{name}` is a number to YAML", f'put quotes round it: "{given}"'
        case "string_type":
            return f"`{name}` is no text", "look at the indentation of the lines below it"
        case "string_too_long":
            return (
                f"`{name}` has {len(given)} characters",
                f"shorten it to {limits['max_length']} at most",
            )
        case "string_too_short":
            return f"`{name}` is empty", "write something behind it"
        case "string_pattern_mismatch":
            field = holder.model_fields.get(name) if holder else None
            about = (field.description if field else None) or f"it must match {limits['pattern']}"
            return f"`{name}` cannot be `{given}`", about
        case "enum" | "literal_error":
            field_type = (
                holder.model_fields[name].annotation
                if holder and name in holder.model_fields
                else None
            )
            words = [str(w) for w in _choices(field_type)]
            return f"`{name}` cannot be `{given}`", nearest(str(given), words)
        case "too_short" | "too_long":
            few = wrong["type"] == "too_short"
            count = limits.get("min_length") if few else limits.get("max_length")
            return (
                f"`{name}` has too {'few' if few else 'many'} entries ({limits['actual_length']})",
                f"{'at least' if few else 'at most'} {count}",
            )
        case "duration":
            return f"`{name}: {given}` {wrong['msg'].partition(':')[0]}", wrong["msg"].partition(
                ": "
            )[2]
        case _:
            return f"`{name}` cannot be `{given}`", wrong["msg"][:1].lower() + wrong["msg"][1:]


def _holder(shape: type[BaseModel], route: Route) -> type[BaseModel] | None:
    """The model of the thing that a route leads to."""
    holder: Any = shape
    for part in route:
        if isinstance(part, int):
            continue
        field = holder.model_fields.get(part)
        models = [t for t in _types(field.annotation) if isinstance(t, type)] if field else []
        holder = next((t for t in models if issubclass(t, BaseModel)), None)
        if holder is None:
            return None
    return holder  # type: ignore[no-any-return]


def _types(annotation: object) -> Iterator[object]:
    yield annotation
    for inner in get_args(annotation):
        yield from _types(inner)


def _choices(annotation: object) -> Iterator[object]:
    for one in _types(annotation):
        if isinstance(one, str):
            yield one
        elif isinstance(one, type) and issubclass(one, StrEnum):
            yield from one
