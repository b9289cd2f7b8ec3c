"""Which nudges come, when and why?

plan.py        the next nudge of each lane, or why there is none
outlook.py     which dates are welcome, which moments are free
follow_ups.py  what follows from what the person began, or from their silence
last_look.py   whether a claimed nudge is still right in the moment of sending
"""
