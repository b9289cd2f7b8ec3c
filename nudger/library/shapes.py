"""What does a file in prompts/ look like?

The descriptions are read by people: editors show them while typing (prompts/schema.json), and
`nudger prompts check` says them where something is missing.
"""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from nudger.domain.prompt import Dimension, Kind, Ladder

# Lengths in characters. A challenge reads in twenty seconds, everything else in ten.
LONGEST_CHALLENGE = 600
LONGEST_TEXT = 450
TEXT_AIM = 300
LONGEST_SHORT = 60  # half a line on a phone, behind "A · "
LONGEST_LABEL = 30  # a button across a phone
LONGEST_REPLY = 160
LONGEST_MEANWHILE = 140
# Telegram allows 64 bytes on a button; beside the id it carries the dialogue and the step.
LONGEST_ID = 24

SAME = "same"  # `single: same` says that somebody looked, and the text fits everyone

_LASTS = re.compile(r"(\d{1,3}) (min|h|days?)")
_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "day": timedelta(days=1)}


def duration(words: str) -> timedelta:
    """The length that "15 min", "2 h" or "1 day" names."""
    match = _LASTS.fullmatch(words)
    if match is None or int(match[1]) == 0:
        raise PydanticCustomError("duration", "write it like `15 min`, `2 h` or `1 day`, in quotes")
    return int(match[1]) * _UNITS[match[2].removesuffix("s")]


def _lasts(words: str) -> str:
    duration(words)
    return words


Id = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)?$",
        max_length=LONGEST_ID,
        description="A name for the computer: small letters, digits, `_`, and one dot at most. "
        "It never changes once people have seen the text: what they answered is kept under it.",
    ),
]
Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_TEXT,
        description="What a person with a partner, friend or family member in mind receives.",
    ),
]
Single = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_TEXT,
        description="The form for someone without a partner; `same` where `text` fits them too.",
    ),
]
Short = Annotated[str, Field(min_length=1, max_length=LONGEST_SHORT)]


class Shape(BaseModel):
    """Anything in a file: exactly the keys it knows."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class AnswerShape(Shape):
    """One button under a prompt, and what nudger says back."""

    id: Annotated[
        str,
        Field(
            pattern=r"^[a-z][a-z0-9_]*$",
            max_length=LONGEST_ID,
            description="A name for the computer. Not `another`: nudger adds that button itself.",
        ),
    ]
    label: Annotated[
        str, Field(min_length=1, max_length=LONGEST_LABEL, description="The words on the button.")
    ]
    reply: Annotated[
        str, Field(max_length=LONGEST_REPLY, description="One short line said back to this answer.")
    ] = ""


Tag = Literal["after_hard", "after_lapse", "after_done", "before_step", "urge", "checks_fear"]
Tags = Annotated[
    tuple[Tag, ...],
    Field(
        description="When it fits: after_hard (the day after a hard one), after_lapse (something "
        "was broken off), after_done (something was managed), before_step, urge (in a hot minute); "
        "checks_fear asks whether a fear is true: never for someone whose fear is right."
    ),
]
Answers = Annotated[
    tuple[AnswerShape, ...],
    Field(min_length=2, max_length=6, description="The buttons under the text."),
]


class PromptShape(Shape):
    """One text with its buttons."""

    id: Id
    strategy: Annotated[
        str,
        Field(
            pattern=r"^[a-z][a-z_]*$",
            description="What it practises; texts with the same word are one exercise in other "
            "words, and do not follow each other.",
        ),
    ]
    text: Text
    single: Single
    tags: Tags = ()
    answers: Answers


class PromptsShape(Shape):
    """A file of texts of one kind."""

    kind: Literal[Kind.KINDNESS, Kind.CALM, Kind.THINKING, Kind.REFLECTION] = Field(
        description="What the texts are for."
    )
    prompts: tuple[PromptShape, ...] = Field(min_length=1, description="The texts.")


class RungShape(Shape):
    """One practice on a ladder."""

    id: Id
    difficulty: Annotated[
        float,
        Field(
            strict=True,
            ge=0,
            le=10,
            description="How hard it is for most people the first time: 0 easy, 10 unbearable.",
        ),
    ]
    dimension: Dimension = Field(
        description="What grows from the rung before: time, contact (how close or how much), "
        "helps (what usually soothes is left out)."
    )
    lasts: (
        Annotated[
            str,
            AfterValidator(_lasts),
            Field(
                description="How long it runs, in quotes: `15 min`, `2 h`, `1 day`. Leave it out "
                "where the practice has no length."
            ),
        ]
        | None
    ) = None
    short: Annotated[
        Short,
        Field(
            description="Half a line that names the practice: no capital at the beginning, no full "
            "stop at the end."
        ),
    ]
    short_single: Annotated[
        Short | None,
        Field(description="The half line for someone without a partner, where it differs."),
    ] = None
    text: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_CHALLENGE,
            description="The practice, as a person with a partner, friend or family member in mind "
            "receives it.",
        ),
    ]
    single: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_CHALLENGE,
            description="The form for someone without a partner; `same` where `text` fits them.",
        ),
    ]
    meanwhile: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_MEANWHILE,
            description="One concrete thing to do with the time, a whole sentence.",
        ),
    ]
    fears: tuple[str, ...] | None = Field(
        default=None,
        min_length=3,
        max_length=4,
        description="Which fears are offered as taps, by their ids, where other ones fit better "
        "than the family's.",
    )
    tags: Tags = ()


class FamilyShape(Shape):
    """A ladder's worth of practices of one theme, easiest first."""

    family: Id
    ladder: Ladder = Field(
        description="distance (practise being apart) or closeness (practise coming near)."
    )
    name: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST_LABEL, description="The name as people see it."),
    ]
    about: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST_REPLY, description="One line that says what it is."),
    ]
    fears: tuple[str, ...] = Field(
        min_length=3,
        max_length=4,
        description="The fears offered as taps before each practice, by their ids in fears.yaml.",
    )
    rungs: tuple[RungShape, ...] = Field(min_length=1, description="The practices, easiest first.")


