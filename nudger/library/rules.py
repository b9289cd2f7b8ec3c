"""What may the texts of a language not do?

The lists of phrases are reviewed by people, and short on purpose: they catch a slip, they do not
replace reading. A language without a list of its own is held to the rules that need no words.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations, pairwise
from pathlib import Path

from nudger.domain.prompt import Kind
from nudger.library.finding import Finding
from nudger.library.shapes import (
    SAME,
    TEXT_AIM,
    FamilyShape,
    FearsShape,
    PromptShape,
    PromptsShape,
    RungShape,
    duration,
)
from nudger.library.sheets import Sheet, nearest
from nudger.library.yaml_lines import Route

# Clinical guides ask for at most 10-15 of 100 in distress between two rungs.
WIDEST_GAP = 1.5
# A ladder begins at what is rated 4 or less, and in the first week nothing runs longer than this.
FIRST_WEEK_DIFFICULTY = 4.5
FIRST_WEEK_LONGEST = timedelta(minutes=15)

# The keys whose values people read; `id`, `strategy` and their like are for the computer.
_READ_BY_PEOPLE = frozenset(
    {"text", "single", "short", "short_single", "meanwhile"}
    | {"label", "reply", "after", "noun", "name", "about"}
)
_EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f]")
_PLACEHOLDER = re.compile(r"[{}<>]|%\(|%s|\$\w")
_WORD = re.compile(r"[\w'’]+")


@dataclass(frozen=True, kw_only=True)
class Move:
    """Something no text may ask for or say: how it is recognised, and what is said about it."""

    pattern: str
    what: str
    mend: str


MOVES: Mapping[str, Sequence[Move]] = {
    "en": (
        Move(
            pattern=r"\b(don't|do not|never) (reply|respond|answer)\b|\bleave (it|them|him|her) "
            r"(on read|hanging|without an answer)\b|\bignore (them|him|her|their|his)\b",
            what="it leaves someone without an answer",
            mend="let them be told first, or let only the second message wait",
        ),
        Move(
            pattern=r"\bmake (them|him|her) (wonder|worry|jealous|miss|chase|wait|come|sorry)",
            what="it works on the other's feelings",
            mend="write what the person does for themselves",
        ),
        Move(
            pattern=r"\b(test|see|check|find out) (whether|if) (they|he|she)\b|\btest (them|him|her)\b",
            what="it tests the other",
            mend="name what the person practises, whatever the other does",
        ),
        Move(
            pattern=r"\bsilent treatment\b|\bgive (them|him|her) the cold\b|\bplay hard\b|\bpunish",
            what="it uses silence as punishment",
            mend="say what is told to the other beforehand",
        ),
        Move(
            pattern=r"\b(tell|say to) (them|him|her) (that )?you('re| are) (busy|ill|sick|working)\b|"
            r"\bpretend\b|\bmake up (a|an) (reason|excuse)\b|\ba white lie\b|\bsecretly\b",
            what="it asks for deceit",
            mend="write what can be said openly",
        ),
        Move(
            pattern=r"\b(cancel|skip|miss) (the|your|a) (date|meeting|plan|visit|dinner)\b|"
            r"\bstand (them|him|her) up\b|\bdon't (go|turn up|show up)\b",
            what="it lets a meeting be missed",
            mend="change plans only by telling the other",
        ),
        Move(
            pattern=r"\bthey (really |do |still |will always )?love you\b|"
            r"\b(nothing (bad )?will happen|everything will be (fine|ok|okay|alright))\b|"
            r"\bthey (won't|will not|would never) leave\b",
            what="it reassures, and nudger cannot know",
            mend="say what the person can find out, or do",
        ),
        Move(
            pattern=r"\b(needy|clingy|codependent|obsess\w*|irrational|overreact\w*|too sensitive)\b|"
            r"\byou should\b|\byou failed\b|\bfailure\b|\bstreak\b",
            what="it scolds or labels",
            mend="say what happened, or name the strength behind it",
        ),
    )
}
JARGON: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(attachment|exposure|habituat\w*|dysregulat\w*|regulate|trigger\w*|cognitive|"
        r"self-soothe|co-regulat\w*|somatic|hypervigilan\w*|validate|core belief|mindful\w*|"
        r"inner child|boundar(y|ies))\b",
        re.IGNORECASE,
    )
}
# What a form for someone without a partner may not name.
PARTNER: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(your person|partner|boyfriend|girlfriend|husband|wife|spouse)\b", re.IGNORECASE
    )
}


def broken_rules(sheets: Sequence[Sheet], *, locale: str) -> tuple[Finding, ...]:
    """Everything in a language's files that may not be, or should be looked at again."""
    return (
        *_phrases(sheets, locale),
        *_single_forms(sheets, locale),
        *_doubles(sheets),
        *_unknown_fears(sheets),
        *_ladders(sheets),
        *_lengths(sheets),
        *_openings(sheets),
    )


