"""What does a screen look like on the phone: which text, which buttons?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from nudger.domain.message_out import Button
from nudger.domain.person import Person
from nudger.domain.screen import Choice, Label, Screen, Value, Words
from nudger.domain.time.local_time import zone_named
from nudger.render.values import Speaker

CALLBACK_BYTES = 64  # Telegram refuses more


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A screen in words. ``place_button`` is the label of the key that shares a place."""

    text: str
    buttons: tuple[tuple[Button, ...], ...]
    place_button: str = ""


def render(
    *screens: Screen, person: Person, now: datetime, dialogue: str = "", step: str = ""
) -> Rendered:
    """Screens one under the other; the buttons are those of the last."""
    speaker = speaker_for(person, now=now)
    texts = [text for screen in screens for text in _texts(screen, speaker)]
    last = screens[-1]
    return Rendered(
        text="\n\n".join(filter(None, texts)),
        buttons=tuple(
            tuple(
                Button(
                    label=label_of(choice, person, now=now), data=data_of(dialogue, step, choice)
                )
                for choice in row
            )
            for row in last.choices
        ),
        place_button=_plain(speaker).say("choice.place_key") if last.asks_place else "",
    )


def label_of(choice: Choice, person: Person, *, now: datetime) -> str:
    """What stands on a button: plain text, for Telegram reads no markup there."""
    key = choice.label or ("number" if choice.id.isdecimal() else f"choice.{choice.id}")
    values = dict(choice.values) or {"n": choice.id}
    return _plain(speaker_for(person, now=now)).say(key, values)


def data_of(dialogue: str, step: str, choice: Choice) -> str:
    """What comes back when it is tapped."""
    data = f"{dialogue}:{step}:{choice.id}"
    if len(data.encode()) > CALLBACK_BYTES:
        raise ValueError(f"{data!r} is longer than Telegram takes")
    return data


def speaker_for(person: Person, *, now: datetime) -> Speaker:
    """One who speaks the person's language, by the person's clock."""
    zone = zone_named(person.zone) or ZoneInfo("UTC")
    return Speaker(language=person.language, zone=zone, now=now)


def own_words(*screens: Screen) -> bool:
    """Whether anything the person wrote would be shown."""
    return any(True for screen in screens for _ in _own_words(screen))


def _own_words(screen: Screen) -> Iterator[Words]:
    for value in screen.values.values():
        yield from _words_in(value)
    for above in screen.above:
        yield from _own_words(above)


def _words_in(value: Value) -> Iterator[Words]:
    match value:
        case Words():
            yield value
        case Label():
            for inner in value.values.values():
                yield from _words_in(inner)
        case tuple():
            for inner in value:
                yield from _words_in(inner)


def _texts(screen: Screen, speaker: Speaker) -> Iterator[str]:
    for above in screen.above:
        yield from _texts(above, speaker)
    yield speaker.say(screen.key, screen.values)


def _plain(speaker: Speaker) -> Speaker:
    return Speaker(language=speaker.language, zone=speaker.zone, now=speaker.now, escape=str)
