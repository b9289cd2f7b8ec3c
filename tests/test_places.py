"""Is a person's zone found from what they type, share, or read off their clock?"""

import zoneinfo
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.domain.time.local_time import local, use_pinned_zone_data, zone_named
from nudger.places import (
    KNOWN_ZONES,
    MORE_PLACES,
    MOST_CANDIDATES,
    country_of,
    zone_at,
    zones_at,
    zones_for,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="module")
def pinned_zone_data() -> None:
    use_pinned_zone_data()


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("  berlin ", "Europe/Berlin"),
        ("BERLIN", "Europe/Berlin"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("Munich", "Europe/Berlin"),
        ("München", "Europe/Berlin"),
        ("munchen", "Europe/Berlin"),
        ("Hamburg", "Europe/Berlin"),
        ("Barcelona", "Europe/Madrid"),
        ("Milan", "Europe/Rome"),
        ("Manchester", "Europe/London"),
        ("Mumbai", "Asia/Kolkata"),
        ("Bangalore", "Asia/Kolkata"),
        ("Calcutta", "Asia/Kolkata"),
        ("San Francisco", "America/Los_Angeles"),
        ("Boston", "America/New_York"),
        ("Miami", "America/New_York"),
        ("Seattle", "America/Los_Angeles"),
        ("Montréal", "America/Toronto"),
        ("Rio de Janeiro", "America/Sao_Paulo"),
        ("São Paulo", "America/Sao_Paulo"),
        ("Beijing", "Asia/Shanghai"),
        ("Xi’an", "Asia/Shanghai"),
        ("Osaka", "Asia/Tokyo"),
        ("Melbourne", "Australia/Melbourne"),
        ("St. John's", "America/St_Johns"),
        ("Łódź", "Europe/Warsaw"),
        ("København", "Europe/Copenhagen"),
        ("Kiev", "Europe/Kyiv"),
        ("東京", "Asia/Tokyo"),
        ("Germany", "Europe/Berlin"),
        ("Ireland", "Europe/Dublin"),
        ("UK", "Europe/London"),
        ("California", "America/Los_Angeles"),
        ("Birmingham, UK", "Europe/London"),
        ("Birmingham, USA", "America/Chicago"),
        ("Springfield, Illinois", "America/Chicago"),
        ("Paris, Texas", "America/Chicago"),
        ("UTC", "UTC"),
    ],
)  # fmt: skip
def test_a_place_is_found_whatever_its_spelling(text: str, zone: str) -> None:
    assert zones_for(text) == (zone,)


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        ("Birmingham", {"Europe/London", "America/Chicago"}),
        ("Washington", {"America/New_York", "America/Los_Angeles"}),
        ("Georgia", {"Asia/Tbilisi", "America/New_York"}),
        ("Spain", {"Europe/Madrid", "Atlantic/Canary"}),
        ("Portugal", {"Europe/Lisbon", "Atlantic/Azores"}),
    ],
)
def test_a_name_of_several_places_leaves_the_choice(text: str, zones: set[str]) -> None:
    assert set(zones_for(text)) == zones


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("USA", "America/New_York"),
        ("Russia", "Europe/Moscow"),
        ("Australia", "Australia/Sydney"),
        ("Brazil", "America/Sao_Paulo"),
    ],
)
def test_a_wide_country_offers_six_zones_at_most_and_a_big_one_first(text: str, first: str) -> None:
    zones = zones_for(text)
    assert zones[0] == first
    assert 1 < len(zones) <= MOST_CANDIDATES


@pytest.mark.parametrize(
    ("text", "locale", "zone"),
    [
        ("Wien", "de", "Europe/Vienna"),
        ("Moskau", "de", "Europe/Moscow"),
        ("Österreich", "de-AT", "Europe/Vienna"),
        ("Londres", "fr", "Europe/London"),
        ("Germany", "de", "Europe/Berlin"),
        ("Berlin", "xx", "Europe/Berlin"),
        ("Berlin", "../../etc", "Europe/Berlin"),
        ("Berlin", "", "Europe/Berlin"),
    ],
)
def test_a_place_is_found_by_its_name_in_the_persons_language(
    text: str, locale: str, zone: str
) -> None:
    assert zones_for(text, locale) == (zone,)


