"""What can be typed about the texts: check, list, preview, schema?"""

import sys
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from nudger.domain.prompt import Kind, Library, Prompt, Rung

if TYPE_CHECKING:
    from rich.panel import Panel

    from nudger.library import Finding

app = typer.Typer(no_args_is_help=True, help="Check, list and look at the texts in prompts/.")

PHONE = 46  # characters across a message on a phone
WIDE = 120  # characters across a list that goes into a file or another program

Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        envvar="NUDGER_PROMPTS_DIR",
        help="Where the texts are; nudger's own if left out.",
    ),
]
Locale = Annotated[str, typer.Option("--locale", help="The language of the texts.")]


@app.command()
def check(folder: Folder = None) -> None:
    """Say what is wrong in the texts, with file and line; exit code 1 where something is."""
    from nudger.library import check_library, locales

    folder = _folder(folder)
    findings = check_library(folder)
    wrong = [finding for finding in findings if not finding.warning]
    for finding in findings:
        typer.echo(f"{'look again: ' if finding.warning else ''}{_said(finding)}")
    if wrong:
        things = "1 thing" if len(wrong) == 1 else f"{len(wrong)} things"
        typer.echo(f"{things} to mend.", err=True)
        raise typer.Exit(1)
    for locale in locales(folder):
        typer.echo(_summary(folder, locale))


@app.command(name="list")
def list_(
    folder: Folder = None,
    locale: Locale = "en",
    kind: Annotated[Kind | None, typer.Option(help="Only texts of this kind.")] = None,
    family: Annotated[str | None, typer.Option(help="Only rungs of this family.")] = None,
) -> None:
    """List the texts, one a line."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from nudger.library import read_library
    from nudger.library.sheets import nearest

    library = read_library(_folder(folder), locale)
    if family is not None and family not in library.families:
        _stop(f"There is no family `{family}`: {nearest(family, library.families)}")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("id", "kind", "family"):
        table.add_column(column, no_wrap=True)
    table.add_column("difficulty", justify="right", no_wrap=True)
    table.add_column("lasts", justify="right", no_wrap=True)
    table.add_column("first words", no_wrap=True, overflow="ellipsis")
    for prompt in library.prompts.values():
        rung = prompt if isinstance(prompt, Rung) else None
        if (kind and prompt.kind is not kind) or (family and not (rung and rung.family == family)):
            continue
        table.add_row(
            prompt.id,
            prompt.kind,
            rung.family if rung else "",
            f"{rung.difficulty:g}" if rung else "",
            _length(rung.lasts) if rung and rung.lasts else "",
            prompt.text[:40],
        )
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)


@app.command()
def preview(
    prompt: Annotated[str, typer.Argument(metavar="ID", help="A text, or a family of rungs.")],
    folder: Folder = None,
    locale: Locale = "en",
) -> None:
    """Show a text as it looks on a phone, in both forms."""
    from rich.console import Console

    from nudger.library import read_library

    library = read_library(_folder(folder), locale)
    console = Console()
    for one in _named(library, prompt):
        for panel in _panels(one, library):
            console.print(panel)


@app.command()
def schema() -> None:
    """Print the JSON schema for editors: nudger prompts schema > prompts/schema.json."""
    import json

    from nudger.library.shapes import schema as shapes

    typer.echo(json.dumps(shapes(), indent=2, ensure_ascii=False))


def _folder(folder: Path | None) -> Path:
    from nudger.library import default_prompts_dir

    return folder or default_prompts_dir()


def _said(finding: "Finding") -> str:
    """The finding, with a path as short as it can be from here."""
    here = Path.cwd()
    return str(finding).removeprefix(f"{here}/")


def _summary(folder: Path, locale: str) -> str:
    from nudger.library import read_library
    from nudger.library.help_lines import HELP_LINES_FILE, read_helplines

    library = read_library(folder, locale)
    counts = [
        f"{len(library.of_kind(kind))} {kind}"
        for kind in Kind
        if kind is not Kind.CHALLENGE and library.of_kind(kind)
    ]
    rungs = len(library.of_kind(Kind.CHALLENGE))
    lines = len(read_helplines(folder / HELP_LINES_FILE))
    return (
        f"{locale}: {rungs} rungs in {len(library.families)} families, {', '.join(counts)}, "
        f"{len(library.fears)} fears; {lines} help lines. All right."
    )


def _named(library: Library, id: str) -> Sequence[Prompt]:
    if id in library.prompts:
        return (library.prompts[id],)
    if id not in library.families:
        from nudger.library.sheets import nearest

        _stop(f"There is no text `{id}`: {nearest(id, [*library.prompts, *library.families])}")
    return library.families[id].rungs


def _panels(prompt: Prompt, library: Library) -> Iterable["Panel"]:
    same = prompt.single == prompt.text
    yield _panel(prompt, prompt.text, library, "for everyone" if same else "with a partner")
    if not same:
        yield _panel(prompt, prompt.single, library, "without a partner")


def _panel(prompt: Prompt, text: str, library: Library, form: str) -> "Panel":
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    parts: list[Text] = []
    if isinstance(prompt, Rung):
        short = prompt.short_single if form == "without a partner" else prompt.short
        parts += [Text(f"A · {short}", style="bold"), Text("")]
    parts.append(Text(text))
    if isinstance(prompt, Rung):
        parts += [Text(""), Text(prompt.meanwhile, style="italic"), Text("")]
        parts += [Text(f"[ {library.fears[fear].label} ]") for fear in prompt.fears]
        length = _length(prompt.lasts) if prompt.lasts else "no length"
        about = f"{prompt.difficulty:g} of 10 · {length} · {prompt.dimension}"
    else:
        about = ", ".join([prompt.kind, *sorted(prompt.tags)])
        parts.append(Text(""))
        for answer in prompt.answers:
            parts.append(Text(f"[ {answer.label} ]"))
            if answer.reply:
                parts.append(Text(f"  → {answer.reply}", style="dim"))
    return Panel(Group(*parts), title=f"{prompt.id} · {form}", subtitle=about, width=PHONE + 4)


def _length(length: timedelta) -> str:
    """As it is written in the files: 15 min, 2 h, 1 day."""
    minutes = int(length.total_seconds() // 60)
    if minutes % (24 * 60) == 0:
        days = minutes // (24 * 60)
        return f"{days} day{'s' if days > 1 else ''}"
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
