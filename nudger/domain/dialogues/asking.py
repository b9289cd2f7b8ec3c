"""How are a fear, and what became of it, asked: the same way in every dialogue?"""

from dataclasses import dataclass, replace

from nudger.domain.dialogues.turn import chosen, written
from nudger.domain.person import Person
from nudger.domain.practice import CameTrue, Finding, Prediction
from nudger.domain.prompt import Library, Prompt, Rung
from nudger.domain.said import Said
from nudger.domain.screen import SCALE, Choice, Label, Screen, Value, Words, plain, row

OWN = "own"  # the fear is said in the person's own words
LONGEST_WORDS = 4096  # what Telegram lets a person write in one message

LIKELY: tuple[tuple[Choice, ...], ...] = (
    tuple(Choice(id=str(n), label="percent", values={"n": n}) for n in (10, 30, 50, 70, 90)),
    row("skip"),
)
DISTRESS = (*SCALE, row("skip"))


def fear_choices(fears: tuple[str, ...], library: Library) -> tuple[tuple[Choice, ...], ...]:
    """One row a fear, then "something else" and a way round the question."""
    known = [library.fears[fear] for fear in fears if fear in library.fears]
    return (*((plain(f.id, f.label),) for f in known), row("else", "skip"))


@dataclass(frozen=True, kw_only=True)
class Predicted:
    """The prediction as far as it is said, and the question that comes next ("" after the last)."""

    step: str
    prediction: Prediction


PREDICTING = ("fear", "fear_words", "likely", "expected")  # the steps, in order


def prediction_screen(step: str) -> Screen:
    """The questions after the first: in their own words, how sure, how bad."""
    match step:
        case "fear_words":
            return Screen(key="asking.fear_words", choices=(row("skip"),))
        case "likely":
            return Screen(key="asking.likely", choices=LIKELY)
        case "expected":
            return Screen(key="asking.expected", choices=DISTRESS)
    raise ValueError(f"a prediction has no step {step!r}")


def predicted(step: str, said: Said, prediction: Prediction, library: Library) -> Predicted | None:
    """One question answered; each may be left out. None where that is no answer to it."""
    choice, words = chosen(said), written(said)
    match step, choice:
        case "fear", "else":
            return Predicted(step="fear_words", prediction=prediction)
        case "fear" | "fear_words", "skip":
            return Predicted(step="expected", prediction=Prediction())
        case "fear" | "fear_words", None if words:
            own = Prediction(fear=OWN, words=words[:LONGEST_WORDS])
            return Predicted(step="likely", prediction=own)
        case "fear", str() if choice in library.fears:
            return Predicted(step="likely", prediction=Prediction(fear=choice))
        case "likely", "skip":
            return Predicted(step="expected", prediction=prediction)
        case "likely", str() if _whole(choice, 100):
            return Predicted(step="expected", prediction=replace(prediction, likely=int(choice)))
        case "expected", "skip":
            return Predicted(step="", prediction=prediction)
        case "expected", str() if _whole(choice, 10):
            return Predicted(step="", prediction=replace(prediction, expected=int(choice)))
    return None


def distress(choice: str) -> int | None:
    """0-10, or None where nothing was said."""
    return int(choice) if _whole(choice, 10) else None


def feared(prediction: Prediction, library: Library) -> Value:
    """The fear as a short noun, or in the person's own words."""
    if prediction.fear == OWN:
        return Words(text=prediction.words)
    fear = library.fears.get(prediction.fear or "")
    return fear.noun if fear else Label(key="asking.fear_gone")


def came_true_screen(prediction: Prediction, library: Library) -> Screen:
    """Did it happen? In the words of the fear: "Were they annoyed?"."""
    choices = (row("no", "a_little", "yes"), row("unknown"))
    fear = library.fears.get(prediction.fear or "")
    if fear:
        return Screen(key="text", values={"text": fear.after}, choices=choices)
    if prediction.fear != OWN:
        return Screen(key="asking.came_true", choices=choices)
    own = Words(text=prediction.words)
    return Screen(key="asking.own_came_true", values={"fear": own}, choices=choices)


def came_true(choice: str) -> CameTrue | None:
    """The answer to it, or None where that is none."""
    return CameTrue(choice) if choice in set(CameTrue) else None


def found(prediction: Prediction, finding: Finding, library: Library) -> tuple[Screen, ...]:
    """The same as `found_lines`, as a screen of its own where anything was said."""
    lines = found_lines(prediction, finding, library)
    return (Screen(key="asking.found", values={"found": lines}),) if lines else ()


def found_lines(prediction: Prediction, finding: Finding, library: Library) -> tuple[Label, ...]:
    """Feared and happened, expected and found, side by side: only what was said."""
    lines = []
    if prediction.fear and finding.came_true:
        key = "asking.feared" if prediction.likely is None else "asking.feared_likely"
        values: dict[str, Value] = {
            "fear": feared(prediction, library),
            "likely": prediction.likely,
            "came": Label(key=f"came_true.{finding.came_true}"),
        }
        lines.append(Label(key=key, values=values))
    if finding.peak is not None:
        key = "asking.worst" if prediction.expected is None else "asking.expected_and_worst"
        lines.append(Label(key=key, values={"expected": prediction.expected, "peak": finding.peak}))
    return tuple(lines)


def name_of(rung: Rung, person: Person) -> str:
    """A rung in half a line, in the form that fits whom it is about."""
    return rung.short_single if person.single and rung.short_single else rung.short


def words_of(prompt: Prompt, person: Person) -> str:
    """A prompt's text, in the form that fits whom it is about."""
    return prompt.single if person.single and prompt.single else prompt.text


def _whole(text: str, most: int) -> bool:
    return text.isdecimal() and text.isascii() and int(text) <= most
