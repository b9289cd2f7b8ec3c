"""In which language, and with which sentence, is a key said?"""

import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from nudger.render.texts import buttons, commands, forms, reasons, sentences

LOCALE = Path(__file__).resolve().parent.parent / "locale"
COMMANDS = tuple(commands.COMMANDS)  # in the order of the menu
SOURCE = "en"  # the language the sentences are written in

SENTENCES = {
    **forms.FORMS,
    **sentences.JOINING,
    **sentences.ATTEMPT,
    **sentences.SEPARATION,
    **sentences.TIMES,
    **sentences.LANES,
    **sentences.SETTINGS,
    **sentences.REST,
    **reasons.REASONS,
    **{f"choice.{name}": label for name, label in buttons.BUTTONS.items()},
    **{f"command.{name}": what for name, what in commands.COMMANDS.items()},
    "about.bot": commands.DESCRIPTION,
    "about.bot_short": commands.SHORT_DESCRIPTION,
}


def languages(folder: Path = LOCALE) -> tuple[str, ...]:
    """The languages that the interface speaks."""
    return (SOURCE, *sorted(po.parent.parent.name for po in folder.glob("*/LC_MESSAGES/nudger.po")))


def sentence(key: str, language: str) -> str:
    """The sentence of a key, in the language or else as it was written."""
    written = SENTENCES[key]
    return translations(language).gettext(written)


@cache
def translations(language: str, folder: Path = LOCALE) -> NullTranslations:
    """What the translators wrote. Read from the .po itself: nothing compiled is kept in the tree."""
    po = folder / language / "LC_MESSAGES" / "nudger.po"
    if not po.is_file():
        return NullTranslations()
    compiled = io.BytesIO()
    with po.open("rb") as text:
        write_mo(compiled, read_po(text, locale=language))
    compiled.seek(0)
    return Translations(compiled)
