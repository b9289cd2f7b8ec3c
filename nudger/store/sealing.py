"""How is what a person wrote sealed, so that it opens only in its own place?"""

import json
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from nudger.store.types import Sealed

VERSION = 1  # of the key, in the first byte: a rotation will tell old rows from new ones by it
NONCE = 12  # bytes, as AES-GCM wants them
KEY = 32  # bytes


class CannotOpenError(Exception):
    """A sealed value does not belong where it was found, or the key is another."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """The one place where a sealed value opens. ``person`` is empty where there is none yet."""

    table: str
    row: str
    field: str
    person: str = ""

    def bound_to(self, version: int) -> bytes:
        """The associated data: JSON, for joined texts could be cut in more than one way."""
        return json.dumps([self.table, self.row, self.person, self.field, version]).encode()


class Key:
    """Seals and opens texts. Cannot be shown."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(secret)

    def seal(self, text: str, context: Context) -> Sealed:
        """Phones send lone surrogates, which plain UTF-8 refuses: they pass as they are."""
        return self._seal(text.encode("utf-8", "surrogatepass"), context)

    def open(self, sealed: Sealed, context: Context) -> str:
        """Raises CannotOpenError in any other place than where it was sealed for."""
        return self._open(sealed, context).decode("utf-8", "surrogatepass")

    def wrap_new(self, context: Context) -> tuple["Key", Sealed]:
        """Make a new key, and seal it with this one."""
        secret = AESGCM.generate_key(KEY * 8)
        return Key(secret), self._seal(secret, context)

    def unwrap(self, sealed: Sealed, context: Context) -> "Key":
        """The key that was wrapped with this one."""
        return Key(self._open(sealed, context))

    def _seal(self, plain: bytes, context: Context) -> Sealed:
        nonce = os.urandom(NONCE)
        ciphertext = self._cipher.encrypt(nonce, plain, context.bound_to(VERSION))
        return Sealed(bytes([VERSION]) + nonce + ciphertext)

    def _open(self, sealed: Sealed, context: Context) -> bytes:
        version, nonce = sealed.ciphertext[:1], sealed.ciphertext[1 : 1 + NONCE]
        try:
            return self._cipher.decrypt(
                nonce,
                sealed.ciphertext[1 + NONCE :],
                context.bound_to(int.from_bytes(version, "big")),
            )
        except (InvalidTag, ValueError):
            raise CannotOpenError(f"cannot be opened here: {context}") from None


@dataclass(frozen=True, kw_only=True)
class Vault:
    """The keys that are open while nudger runs.

    ``master`` wraps the data keys of persons; ``service`` seals what belongs to no person (yet).
    """

    master: Key
    service: Key


def key_of_person(person: str) -> Context:
    """Where a person's wrapped data key is kept."""
    return Context(table="person", row=person, person=person, field="data_key")


SERVICE_KEY = Context(table="service", row="service_key", field="sealed")
