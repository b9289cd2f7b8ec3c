"""What does a YAML file say, and on which line does it say it?

Read from the parser's events, so that nothing is built that was not asked for: an alias is a
finding before it can multiply, and `22:30` is one before it can become 1350.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from nudger.library.finding import Finding

LARGEST_FILE = 256 * 1024  # bytes; a family of eight rungs takes 8 KB
DEEPEST = 8  # lists and keys inside each other; our files need five

Route = tuple[str | int, ...]  # the keys and positions that lead to a value

# The C parser is ten times as fast; a PyYAML without it reads the same.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER = yaml.resolver.Resolver()
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


@dataclass(frozen=True, kw_only=True)
class Document:
    """One file as it was read: its value, the line of everything in it, and what is wrong."""

    file: Path
    value: object = None
    lines: Mapping[Route, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def line(self, route: Route) -> int:
        """The line of a value; of what holds it, where it is missing."""
        while route and route not in self.lines:
            route = route[:-1]
        return self.lines.get(route, 1)


class _StopReadingError(Exception):
    """Nothing after this line can be trusted."""

    def __init__(self, line: int, what: str, mend: str) -> None:
        super().__init__(what)
        self.line, self.what, self.mend = line, what, mend


def read_yaml(file: Path) -> Document:
    """Read one file; whatever is wrong with it is a finding, never an exception."""
    reading = _Reading(file)
    try:
        value = reading.document(_text(file))
    except _StopReadingError as stop:
        reading.found(stop.line, stop.what, stop.mend)
        value = None
    except yaml.MarkedYAMLError as error:
        unclosed = "quoted scalar" in str(error.context)
        mark = error.context_mark if unclosed else error.problem_mark
        problem = "unclosed" if unclosed else str(error.problem or error.context)
        reading.found((mark.line if mark else 0) + 1, *_explained(problem))
        value = None
    except yaml.YAMLError:
        reading.found(
            1,
            "there is a character that YAML does not allow",
            "remove control characters; typing the texts again in a plain editor does it",
        )
        value = None
    return Document(file=file, value=value, lines=reading.lines, findings=tuple(reading.findings))


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise _StopReadingError(
                1,
                f"the file is larger than {LARGEST_FILE // 1024} KB",
                "split it into families; texts are never that long",
            )
        raw = file.read_bytes()
    except OSError as error:
        raise _StopReadingError(
            1, f"the file cannot be read ({error.strerror})", "see that nudger may read it"
        ) from None
    if raw.startswith(b"\xef\xbb\xbf"):
        raise _StopReadingError(
            1, "the file begins with a byte order mark", 'save it as "UTF-8", not "UTF-8 with BOM"'
        )
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _StopReadingError(
            line, "the file is not UTF-8", 'save it with the encoding "UTF-8"'
        ) from None
    if "\t" in text:
        raise _StopReadingError(
            text.count("\n", 0, text.index("\t")) + 1,
            "there is a tab",
            "use spaces; YAML counts them",
        )
    return text


def _explained(problem: str) -> tuple[str, str]:
    if problem == "unclosed":
        return "a quote is opened here and not closed", "close it, or remove it"
    if "mapping values are not allowed" in problem:
        return (
            "a colon and a space inside a text end the text there",
            "put quotes round the whole text, or write `>-` and the text on the next line",
        )
    return (
        f"YAML cannot read this ({problem})",
        "look at the indentation and the quotes of this line and the one before",
    )


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Reading:
    """One go through the events of a file, noting lines and findings on the way."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.lines: dict[Route, int] = {}
        self.findings: list[Finding] = []
        self.events: Iterator[yaml.Event] = iter(())

    def found(self, line: int, what: str, mend: str) -> None:
        self.findings.append(Finding(file=self.file, line=line, what=what, mend=mend))

    def document(self, text: str) -> object:
        self.events = iter(yaml.parse(text, Loader=_Loader))
        value: object = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _StopReadingError(
                        _line(event),
                        "a second document begins here",
                        "remove the line `---`; a file holds one",
                    )
            elif isinstance(event, yaml.NodeEvent):
                value = self.node(event, ())
        if not documents or value is None:
            raise _StopReadingError(
                1, "there is nothing in the file", "write the texts, or remove the file"
            )
        return value

    def node(self, event: yaml.Event, route: Route) -> object:
        line = _line(event)
        self.lines.setdefault(route, line)
        if len(route) > DEEPEST:
            raise _StopReadingError(
                line, f"more than {DEEPEST} levels inside each other", "look at the indentation"
            )
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _StopReadingError(
                line,
                "`&` and `*` (anchors and aliases) are not read here",
                "write the text out, or put quotes round a text that begins with one of them",
            )
        if tag := getattr(event, "tag", None):
            raise _StopReadingError(
                line,
                f"`{tag}` (a tag) is not read here",
                "put quotes round a text that begins with `!`",
            )
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(route)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(route)
        assert isinstance(event, yaml.ScalarEvent)  # noqa: S101 - there are no other nodes
        return self.scalar(event, line)

    def sequence(self, route: Route) -> list[object]:
        values: list[object] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            values.append(self.node(event, (*route, len(values))))
        return values

    def mapping(self, route: Route) -> dict[str, object]:
        values: dict[str, object] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise _StopReadingError(
                    line, "a key must be a plain word", "look at the signs before the colon"
                )
            key = event.value
            if key in values:
                self.found(line, f"`{key}` stands here twice", "remove one of the two")
            self.lines[(*route, key)] = line
            values[key] = self.node(next(self.events), (*route, key))
        return values

    def scalar(self, event: yaml.ScalarEvent, line: int) -> str | int | float | None:
        words: str = event.value
        if not event.implicit[0] or event.style:  # quoted, or a block
            return words
        tag = str(_RESOLVER.resolve(yaml.ScalarNode, words, (True, False))).rpartition(":")[2]  # type: ignore[no-untyped-call]
        if tag == "str":
            return words
        if tag == "null":
            return None
        if tag in {"int", "float"} and _NUMBER.fullmatch(words):
            return float(words) if "." in words else int(words)
        meant = {"bool": "yes or no", "timestamp": "a date"}.get(tag, "a number")
        self.found(line, f"YAML takes `{words}` for {meant}", f'put quotes round it: "{words}"')
        return words
