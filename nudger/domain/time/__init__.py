"""What time is it for a person, and which times did they mean?

local_time.py    a moment from a date and a clock in a zone, and back
quiet_hours.py   when nothing unasked arrives
times_of_day.py  when in a morning, midday or evening a nudge comes
phrases.py       which time is meant by what was typed; vocabulary.py has the words
"""
