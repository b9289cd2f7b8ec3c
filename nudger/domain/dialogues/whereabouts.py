"""Where is this person's clock? Only the zone is kept, never the place."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from nudger.domain.dialogues.turn import Facts, chosen, say, written
from nudger.domain.person import Person
from nudger.domain.said import Place, Said
from nudger.domain.screen import Choice, Screen, Value
from nudger.domain.time.local_time import local, zone_named


@dataclass(frozen=True, kw_only=True)
class Several:
    """More than one zone fits what was typed."""

    zones: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Unclear:
    """No zone fits; ``why`` says so and what would."""

    why: tuple[Screen, ...]


def settle_zone(
    said: Said, facts: Facts, *, among: tuple[str, ...] = ()
) -> Person | Several | Unclear | None:
    """The person in their zone, from a shared place, a typed city or clock, or a tapped zone.

    None where that was no answer to "where are you?".
    """
    choice, words = chosen(said), written(said)
    if isinstance(said, Place):
        found: tuple[str, ...] = (said.zone,) if said.zone else ()
        unclear = say("whereabouts.no_zone_there")
    elif choice is not None:
        if not choice.isdecimal() or int(choice) >= len(among):
            return None
        found, unclear = (among[int(choice)],), ()
    elif words:
        found, unclear = facts.zones_for(words), say("whereabouts.not_found")
    else:
        return None
    known = tuple(zone for zone in found if zone_named(zone))
    if not known:
        return Unclear(why=unclear)
    if len(known) > 1:
        return Several(zones=known)
    country = facts.country_of(known[0])
    profile = replace(facts.person.profile, country=country or facts.person.profile.country)
    return replace(facts.person, zone=known[0], profile=profile)


def zone_choices(zones: tuple[str, ...]) -> tuple[tuple[Choice, ...], ...]:
    """One row a zone; what is tapped is its place in the list."""
    return tuple(
        (Choice(id=str(n), label="text", values={"text": name_of_zone(zone)}),)
        for n, zone in enumerate(zones)
    )


def name_of_zone(zone: str) -> str:
    """`America/Argentina/Buenos_Aires`, as one can read it."""
    return zone.replace("_", " ")


def clock_there(person: Person, *, now: datetime) -> tuple[Screen, ...]:
    """Zone and clock, so that a mistake is seen at once."""
    zone = zone_named(person.zone) or ZoneInfo("UTC")
    values: dict[str, Value] = {"zone": name_of_zone(person.zone), "clock": local(now, zone).time()}
    return (Screen(key="whereabouts.clock", values=values),)
