"""How does Telegram say no?"""

from collections.abc import Mapping

Json = dict[str, object]


class RefusedError(Exception):
    """A call that Telegram answers with ``ok: false``, in its own words.

    ``limit`` names the limit that was broken, for ``BotApi.findings``; empty where none was.
    """

    def __init__(
        self,
        description: str,
        *,
        code: int = 400,
        limit: str = "",
        parameters: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(description)
        self.description = description
        self.code = code
        self.limit = limit
        self.parameters = parameters

    def body(self) -> Json:
        """The answer as JSON."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = dict(self.parameters)
        return body


def bad_request(what: str, *, limit: str = "") -> RefusedError:
    """The refusal that Telegram gives most."""
    return RefusedError(f"Bad Request: {what}", limit=limit)


def blocked() -> RefusedError:
    """The person stopped the bot."""
    return RefusedError("Forbidden: bot was blocked by the user", code=403)


def too_many(retry_after: int) -> RefusedError:
    """Slower, please: nothing before ``retry_after`` seconds."""
    return RefusedError(
        f"Too Many Requests: retry after {retry_after}",
        code=429,
        parameters={"retry_after": retry_after},
    )


def not_modified() -> RefusedError:
    """An edit that would change nothing."""
    return bad_request(
        "message is not modified: specified new message content and reply markup are exactly "
        "the same as a current content and reply markup of the message"
    )
