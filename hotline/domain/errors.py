"""Every way in which the hotline refuses a request.

    HotlineError
    ├── NotFoundError         404  nothing by that name
    ├── NotAllowedError       403  the role, the unit or the person may not do that
    │   └── SignInError       401  who is asking is not known, or not any more
    ├── RefusedError          409  the rules forbid it now
    │   ├── WrongStatusError       the ticket is not in a status that allows it
    │   ├── StaleError             somebody else changed the ticket first
    │   └── RepeatedError          the same key was used before, with other content
    ├── InvalidError          422  the input itself is wrong
    │   └── TooLargeError     413  the input is larger than the hotline takes
    ├── SlowDownError         429  too many tries
    └── SetupError            500  the installation is wrong: settings, roles, versions

A caller of the API sees ``code`` (stable, in logs and JSON); a person sees the words that
`hotline.web.words.shared` keeps for it. ``facts`` never hold personal data: they are logged.
"""

from typing import ClassVar


class HotlineError(Exception):
    """A refusal that its receiver can act on, as opposed to a bug."""

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 400

    def __init__(self, **facts: object) -> None:
        super().__init__(", ".join(f"{key}={value}" for key, value in facts.items()))
        self.facts = facts


class NotFoundError(HotlineError):
    """Nothing by that name, or nothing that the asker may know of."""

    code = "not_found"
    http_status = 404


class NotAllowedError(HotlineError):
    """The role, the unit or the person may not do that."""

    code = "not_allowed"
    http_status = 403


class SignInError(NotAllowedError):
    """Who is asking is not known, or not any more."""

    code = "sign_in"
    http_status = 401


class RefusedError(HotlineError):
    """The rules forbid it now; ``reason`` among the facts says which."""

    code = "refused"
    http_status = 409


class WrongStatusError(RefusedError):
    """The ticket is not in a status that allows the action."""

    code = "wrong_status"


class StaleError(RefusedError):
    """Somebody else changed the ticket since the sender saw it."""

    code = "stale"


class RepeatedError(RefusedError):
    """The same key came again with other content: a forgery or a fault, never obeyed."""

    code = "repeated"


class InvalidError(HotlineError):
    """The input itself is wrong; ``fields`` or ``reason`` among the facts says where."""

    code = "invalid"
    http_status = 422


class TooLargeError(InvalidError):
    """The input is larger than the hotline takes."""

    code = "too_large"
    http_status = 413


class SlowDownError(HotlineError):
    """Too many tries; ``retry_after_s`` says how long to wait."""

    code = "slow_down"
    http_status = 429


class SetupError(HotlineError):
    """The installation is wrong: settings, roles, versions. Nothing starts."""

    code = "setup"
    http_status = 500
