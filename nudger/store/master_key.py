"""Where does the master key come from?"""

import base64
import binascii
import os
from dataclasses import dataclass
from pathlib import Path

from nudger.store.address import Address
from nudger.store.refusal import StoreRefusal
from nudger.store.sealing import KEY, SERVICE_KEY, CannotOpenError, Key, Vault
from nudger.store.types import Sealed

FILE_NAME = "encryption.key"
HOW_TO_MAKE = "head -c 32 /dev/urandom | base64"


@dataclass(frozen=True, kw_only=True)
class MasterKey:
    """The key, and the file it was just written to (None where it was there before)."""

    secret: bytes
    made: Path | None = None

    def __repr__(self) -> str:
        return f"MasterKey(made={self.made})"


def find_master_key(
    *, given: str | None, address: Address, data_dir: Path, in_use: bool
) -> MasterKey:
    """The key of the environment, or else of the file in the data folder.

    A file is made where there is none, but only for a new SQLite database in the data folder:
    everywhere else nobody would know where it is, and without it all words are lost. ``in_use``
    is whether the database holds anything that was sealed.
    """
    if given:
        return MasterKey(secret=_read(given, "NUDGER_ENCRYPTION_KEY"))
    file = data_dir.absolute() / FILE_NAME
    if address.file is None or address.file.parent != file.parent:
        raise StoreRefusal(
            "NUDGER_ENCRYPTION_KEY is not set, and this database needs it. Make a key with "
            f"`{HOW_TO_MAKE}`, and keep a copy apart from the database."
        )
    try:
        if file.exists():
            return MasterKey(secret=_read(file.read_text("ascii"), str(file)))
        if in_use:
            raise StoreRefusal(
                f"{address} was written with a key that is not here. Put the file {file} back, or "
                "set NUDGER_ENCRYPTION_KEY."
            )
        return MasterKey(secret=_make(file), made=file)
    except (OSError, UnicodeDecodeError) as error:
        raise StoreRefusal(
            f"The key {file} cannot be read or written. Let the user that runs nudger do so."
        ) from error


def open_vault(master: MasterKey, wrapped: Sealed) -> Vault:
    """The vault of a database: that its service key opens proves that the master key is right."""
    key = Key(master.secret)
    try:
        return Vault(master=key, service=key.unwrap(wrapped, SERVICE_KEY))
    except CannotOpenError:
        raise StoreRefusal(
            "The encryption key is not the one that this database was written with. Set "
            "NUDGER_ENCRYPTION_KEY to the right one, or put its file back."
        ) from None


def _read(text: str, where: str) -> bytes:
    try:
        secret = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != KEY:
        raise StoreRefusal(
            f"{where} holds no key of {KEY} bytes in base64. Make one with `{HOW_TO_MAKE}`."
        )
    return secret


def _make(file: Path) -> bytes:
    """Written whole or not at all: half a key would lock everybody out at the next start."""
    secret = os.urandom(KEY)
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    with draft.open("wb") as out:
        out.write(base64.b64encode(secret) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
    return secret
