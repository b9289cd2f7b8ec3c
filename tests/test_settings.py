"""What may an operator set, what is refused, and what is never shown?"""

import os
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.settings import (
    PREFIX,
    SECRETS,
    Settings,
    SettingsRefusal,
    describe,
    known_secrets,
    read_settings,
    variable,
)

TOKEN = "123456789:AAF-made-up_for_the_tests"
NOWHERE = Path(os.devnull)


def refusal(environ: dict[str, str], env_file: Path = NOWHERE) -> str:
    with pytest.raises(SettingsRefusal) as raised:
        read_settings(environ, env_file)
    return str(raised.value)


def test_nothing_needs_to_be_set() -> None:
    settings = read_settings({}, NOWHERE)
    assert settings.bot_token is None
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.default_timezone == "UTC"
    assert settings.messages_per_second == 30
    assert settings.log_format is None


def test_without_an_address_the_database_is_a_file_in_the_data_folder(tmp_path: Path) -> None:
    settings = read_settings({"NUDGER_DATA_DIR": str(tmp_path)}, NOWHERE)
    assert settings.database == f"sqlite:///{tmp_path.as_posix()}/nudger.sqlite3"


def test_making_settings_reads_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUDGER_DEFAULT_TIMEZONE", "Europe/Berlin")
    assert Settings().default_timezone == "UTC"


def test_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("NUDGER_MESSAGES_PER_SECOND=5\nNUDGER_LOG_FORMAT=json\n", "utf-8-sig")
    settings = read_settings({"NUDGER_MESSAGES_PER_SECOND": "7"}, env_file)
    assert (settings.messages_per_second, settings.log_format) == (7, "json")
    origins = {row.name: row.origin for row in describe(settings)}
    assert origins["NUDGER_MESSAGES_PER_SECOND"] == "environment"
    assert origins["NUDGER_LOG_FORMAT"] == str(env_file)
    assert origins["NUDGER_DATA_DIR"] == "default"


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("NUDGER_BOT_TOKEN", TOKEN),
        ("NUDGER_ENCRYPTION_KEY", "a-key"),
        ("NUDGER_DATABASE_URL", "postgresql://nudger:hush@localhost/nudger"),
    ],
)
def test_a_secret_may_stand_in_a_file_of_its_own(name: str, secret: str, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{secret}\n")
    settings = read_settings({f"{name}_FILE": str(file)}, NOWHERE)
    value = getattr(settings, name.removeprefix(PREFIX).lower())
    assert value.get_secret_value() == secret
    assert {row.name: row.origin for row in describe(settings)}[name] == str(file)


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert read_settings({"NUDGER_BOT_TOKEN": " ", "NUDGER_LOG_FORMAT": ""}, NOWHERE) == Settings()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("NUDGER_BOT_TOKEN", "AAF-half-of-it", "@BotFather"),
        ("NUDGER_DATABASE_URL", "mysql://nudger:hush@localhost/nudger", "SQLite or PostgreSQL"),
        ("NUDGER_DATABASE_URL", "postgresql://nudger:hush/@localhost/nudger", "%2F"),
        ("NUDGER_DATABASE_URL", "postgresql://nudger:1?@localhost/nudger", "%3F"),
        ("NUDGER_TELEGRAM_API_URL", "api.telegram.org", "http://localhost:8081"),
        ("NUDGER_TELEGRAM_API_URL", f"https://api.telegram.org/bot{TOKEN}", "the root alone"),
        ("NUDGER_TELEGRAM_API_URL", "http://localhost:many", "http://localhost:8081"),
        ("NUDGER_DEFAULT_TIMEZONE", "Europe/Berln", "Did you mean Europe/Berlin?"),
        ("NUDGER_DEFAULT_TIMEZONE", "../../etc/passwd", "such as Europe/Berlin"),
        ("NUDGER_MESSAGES_PER_SECOND", "0", "above 0 and at most 1000"),
        ("NUDGER_MESSAGES_PER_SECOND", "1000.1", "above 0 and at most 1000"),
        ("NUDGER_MESSAGES_PER_SECOND", "nan", "above 0 and at most 1000"),
        ("NUDGER_MESSAGES_PER_SECOND", "thirty", "such as 30"),
        ("NUDGER_LOG_FORMAT", "xml", "console or json"),
        ("NUDGER_DATA_DIR", "~nobody-of-that-name/data", "/var/lib/nudger"),
    ],
)
def test_a_wrong_value_is_named_with_a_valid_one_and_not_shown(
    name: str, value: str, says: str
) -> None:
    said = refusal({name: value})
    assert said.startswith(f"{name} (environment) must be ")
    assert says in said
    assert "hush" not in said
    assert TOKEN not in said


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("NUDGER_LOG_FORMAT=xml\n")
    said = refusal({"NUDGER_BOT_TOKEN": "x", "NUDGER_BOT_TOKN": "y"}, env_file).splitlines()
    assert [line.split()[0] for line in said] == [
        "NUDGER_BOT_TOKN",
        "NUDGER_BOT_TOKEN",
        "NUDGER_LOG_FORMAT",
    ]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("NUDGER_BOT_TOKN", "NUDGER_BOT_TOKEN"),
        ("NUDGER_DB_URL", "NUDGER_DATABASE_URL"),
        ("NUDGER_TIMEZONE", "NUDGER_DEFAULT_TIMEZONE"),
        ("nudger_log_format", "NUDGER_LOG_FORMAT"),
        ("NUDGER_DATA_DIR_FILE", "NUDGER_DATA_DIR"),
    ],
)
def test_an_unknown_variable_is_named_with_the_nearest_right_one(name: str, nearest: str) -> None:
    assert refusal({name: "1"}) == f"{name} (environment) is not known: did you mean {nearest}?"


