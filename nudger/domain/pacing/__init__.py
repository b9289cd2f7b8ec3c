"""How hard, how much, and why: what do a person's answers ask of the next step?

Pure, and with two ways in: `pace.learn` makes a new pace from an event, `offer.offer` makes an
offer with its reason from a pace. Replaying a person's events gives the same pace. Figures are
marked [S] where a published source stands behind them and [A] where they are our assumption.
"""
