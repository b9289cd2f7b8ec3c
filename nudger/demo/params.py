"""What does one request to the Bot API ask for?

Telegram takes a query, a form, a multipart form and JSON alike; in the first three everything but
text is JSON inside a string.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from nudger.demo.refusals import Json, bad_request


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as it came in."""

    name: str
    body: bytes
    type: str


@dataclass(frozen=True, kw_only=True)
class Params:
    """The arguments of one call, by name."""

    values: Mapping[str, object] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A string; empty where it was left out."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> int | None:
        """A whole number, or None where there is none."""
        try:
            return int(str(self.values[name]))
        except (KeyError, ValueError):
            return None

    def flag(self, name: str) -> bool:
        """True where it was said."""
        return str(self.values.get(name, "")).lower() in {"true", "1"}

    def mapping(self, name: str) -> Json | None:
        """A JSON object, or None where it was left out."""
        value = self._parsed(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"can't parse {name} JSON object")
        return value

    def sequence(self, name: str) -> list[object] | None:
        """A JSON array, or None where it was left out."""
        value = self._parsed(name)
        if value is not None and not isinstance(value, list):
            raise bad_request(f"can't parse {name} JSON object")
        return value

    def mappings(self, name: str) -> list[Json]:
        """A JSON array of objects; empty where it was left out."""
        return objects(self.sequence(name) or [], name)

    def upload(self, name: str) -> Upload | None:
        """The file sent under a name, or attached to it (``attach://...``)."""
        attached = self.text(name).removeprefix("attach://")
        return self.uploads.get(name) or self.uploads.get(attached)

    def for_log(self) -> Json:
        """All arguments, with JSON opened and files as their names."""
        shown: Json = {}
        for name, value in self.values.items():
            shown[name] = value
            if isinstance(value, str) and value[:1] in {"{", "["} and name != "text":
                try:
                    shown[name] = json.loads(value)
                except ValueError:
                    continue
        return shown | {name: upload.name for name, upload in self.uploads.items()}

    def _parsed(self, name: str) -> object:
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            parsed: object = json.loads(value) if value else None
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None
        return parsed


def objects(values: list[object], name: str) -> list[Json]:
    """The values, all of them JSON objects."""
    found = [value for value in values if isinstance(value, dict)]
    if len(found) != len(values):
        raise bad_request(f"can't parse {name} JSON object")
    return found


async def read_params(request: web.Request) -> Params:
    """The arguments out of the query and the body."""
    values: dict[str, object] = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise bad_request("can't parse JSON object")
        values |= body
        return Params(values=values)
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            uploads[name] = Upload(
                name=value.filename, body=value.file.read(), type=value.content_type
            )
        else:
            values[name] = value if isinstance(value, str) else value.decode("utf-8", "replace")
    return Params(values=values, uploads=uploads)
