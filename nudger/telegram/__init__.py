"""How does nudger talk to Telegram? The only place that knows python-telegram-bot.

request  carries one call there and back, and tells failures apart by cause
limiter  decides whose turn it is to send
bot      makes our calls and says what came of them
receive  turns one update into a reply of ours
"""
