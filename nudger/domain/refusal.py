"""What may go wrong that only the operator can mend?

    Refusal              a sentence for the operator; `nudger` ends with exit code 2, no traceback
    ├── SettingsRefusal  nudger/settings.py: a variable is wrong or unknown
    ├── LibraryError     nudger/library.py: a prompt file cannot be used
    ├── StoreRefusal     nudger/store: the database or the key cannot be used
    └── TelegramRefusal  nudger/telegram: the token is wrong, another process polls, no connection

Whatever is no Refusal is our mistake, and rises with its traceback.
"""


class Refusal(Exception):  # noqa: N818 - it is no error of ours but an answer, and is named like one
    """Nudger cannot go on as things are set up.

    The message is shown as it stands: what is wrong, then what to do; never a secret, never a
    person's words. Several findings are several lines.
    """
