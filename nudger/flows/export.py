"""What is there about a person, all of it, as files to read and to keep?"""

import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from enum import Enum

from nudger.domain.person import Person
from nudger.flows import facts
from nudger.store import decisions, dialogues, events, nudges, people, practice
from nudger.store.transaction import Transaction

LONG_AGO = 1_000_000  # more rows than anyone has


async def files(tx: Transaction, person: Person, *, now: datetime) -> tuple[tuple[str, str], ...]:
    """A page to read and JSON for machines, each with its name."""
    everything = await _everything(tx, person)
    as_json = json.dumps(_plain(everything), indent=2, ensure_ascii=True)
    day = f"{now.astimezone(facts.zone_of(person)):%Y-%m-%d}"
    return (
        (f"nudger-{day}.html", _page(everything, day)),
        (f"nudger-{day}.json", as_json),
    )


async def _everything(tx: Transaction, person: Person) -> Mapping[str, object]:
    about = asdict(person)
    return {
        "about_you": about.pop("profile"),
        "settings": about,
        "last_word_at": await people.last_word_at(tx, person.id),
        "attempts": [asdict(each) for each in await practice.attempts(tx, person.id)],
        "separations": [asdict(each) for each in await practice.separations(tx, person.id)],
        "notes": [asdict(each) for each in await practice.notes(tx, person.id)],
        "conversations": [
            {**asdict(each), "state": json.loads(each.state)}
            for each in await dialogues.all_of(tx, person.id)
        ],
        "outcomes": [asdict(each) for each in await events.all_of(tx, person.id)],
        "nudges": [asdict(each) for each in await nudges.recent(tx, person.id, limit=LONG_AGO)],
        "decisions": [asdict(each) for each in await decisions.all_of(tx, person.id)],
    }


def _plain(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(inner) for inner in value]
        case str() | int() | float() | bool() | None:
            return value
    return str(value)


def _page(everything: Mapping[str, object], day: str) -> str:
    body = "\n".join(
        f"<h2>{html.escape(name.replace('_', ' '))}</h2>\n{''.join(_rows(_plain(value)))}"
        for name, value in everything.items()
    )
    return (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>nudger</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;"
        "margin:2rem auto;padding:0 1rem}dl{display:grid;grid-template-columns:max-content 1fr;"
        "gap:.2rem 1rem;border-top:1px solid #ccc;padding:.6rem 0;margin:0}dt{color:#666}"
        "dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}</style>"
        f"<h1>What nudger stores about you, {day}</h1>\n{body}</html>\n"
    )


def _rows(value: object) -> Iterator[str]:
    """One list of terms for each thing; what is empty is left out."""
    match value:
        case dict() if value:
            yield "<dl>"
            for name, inner in value.items():
                if inner not in (None, "", [], {}):
                    yield f"<dt>{html.escape(str(name).replace('_', ' '))}</dt>"
                    yield f"<dd>{_inline(inner)}</dd>"
            yield "</dl>"
        case list() if value:
            for inner in value:
                yield from _rows(inner)
        case None | [] | {}:
            yield "<p>nothing</p>"
        case _:
            yield f"<p>{_inline(value)}</p>"


def _inline(value: object) -> str:
    match value:
        case dict():
            pairs = (f"{name}: {_inline(inner)}" for name, inner in value.items() if inner)
            return "; ".join(pairs)
        case list():
            return ", ".join(_inline(inner) for inner in value)
    return html.escape(str(value))
