"""How is the reason of a decision told, in plain words with the person's own numbers?"""

from collections.abc import Mapping

from nudger.render.texts.mark import N_, NP_, Plural

REASONS: Mapping[str, str | Plural] = {
    "why.none": N_("I haven't chosen anything for you yet."),
    "why.gone": N_("The step I chose last isn't there any more."),
    # a step
    "why.offer.last": N_(
        "{stretch:sentence} Your last ones there were {last}, so I expect about {expected:half},"
        " give or take {spread:half}."
    ),
    "why.offer.rated": N_(
        "{stretch:sentence} You said {rated} for it, so I expect about {expected:half}, give or"
        " take {spread:half}."
    ),
    "why.offer.looks": N_(
        "{stretch:sentence} You haven't rated it; from the others I expect about {expected:half},"
        " give or take {spread:half}."
    ),
    "why.offer.first": N_("You begin with what looks easy."),
    "why.offer.above": N_("It is one step above what you have done."),
    "why.offer.known": N_("It lies within what you have done already."),
    "why.rule.first_week": N_(
        "In the first week nothing is harder than 4 or longer than 15 minutes."
    ),
    "why.rule.coherence": N_("It goes no higher for now, because one was too much."),
    "why.rule.came_true": N_("It goes no higher for now, because what you feared happened there."),
    "why.rule.skips": N_("It goes no higher for now, because you said “too hard” twice."),
    "why.rule.ceiling": N_("It goes no higher than the goal you set."),
    "why.rule.flat_answers": N_("It stays here, because the last answers were all alike."),
    "why.rule.rest_week": N_("After a week without steps it begins one lower."),
    "why.rule.risk": N_("The next one up could still be too much."),
    # a kind word
    "why.beside": N_("A kind word, as on every third day."),
    "why.instead.coherence": N_("A kind word instead of a step: the last one was hard."),
    "why.instead.stopped": N_("A kind word: steps rest until you take them up again."),
    "why.instead.steps_barred": N_("A kind word: steps would not be right at the moment."),
    "why.instead.not_wanted": N_("A kind word: you switched steps off."),
    "why.instead.only_kindness": N_(
        "A kind word: it has been quiet for a while, and steps can wait."
    ),
    "why.instead.one_a_day": N_("A kind word: one step a day is enough."),
    "why.instead.no_rung_fits": N_("A kind word: no step fits today."),
    "why.instead.no_ladder": N_("A kind word: there is no ladder at the moment."),
    "why.instead.no_room": N_("A kind word: there was no room for a step."),
    # what follows something
    "why.attempt_end": N_("You began a step, and this is its end."),
    "why.reflection": N_("You logged a time apart, and this is the look back at it."),
    "why.steps_again": N_("Steps rest since a hard one; I ask once, two days later."),
    "why.writes_less": NP_(
        "There was no answer for a day, so I write less.",
        "There were no answers for {silent} days, so I write less.",
        by="silent",
    ),
    "why.every_day": N_(
        "There were no answers for {silent} days, so steps make way for kind words."
    ),
}
