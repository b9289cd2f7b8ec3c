"""What happens, in order? Each flow reads, asks the domain, and writes; it has no rule of its own.

respond.py   a reply from the phone -> what follows from it, in one transaction
talk.py      a dialogue's turn -> messages out
plan.py      a person's lanes -> nudges and decisions
deliver.py   a due nudge -> the phone
send.py      a message out -> Telegram -> what came of it
silence.py   no answer -> what pacing makes of it
pace.py      an outcome -> the pace
inbox.py     a raw update -> a reply that is handled once
facts.py     all that the domain is asked with
typed.py     typed words -> the button they mean
world.py     what never changes while the process runs; backoff.py: how long until the next try
export.py    all there is about a person -> files
sweep.py     what is kept no longer
"""
