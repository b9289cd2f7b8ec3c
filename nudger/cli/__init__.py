"""What can be typed, and how does it end?

A command imports what it needs when it is called: `nudger --help` stays quick. What only the
operator can mend ends here, in one sentence and exit code 2; our own mistakes end in exit code 1.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from nudger.cli.prompts import app as prompts
from nudger.domain.refusal import Refusal

if TYPE_CHECKING:
    from nudger.settings import Settings

app = typer.Typer(
    name="nudger",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Timed prompts through Telegram for people who practise being apart, at a pace their own"
    " answers set.\n\nNew here? `nudger demo` shows the whole service in a browser, without a"
    " token. Then set NUDGER_BOT_TOKEN, see what is missing with `nudger check`, and `nudger run`.",
)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave the process with its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        app(list(arguments), prog_name="nudger")
    except Exception as fault:  # noqa: BLE001 - the one place where whatever rises is shown
        refusal = _refusal_in(fault)
        said = f"nudger: {refusal}" if refusal else _apology(fault, debug="--debug" in arguments)
        print(said, file=sys.stderr)
        sys.exit(2 if refusal else 1)
    sys.exit(0)


@app.callback()
def nudger(
    *,
    debug: Annotated[  # `main` looks for it: faults end there
        bool, typer.Option("--debug", help="Show the traceback of an unexpected fault.")
    ] = False,
) -> None:
    pass


@app.command("run")
def run_service(
    *,
    speed: Annotated[
        float,
        typer.Option(
            min=1, help="Let time run that many times faster: a rehearsal against a test bot."
        ),
    ] = 1,
) -> None:
    """Run the service until it is stopped.

    It receives, plans and sends, all in this one process.

    Needs NUDGER_BOT_TOKEN, in the environment or in .env; `nudger check` tells what else is
    missing. Ctrl-C or SIGTERM ends it: what is being sent is finished first.

    Example: NUDGER_BOT_TOKEN=123456789:AAF... nudger run
    """
    settings = _settings_with_logs()
    from nudger.cli.run import run

    run(settings, speed=speed)


@app.command("demo")
def show_demo(
    *,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")
    ] = True,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The page's port on this machine; 0 is any free.")
    ] = 8420,
    speed: Annotated[
        float, typer.Option(min=1, help="How fast time runs at first; the page changes it.")
    ] = 1,
) -> None:
    """Try nudger in a browser, without a token.

    The page is a phone, with the real service behind it and a clock that you may move.

    Needs no account and no setting. Nothing leaves this machine, and nothing is kept.

    Example: nudger demo --speed 60
    """
    from nudger.cli.demo import demo

    demo(browser=browser, port=port, speed=speed)


@app.command("check")
def check_setup(
    *,
    online: Annotated[
        bool, typer.Option("--online", help="Also ask Telegram whether the token is good.")
    ] = False,
) -> None:
    """Tell what is set, and what is missing to run.

    Changes nothing. Shows every setting with where it came from (secrets masked), and looks at the prompts, the
    database and the key. Exit code 0: `nudger run` would start. 2: it would not, and why.

    Example: nudger check --online
    """
    from nudger.cli.check import check

    sys.exit(check(os.environ, online=online))


app.add_typer(prompts, name="prompts")


@app.command("version")
def show_version() -> None:
    """Print the version: put it into every report."""
    from nudger import __version__

    print(__version__)


def _settings_with_logs() -> "Settings":
    from nudger import logs
    from nudger.domain.time.local_time import use_pinned_zone_data
    from nudger.settings import read_settings

    use_pinned_zone_data()
    settings = read_settings(os.environ)
    logs.set_up(settings.log_format, secrets=settings.secrets)
    return settings


def _refusal_in(fault: BaseException) -> Refusal | None:
    """The refusal that ended the command, also where tasks wrapped it into groups."""
    if isinstance(fault, BaseExceptionGroup):
        found = [_refusal_in(inner) for inner in fault.exceptions]
        return found[0] if all(found) else None
    return fault if isinstance(fault, Refusal) else None


def _apology(fault: BaseException, *, debug: bool) -> str:
    """What to show for a mistake of ours. Its own text may hold a secret, or someone's words."""
    if not debug:
        return (
            f"nudger: this should not have happened ({type(fault).__name__}). Run it again as "
            "`nudger --debug ...` and report what it prints, as CONTRIBUTING.md describes."
        )
    from nudger.logs import redacting
    from nudger.settings import known_secrets

    return redacting(known_secrets(os.environ))("".join(traceback.format_exception(fault)))
