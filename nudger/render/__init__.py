"""What does the domain's key read like in a person's language?

message.py  a screen's text and buttons
values.py   how moments, lengths and lists read inside a sentence
words.py    which sentence, in which language
texts/      the sentences themselves
"""
