"""In which language, and with which sentence, is a key said?"""

import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from nudger.render.texts import buttons, commands, forms, reasons, sentences
from nudger.render.texts.mark import Plural

LOCALE = Path(__file__).resolve().parent.parent / "locale"
COMMANDS = tuple(commands.COMMANDS)  # in the order of the menu
SOURCE = "en"  # the language the sentences are written in

CHOICES: Mapping[str, str | Plural] = {f"choice.{n}": label for n, label in buttons.BUTTONS.items()}
MENU: Mapping[str, str | Plural] = {f"command.{n}": what for n, what in commands.COMMANDS.items()}
SENTENCES: Mapping[str, str | Plural] = {
    **forms.FORMS,
    **sentences.JOINING,
    **sentences.ATTEMPT,
    **sentences.SEPARATION,
    **sentences.TIMES,
    **sentences.LANES,
    **sentences.SETTINGS,
    **sentences.REST,
    **reasons.REASONS,
    **CHOICES,
    **MENU,
    "about.bot": commands.DESCRIPTION,
    "about.bot_short": commands.SHORT_DESCRIPTION,
}


def languages(folder: Path = LOCALE) -> tuple[str, ...]:
    """The languages that the interface speaks."""
    return (SOURCE, *sorted(po.parent.parent.name for po in folder.glob("*/LC_MESSAGES/nudger.po")))


def sentence(key: str, language: str, values: Mapping[str, object] | None = None) -> str:
    """The sentence of a key, in the language or else as it was written; counting by its values."""
    written = SENTENCES[key]
    if isinstance(written, Plural):
        n = (values or {}).get(written.by)
        count = n if isinstance(n, int) else 2
        return translations(language).ngettext(written.one, written.many, count)
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
