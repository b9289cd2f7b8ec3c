"""Which lines of help does the file know?"""

from pathlib import Path

from pydantic import ValidationError

from nudger.domain.help_line import HelpKind, HelpLine
from nudger.library.finding import Finding, LibraryError
from nudger.library.shapes import HelpLineShape
from nudger.library.sheets import shape_findings
from nudger.library.yaml_lines import Document, read_yaml

HELP_LINES_FILE = "helplines.yaml"


def read_helplines(path: Path) -> tuple[HelpLine, ...]:
    """All lines in the order of the file, or a LibraryError with everything that is wrong."""
    lines, findings = _read(path)
    if findings:
        raise LibraryError(findings)
    return lines


def check_help_lines(path: Path) -> tuple[Finding, ...]:
    """What is wrong with the file."""
    return _read(path)[1]


def _read(path: Path) -> tuple[tuple[HelpLine, ...], tuple[Finding, ...]]:
    document = read_yaml(path)
    if not isinstance(document.value, list):
        return (), document.findings or (_no_list(document),)
    lines: list[HelpLine] = []
    findings = list(document.findings)
    for n, entry in enumerate(document.value):
        try:
            shape = HelpLineShape.model_validate(entry)
        except ValidationError as error:
            findings += shape_findings(document, HelpLineShape, error, at=(n,))
            continue
        lines.append(
            HelpLine(
                country=shape.country,
                kind=HelpKind(shape.kind),
                name=shape.name,
                how=shape.how,
                value=shape.value,
                hours=shape.hours,
                languages=shape.languages,
                source=shape.source,
                page_date=shape.page_date,
            )
        )
    return tuple(lines), tuple(findings)


def _no_list(document: Document) -> Finding:
    return Finding(
        file=document.file,
        line=1,
        what="this is no list of help lines",
        mend="begin each line of help with `- country:`",
    )
