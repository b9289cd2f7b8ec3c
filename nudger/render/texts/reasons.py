"""How is the reason of a decision told, in plain words with the person's own numbers?"""

from nudger.render.texts.mark import N_

REASONS = {
    "why.none": N_("I haven't chosen anything for you yet."),
}
