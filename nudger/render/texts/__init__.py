"""Which sentences does nudger itself say? English is the source; locale/ holds the others.

A table a dialogue, from a screen's key to its sentence. `{name}` is a value of the screen,
`{name:clock}` the same in one of the forms of `nudger.render.values`. `N_` marks a sentence for
translators; prompts/ holds the texts that people practise with.
"""
