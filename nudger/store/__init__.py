"""What is remembered, and how is it asked for? The only package that knows SQLAlchemy.

store.py        Store: opened once; `begin` and `read` give a Transaction
people.py ...   one module a table, small functions that take the transaction first
tables.py       the tables and what they refuse; migrations/ leads there
sealing.py      how what a person wrote is sealed
refusal.py      StoreRefusal, for all that only the operator can mend
"""
