"""How are moments, lengths and lists said inside a sentence?"""

from nudger.render.texts.mark import N_

FORMS = {
    "about.today": N_("today, about {clock}"),
    "about.tomorrow": N_("tomorrow, {weekday}, about {clock}"),
    "about.this_week": N_("on {weekday}, about {clock}"),
    "about.date": N_("on {weekday}, {date}, about {clock}"),
    "when.today": N_("{clock}"),
    "when.tomorrow": N_("tomorrow {clock}"),
    "when.this_week": N_("{weekday} {clock}"),
    "when.date": N_("{date}, {clock}"),
    "day.today": N_("today"),
    "day.yesterday": N_("yesterday"),
    "day.last_week": N_("{weekday}"),
    "day.date": N_("{date}"),
    "hours_after": N_(" ({hours})"),
    "time_of_day.morning": N_("in the morning"),
    "time_of_day.midday": N_("around midday"),
    "time_of_day.evening": N_("in the evening"),
    "time_of_day.surprise": N_("at a time of my choosing"),
    "nights.all": N_("Every night {windows}."),
    "nights.none": N_("No quiet hours: I may write at any hour."),
    "nights.some": N_("The nights starting {days}: {windows}."),
    "nights.open": N_("None on nights starting {days}."),
    "nights.others": N_("Other nights: {windows}."),
    "nights.others_open": N_("None on other nights."),
    # on buttons
    "text": N_("{text}"),
    "percent": N_("{n} %"),
    "marked": N_("✓ {words}"),
    "unmarked": N_("{words}"),
    "at_clock": N_("At {clock}"),
    "window": N_("{start}–{end}"),
    "country": N_("{code:country}"),
    "weekday": N_("{n:weekday}"),
    "number": N_("{n}"),
}
