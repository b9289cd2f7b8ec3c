"""What does a query need beside its own arguments?"""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from nudger.store.sealing import Context, Key, Vault, key_of_person
from nudger.store.tables import person
from nudger.store.types import Sealed


class ForgottenError(Exception):
    """The person has no key any more: they were forgotten."""


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """One transaction: its connection, and the keys it has needed so far.

    Keys live no longer than that, so that a key destroyed by /forget in another process is not
    used here again.
    """

    connection: AsyncConnection
    vault: Vault
    writes: bool
    keys: dict[str, Key] = field(default_factory=dict, repr=False)

    async def seal(self, text: str, context: Context) -> Sealed:
        """With the key of the person in the context, or the service's where there is none."""
        return (await self._key(context.person)).seal(text, context)

    async def open(self, sealed: Sealed, context: Context) -> str:
        """What was sealed in this very context."""
        return (await self._key(context.person)).open(sealed, context)

    async def _key(self, id: str) -> Key:
        if not id:
            return self.vault.service
        if id not in self.keys:
            wrapped = await self.connection.scalar(
                select(person.c.data_key).where(person.c.id == id)
            )
            if wrapped is None:
                raise ForgottenError(f"no key for the person {id}")
            self.keys[id] = self.vault.master.unwrap(wrapped, key_of_person(id))
        return self.keys[id]