@pytest.mark.parametrize(
    "text", ["", " ", ",", "nowhere", "the", "EST", "Factory", "../../etc/passwd", "x" * 10_000]
)
def test_what_is_no_place_has_no_zone(text: str) -> None:
    assert zones_for(text) == ()


@given(text=st.text(), locale=st.text(max_size=12))
def test_no_text_whatever_breaks_the_search_or_finds_an_unknown_zone(
    text: str, locale: str
) -> None:
    assert all(zone_named(zone) for zone in zones_for(text, locale))


def test_every_zone_in_our_tables_is_a_zone() -> None:
    assert all(zone_named(zone) for zone in (*MORE_PLACES, *KNOWN_ZONES.split()))


def test_every_zone_is_found_by_its_name_and_its_city() -> None:
    areas = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Pacific/")
    for zone in (zone for zone in zoneinfo.available_timezones() if zone.startswith(areas)):
        (current,) = zones_for(zone)
        assert current in zones_for(zone.rpartition("/")[2]), zone


@pytest.mark.parametrize(
    ("place", "latitude", "longitude", "zone"),
    [
        ("Berlin", 52.52, 13.40, "Europe/Berlin"),
        ("Mumbai", 19.07, 72.87, "Asia/Kolkata"),
        ("Sydney", -33.87, 151.21, "Australia/Sydney"),
        ("the Pacific", -30.0, -150.0, "Etc/GMT+10"),
        ("off the earth", 95.0, 13.4, None),
        ("no number", float("nan"), 13.4, None),
    ],
)
def test_a_position_has_a_zone_wherever_it_is_on_earth(
    place: str, latitude: float, longitude: float, zone: str | None
) -> None:
    assert zone_at(latitude, longitude) == zone, place


@given(latitude=st.floats(), longitude=st.floats())
def test_no_position_whatever_breaks_the_search(latitude: float, longitude: float) -> None:
    zone = zone_at(latitude, longitude)
    assert zone is None or zone_named(zone)


@pytest.mark.parametrize(
    ("clock", "zone"),
    [
        (time(13), "Europe/Berlin"),
        (time(13, 12), "Europe/Berlin"),
        (time(12, 45), "Europe/Berlin"),
        (time(7), "America/New_York"),
        (time(17, 30), "Asia/Kolkata"),
        (time(17, 45), "Asia/Kathmandu"),
        (time(2), "Pacific/Kiritimati"),
    ],
)
def test_a_clock_leads_to_well_known_zones(clock: time, zone: str) -> None:
    assert zone in zones_at(clock, now=NOW)


def test_a_clock_at_midnight_reaches_over_the_date() -> None:
    assert "UTC" not in zones_at(time(12), now=NOW)
    eve = datetime(2026, 11, 21, 23, 55, tzinfo=UTC)
    assert "Europe/London" in zones_at(time(0, 5), now=eve)
    assert "Europe/London" in zones_at(time(23, 50), now=eve + timedelta(minutes=10))


@pytest.mark.parametrize("month", [1, 7])
def test_someone_anywhere_finds_a_zone_that_shows_their_clock(month: int) -> None:
    now = datetime(2026, month, 1, 12, tzinfo=UTC)
    names = filter(country_of, zoneinfo.available_timezones())
    for clock in {local(now, ZoneInfo(name)).time() for name in names}:
        zones = zones_at(clock, now=now)
        assert 0 < len(zones) <= MOST_CANDIDATES, clock
        assert local(now, ZoneInfo(zones[0])).time() == clock


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/Berlin", "DE"),
        ("Asia/Kolkata", "IN"),
        ("Asia/Calcutta", "IN"),
        ("Europe/Kyiv", "UA"),
        ("America/New_York", "US"),
        ("UTC", ""),
        ("Etc/GMT+10", ""),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_a_zone_tells_the_country_for_help_lines(zone: str, country: str) -> None:
    assert country_of(zone) == country
