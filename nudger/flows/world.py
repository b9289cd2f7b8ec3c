"""What do all flows need that never changes while the process runs?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from nudger.domain.help_line import HelpLine
from nudger.domain.person import Person
from nudger.domain.prompt import Library


@dataclass(frozen=True, kw_only=True)
class World:
    """Texts, places, and the making of ids and seeds.

    ``new_id`` makes short random tokens, ``new_seed`` numbers; ``owner`` names this process in
    what it claims. ``zones_for`` finds the zones of a typed place, in a language.
    """

    libraries: Mapping[str, Library]
    help_lines: tuple[HelpLine, ...]
    zones_for: Callable[[str, str], tuple[str, ...]]
    zones_at: Callable[[time, datetime], tuple[str, ...]]
    country_of: Callable[[str], str]
    new_id: Callable[[], str]
    new_seed: Callable[[], int]
    owner: str
    default_zone: str = "UTC"

    @property
    def languages(self) -> tuple[str, ...]:
        """Those with texts."""
        return tuple(self.libraries)

    def library_of(self, person: Person) -> Library:
        """The texts in the person's language, or the first there are."""
        return self.libraries.get(person.language) or next(iter(self.libraries.values()))