def untranslated(
    sheets: Sequence[Sheet], reference: Sequence[Sheet], *, folder: Path
) -> Iterator[Finding]:
    """Where a language differs from the first one in more than its words.

    People who change their language keep their ladder, which is known by the ids of its rungs.
    """
    there = {prompt.id: prompt for _, _, prompt in _prompts(reference)}
    here = {prompt.id for _, _, prompt in _prompts(sheets)}
    if missing := [name for name in there if name not in here]:
        yield Finding(
            file=folder,
            line=1,
            what=f"{len(missing)} of {len(there)} texts are not translated yet",
            mend=f"next: {', '.join(missing[:5])}",
            warning=True,
        )
    for sheet, route, prompt in _prompts(sheets):
        original = there.get(prompt.id)
        if not (isinstance(prompt, RungShape) and isinstance(original, RungShape)):
            continue
        for key in ("difficulty", "dimension", "lasts"):
            if getattr(prompt, key) != getattr(original, key):
                yield sheet.finding(
                    (*route, key),
                    f"`{key}` of `{prompt.id}` is not that of the first language",
                    f"write {getattr(original, key)}, or give the rung an id of its own",
                )


def _phrases(sheets: Iterable[Sheet], locale: str) -> Iterator[Finding]:
    for sheet in sheets:
        for route, words in _texts(sheet.document.value, ()):
            for move in MOVES.get(locale, ()):
                if found := re.search(move.pattern, words.replace("’", "'"), re.IGNORECASE):
                    yield sheet.finding(route, f'"{found[0]}": {move.what}', move.mend)
            if found := _EMOJI.search(words):
                yield sheet.finding(route, f"there is a picture sign ({found[0]})", "use words")
            if "!" in words:
                yield sheet.finding(route, "there is an exclamation mark", "end with a full stop")
            if found := _PLACEHOLDER.search(words):
                yield sheet.finding(
                    route,
                    f"`{found[0]}` looks like a placeholder or a tag",
                    "write it in words; nothing is filled in and nothing is bold",
                )
            jargon = JARGON.get(locale)
            if jargon and (found := jargon.search(words)):
                yield sheet.finding(
                    route, f'"{found[0]}" is a therapist\'s word', "use a plain one", warning=True
                )


