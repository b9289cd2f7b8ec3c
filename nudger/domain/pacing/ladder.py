"""Which rungs, in which order, does a person climb?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from statistics import fmean

from nudger.domain.person import About, Style
from nudger.domain.prompt import Family, Ladder, Library, Rung

RUNGS = 12  # [S] clinical guides: 8-15 rungs, so that no gap is above 10-15 of 100 in distress
WIDEST_GAP = 1.5  # [S] the same, on a scale of 0-10
FAMILIES = 2  # [A] enough for variety, few enough to name
RATED = 5  # [A] what fits one message; the others get the line through these
EASIEST, HARDEST = 0.0, 10.0

# [A] What someone practises who has picked nothing; what the library lacks is passed over, and
# its other families of the same way, in the order of their ids, fill up.
PREFERRED = ("texting_gap", "checking")
PREFERRED_SINGLE = ("checking", "own_world")
WAYS: Mapping[Style | None, tuple[Ladder, ...]] = {
    Style.AVOIDANT: (Ladder.CLOSENESS,),
    Style.BOTH: (Ladder.DISTANCE, Ladder.CLOSENESS),
}


def ways(
    library: Library, *, families: Sequence[str] = (), style: Style | None = None
) -> tuple[Ladder, ...]:
    """Which ladders a person has: those of the families they picked, else those of their style."""
    picked = dict.fromkeys(family.ladder for family in _known(library, families))
    return tuple(picked) or WAYS.get(style, (Ladder.DISTANCE,))


def way_on(ways: Sequence[Ladder], on: date) -> Ladder:
    """Whose turn it is on a local date: two ladders take turns, never both on one day."""
    return ways[on.toordinal() % len(ways)]


def build_ladder(
    library: Library,
    *,
    way: Ladder | None = None,
    families: Sequence[str] = (),
    style: Style | None = None,
    about: About | None = None,
    set_aside: AbstractSet[str] = frozenset(),
) -> tuple[Rung, ...]:
    """The rungs of one way (the first of a person's, unless said), easiest first."""
    way = way or ways(library, families=families, style=style)[0]
    picked = [f for f in _known(library, families) if f.ladder is way]
    chosen = picked or _preferred(library, way, about)
    rungs = (rung for family in chosen[:FAMILIES] for rung in family.rungs)
    return _thinned(rung for rung in rungs if rung.id not in set_aside)


def rungs_to_rate(ladder: Sequence[Rung]) -> tuple[Rung, ...]:
    """The rungs a person is asked about beforehand: from easy to hard, evenly."""
    if len(ladder) <= RATED:
        return tuple(ladder)
    return tuple(ladder[round(i * (len(ladder) - 1) / (RATED - 1))] for i in range(RATED))


def line(ratings: Mapping[str, float], ladder: Sequence[Rung]) -> dict[str, float]:
    """How hard each rung looks from the rated ones: the straight line through (authored, own).

    It never falls: someone who rates a harder rung lower is not led up the ladder by it. With one
    rating the authored difficulties are shifted, with none they serve as they are.
    """
    pairs = [(rung.difficulty, ratings[rung.id]) for rung in ladder if rung.id in ratings]
    if not pairs:
        return {rung.id: rung.difficulty for rung in ladder}
    authored, own = fmean(x for x, _ in pairs), fmean(y for _, y in pairs)
    width = sum((x - authored) ** 2 for x, _ in pairs)
    slope = sum((x - authored) * (y - own) for x, y in pairs) / width if width else 1.0
    return {
        rung.id: clamped(own + max(slope, 0.0) * (rung.difficulty - authored)) for rung in ladder
    }


def rated(ratings: Mapping[str, float], ladder: Sequence[Rung]) -> dict[str, float]:
    """How hard each rung is in the person's own word, or by the line where they said nothing."""
    looks = line(ratings, ladder)
    return {rung: ratings.get(rung, look) for rung, look in looks.items()}


def clamped(distress: float) -> float:
    """Within the scale of distress."""
    return min(max(distress, EASIEST), HARDEST)


def _known(library: Library, families: Iterable[str]) -> list[Family]:
    return [library.families[name] for name in families if name in library.families]


def _preferred(library: Library, way: Ladder, about: About | None) -> list[Family]:
    wanted = PREFERRED_SINGLE if about in {About.NOBODY, About.EX} else PREFERRED
    order = dict.fromkeys((*wanted, *sorted(library.families)))
    return [family for family in _known(library, order) if family.ladder is way]


def _thinned(rungs: Iterable[Rung]) -> tuple[Rung, ...]:
    """As many as a ladder holds, the easiest and the hardest among them.

    Those go that leave no wide gap, from the family with most rungs, the hardest first: a start
    needs choice more than an end does.
    """
    kept = sorted(rungs, key=lambda r: (r.difficulty, r.lasts or timedelta(), r.id))
    while len(kept) > RUNGS:
        families = Counter(rung.family for rung in kept)

        def worth(k: int, of: Mapping[str, int] = families) -> tuple[float, int, int]:
            leaves = kept[k + 1].difficulty - kept[k - 1].difficulty
            return max(leaves - WIDEST_GAP, 0.0), -of[kept[k].family], -k

        del kept[min(range(1, len(kept) - 1), key=worth)]
    return tuple(kept)