def test_variables_of_other_programs_and_of_the_tests_are_let_be() -> None:
    environ = {"PATH": "/bin", "NUDGER_TEST_DATABASE_URL": "postgresql://localhost/tests"}
    assert read_settings(environ, NOWHERE) == Settings()


def test_a_secret_and_its_file_are_not_both_taken() -> None:
    said = refusal({"NUDGER_BOT_TOKEN": TOKEN, "NUDGER_BOT_TOKEN_FILE": "/run/token"})
    assert "keep one of them" in said


@pytest.mark.parametrize(
    ("body", "says"), [(None, "a file that cannot be read"), (b" \n", "an empty file")]
)
def test_a_secret_file_that_is_missing_or_empty_is_named(
    body: bytes | None, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    if body is not None:
        file.write_bytes(body)
    said = refusal({"NUDGER_BOT_TOKEN_FILE": str(file)})
    assert said.startswith(f"NUDGER_BOT_TOKEN_FILE (environment) names {says}")


def test_an_env_file_that_is_no_text_is_refused_and_secrets_elsewhere_stay_known(
    tmp_path: Path,
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(b"NUDGER_LOG_FORMAT=\xff\xfe")
    assert "UTF-8" in refusal({}, env_file)
    assert known_secrets({"NUDGER_BOT_TOKEN": TOKEN}, env_file) == (TOKEN,)


# The first letter stands in no sentence of ours, so that what is found is the secret.
SECRET = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), max_size=40).map("¶".__add__)


VARIABLES = [variable(field) for field in Settings.model_fields]
VARIABLES += [f"{variable(field)}_FILE" for field in sorted(SECRETS)]


@given(secret=SECRET, name=st.sampled_from(VARIABLES))
def test_no_refusal_shows_what_a_variable_held(secret: str, name: str) -> None:
    # A token pasted into the wrong variable is a secret there as well.
    said = ""
    try:
        read_settings({name: secret}, NOWHERE)
    except SettingsRefusal as refused:
        said = "".join(traceback.format_exception(refused))
    assert secret not in said


@given(password=SECRET)
def test_no_description_shows_a_secret(password: str) -> None:
    environ = {
        "NUDGER_BOT_TOKEN": TOKEN,
        "NUDGER_ENCRYPTION_KEY": password,
        "NUDGER_DATABASE_URL": f"postgresql://nudger:{password}@localhost/n?sslpassword={password}",
    }
    try:
        settings = read_settings(environ, NOWHERE)
    except SettingsRefusal:
        return
    shown = f"{describe(settings)} {settings!r}"
    assert password not in shown
    assert TOKEN not in shown
    assert {password, TOKEN} <= set(settings.secrets)


def test_a_description_still_tells_which_bot_and_which_database() -> None:
    environ = {
        "NUDGER_BOT_TOKEN": TOKEN,
        "NUDGER_DATABASE_URL": "postgresql://nudger:hush@db.local/nudger?sslmode=require",
    }
    rows = {row.name: row.value for row in describe(read_settings(environ, NOWHERE))}
    assert rows["NUDGER_BOT_TOKEN"] == "123456789:***"
    assert rows["NUDGER_DATABASE_URL"] == (
        "postgresql://nudger:***@db.local/nudger?sslmode=require"
    )