def _texts(value: object, route: Route) -> Iterator[tuple[Route, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str):
                if key in _READ_BY_PEOPLE:
                    yield (*route, key), inner
            else:
                yield from _texts(inner, (*route, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _texts(inner, (*route, position))


def _single_forms(sheets: Iterable[Sheet], locale: str) -> Iterator[Finding]:
    names = PARTNER.get(locale)
    if names is None:
        return
    for sheet, route, prompt in _prompts(sheets):
        forms = {"single": prompt.single}
        originals = {"single": prompt.text}
        if isinstance(prompt, RungShape):
            forms["short_single"] = prompt.short_single or SAME
            originals["short_single"] = prompt.short
            forms["meanwhile"] = prompt.meanwhile
        for key, form in forms.items():
            same = form == SAME
            if found := names.search(originals[key] if same else form):
                where = ", which is the same as the other form," if same else ""
                yield sheet.finding(
                    (*route, key),
                    f'`{key}`{where} names "{found[0]}"',
                    "write a form for someone without a partner"
                    if key != "meanwhile"
                    else "write it so that it fits everyone",
                )


def _doubles(sheets: Iterable[Sheet]) -> Iterator[Finding]:
    named: dict[tuple[str, str], str] = {}

    def first(what: str, id: str, sheet: Sheet, route: Route) -> Iterator[Finding]:
        where = f"{sheet.document.file.name}:{sheet.document.line(route)}"
        if (what, id) in named:
            yield sheet.finding(
                route,
                f"the {what} id `{id}` is taken ({named[what, id]})",
                "give one of them another",
            )
        named.setdefault((what, id), where)

    for sheet in sheets:
        if isinstance(sheet.shape, FamilyShape):
            yield from first("family", sheet.shape.family, sheet, ("family",))
        if isinstance(sheet.shape, FearsShape):
            for n, fear in enumerate(sheet.shape.fears):
                yield from first("fear", fear.id, sheet, ("fears", n, "id"))
    for sheet, route, prompt in _prompts(sheets):
        yield from first("prompt", prompt.id, sheet, (*route, "id"))
        if isinstance(prompt, PromptShape):
            taken = [answer.id for answer in prompt.answers]
            for n, answer in enumerate(taken):
                if answer in taken[:n]:
                    yield sheet.finding(
                        (*route, "answers", n, "id"),
                        f"two answers have the id `{answer}`",
                        "give one of them another",
                    )
                if answer == "another":
                    yield sheet.finding(
                        (*route, "answers", n),
                        "`another` is a button that nudger adds itself",
                        "remove this answer, or give it another id",
                    )


def _unknown_fears(sheets: Sequence[Sheet]) -> Iterator[Finding]:
    if any(sheet.shape is None for sheet in sheets):
        return  # the file that is broken may be the one that defines them
    known = {fear.id for s in sheets if isinstance(s.shape, FearsShape) for fear in s.shape.fears}
    for sheet in sheets:
        if not isinstance(sheet.shape, FamilyShape):
            continue
        offered: list[tuple[Route, str]] = []
        offered += [(("fears", n), fear) for n, fear in enumerate(sheet.shape.fears)]
        for r, rung in enumerate(sheet.shape.rungs):
            offered += [(("rungs", r, "fears", n), fear) for n, fear in enumerate(rung.fears or ())]
        for route, fear in offered:
            if fear not in known:
                yield sheet.finding(
                    route, f"there is no fear `{fear}` in fears.yaml", nearest(fear, known)
                )


def _ladders(sheets: Iterable[Sheet]) -> Iterator[Finding]:
    families = [(s, s.shape) for s in sheets if isinstance(s.shape, FamilyShape)]
    for sheet, family in families:
        for n, (easier, harder) in enumerate(pairwise(family.rungs), start=1):
            step = round(harder.difficulty - easier.difficulty, 2)
            if step < 0:
                yield sheet.finding(
                    ("rungs", n, "difficulty"),
                    f"`{harder.id}` is easier than the rung before it",
                    "put the rungs in order, easiest first",
                )
            elif step > WIDEST_GAP:
                yield sheet.finding(
                    ("rungs", n, "difficulty"),
                    f"`{harder.id}` is {step:g} harder than the rung before it",
                    f"put a rung between them; the widest gap is {WIDEST_GAP}",
                )
        for n, rung in enumerate(family.rungs):
            lasts = duration(rung.lasts) if rung.lasts else None
            if lasts and lasts > FIRST_WEEK_LONGEST and rung.difficulty <= FIRST_WEEK_DIFFICULTY:
                yield sheet.finding(
                    ("rungs", n, "lasts"),
                    f"`{rung.id}` is easy but runs {rung.lasts}",
                    "nobody gets it in their first week: 15 min at most, or a difficulty above "
                    f"{FIRST_WEEK_DIFFICULTY}",
                    warning=True,
                )
    for (_, one), (sheet, other) in combinations(families, 2):
        if one.ladder is other.ladder:
            yield from _merged_gap(one, other, sheet)


def _merged_gap(one: FamilyShape, other: FamilyShape, sheet: Sheet) -> Iterator[Finding]:
    """Two families that a person picks become one ladder: where they do not meet, it has a hole."""
    low, high = sorted((one, other), key=lambda f: f.rungs[0].difficulty)
    hole = round(high.rungs[0].difficulty - max(r.difficulty for r in low.rungs), 2)
    if hole > WIDEST_GAP:
        yield sheet.finding(
            ("rungs",),
            f"between `{low.family}` and `{high.family}` a ladder has a hole of {hole:g}",
            "let both reach from about 1.5 to about 9",
        )


def _lengths(sheets: Iterable[Sheet]) -> Iterator[Finding]:
    for sheet, route, prompt in _prompts(sheets):
        if isinstance(prompt, RungShape):
            continue  # it may be longer, up to what its shape allows
        for key in ("text", "single"):
            if len(words := getattr(prompt, key)) > TEXT_AIM:
                yield sheet.finding(
                    (*route, key),
                    f"`{key}` has {len(words)} characters",
                    f"a lock screen shows about {TEXT_AIM}: can it be shorter?",
                    warning=True,
                )


def _openings(sheets: Iterable[Sheet]) -> Iterator[Finding]:
    """The same two words at the beginning, again and again, are how a bot is recognised."""
    begun: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for sheet, route, prompt in _prompts(sheets):
        kind = sheet.shape.kind if isinstance(sheet.shape, PromptsShape) else Kind.CHALLENGE
        for key in ("text", "single"):
            words = getattr(prompt, key)
            opening = " ".join(_WORD.findall((prompt.text if words == SAME else words).lower())[:2])
            before = begun[kind, key, opening]
            if before and words != SAME:
                yield sheet.finding(
                    (*route, key),
                    f'`{prompt.id}` begins with "{opening}" like `{before[0]}`',
                    "begin in another way",
                    warning=True,
                )
            before.append(prompt.id)


def _prompts(sheets: Iterable[Sheet]) -> Iterator[tuple[Sheet, Route, PromptShape | RungShape]]:
    for sheet in sheets:
        if isinstance(sheet.shape, PromptsShape):
            for n, prompt in enumerate(sheet.shape.prompts):
                yield sheet, ("prompts", n), prompt
        elif isinstance(sheet.shape, FamilyShape):
            for n, rung in enumerate(sheet.shape.rungs):
                yield sheet, ("rungs", n), rung
