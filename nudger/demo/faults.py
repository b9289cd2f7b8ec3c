"""What can go wrong between a bot and Telegram, on demand?"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from nudger.demo import refusals


class Ending(StrEnum):
    """How the answer reaches the bot."""

    WHOLE = "whole"
    TRUNCATED = "truncated"
    CUT = "cut"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One call gone wrong.

    ``takes_effect`` says whether the chat changes all the same. ``before`` and ``after`` are real
    seconds of waiting, before and after the effect. ``body`` with ``status`` replaces the answer.
    """

    takes_effect: bool = False
    before: float = 0.0
    after: float = 0.0
    status: int = 200
    body: str | None = None
    ending: Ending = Ending.WHOLE


def _answered(refusal: refusals.RefusedError) -> Fault:
    return Fault(status=refusal.code, body=json.dumps(refusal.body()))


def too_many(retry_after: int) -> Fault:
    """429, nothing sent."""
    return _answered(refusals.too_many(retry_after))


def blocked() -> Fault:
    """403 for this call, without the person having blocked anything."""
    return _answered(refusals.blocked())


def not_modified() -> Fault:
    """400 as for an edit that changes nothing."""
    return _answered(refusals.not_modified())


def bad_request(description: str) -> Fault:
    """400 with words of one's own, e.g. "chat not found"."""
    return _answered(refusals.bad_request(description))


def unauthorized() -> Fault:
    """401: the token was revoked."""
    return _answered(refusals.RefusedError("Unauthorized", code=401))


def server_error(status: int = 502, *, takes_effect: bool = False) -> Fault:
    """5xx with the HTML page of a proxy."""
    page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
    return Fault(status=status, body=page, takes_effect=takes_effect)


def accepted_then_broken() -> Fault:
    """It happens, and the connection is cut before the answer."""
    return Fault(takes_effect=True, ending=Ending.CUT)


def refused_then_broken() -> Fault:
    """It does not happen, and the connection is cut: from outside the same as the other."""
    return Fault(takes_effect=False, ending=Ending.CUT)


def truncated_json() -> Fault:
    """It happens, and half of the answer arrives."""
    return Fault(takes_effect=True, ending=Ending.TRUNCATED)


def slow(seconds: float, *, after: bool = False) -> Fault:
    """It happens, ``seconds`` late; with ``after`` it happens at once and the answer is late."""
    return Fault(
        takes_effect=True, before=0.0 if after else seconds, after=seconds if after else 0.0
    )


BY_NAME: Mapping[str, Callable[..., Fault]] = {
    fault.__name__: fault
    for fault in (
        too_many,
        blocked,
        not_modified,
        bad_request,
        unauthorized,
        server_error,
        accepted_then_broken,
        refused_then_broken,
        truncated_json,
        slow,
    )
}


@dataclass(kw_only=True)
class _Ordered:
    fault: Fault
    method: str | None
    chat: int | None
    times: int | None


class Faults:
    """The faults that were ordered, in order."""

    def __init__(self) -> None:
        self._ordered: list[_Ordered] = []

    def order(
        self, fault: Fault, *, method: str | None, chat: int | None, times: int | None
    ) -> None:
        """Let the next ``times`` calls (None: all) of a method (None: any) to a chat fail."""
        self._ordered.append(_Ordered(fault=fault, method=method, chat=chat, times=times))

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._ordered.clear()

    def next_for(self, method: str, chat: int | None) -> Fault | None:
        """The fault that meets this call, used up by one."""
        for ordered in self._ordered:
            if ordered.method is not None and ordered.method.lower() != method.lower():
                continue
            if ordered.chat is not None and ordered.chat != chat:
                continue
            if ordered.times is not None:
                ordered.times -= 1
                if ordered.times <= 0:
                    self._ordered.remove(ordered)
            return ordered.fault
        return None
