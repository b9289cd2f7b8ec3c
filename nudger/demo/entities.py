"""What does Telegram make of a text in its HTML?

Telegram counts in UTF-16 units, after tags and escapes are gone; so does everything here.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nudger.demo.refusals import Json, RefusedError, bad_request

ENTITY_OF_TAG = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
TAG_OF_ENTITY = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
# The only named escapes Telegram knows; any other stays as it was typed.
ESCAPE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot));?")
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
ATTRIBUTE = re.compile(r"""\s*([^\s=>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]*))?""")
LINKS = re.compile(r"(?:https?|tg|mailto|tel):", re.IGNORECASE)
# What Telegram turns into a blank: control characters, except tab and line feed.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f]")


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A text as it is shown: plain, with what is bold or linked beside it."""

    text: str
    entities: tuple[Json, ...] = ()

    def html(self) -> str:
        """The text in clean HTML: known tags only, everything else escaped."""
        return "".join(_to_html(self.text, self.entities))


def utf16_length(text: str) -> int:
    """How long Telegram finds a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cleaned(text: str) -> str:
    return CONTROLS.sub(" ", text.replace("\r", ""))


def read_plain(text: str, entities: Sequence[Json] = ()) -> Marked:
    """A text sent without a parse mode, with the entities that came along."""
    return _stripped(_cleaned(text), [dict(e) for e in entities])


def read_html(source: str) -> Marked:
    """A text sent with parse mode HTML; refuses what Telegram refuses."""
    plain: list[str] = []
    length = 0
    entities: list[Json] = []
    open_tags: list[tuple[str, Json]] = []
    at = 0
    source = _cleaned(source)
    while at < len(source):
        if source[at] == "<":
            closing = source.startswith("</", at)
            end = source.find(">", at)
            if end < 0:
                raise _unreadable(f"Unclosed {'end' if closing else 'start'} tag", source, at)
            if closing:
                _close(source, at, end, open_tags, entities, length)
            else:
                open_tags.append(_opened(source, at, end, length))
            at = end + 1
            continue
        found = ESCAPE.match(source, at) if source[at] == "&" else None
        piece = _unescaped(found) if found else source[at]
        plain.append(piece)
        length += utf16_length(piece)
        at = found.end() if found else at + 1
    if open_tags:
        raise bad_request(
            "can't parse entities: Can't find end tag corresponding to start tag "
            f'"{open_tags[-1][0]}"'
        )
    return _stripped("".join(plain), entities)


def _opened(source: str, at: int, end: int, offset: int) -> tuple[str, Json]:
    """The tag that opens at ``at``, and the entity it begins."""
    name, _, rest = source[at + 1 : end].partition(" ")
    tag = name.strip().lower()
    if tag not in ENTITY_OF_TAG:
        raise _unreadable(f'Unsupported start tag "{tag}"', source, at)
    given = {
        key.lower(): html.unescape(value.strip("\"'")) for key, value in ATTRIBUTE.findall(rest)
    }
    entity: Json = {"type": ENTITY_OF_TAG[tag], "offset": offset}
    match tag:
        case "span" if given.get("class") != "tg-spoiler":
            raise _unreadable('Tag "span" must have class "tg-spoiler"', source, at)
        case "a":
            entity["url"] = given.get("href", "")
        case "tg-emoji":
            entity["custom_emoji_id"] = given.get("emoji-id", "")
        case "tg-time":
            if not given.get("unix", "").isdigit():
                raise _unreadable('Tag "tg-time" must have attribute "unix"', source, at)
            entity["unix_time"] = int(given["unix"])
            if "format" in given:
                entity["date_time_format"] = given["format"]
        case "blockquote" if "expandable" in given:
            entity["type"] = "expandable_blockquote"
        case "code" if given.get("class", "").startswith("language-"):
            entity["language"] = given["class"].removeprefix("language-")
        case _:
            pass
    return tag, entity


def _close(
    source: str,
    at: int,
    end: int,
    open_tags: list[tuple[str, Json]],
    entities: list[Json],
    length: int,
) -> None:
    if not open_tags:
        raise _unreadable("Unexpected end tag", source, at)
    tag, entity = open_tags.pop()
    found = source[at + 2 : end].strip().lower()
    if found and found != tag:
        where = _byte_offset(source, at)
        raise bad_request(
            f"can't parse entities: Unmatched end tag at byte offset {where}, "
            f'expected "</{tag}>", found "</{found}>"'
        )
    begun = entity["offset"]
    assert isinstance(begun, int)  # noqa: S101 - set by _opened, typed as JSON
    entity["length"] = length - begun
    # A link that Telegram cannot follow is shown as its plain text.
    if entity["type"] == "text_link" and not LINKS.match(str(entity["url"])):
        return
    if entity["length"]:
        entities.append(entity)


def _unescaped(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    if name:
        return NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
        return found.group()
    return _cleaned(chr(code))


def _unreadable(what: str, source: str, at: int) -> RefusedError:
    return bad_request(f"can't parse entities: {what} at byte offset {_byte_offset(source, at)}")


def _byte_offset(source: str, at: int) -> int:
    return len(source[:at].encode("utf-8", "surrogatepass"))


def _stripped(text: str, entities: list[Json]) -> Marked:
    """Without blanks at both ends; entities move along, and are cut where the text is."""
    begin = utf16_length(text) - utf16_length(text.lstrip())
    stripped = text.strip()
    end = utf16_length(stripped)
    kept: list[Json] = []
    for entity in entities:
        first, last = _span(entity)
        first, last = max(0, first - begin), min(end, last - begin)
        if first < last:
            kept.append(entity | {"offset": first, "length": last - first})
    kept.sort(key=lambda entity: (_span(entity)[0], -_span(entity)[1]))
    return Marked(text=stripped, entities=tuple(kept))


def _span(entity: Json) -> tuple[int, int]:
    offset, length = entity.get("offset"), entity.get("length")
    if not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request("can't parse entities: entity without offset or length")
    return offset, offset + length


def _to_html(text: str, entities: Sequence[Json]) -> Iterator[str]:
    units = text.encode("utf-16-le", "surrogatepass")
    spans = [(*_span(entity), *_tags(entity)) for entity in entities]
    edges = sorted({0, len(units) // 2, *(s[0] for s in spans), *(s[1] for s in spans)})
    for here, there in pairwise(edges):
        yield from (opening for first, _, opening, _ in spans if first == here)
        piece = units[2 * here : 2 * there].decode("utf-16-le", "surrogatepass")
        yield html.escape(piece, quote=False)
        yield from (closing for _, last, _, closing in reversed(spans) if last == there)


def _tags(entity: Json) -> tuple[str, str]:
    if entity["type"] == "text_link":
        return f'<a href="{html.escape(str(entity["url"]))}">', "</a>"
    tag = TAG_OF_ENTITY.get(str(entity["type"]))
    return (f"<{tag}>", f"</{tag}>") if tag else ("", "")
