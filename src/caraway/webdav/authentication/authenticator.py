"""Decides who a request is from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NoReturn

from caraway.webdav.authentication.header import split_credentials
from caraway.webdav.authentication.scheme import Accepted, Check, Refused, Scheme
from caraway.webdav.authentication.throttle import Throttle
from caraway.webdav.errors import HTTPError
from caraway.webdav.http.message import Pending, Request


class Authenticator:
    """Names the user of a request, or refuses it.

    Args:
        schemes: Ways to authenticate, in the order in which they are offered.
        clock: Seconds that never go back.
        throttle: Counts what goes wrong.
    """

    def __init__(
        self,
        schemes: Sequence[Scheme],
        *,
        clock: Callable[[], float],
        throttle: Throttle | None = None,
    ) -> None:
        self._schemes = {scheme.name: scheme for scheme in schemes}
        self._clock = clock
        self._throttle = throttle or Throttle()

    def admit(self, request: Request) -> Request | Pending:
        """The request with its user, or what has to be done in a thread to find out.

        Raises:
            HTTPError: 401 without good credentials, 429 for a peer that has
                tried too often.
            BadRequest: The credentials break their syntax.
        """
        value = request.headers.get("authorization")
        now = self._clock()
        if value is None:
            self._challenge(request, "this share asks for a user and a password")
        wait_s = self._throttle.wait_s(request.peer, now=now)
        if wait_s > 0:
            seconds = math.ceil(wait_s)
            raise HTTPError(
                429,
                f"too many wrong passwords came from {request.peer}; "
                f"the next may come in {seconds} s",
                headers=[("Retry-After", str(seconds))],
            )
        name, rest = split_credentials(value)
        scheme = self._schemes.get(name)
        if scheme is None:
            self._challenge(request, f"'{name:.20}' is not offered here")
        verdict = scheme.check(request, rest, now=now)
        if isinstance(verdict, Check):
            return self._pending(request, verdict)
        return self._conclude(request, verdict)

    def _conclude(self, request: Request, verdict: Accepted | Refused) -> Request:
        if isinstance(verdict, Accepted):
            request.user = verdict.user
            return request
        if verdict.is_guess:
            self._throttle.charge(request.peer, now=self._clock())
            self._challenge(request, "user or password is wrong")
        if verdict.is_stale:
            self._challenge(request, "the nonce has had its time", is_stale=True)
        self._challenge(request, "credentials of this kind are not taken on this connection")

    def _pending(self, request: Request, check: Check) -> Pending:
        # Charged before it is known, or many could try at the same time.
        self._throttle.charge(request.peer, now=self._clock())

        def settle(found: bool) -> Request:
            self._throttle.refund(request.peer)
            return self._conclude(request, check.settle(found))

        return Pending(check.work, settle)

    def _challenge(self, request: Request, reason: str, *, is_stale: bool = False) -> NoReturn:
        now = self._clock()
        headers = [
            ("WWW-Authenticate", challenge)
            for scheme in self._schemes.values()
            for challenge in scheme.challenges(request, now=now, is_stale=is_stale)
        ]
        raise HTTPError(401, reason, headers=headers)
