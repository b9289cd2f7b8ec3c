"""How long until the next try of what did not work?"""

from datetime import timedelta

FIRST, LONGEST = timedelta(seconds=1), timedelta(minutes=5)
DOUBLINGS = 9  # 2 ** 9 seconds is beyond the longest


def backoff(tries: int) -> timedelta:
    """One second after the first try, doubling, five minutes at the most."""
    doublings = min(max(tries - 1, 0), DOUBLINGS)
    return min(FIRST * (1 << doublings), LONGEST)
