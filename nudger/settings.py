"""What may an operator set, and where did each value come from?"""

import difflib
import os
import re
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from pydantic import AfterValidator, Field, PrivateAttr, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from nudger.domain.refusal import Refusal
from nudger.domain.time.local_time import zone_named

PREFIX = "NUDGER_"
TELEGRAM = "https://api.telegram.org"
MESSAGES_PER_SECOND = 30.0  # what Telegram allows a bot for free
MOST_MESSAGES_PER_SECOND = 1000.0  # what Telegram sells as paid broadcast
ENV_FILE = Path(".env")

SECRETS = frozenset({"bot_token", "database_url", "encryption_key"})
# The test suite's own variables have nothing to do with a running service.
NOT_OURS = "NUDGER_TEST_"


class SettingsRefusal(Refusal):
    """One line for each variable that is wrong or unknown, none of them showing its value."""


class LogFormat(StrEnum):
    """What a log line looks like: coloured columns for people, or JSON for machines."""

    CONSOLE = "console"
    JSON = "json"


class _HintedError(ValueError):
    """What a validator has to say beyond "must be"; never the value, which may be a secret."""


def _home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # nobody of that name
        raise ValueError from None


def _token(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", secret.get_secret_value()):
        raise ValueError
    return secret


def _database(secret: SecretStr) -> SecretStr:
    parts = urlsplit(secret.get_secret_value())
    if parts.scheme.partition("+")[0] not in {"sqlite", "postgresql", "postgres"}:
        raise _HintedError("Nudger keeps its data in SQLite or PostgreSQL.")
    if not parts.scheme.startswith("sqlite"):
        hint = "In a password, write / ? # @ % as %2F %3F %23 %40 %25."
        try:
            _ = parts.port
        except ValueError:
            raise _HintedError(hint) from None
        if "@" in parts.path + parts.query + parts.fragment:
            raise _HintedError(hint)
    return secret


def _server(url: str) -> str:
    parts = urlsplit(url)
    _ = parts.port  # raises ValueError where it is no number
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError
    if "/bot" in parts.path or "@" in parts.netloc or parts.query or parts.fragment:
        raise _HintedError("Give the root alone: no /bot, no token, no name.")
    return url.rstrip("/")


def _zone(name: str) -> str:
    if zone_named(name) is None:
        near = difflib.get_close_matches(name, zoneinfo.available_timezones(), n=1)
        raise _HintedError(f"Did you mean {near[0]}?" if near else "")
    return name


@dataclass(frozen=True, kw_only=True)
class Told:
    """What an operator is told of a setting: what it is for, and how "it must be ..." goes on."""

    purpose: str
    must_be: str
    such_as: str


Folder = Annotated[Path, AfterValidator(_home)]
Token = Annotated[SecretStr, AfterValidator(_token)]
Database = Annotated[SecretStr, AfterValidator(_database)]
Server = Annotated[str, AfterValidator(_server)]
Zone = Annotated[str, AfterValidator(_zone)]
Rate = Annotated[float, Field(gt=0, le=MOST_MESSAGES_PER_SECOND)]


class Settings(BaseSettings):
    """All that can be set. Nothing is read by making one: `read_settings` does that."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    bot_token: Annotated[
        Token | None,
        Told(
            purpose="the bot's token",
            must_be="the token that @BotFather gave you",
            such_as="123456789:AAF-and-thirty-more",
        ),
    ] = None
    data_dir: Annotated[
        Folder,
        Told(
            purpose="the folder that holds the SQLite database",
            must_be="a folder",
            such_as="/var/lib/nudger",
        ),
    ] = Path("data")
    database_url: Annotated[
        Database | None,
        Told(
            purpose="where people, plans and answers are kept",
            must_be="the address of a database",
            such_as="postgresql://nudger:password@localhost/nudger",
        ),
    ] = None
    telegram_api_url: Annotated[
        Server,
        Told(
            purpose="the root of the Bot API server",
            must_be="the root of a Bot API server",
            such_as="http://localhost:8081",
        ),
    ] = TELEGRAM
    prompts_dir: Annotated[
        Folder | None,
        Told(
            purpose="a folder of prompts in place of those that come along",
            must_be="a folder",
            such_as="/etc/nudger/prompts",
        ),
    ] = None
    encryption_key: Annotated[
        SecretStr | None,
        Told(
            purpose="the master key that seals what people write",
            must_be="a key",
            such_as="what `head -c 32 /dev/urandom | base64` prints",
        ),
    ] = None
    default_timezone: Annotated[
        Zone,
        Told(
            purpose="the time zone of people who have not told theirs yet",
            must_be="the name of a time zone",
            such_as="Europe/Berlin",
        ),
    ] = "UTC"
    messages_per_second: Annotated[
        Rate,
        Told(
            purpose="how many messages a second may leave",
            must_be=f"a number above 0 and at most {MOST_MESSAGES_PER_SECOND:g}",
            such_as=f"{MESSAGES_PER_SECOND:g}",
        ),
    ] = MESSAGES_PER_SECOND
    log_format: Annotated[
        LogFormat | None,
        Told(
            purpose="what log lines look like",
            must_be="console or json",
            such_as="json",
        ),
    ] = None

    _origins: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the names are pydantic-settings' own
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """No source but what is passed in: where a value came from has to be known."""
        return (init_settings,)

    @property
    def database(self) -> str:
        """The database's address, password and all."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.data_dir.absolute() / 'nudger.sqlite3').as_posix()}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log line and no error may show."""
        given = {field: getattr(self, field) for field in SECRETS}
        return _sensitive({f: s.get_secret_value() for f, s in given.items() if s is not None})


def read_settings(environ: Mapping[str, str], env_file: Path = ENV_FILE) -> Settings:
    """Read all settings, each from the environment or else from ``env_file`` where there is one.

    A secret may stand in a file of its own, named by the variable with ``_FILE`` behind it. An
    empty variable is one that is not set. Raises SettingsRefusal, which lists all that is wrong.
    """
    given, wrong = _gather(environ, env_file)
    try:
        settings = Settings.model_validate({field: g.text for field, g in given.items()})
    except ValidationError as error:
        wrong += [_finding(str(e["loc"][0]), given, e.get("ctx", {})) for e in error.errors()]
    if wrong:
        raise SettingsRefusal("\n".join(wrong))
    settings._origins = {field: g.origin for field, g in given.items()}  # noqa: SLF001 - our own
    return settings


def known_secrets(environ: Mapping[str, str], env_file: Path = ENV_FILE) -> tuple[str, ...]:
    """The secrets that can be found, whether or not the settings as a whole can be used."""
    try:
        given, _ = _gather(environ, env_file)
    except SettingsRefusal:
        given, _ = _gather(environ, Path(os.devnull))
    return _sensitive({f: g.text for f, g in given.items() if f in SECRETS})


@dataclass(frozen=True, kw_only=True)
class Row:
    """One setting as an operator may see it: the value of a secret is masked."""

    name: str
    value: str
    origin: str
    purpose: str


def describe(settings: Settings) -> tuple[Row, ...]:
    """Every setting, its value and where it came from, in the order of the class."""
    return tuple(
        Row(
            name=variable(field),
            value=_shown(field, settings),
            origin=settings._origins.get(field, "default"),  # noqa: SLF001 - our own
            purpose=_told(field).purpose,
        )
        for field in Settings.model_fields
    )


def variable(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


@dataclass(frozen=True, kw_only=True)
class _Given:
    text: str
    origin: str


def _gather(environ: Mapping[str, str], env_file: Path) -> tuple[dict[str, _Given], list[str]]:
    """What was given for each field, the environment over the file, and what is wrong so far."""
    given: dict[str, _Given] = {}
    wrong: list[str] = []
    for origin, variables in (
        (str(env_file), _read_env_file(env_file)),
        ("environment", environ),
    ):
        ours = {name: text.strip() for name, text in variables.items() if _is_ours(name)}
        wrong += [_unknown(name, origin) for name in ours if name not in set(_known())]
        for field in Settings.model_fields:
            name = variable(field)
            text, path = ours.get(name), ours.get(f"{name}_FILE") if field in SECRETS else None
            if text and path:
                wrong.append(f"{name} and {name}_FILE are both set ({origin}): keep one of them.")
            elif path:
                try:
                    given[field] = _Given(text=_read_secret(path), origin=path)
                except ValueError as error:
                    wrong.append(f"{name}_FILE ({origin}) {error}")
            elif text:
                given[field] = _Given(text=text, origin=origin)
    return given, wrong


def _read_env_file(path: Path) -> dict[str, str]:
    try:
        source = DotEnvSettingsSource(
            Settings, env_file=path, env_file_encoding="utf-8-sig", case_sensitive=True
        )
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsRefusal(
            f"{path} cannot be read ({type(error).__name__}): make it a text file in UTF-8 that "
            "the account nudger runs under may read."
        ) from None
    return {name: text or "" for name, text in source.env_vars.items()}


def _read_secret(path: str) -> str:
    """The path is not said: it may be the secret itself, put into the wrong variable."""
    try:
        text = _home(Path(path)).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise ValueError(
            f"names a file that cannot be read ({type(error).__name__}): name one that holds the "
            "secret alone and that nudger's account may read."
        ) from None
    if not text:
        raise ValueError("names an empty file: write the secret into it.")
    return text


def _is_ours(name: str) -> bool:
    return name.upper().startswith(PREFIX) and not name.upper().startswith(NOT_OURS)


def _known() -> Iterator[str]:
    for field in Settings.model_fields:
        yield variable(field)
        if field in SECRETS:
            yield f"{variable(field)}_FILE"


def _unknown(name: str, origin: str) -> str:
    near = difflib.get_close_matches(name.upper(), list(_known()), n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(_known())}."
    return f"{name} ({origin}) is not known: {hint}"


def _finding(field: str, given: Mapping[str, _Given], context: Mapping[str, object]) -> str:
    """What is wrong, without the value: a token may have been put into the wrong variable."""
    told, hint = _told(field), context.get("error")
    sentence = (
        f"{variable(field)} ({given[field].origin}) must be {told.must_be}, such as {told.such_as}."
    )
    return f"{sentence} {hint}".rstrip() if isinstance(hint, _HintedError) else sentence


def _told(field: str) -> Told:
    return next(m for m in Settings.model_fields[field].metadata if isinstance(m, Told))


def _sensitive(given: Mapping[str, str]) -> tuple[str, ...]:
    """The secret parts: of a database's address it is the password alone, as written and as meant."""
    found = [text for field, text in given.items() if field != "database_url"]
    if url := given.get("database_url"):
        try:
            parts = urlsplit(url)
        except ValueError:
            return (*found, url)
        found += [parts.password or "", unquote(parts.password or "")]
        found += [value for key, value in parse_qsl(parts.query) if "pass" in key]
    return tuple(dict.fromkeys(text for text in found if text))


def _shown(field: str, settings: Settings) -> str:
    value = getattr(settings, field)
    match field, value:
        case "log_format", None:
            return "console on a terminal, else json"
        case "prompts_dir", None:
            return "those that come along"
        case "database_url", None:
            return settings.database
        case _, None:
            return "not set"
        case "bot_token", _:
            return f"{value.get_secret_value().partition(':')[0]}:***"
        case "database_url", _:
            return _masked(value.get_secret_value())
        case _, SecretStr():
            return "***"
        case _, float():
            return f"{value:g}"
    return str(value)


def _masked(url: str) -> str:
    parts = urlsplit(url)
    name, at, place = parts.netloc.rpartition("@")
    user, colon, _ = name.partition(":")
    query = [(k, "***" if "pass" in k else v) for k, v in parse_qsl(parts.query)]
    return parts._replace(
        netloc=f"{user}{colon}{'***' if colon else ''}{at}{place}",
        query=urlencode(query, safe="*/"),
    ).geturl()
