"""What an authentication scheme says of a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from caraway.webdav.http.message import Request


@dataclass(frozen=True, slots=True)
class Accepted:
    """The credentials are good."""

    user: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The credentials are not taken.

    Attributes:
        is_guess: They may have been a guess, and count against the peer.
        is_stale: They are right, but for a nonce that has had its time.
    """

    is_guess: bool = True
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """Whether the credentials are good costs time to find out.

    Attributes:
        work: Finds it out, in a worker thread; it changes nothing.
        settle: Takes what was found, on the event loop.
    """

    work: Callable[[], bool]
    settle: Callable[[bool], Accepted | Refused]


Verdict = Accepted | Refused | Check

WRONG: Final = Refused()


class Scheme(Protocol):
    """One way to authenticate.

    Attributes:
        name: As credentials begin with it, in lower case.
    """

    name: str

    def challenges(self, request: Request, *, now: float, is_stale: bool) -> list[str]:
        """Values for WWW-Authenticate; none where the scheme is not offered."""

    def check(self, request: Request, credentials: str, *, now: float) -> Verdict:
        """Judge what follows the scheme's name.

        Raises:
            BadRequest: It breaks the scheme's syntax.
        """


def is_private(request: Request) -> bool:
    """Whether nobody but the peer can read what it sends.

    TLS, and everything that does not leave the machine: a Unix socket, a
    stream without addresses, the loopback interface.
    """
    peer = request.peer.removeprefix("::ffff:")
    return request.scheme == "https" or peer in ("local", "::1") or peer.startswith("127.")