class FearShape(Shape):
    """What the alarm may say will happen."""

    id: Id
    label: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_LABEL,
            description='The tap before: "They\'ll be annoyed".',
        ),
    ]
    after: Annotated[
        str,
        Field(
            min_length=1,
            max_length=60,
            pattern=r"\?$",
            description='The question after, to be answered with no, a little, yes: "Were they '
            'annoyed?".',
        ),
    ]
    noun: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_LABEL,
            description='Its place in a summary, "Feared: annoyed": no capital, no full stop.',
        ),
    ]


class FearsShape(Shape):
    """All fears of a language."""

    fears: tuple[FearShape, ...] = Field(min_length=1, description="The fears.")


class HelpLineShape(Shape):
    """One line of help, with where its number was seen."""

    country: Annotated[str, Field(pattern=r"^([A-Z]{2}|WORLD)$")]
    kind: Literal["crisis", "text", "violence", "emergency"]
    name: Annotated[str, Field(min_length=1)]
    how: Literal["call", "text", "chat", "web", "call/text"]
    value: Annotated[str, Field(min_length=1)]
    hours: str
    languages: str
    source: str = ""
    seen: Annotated[int, Field(strict=True, ge=0)]
    page_date: Annotated[str, Field(pattern=r"^(\d{4}(-\d\d(-\d\d)?)?)?$")]


FileShape = FamilyShape | PromptsShape | FearsShape
SHAPES: dict[str, type[FamilyShape] | type[PromptsShape] | type[FearsShape]] = {
    "family": FamilyShape,
    "kind": PromptsShape,
    "fears": FearsShape,
}


def schema() -> dict[str, Any]:
    """The JSON schema of every file of a language, for editors."""
    shapes = {
        s.__name__: s.model_json_schema(ref_template="#/$defs/{model}") for s in SHAPES.values()
    }
    definitions: dict[str, Any] = {}
    for name, shape in shapes.items():
        definitions |= shape.pop("$defs", {})
        definitions[name] = shape
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A file of texts in nudger's prompts/",
        "description": "Made by `nudger prompts schema`; prompts/README.md explains the fields.",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in shapes],
        "$defs": dict(sorted(definitions.items())),
    }
