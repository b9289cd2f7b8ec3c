"""nudger: timed prompts through Telegram, at a pace the answers set."""

__version__ = "0.1.0"
