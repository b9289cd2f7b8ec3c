"""Are the texts that people receive what they should be? The real ones, read without the checker."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import get_args

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from nudger.domain.prompt import Family, Kind, Ladder, Library, Prompt, Rung
from nudger.library import check_library, default_prompts_dir, read_library
from nudger.library.shapes import (
    AnswerShape,
    FamilyShape,
    FearShape,
    PromptShape,
    PromptsShape,
    RungShape,
    Shape,
    Tag,
    schema,
)

PROMPTS = default_prompts_dir()
FILES = sorted((PROMPTS / "en").rglob("*.yaml"))
LIBRARY = read_library(PROMPTS, "en")
FAMILIES = list(LIBRARY.families.values())
RUNGS = [rung for family in FAMILIES for rung in family.rungs]
OTHERS = [prompt for prompt in LIBRARY.prompts.values() if not isinstance(prompt, Rung)]


def name(thing: Prompt | Family | Path) -> str:
    return thing.name if isinstance(thing, Path) else thing.id


def words_of(library: Library) -> Iterator[tuple[str, str]]:
    """Everything that a person may read, with where it stands."""
    for prompt in library.prompts.values():
        yield prompt.id, prompt.text
        yield prompt.id, prompt.single
        for answer in prompt.answers:
            yield f"{prompt.id}/{answer.id}", answer.label
            yield f"{prompt.id}/{answer.id}", answer.reply
        if isinstance(prompt, Rung):
            yield prompt.id, prompt.short
            yield prompt.id, prompt.short_single
            yield prompt.id, prompt.meanwhile
    for fear in library.fears.values():
        yield from ((fear.id, words) for words in (fear.label, fear.after, fear.noun))
    for family in library.families.values():
        yield from ((family.id, words) for words in (family.name, family.about))


def test_the_checker_finds_nothing_not_even_a_warning() -> None:
    assert [str(finding) for finding in check_library(PROMPTS)] == []


# ---------------------------------------------------------------- enough for two weeks


def test_there_is_enough_for_two_weeks() -> None:
    ladders = Counter(family.ladder for family in FAMILIES)
    assert ladders[Ladder.DISTANCE] >= 4
    assert ladders[Ladder.CLOSENESS] >= 1
    kinds = Counter(prompt.kind for prompt in LIBRARY.prompts.values())
    assert kinds[Kind.KINDNESS] >= 16
    assert kinds[Kind.CALM] + kinds[Kind.THINKING] >= 10
    assert kinds[Kind.REFLECTION] >= 7


def test_a_fortnight_of_kindness_needs_no_special_day() -> None:
    untagged = [prompt for prompt in LIBRARY.of_kind(Kind.KINDNESS) if not prompt.tags]
    assert len(untagged) >= 12
    assert len({prompt.strategy for prompt in untagged}) >= 7


def test_the_questions_after_a_separation_are_all_there() -> None:
    asked = [prompt.id.removeprefix("reflect.") for prompt in LIBRARY.of_kind(Kind.REFLECTION)]
    assert asked == [
        "happened", "worst_moment", "urge", "told_myself", "friend", "reunion", "says",
    ]  # fmt: skip


# ---------------------------------------------------------------- ladders


@pytest.mark.parametrize("family", FAMILIES, ids=name)
def test_a_family_climbs_in_small_steps_from_easy_to_hard(family: Family) -> None:
    difficulties = [rung.difficulty for rung in family.rungs]
    assert len(difficulties) == 8
    assert difficulties[0] <= 2
    assert difficulties[-1] >= 8.5
    assert all(0 < harder - easier <= 1.5 for easier, harder in pairwise(difficulties))


@pytest.mark.parametrize(
    ("one", "other"),
    [pair for pair in combinations(FAMILIES, 2) if pair[0].ladder is pair[1].ladder],
    ids=name,
)
def test_any_two_families_make_a_ladder_without_a_hole(one: Family, other: Family) -> None:
    merged = sorted(rung.difficulty for rung in (*one.rungs, *other.rungs))
    assert all(harder - easier <= 1.5 for easier, harder in pairwise(merged))


@pytest.mark.parametrize("family", FAMILIES, ids=name)
def test_the_first_week_finds_rungs_of_fifteen_minutes_at_most(family: Family) -> None:
    easy = [rung for rung in family.rungs if rung.difficulty <= 4.5]
    assert len(easy) >= 4
    assert all(rung.lasts is None or rung.lasts <= timedelta(minutes=15) for rung in easy)


@pytest.mark.parametrize("family", FAMILIES, ids=name)
def test_what_lasts_grows_with_the_difficulty(family: Family) -> None:
    lengths = [rung.lasts for rung in family.rungs if rung.lasts is not None]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize("rung", RUNGS, ids=name)
def test_a_rung_is_named_in_half_a_line_that_fits_into_a_sentence(rung: Rung) -> None:
    for short in (rung.short, rung.short_single):
        assert len(short) <= 60
        assert short[0].islower()
        assert short[-1].isalpha()


@pytest.mark.parametrize("rung", RUNGS, ids=name)
def test_a_rung_offers_three_or_four_fears_of_its_own_ladder(rung: Rung) -> None:
    assert 3 <= len(rung.fears) <= 4
    assert len(set(rung.fears)) == len(rung.fears)
    assert set(rung.fears) <= LIBRARY.fears.keys()
    order = list(LIBRARY.fears)
    about_closeness = {fear for fear in rung.fears if order.index(fear) >= order.index("use_it")}
    assert about_closeness == (set(rung.fears) if rung.ladder is Ladder.CLOSENESS else set())


@pytest.mark.parametrize("rung", [r for r in RUNGS if r.family == "texting_gap"], ids=name)
def test_nobody_is_left_without_an_answer_who_was_not_told(rung: Rung) -> None:
    answered = re.compile(
        r"\banswer|\breply|\bknow\b|\bagree|\btell\b|\bsettle\b|off my phone", re.IGNORECASE
    )
    assert answered.search(rung.text)
    assert answered.search(rung.single)


# ---------------------------------------------------------------- both forms


@pytest.mark.parametrize("prompt", LIBRARY.prompts.values(), ids=name)
def test_every_text_has_a_form_for_someone_without_a_partner(prompt: Prompt) -> None:
    partner = re.compile(r"\b(your person|partner|the two of you)\b", re.IGNORECASE)
    forms = [prompt.single, *(w for a in prompt.answers for w in (a.label, a.reply))]
    if isinstance(prompt, Rung):
        forms += [prompt.short_single, prompt.meanwhile]
    assert prompt.single
    assert not [form for form in forms if partner.search(form)]


def test_an_unasked_kind_word_says_nothing_about_the_other() -> None:
    other = re.compile(
        r"\b(your person|partner|love you|loves you|leave you|text|check)\b", re.IGNORECASE
    )
    assert not [p.id for p in LIBRARY.of_kind(Kind.KINDNESS) if other.search(p.text)]


# ---------------------------------------------------------------- voice


def test_no_exclamation_mark_no_emoji_no_placeholder_anywhere() -> None:
    odd = re.compile(r"[!{}<>\[\]$%*_|~^]|[^\x00-\x7f–…·é]")
    assert [(where, words) for where, words in words_of(LIBRARY) if odd.search(words)] == []


def test_no_line_is_said_twice() -> None:
    longer = [(where, words) for where, words in words_of(LIBRARY) if len(words) > 30]
    places: dict[str, set[str]] = {}
    for where, words in longer:
        places.setdefault(words, set()).add(where)
    assert {words: at for words, at in places.items() if len(at) > 1} == {}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("form", ["text", "single"])
def test_no_two_prompts_of_a_kind_begin_alike(kind: Kind, form: str) -> None:
    openings = [
        " ".join(re.findall(r"[\w']+", getattr(prompt, form).lower())[:2])
        for prompt in LIBRARY.of_kind(kind)
    ]
    assert [opening for opening, count in Counter(openings).items() if count > 1] == []


@pytest.mark.parametrize("prompt", OTHERS, ids=name)
def test_a_text_reads_in_ten_seconds(prompt: Prompt) -> None:
    assert max(len(prompt.text), len(prompt.single)) <= 300


@pytest.mark.parametrize("rung", RUNGS, ids=name)
def test_a_challenge_is_far_from_too_long(rung: Rung) -> None:
    assert max(len(rung.text), len(rung.single)) <= 400
    assert rung.meanwhile.endswith((".", "?"))


@pytest.mark.parametrize("prompt", OTHERS, ids=name)
def test_every_text_is_answered_by_one_tap_and_something_is_said_back(prompt: Prompt) -> None:
    assert 2 <= len(prompt.answers) <= 6
    assert all(answer.reply for answer in prompt.answers)


def test_sentences_are_short_enough_for_a_reading_age_of_twelve() -> None:
    """Plain-language guides ask for 15 to 20 words a sentence on average; ours are shorter."""
    for prompt in LIBRARY.prompts.values():
        for form in (prompt.text, prompt.single):
            sentences = [s for s in re.split(r"[.?:;]+", form) if s.strip()]
            assert len(form.split()) / len(sentences) <= 14, prompt.id


def test_ids_fit_on_a_button() -> None:
    ids = [*LIBRARY.prompts, *LIBRARY.families, *LIBRARY.fears]
    ids += [answer.id for prompt in OTHERS for answer in prompt.answers]
    assert [one for one in ids if not re.fullmatch(r"[a-z0-9_.-]{1,24}", one)] == []


# ---------------------------------------------------------------- files


def test_the_schema_is_the_one_that_the_command_prints() -> None:
    assert json.loads((PROMPTS / "schema.json").read_text()) == schema(), (
        "run: nudger prompts schema > prompts/schema.json"
    )


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_file_names_the_schema_for_editors_and_keeps_it(file: Path) -> None:
    first = file.read_text().splitlines()[0]
    match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert match
    named = (file.parent / match[1]).resolve()
    assert named == (PROMPTS / "schema.json").resolve()
    jsonschema.validate(yaml.safe_load(file.read_text()), json.loads(named.read_text()))


@pytest.mark.parametrize(
    ("old", "new"),
    [("kind: kindness", "kind: kindnes"), ("    single: same\n", ""), ("strategy", "stratgy")],
)
def test_the_schema_refuses_what_the_loader_refuses(old: str, new: str) -> None:
    text = (PROMPTS / "en" / "kindness.yaml").read_text()
    assert old in text
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text.replace(old, new, 1)), schema())


# ---------------------------------------------------------------- the page for people


README = (PROMPTS / "README.md").read_text()


@pytest.mark.parametrize("shape", [FamilyShape, RungShape, PromptShape, AnswerShape, FearShape])
def test_the_page_for_people_explains_every_field(shape: type[Shape]) -> None:
    assert [field for field in shape.model_fields if f"`{field}`" not in README] == []


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", README, re.DOTALL))
def test_the_examples_of_the_page_have_only_fields_that_exist(example: str) -> None:
    value = yaml.safe_load(example)
    of_rungs = "family" in value
    file: type[Shape] = FamilyShape if of_rungs else PromptsShape
    entry: type[Shape] = RungShape if of_rungs else PromptShape
    assert value.keys() <= file.model_fields.keys()
    for one in value["rungs" if of_rungs else "prompts"]:
        assert one.keys() <= entry.model_fields.keys()
        assert one["id"] in LIBRARY.prompts


@pytest.mark.parametrize("tag", get_args(Tag))
def test_the_page_for_people_explains_every_tag(tag: str) -> None:
    assert f"`{tag}`" in README


def test_the_page_for_people_shows_the_folder_as_it_is() -> None:
    tree = README.split("```")[1]
    families = {file.name for file in FILES if file.parent.name != "en"}
    there = {path.name for path in PROMPTS.rglob("*")} - families - {"README.md"}
    assert {name for name in there if name not in tree} == set()
    named = set(re.findall(r"^ +([\w.]+)", tree, re.MULTILINE))
    assert named <= there
