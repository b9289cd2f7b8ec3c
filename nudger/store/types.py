"""What may a column hold that the database alone would not insist on?"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, DateTime, Enum, Integer, LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from nudger.store import codec

# Telegram's ids need 64 bits; SQLite counts a primary key up only where it is called INTEGER.
Serial = BigInteger().with_variant(Integer, "sqlite")


class Moment(TypeDecorator[datetime]):
    """An aware moment, in UTC on the way out; naive ones are refused.

    SQLite keeps it as text of equal length in UTC, so that comparing texts compares moments.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise TypeError(f"a moment needs a zone, and this has none: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


@dataclass(frozen=True)
class Sealed:
    """What a person wrote, encrypted. `sealing.py` makes and opens it."""

    ciphertext: bytes = field(repr=False)


class SealedBytes(TypeDecorator[Sealed]):
    """Carries a sealed value; plain words are refused."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        if value is None:
            return None
        if not isinstance(value, Sealed):
            # The value itself stays out of the message: it may be somebody's words.
            raise TypeError(
                f"seal it first: this column carries Sealed, not {type(value).__name__}"
            )
        return value.ciphertext

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Sealed | None:  # noqa: ARG002
        return None if value is None else Sealed(bytes(value))


class Json(TypeDecorator[object]):
    """Carries a value of one Python type as JSON text, the same in both databases."""

    impl = Text
    cache_ok = True

    def __init__(self, of: type) -> None:
        super().__init__()
        self.of = of

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else codec.to_text(self.of, value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> object:  # noqa: ARG002
        return None if value is None else codec.from_text(self.of, value)


def word(of: type[StrEnum]) -> Enum:
    """One of the words of an enum, kept as itself, with a CHECK that knows no other."""
    return Enum(
        of,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=of.__name__.lower(),
        values_callable=lambda of: [member.value for member in of],
    )
