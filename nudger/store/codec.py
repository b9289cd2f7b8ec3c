"""How does a value become text, and a text that value again?"""

import json
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")


def to_text(of: type, value: object, *, without: frozenset[str] = frozenset()) -> str:
    r"""JSON for a value of that type, leaving out some fields.

    By Python's own json, and not as ASCII: so the lone surrogates that a phone may send come back
    as they were, where pydantic refuses them and \u escapes are read as pairs.
    """
    plain = _adapter(of).dump_python(value, mode="json", exclude=set(without))
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def from_text(of: type[T], text: str, **left_out: object) -> T:
    """The value that `to_text` was given, with the fields that were left out."""
    plain = json.loads(text)
    adapter = _adapter(of)  # type: ignore[arg-type] # a class is hashable, whatever mypy says
    try:
        value: T = adapter.validate_python({**plain, **left_out} if left_out else plain)
    except ValidationError as error:
        # Its own text shows the values, which may be a person's words.
        where = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
        raise ValueError(f"what is stored is no {of.__name__}: {where}") from None
    return value


@cache
def _adapter(of: type) -> TypeAdapter[Any]:
    return TypeAdapter(of)
