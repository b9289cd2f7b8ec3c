"""Which zone is a place in?"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files

import tzfpy
from babel import Locale, UnknownLocaleError

from nudger.domain.time.local_time import local, zone_named

MOST_CANDIDATES = 6  # as many as can be read and tapped without scrolling
CLOSE_CLOCK = timedelta(minutes=15)  # people read a clock to the quarter, zones lie so far apart
LONGEST_NAME = 100  # characters, far beyond any place

# Cities, states and provinces that are no zone of their own, by the zone they keep; and the names
# that people who live there have for it. Babel knows the cities of zones in a person's language.
MORE_PLACES: Mapping[str, str] = {
    "Africa/Cairo": "القاهرة|Alexandria|Giza",
    "Africa/Casablanca": "Rabat|Marrakesh|Marrakech|Fes",
    "Africa/Johannesburg": "Cape Town|Durban|Pretoria",
    "Africa/Lagos": "Abuja|Ibadan|Kano",
    "Africa/Nairobi": "Mombasa",
    "America/Anchorage": "Alaska",
    "America/Argentina/Buenos_Aires": "Rosario",
    "America/Bogota": "Medellín|Cali|Cartagena",
    "America/Boise": "Idaho",
    "America/Chicago": "Austin|Dallas|Fort Worth|Houston|San Antonio|Milwaukee|Minneapolis"
    "|Nashville|New Orleans|St. Louis|Kansas City|Memphis|Oklahoma City|Omaha|Birmingham|Alabama"
    "|Arkansas|Illinois|Iowa|Louisiana|Minnesota|Mississippi|Missouri|Oklahoma|Wisconsin|Texas"
    "|Tennessee|Kentucky|Kansas|Nebraska|North Dakota|South Dakota",
    "America/Costa_Rica": "San José",
    "America/Denver": "Albuquerque|Salt Lake City|Colorado Springs|Colorado|Montana|New Mexico"
    "|Utah|Wyoming",
    "America/Detroit": "Ann Arbor|Grand Rapids|Michigan",
    "America/Edmonton": "Calgary|Alberta",
    "America/Guayaquil": "Quito",
    "America/Halifax": "Nova Scotia",
    "America/Indiana/Indianapolis": "Indiana",
    "America/Los_Angeles": "San Francisco|Seattle|San Diego|San José|Portland|Las Vegas"
    "|Sacramento|Oakland|California|Nevada|Oregon|Washington",
    "America/Mexico_City": "Ciudad de México|CDMX|Guadalajara|Puebla|León",
    "America/New_York": "New York City|NYC|Boston|Washington|Washington DC|Miami|Philadelphia"
    "|Atlanta|Baltimore|Charlotte|Cleveland|Columbus|Orlando|Tampa|Pittsburgh|Buffalo|Cincinnati"
    "|Connecticut|Delaware|Georgia|Maine|Maryland|Massachusetts|New Hampshire|New Jersey"
    "|North Carolina|Ohio|Pennsylvania|Rhode Island|South Carolina|Vermont|Virginia|West Virginia"
    "|Florida|Tennessee|Kentucky",
    "America/Phoenix": "Tucson|Arizona",
    "America/Regina": "Saskatoon|Saskatchewan",
    "America/Santo_Domingo": "Santiago de los Caballeros",
    "America/Sao_Paulo": "Rio de Janeiro|Rio|Brasília|Belo Horizonte|Curitiba|Porto Alegre",
    "America/Toronto": "Montreal|Ottawa|Quebec|Hamilton|Ontario",
    "America/Vancouver": "Victoria|British Columbia",
    "America/Winnipeg": "Manitoba",
    "Asia/Dubai": "Abu Dhabi|Sharjah",
    "Asia/Ho_Chi_Minh": "Hanoi|Saigon|Ho Chi Minh City|Da Nang",
    "Asia/Jakarta": "Bandung|Surabaya|Semarang",
    "Asia/Jerusalem": "ירושלים|Tel Aviv|Haifa",
    "Asia/Karachi": "Lahore|Islamabad|Rawalpindi|Faisalabad",
    "Asia/Kolkata": "Mumbai|Bombay|Delhi|New Delhi|Bangalore|Bengaluru|Chennai|Madras|Hyderabad"
    "|Ahmedabad|Pune|Jaipur|Lucknow|Kochi|Goa",
    "Asia/Makassar": "Bali|Denpasar",
    "Asia/Manila": "Cebu|Davao|Quezon City",
    "Asia/Riyadh": "الرياض|Jeddah|Mecca|Medina",
    "Asia/Seoul": "서울|Busan|Incheon|Daegu",
    "Asia/Shanghai": "上海|北京|Beijing|Peking|Guangzhou|Shenzhen|Chengdu|Wuhan|Tianjin|Hangzhou"
    "|Nanjing|Xi'an",
    "Asia/Tehran": "تهران|Isfahan|Mashhad|Shiraz",
    "Asia/Tokyo": "東京|Osaka|Kyoto|Yokohama|Nagoya|Sapporo|Fukuoka|Kobe|Hiroshima",
    "Asia/Yangon": "Mandalay",
    "Australia/Brisbane": "Gold Coast|Cairns|Queensland",
    "Australia/Sydney": "Canberra|Newcastle|New South Wales",
    "Europe/Amsterdam": "Rotterdam|The Hague|Den Haag|Utrecht|Eindhoven",
    "Europe/Athens": "Athina|Αθήνα|Thessaloniki",
    "Europe/Belgrade": "Beograd|Београд|Novi Sad",
    "Europe/Berlin": "Munich|München|Hamburg|Cologne|Köln|Frankfurt|Stuttgart|Düsseldorf|Leipzig"
    "|Dresden|Dortmund|Essen|Bremen|Hanover|Hannover|Nuremberg|Nürnberg|Freiburg|Bonn|Münster",
    "Europe/Brussels": "Bruxelles|Brussel|Antwerp|Antwerpen|Ghent|Gent|Bruges|Liège",
    "Europe/Bucharest": "București|Cluj-Napoca|Cluj|Timisoara",
    "Europe/Copenhagen": "København|Aarhus|Odense",
    "Europe/Dublin": "Cork|Galway",
    "Europe/Helsinki": "Helsingfors|Tampere",
    "Europe/Istanbul": "Ankara|Izmir",
    "Europe/Kyiv": "Київ|Киев|Kharkiv|Lviv|Odesa|Odessa|Dnipro",
    "Europe/Lisbon": "Lisboa|Porto|Braga|Coimbra",
    "Europe/London": "Manchester|Birmingham|Liverpool|Leeds|Glasgow|Edinburgh|Bristol|Cardiff"
    "|Belfast|Sheffield|Newcastle|Oxford|Cambridge|Brighton|England|Scotland|Wales",
    "Europe/Luxembourg": "Luxemburg",
    "Europe/Madrid": "Barcelona|Valencia|Seville|Sevilla|Bilbao|Málaga|Zaragoza|Granada",
    "Europe/Moscow": "Moskva|Москва|Saint Petersburg|St. Petersburg|Kazan|Sochi",
    "Europe/Oslo": "Bergen|Trondheim",
    "Europe/Paris": "Marseille|Lyon|Toulouse|Nice|Nantes|Strasbourg|Bordeaux|Lille|Montpellier",
    "Europe/Prague": "Praha|Brno",
    "Europe/Rome": "Roma|Milan|Milano|Naples|Napoli|Turin|Torino|Florence|Firenze|Venice|Venezia"
    "|Bologna|Palermo|Genoa",
    "Europe/Stockholm": "Gothenburg|Göteborg|Malmö|Uppsala",
    "Europe/Vienna": "Wien|Graz|Linz|Salzburg|Innsbruck",
    "Europe/Warsaw": "Warszawa|Kraków|Cracow|Gdansk|Wroclaw|Poznan|Lodz",
    "Europe/Zurich": "Geneva|Genève|Genf|Basel|Bern|Lausanne|Lucerne",
    "Pacific/Auckland": "Wellington|Christchurch",
    "Pacific/Honolulu": "Hawaii",
    "UTC": "UTC|GMT",
}

# Countries by the short names that Babel does not have.
SHORT_COUNTRIES: Mapping[str, str] = {
    "US": "USA|US|America|United States of America",
    "GB": "UK|Great Britain|Britain",
    "NL": "Holland",
    "AE": "UAE",
    "CZ": "Czech Republic",
    "TR": "Turkey",
}

# For people who tell their clock: well-known zones of every offset in use, the best known first.
KNOWN_ZONES = (
    "Europe/London Europe/Berlin America/New_York America/Los_Angeles America/Chicago "
    "America/Denver Asia/Kolkata Europe/Athens Europe/Istanbul America/Sao_Paulo "
    "Australia/Sydney Asia/Shanghai Asia/Tokyo Africa/Lagos Africa/Johannesburg Africa/Cairo "
    "America/Mexico_City America/Bogota America/Phoenix America/Halifax America/Caracas "
    "America/Santiago America/Argentina/Buenos_Aires America/St_Johns America/Noronha "
    "Atlantic/Azores Atlantic/Cape_Verde Africa/Abidjan Africa/Nairobi Asia/Riyadh Asia/Tehran "
    "Asia/Dubai Asia/Kabul Asia/Karachi Asia/Kathmandu Asia/Dhaka Asia/Yangon Asia/Bangkok "
    "Asia/Singapore Australia/Perth Australia/Eucla Australia/Darwin Australia/Adelaide "
    "Australia/Brisbane Australia/Lord_Howe Pacific/Noumea Pacific/Auckland Pacific/Fiji "
    "Pacific/Chatham Pacific/Tongatapu Pacific/Kiritimati Pacific/Honolulu Pacific/Marquesas "
    "America/Anchorage Pacific/Gambier America/Adak Pacific/Pago_Pago America/Nuuk"
)


def zone_at(latitude: float, longitude: float) -> str | None:
    """The zone of a position, at sea the one of its meridian; None off the earth."""
    name = tzfpy.get_tz(longitude, latitude)
    return name if zone_named(name) else None


def zones_for(text: str, locale: str = "en") -> tuple[str, ...]:
    """The zones that a city, country or zone name may mean, the likeliest first, six at most.

    ``Birmingham, UK`` narrows a city by its country; where nudger knows only the country or state
    of ``Springfield, Illinois``, that decides. Accents and case do not matter.
    """
    if len(text) > LONGEST_NAME:
        return ()
    names = _names(_known_locale(locale))
    place, _, country = text.partition(",")
    found, there = names.get(_folded(place), ()), names.get(_folded(country), ())
    if there:
        countries = {country_of(zone) for zone in there}
        found = tuple(zone for zone in found if country_of(zone) in countries) or there
    return found[:MOST_CANDIDATES]


def zones_at(clock: time, *, now: datetime) -> tuple[str, ...]:
    """Well-known zones where clocks show about that time now, the closest first, six at most."""
    close = []
    for name in KNOWN_ZONES.split():
        if zone := zone_named(name):
            there = local(now, zone).replace(tzinfo=None)
            ahead = (datetime.combine(there, clock) - there) % timedelta(days=1)
            apart = min(ahead, timedelta(days=1) - ahead)
            if apart <= CLOSE_CLOCK:
                close.append((apart, name))
    return tuple(name for _, name in sorted(close, key=lambda found: found[0]))[:MOST_CANDIDATES]


def country_of(zone: str) -> str:
    """The ISO 3166 code of the country of a zone, empty where there is none."""
    return _countries().get(_current(zone), "")


@lru_cache(maxsize=8)  # languages in use; Babel knows 700
def _names(locale: Locale) -> Mapping[str, tuple[str, ...]]:
    """Every folded name of a place with its zones."""
    names: dict[str, dict[str, None]] = {}
    for name, zone in _places(locale):
        names.setdefault(_folded(name), {})[zone] = None
    return {name: tuple(zones) for name, zones in names.items() if name}


def _places(locale: Locale) -> Iterator[tuple[str, str]]:
    locales = (locale, Locale("en"))
    for zone in (*_countries(), *_links()):
        if "/" in zone:  # EST is a zone of Panama, and not what someone in Boston means by it
            yield zone, _current(zone)
        if zone.partition("/")[0] in _areas():
            yield zone.rpartition("/")[2], _current(zone)
    for language in locales:
        for zone, names in language.time_zones.items():
            if _current(zone) in _countries() and "city" in names:
                yield names["city"], _current(zone)
    for code, zones in _clocks_of_countries().items():
        full = (language.territories.get(code, "") for language in locales)
        for name in (*full, *SHORT_COUNTRIES.get(code, "").split("|")):
            for zone in zones:
                yield name, zone
    for zone, joined in MORE_PLACES.items():
        for name in joined.split("|"):
            yield name, zone


@cache
def _countries() -> Mapping[str, str]:
    """Each zone with its country."""
    rows = (line.split("\t") for line in _zone_file("zone.tab") if not line.startswith("#"))
    return {zone: code for code, _, zone, *_ in rows}


@cache
def _links() -> Mapping[str, str]:
    """Old and second names of zones with the names they stand for."""
    rows = (line.split() for line in _zone_file("tzdata.zi") if line.startswith("L "))
    return {name: zone for _, zone, name in rows}


def _zone_file(name: str) -> list[str]:
    return (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8").splitlines()


@cache
def _areas() -> frozenset[str]:
    """Africa, America, ...: what comes before a city, unlike US/Eastern or Etc/GMT+3."""
    return frozenset(zone.partition("/")[0] for zone in _countries())


def _current(zone: str) -> str:
    """The name that zone has today: Calcutta's is Asia/Kolkata."""
    return zone if zone in _countries() else _links().get(zone, zone)


@cache
def _clocks_of_countries() -> Mapping[str, tuple[str, ...]]:
    """A country's zones, big ones first; of those whose clocks agree all year only the first."""
    clocks: dict[str, dict[tuple[timedelta | None, ...], str]] = {}
    known = KNOWN_ZONES.split()
    for name in sorted(_countries(), key=lambda name: (name not in MORE_PLACES, name not in known)):
        code = _countries()[name]
        if zone := zone_named(name):
            year = (datetime(2026, month, 15, tzinfo=UTC) for month in range(1, 13))
            offsets = tuple(local(moment, zone).utcoffset() for moment in year)
            clocks.setdefault(code, {}).setdefault(offsets, name)
    return {code: tuple(zones.values()) for code, zones in clocks.items()}


def _known_locale(locale: str) -> Locale:
    try:
        return Locale.parse(locale.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")


# Letters that carry no accent and are still typed without.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


def _folded(name: str) -> str:
    """A name as it is compared: without case, accents, apostrophes and dots."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c for c in letters if not unicodedata.combining(c)).translate(_PLAIN)
    return " ".join(re.sub(r"[.'’ʻ`]", "", re.sub(r"[-_]", " ", letters)).split())
