"""What stands in for Telegram where there is no token: a Bot API on loopback, and a phone?"""
