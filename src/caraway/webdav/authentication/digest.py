"""Digest authentication (RFC 7616), with MD5 and SHA-256 and the quality ``auth``.

Nothing but files' hashes is needed to check it: the password never travels.
Session algorithms, ``auth-int``, hashed user names and RFC 2069's form without
a quality are not offered, and refused.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from caraway.webdav.authentication.header import (
    from_field,
    parse_extended,
    parse_parameters,
    quote,
)
from caraway.webdav.authentication.htdigest import ALGORITHMS, DigestAccounts
from caraway.webdav.authentication.nonces import Nonces
from caraway.webdav.authentication.scheme import WRONG, Accepted, Refused, Verdict
from caraway.webdav.errors import BadRequest
from caraway.webdav.http.message import Request

_COUNT: Final = re.compile(r"[0-9a-fA-F]{8}")
_NEEDED: Final = ("realm", "nonce", "uri", "response", "cnonce", "nc", "qop")


@dataclass(frozen=True, slots=True)
class DigestCredentials:
    """What a peer says (RFC 7616 §3.4).

    Attributes:
        count: ``nc``, 8 hexadecimal digits.
    """

    user: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: str
    cnonce: str
    count: str


def parse_digest(text: str) -> DigestCredentials:
    """Credentials without their scheme.

    Raises:
        BadRequest: They break the syntax, lack a parameter, or use what was
            not offered.
    """
    found = parse_parameters(text)
    missing = [name for name in _NEEDED if name not in found]
    if missing:
        raise BadRequest(f"Digest credentials without {', '.join(missing)}")
    if found["qop"] != "auth":
        raise BadRequest(f"Digest quality is '{found['qop']:.20}', only 'auth' is offered")
    if found.get("userhash", "false").lower() != "false":
        raise BadRequest("hashed user names are not offered")
    if not _COUNT.fullmatch(found["nc"]):
        raise BadRequest(f"nc is '{found['nc']:.20}', it has to be 8 hexadecimal digits")
    algorithm = found.get("algorithm", "MD5").upper()
    if algorithm not in ALGORITHMS:
        raise BadRequest(f"Digest algorithm '{algorithm:.20}' is not offered")
    if "username*" in found:
        user = parse_extended(found["username*"])
    elif "username" in found:
        user = from_field(found["username"])
    else:
        raise BadRequest("Digest credentials without username")
    return DigestCredentials(
        user=user,
        realm=from_field(found["realm"]),
        nonce=found["nonce"],
        uri=found["uri"],
        response=found["response"].lower(),
        algorithm=algorithm,
        cnonce=found["cnonce"],
        count=found["nc"],
    )


def expected_response(said: DigestCredentials, *, method: str, ha1: str) -> str:
    """What ``response`` is for whoever knows the password (RFC 7616 §3.4.1)."""
    make = ALGORITHMS[said.algorithm]
    ha2 = make(f"{method}:{said.uri}".encode("latin-1")).hexdigest()
    text = f"{ha1}:{said.nonce}:{said.count}:{said.cnonce}:auth:{ha2}"
    return make(text.encode("latin-1")).hexdigest()


class DigestScheme:
    """Checks Digest credentials.

    Args:
        accounts: The users as they are now; called for each request.
        nonces: Issues nonces and remembers what was used.
    """

    name = "digest"

    def __init__(self, accounts: Callable[[], DigestAccounts], nonces: Nonces) -> None:
        self._accounts = accounts
        self._nonces = nonces

    def challenges(self, request: Request, *, now: float, is_stale: bool) -> list[str]:
        """One for each algorithm, the best first."""
        accounts = self._accounts()
        realm = quote(accounts.realm.encode().decode("latin-1"))
        # One nonce for both: some clients mix up what several challenges say.
        nonce = self._nonces.issue(now)
        stale = ", stale=true" if is_stale else ""
        return [
            f'Digest realm={realm}, qop="auth", algorithm={algorithm}, nonce="{nonce}", '
            f"charset=UTF-8{stale}"
            for algorithm in accounts.algorithms
        ]

    def check(self, request: Request, credentials: str, *, now: float) -> Verdict:
        """Judge credentials.

        Raises:
            BadRequest: They break the syntax, or are for another request.
        """
        said = parse_digest(credentials)
        if said.uri not in _spellings(request):
            raise BadRequest("Digest credentials are for another target than the request's")
        accounts = self._accounts()
        if said.realm != accounts.realm:
            return Refused(is_guess=False)
        ha1 = accounts.hash_of(said.user, said.algorithm)
        expected = expected_response(said, method=request.method, ha1=ha1)
        if not hmac.compare_digest(expected.encode(), said.response.encode("latin-1")):
            return WRONG
        # Nobody can know the hash of nobody; this holds even if somebody guesses it.
        if said.user not in accounts.hashes or said.algorithm not in accounts.algorithms:
            return WRONG
        if not self._nonces.use(said.nonce, int(said.count, 16), now=now):
            return Refused(is_guess=False, is_stale=True)
        return Accepted(said.user)


def _spellings(request: Request) -> tuple[str, ...]:
    """The target, and the path of one that is a whole URI."""
    target = request.target
    if target[:1] in ("/", "*"):
        return (target,)
    _, _, rest = target.partition("://")
    _, slash, path = rest.partition("/")
    return (target, slash + path)
