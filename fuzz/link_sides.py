"""Link stages to be fuzzed: both sides, with cheap stand-ins for what takes time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from caraway.messages.link import enums
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.link import (
    ClientLink,
    Credentials,
    Linked,
    LinkRequest,
    Offer,
    SaslClient,
    ServerLink,
)
from caraway.protocol.sasl import PlainServer, ScramClient, ScramServer, Verifier, choose_mechanism
from caraway.protocol.steps import Exchange

COMMON = frozenset({0, 1, 2, 3})
KEY = bytes(162)
#: The same in each run, so that what the fuzzer learns stays true.
NONCE = "rOprNGfwEbeRWgbNEkqO"
_VERIFIER = Verifier(b"salt", 4096, b"k" * 32, b"s" * 32)


def _client(*, tickets: bool) -> Exchange[Linked]:
    def choose(names: Sequence[str]) -> SaslClient:
        if "SCRAM-SHA-256" in names:
            return ScramClient("user", "pencil", nonce=NONCE)
        return choose_mechanism(names, "user", "pencil", is_encrypted=True)

    common = COMMON - {0} if tickets else COMMON
    request = LinkRequest(1, capabilities=Capabilities(common, frozenset({1})))
    return ClientLink(request, Credentials(b"secret", lambda key, word: bytes(128), choose))


def _server(*, sasl: bool) -> Exchange[Linked]:
    def make(name: str) -> PlainServer | ScramServer:
        if name == "PLAIN":
            return PlainServer(lambda user, password: password == "pencil")
        return ScramServer(lambda user: _VERIFIER, nonce="%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")

    def answer(request: LinkRequest) -> Offer | enums.LinkErr:
        if request.channel_type > 11:
            return enums.LinkErr.CHANNEL_NOT_AVAILABLE
        offered = (["PLAIN", "SCRAM-SHA-256"], make) if sasl else None
        return Offer(Capabilities(COMMON, frozenset({1})), KEY, lambda ticket: ticket[0], offered)

    return ServerLink(answer)


#: The first byte of an input picks one.
SIDES: Sequence[Callable[[], Exchange[Linked]]] = (
    lambda: _client(tickets=True),
    lambda: _client(tickets=False),
    lambda: _server(sasl=False),
    lambda: _server(sasl=True),
)
