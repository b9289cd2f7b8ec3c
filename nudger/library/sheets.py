"""Which files of a language have the shape they should have?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from textwrap import shorten
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from nudger.library.finding import Finding
from nudger.library.shapes import LONGEST_SHORT, SHAPES, FileShape, Shape
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
    said = {finding.line for finding in document.findings}  # when YAML read it
    for wrong in _causes(error.errors(include_url=False)):
        line = document.line((*at, *wrong["loc"]))
        if line not in said:
            what, mend = _explained(wrong, shape)
            yield Finding(file=document.file, line=line, what=what, mend=mend)


def _causes(errors: Sequence[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Without those that only follow from another one."""
    holders = {error["loc"][:n] for error in errors for n in range(len(error["loc"]))}
    missing: dict[Route, list[str]] = defaultdict(list)
    for error in errors:
        if error["type"] == "missing":
            missing[error["loc"][:-1]].append(str(error["loc"][-1]))
    misspelt = {
        (*error["loc"][:-1], close)
        for error in errors
        if error["type"] == "extra_forbidden"
        for close in get_close_matches(str(error["loc"][-1]), missing[error["loc"][:-1]], n=1)
    }
    for error in errors:
        if error["type"] == "too_short" and error["loc"] in holders:
            continue  # pydantic does not count an entry that is wrong
        if error["type"] == "missing" and error["loc"] in misspelt:
            continue
        yield error


def nearest(word: str, words: Iterable[str]) -> str:
    """The known word that was probably meant, or all that are known."""
    known = sorted(words)
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else f"known are: {', '.join(known)}"


def _explained(wrong: ErrorDetails, shape: type[Shape]) -> tuple[str, str]:
    route: Route = wrong["loc"]
    while route and isinstance(route[-1], int):  # an entry of a list is explained by its list
        route = route[:-1]
    name = str(route[-1]) if route else "the entry"
    given, limits = wrong["input"], wrong.get("ctx", {})
    fields = _fields(shape, route[:-1])
    field = fields.get(name)
    about = (field.description if field else None) or "prompts/README.md explains it"
    cannot_be = f"`{name}` cannot be `{shorten(str(given), LONGEST_SHORT, placeholder=' ...')}`"
    match wrong["type"]:
        case "missing":
            return f"`{name}` is missing", f"add it. {about}"
        case "extra_forbidden":
            return f"`{name}` is not known here", nearest(name, fields)
        case "string_type" if given is None:
            return f"`{name}` is empty", "write something behind it, or remove it"
        case "string_type" if isinstance(given, int | float):
            return f"`{name}` is a number to YAML", f'put quotes round it: "{given}"'
        case "string_type":
            return f"`{name}` is no text", "look at the indentation of the lines below it"
        case "string_too_short":
            return f"`{name}` is empty", "write something behind it"
        case "string_too_long":
            most = limits["max_length"]
            return f"`{name}` has {len(given)} characters", f"shorten it to {most} at most"
        case "string_pattern_mismatch":
            return cannot_be, about
        case "enum" | "literal_error":
            return cannot_be, nearest(str(given), _choices(field.annotation if field else None))
        case "too_short":
            count, least = limits["actual_length"], limits["min_length"]
            return f"`{name}` has too few entries ({count})", f"at least {least}"
        case "too_long":
            count, most = limits["actual_length"], limits["max_length"]
            return f"`{name}` has too many entries ({count})", f"at most {most}"
        case _:
            return cannot_be, wrong["msg"][:1].lower() + wrong["msg"][1:]


def _fields(shape: type[BaseModel], route: Route) -> Mapping[str, FieldInfo]:
    """What is known about the keys of the thing that a route leads to."""
    fields: Mapping[str, FieldInfo] = shape.model_fields
    for part in route:
        if isinstance(part, str):
            inner = _types(fields[part].annotation) if part in fields else iter(())
            models = (t for t in inner if isinstance(t, type) and issubclass(t, BaseModel))
            model = next(models, None)
            fields = model.model_fields if model else {}
    return fields


def _types(annotation: object) -> Iterator[object]:
    yield annotation
    for inner in get_args(annotation):
        yield from _types(inner)


def _choices(annotation: object) -> Iterator[str]:
    for one in _types(annotation):
        if isinstance(one, str):
            yield one
        elif isinstance(one, type) and issubclass(one, StrEnum):
            yield from one
