"""The link stage of a channel, both ends: header, capabilities, authentication.

It ends with a :class:`Linked`; what follows on the connection are messages
(:mod:`caraway.protocol.framing`). The courses below read as the bytes go; who
runs one gives it a deadline: upstream's server has none here.

Source: link.proto.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from struct import Struct
from typing import Final, Protocol

from caraway.errors import AuthError, DecodeError, LimitExceeded, LinkRefused
from caraway.messages.link import enums, link
from caraway.protocol.capabilities import MAX_WORDS, Capabilities, from_words
from caraway.protocol.steps import Course, Exchange
from caraway.wire.record import Message

LinkErr = enums.LinkErr
CommonCap = enums.CommonCap

MAGIC: Final = int.from_bytes(b"REDQ", "little")
MAJOR: Final = 2
MINOR: Final = 2
HEADER_SIZE: Final = 16
TICKET_SIZE: Final = 128
KEY_SIZE: Final = 162
#: Bytes of a password, without its NUL; upstream's server takes no more.
MAX_PASSWORD: Final = 60
#: Bytes of a client's link message, with its capability words.
MAX_MESS: Final = 4096
#: Bytes of a server's link reply, with its capability words.
MAX_REPLY: Final = 178 + 2 * 4 * MAX_WORDS
#: Bytes of the list of SASL mechanisms and of one mechanism's name.
MAX_MECHLIST: Final = 8192
MAX_MECHNAME: Final = 100
#: Bytes of one SASL message. Every mechanism known here needs a few hundred; a
#: peer that is not authenticated has no claim to the protocol's 1 MiB.
MAX_SASL: Final = 64 << 10
#: Messages of one SASL exchange.
MAX_SASL_STEPS: Final = 16

# The longest step: such a message with the byte that says whether it is the last.
_MAX_STEP: Final = MAX_SASL + 1
_MAGIC_BYTES: Final = b"REDQ"
_MESS_SIZE: Final = 18
#: What both link messages end with: num_common_caps, num_channel_caps, caps_offset.
_COUNTS: Final = Struct("<3I")
_REPLY_SIZE: Final = 178
#: What each error means and what can be done about it.
_REASONS: Final[dict[int, tuple[str, str | None]]] = {
    LinkErr.ERROR: ("something is wrong there", None),
    LinkErr.INVALID_MAGIC: ("it does not take us for a SPICE client", None),
    LinkErr.INVALID_DATA: ("it cannot make sense of our link message", None),
    LinkErr.VERSION_MISMATCH: ("it speaks another version, or wants SASL", None),
    LinkErr.NEED_SECURED: ("this channel needs TLS", "connect to the TLS port: spice+tls://"),
    LinkErr.NEED_UNSECURED: ("this channel takes no TLS", "connect to the plain port"),
    LinkErr.PERMISSION_DENIED: ("permission denied", "is the password right, and still valid?"),
    LinkErr.BAD_CONNECTION_ID: ("it knows no session of that number", None),
    LinkErr.CHANNEL_NOT_AVAILABLE: ("it has no such channel", None),
}


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """What a client asks for.

    Attributes:
        channel_type: The number of the kind of channel, 1 for main.
        channel_id: Which channel of that kind.
        connection_id: 0 to begin a session with a main channel, otherwise the
            session's number.
        capabilities: What the client can do.
    """

    channel_type: int
    channel_id: int = 0
    connection_id: int = 0
    capabilities: Capabilities = field(default_factory=Capabilities)


@dataclass(frozen=True, slots=True)
class Linked:
    """How the link stage ended.

    Attributes:
        request: What the client asked for.
        peer: What the other side can do.
        has_mini_header: Both sides use data headers of 6 bytes.
        minor_version: Of the protocol that the other side speaks; the major one is 2.
    """

    request: LinkRequest
    peer: Capabilities
    has_mini_header: bool
    minor_version: int = MINOR


class SaslClient(Protocol):
    """One side of a SASL mechanism; the other side judges."""

    @property
    def name(self) -> str:
        """The mechanism, such as ``PLAIN``."""

    @property
    def is_done(self) -> bool:
        """The server has proved all that this mechanism has it prove."""

    def respond(self, challenge: bytes | None) -> bytes | None:
        """What to answer; the first time without a challenge.

        Raises:
            AuthError: The challenge is not from one that knows the password.
        """


class SaslServer(Protocol):
    """The judging side of a SASL mechanism."""

    def judge(self, response: bytes | None) -> tuple[bytes | None, bool]:
        """The next challenge, and whether the client is authenticated with it.

        Raises:
            AuthError: It is refused.
        """


@dataclass(frozen=True, slots=True)
class Credentials:
    """How a client can prove that it may come in.

    Attributes:
        password: For a ticket, at most 60 bytes; empty where there is none: a
            server without passwords wants a ticket all the same.
        encrypt: Encrypts a password with a server's public key; see
            :func:`caraway.protocol.ticket.encrypt_ticket`.
        choose_sasl: Takes the names of the mechanisms on offer and gives the
            one to use, or None where none of them will do.
    """

    password: bytes
    encrypt: Callable[[bytes, bytes], bytes]
    choose_sasl: Callable[[Sequence[str]], SaslClient | None] | None = None


class ClientLink(Exchange[Linked]):
    """The client's side.

    Feeding may raise :class:`LinkRefused` with the server's code,
    :class:`AuthError`, :class:`DecodeError` or :class:`LimitExceeded`.

    Args:
        credentials: None to end behind the server's reply: it has not been told
            who we are, and has disconnected nobody for us.
    """

    def __init__(self, request: LinkRequest, credentials: Credentials | None) -> None:
        super().__init__(self._run(request, credentials), limit=_MAX_STEP)
        self._mechanism: int | None = None
        self.begin()

    def ended(self) -> AuthError | None:
        """A real server closes without a word where SASL fails."""
        if self._mechanism != CommonCap.AUTH_SASL:
            return None
        return AuthError(
            "the server closed the connection during SASL",
            hint="are the user name and the password right?",
        )

    def _run(self, request: LinkRequest, credentials: Credentials | None) -> Course[Linked]:
        ours = request.capabilities
        mess = link.ClientMess(
            connection_id=request.connection_id,
            channel_type=request.channel_type,
            channel_id=request.channel_id,
            caps_offset=_MESS_SIZE,
            common_caps=ours.common_words,
            channel_caps=ours.channel_words,
        )
        self.send(_with_header(mess))
        header = _reply_header((yield HEADER_SIZE))
        reply = link.ServerReply.parse(_in_place((yield header.size), _REPLY_SIZE))
        if reply.error != LinkErr.OK:
            raise refused(reply.error)
        server = Capabilities(from_words(reply.common_caps), from_words(reply.channel_caps))
        both = ours.common & server.common
        linked = Linked(request, server, CommonCap.MINI_HEADER in both, header.minor_version)
        if credentials is None:
            return linked
        mechanism = CommonCap.AUTH_SPICE
        if CommonCap.PROTOCOL_AUTH_SELECTION in both:
            if CommonCap.AUTH_SASL in server.common:
                mechanism = CommonCap.AUTH_SASL
            self.send(link.ClientAuthMechanism(mechanism).write())
        self._mechanism = mechanism
        if mechanism == CommonCap.AUTH_SASL:
            yield from self._sasl(credentials)
            # That of SASL comes first, and that of the link after it, as with a ticket.
            if link.ServerAuthResult.parse((yield 4)).error != LinkErr.OK:
                raise AuthError(
                    "the server refused SASL: wrong password, or too weak a protection",
                    hint="connect over TLS, spice+tls://",
                )
        else:
            self._ticket(credentials, bytes(reply.pub_key))
        result = link.ServerAuthResult.parse((yield 4)).error
        if result == MAGIC:
            # A mechanism that is not allowed is answered with a whole link reply.
            size = _reply_header(_MAGIC_BYTES + (yield HEADER_SIZE - 4)).size
            result = link.ServerReply.parse(_in_place((yield size), _REPLY_SIZE)).error
            raise refused(result)
        if result == LinkErr.PERMISSION_DENIED:
            hint = _REASONS[result][1]
            if len(credentials.password) == MAX_PASSWORD:
                # spice-server 0.15.1 takes so long a one when it is set, and keeps less.
                hint = f"some servers keep only the first {MAX_PASSWORD - 1} bytes of a password"
            raise AuthError("the server refused the password", hint=hint)
        if result != LinkErr.OK:
            raise refused(result)
        return linked

    def _ticket(self, credentials: Credentials, key: bytes) -> None:
        password = credentials.password
        if len(password) > MAX_PASSWORD:
            raise AuthError(
                f"the password has {len(password)} bytes, a ticket holds {MAX_PASSWORD}",
                hint="the server cannot have a longer one either",
            )
        self.send(link.ClientTicket(credentials.encrypt(key, password + b"\0")).write())

    def _sasl(self, credentials: Credentials) -> Course[None]:
        size = _sized((yield 4), MAX_MECHLIST, "list of SASL mechanisms")
        names = [name for name in (yield size).decode("ascii", "replace").split(",") if name]
        chosen = credentials.choose_sasl(names) if credentials.choose_sasl else None
        if chosen is None:
            raise AuthError(
                f"the server offers SASL by {', '.join(names) or 'no mechanism'}",
                hint="give a user name and a password; over plain TCP, PLAIN is not used",
            )
        self.send(link.ClientSaslMechname(chosen.name.encode("ascii")).write())
        self.send(link.ClientSaslStart(_sasl_data(chosen.respond(None))).write())
        for _ in range(MAX_SASL_STEPS):
            size = _sized((yield 4), MAX_SASL, "SASL message")
            message = yield size + 1
            challenge = _without_nul(message[:-1])
            if message[-1]:
                # The server's last word may be its own proof.
                if challenge is not None and not chosen.is_done:
                    chosen.respond(challenge)
                if not chosen.is_done:
                    raise AuthError(
                        "the server lets us in without proof that it knows the password"
                    )
                return
            self.send(link.ClientSaslStep(_sasl_data(chosen.respond(challenge))).write())
        raise LimitExceeded(f"SASL of more than {MAX_SASL_STEPS} steps")


@dataclass(frozen=True, slots=True)
class Offer:
    """How a server goes on with a request it takes.

    Attributes:
        capabilities: What the server can do, on this channel.
        public_key: DER of the key for the ticket, 162 bytes; empty with SASL.
        judge_ticket: Takes the encrypted ticket and tells the result.
        sasl: The mechanisms on offer, and what makes the judging side of one;
            None for tickets.
    """

    capabilities: Capabilities
    public_key: bytes
    judge_ticket: Callable[[bytes], int]
    sasl: tuple[Sequence[str], Callable[[str], SaslServer]] | None = None


class ServerLink(Exchange[Linked]):
    """The server's side.

    Feeding may raise :class:`AuthError`, :class:`DecodeError`,
    :class:`LimitExceeded` or :class:`LinkRefused`. What the peer is to be told
    of it is in the output, to be sent before closing.

    Args:
        answer: Says what is to become of a request: an offer, or the code to
            refuse it with.
        confirm: Asked last, when the peer is authenticated: OK or the code to
            refuse with, such as BAD_CONNECTION_ID. Strangers learn nothing.
    """

    def __init__(
        self,
        answer: Callable[[LinkRequest], Offer | LinkErr],
        *,
        confirm: Callable[[LinkRequest], LinkErr] = lambda request: LinkErr.OK,
    ) -> None:
        super().__init__(self._run(answer, confirm), limit=_MAX_STEP)
        self.begin()

    def _run(
        self,
        answer: Callable[[LinkRequest], Offer | LinkErr],
        confirm: Callable[[LinkRequest], LinkErr],
    ) -> Course[Linked]:
        request, minor_version = yield from self._request()
        offer = answer(request)
        if not isinstance(offer, Offer):
            raise self._refuse(offer, f"channel {request.channel_type}:{request.channel_id}")
        ours = offer.capabilities
        reply = link.ServerReply(
            error=LinkErr.OK,
            pub_key=offer.public_key.ljust(KEY_SIZE, b"\0"),
            caps_offset=_REPLY_SIZE,
            common_caps=ours.common_words,
            channel_caps=ours.channel_words,
        )
        self.send(_with_header(reply))
        both = ours.common & request.capabilities.common
        mechanism: int = CommonCap.AUTH_SPICE
        if CommonCap.PROTOCOL_AUTH_SELECTION in both:
            mechanism = link.ClientAuthMechanism.parse((yield 4)).auth_mechanism
        if mechanism == CommonCap.AUTH_SPICE and offer.sasl is None:
            result = offer.judge_ticket((yield TICKET_SIZE))
        elif mechanism == CommonCap.AUTH_SASL and offer.sasl is not None:
            yield from self._sasl(*offer.sasl)
            # SASL has succeeded; whether the channel is there is said apart.
            self.send(link.ServerAuthResult(LinkErr.OK).write())
            result = LinkErr.OK
        else:
            # Upstream answers this with a whole link reply, and clients expect that.
            wanted = "SASL" if offer.sasl is not None else "a ticket"
            raise self._refuse(
                LinkErr.VERSION_MISMATCH, f"authentication {mechanism}, this server wants {wanted}"
            )
        if result == LinkErr.OK:
            result = confirm(request)
        self.send(link.ServerAuthResult(result).write())
        if result == LinkErr.PERMISSION_DENIED:
            raise AuthError("the client's password is wrong")
        if result != LinkErr.OK:
            raise refused(result)
        has_mini_header = CommonCap.MINI_HEADER in both
        return Linked(request, request.capabilities, has_mini_header, minor_version)

    def _request(self) -> Course[tuple[LinkRequest, int]]:
        """What the client asks for, and the minor version it speaks."""
        header = link.ClientHeader.parse((yield HEADER_SIZE))
        if header.magic != MAGIC:
            raise self._refuse(LinkErr.INVALID_MAGIC, f"magic {header.magic:#010x}")
        if header.major_version != MAJOR:
            raise self._refuse(
                LinkErr.VERSION_MISMATCH, f"protocol {header.major_version}, this is {MAJOR}"
            )
        if not _MESS_SIZE <= header.size <= MAX_MESS:
            raise self._refuse(
                LinkErr.INVALID_DATA,
                f"link message of {header.size} bytes, it has {_MESS_SIZE} to {MAX_MESS}",
            )
        try:
            mess = link.ClientMess.parse(_in_place((yield header.size), _MESS_SIZE))
        except (DecodeError, LimitExceeded) as error:
            raise self._refuse(LinkErr.INVALID_DATA, str(error)) from None
        capabilities = Capabilities(from_words(mess.common_caps), from_words(mess.channel_caps))
        request = LinkRequest(mess.channel_type, mess.channel_id, mess.connection_id, capabilities)
        return request, header.minor_version

    def _refuse(self, code: LinkErr, reason: str) -> LinkRefused:
        self.send(_with_header(link.ServerReply(code, bytes(KEY_SIZE), 0, [], [])))
        return LinkRefused(f"client refused with {code.name}: {reason}", code=code)

    def _sasl(self, names: Sequence[str], make: Callable[[str], SaslServer]) -> Course[None]:
        offered = f",{','.join(names)},".encode("ascii")
        self.send(link.ServerSaslMechlist(offered).write())
        size = _sized((yield 4), MAX_MECHNAME, "name of a SASL mechanism")
        name = (yield size).rstrip(b"\0").decode("ascii", "replace")
        if name not in names:
            raise AuthError(f"SASL by {name!r}, only {', '.join(names)} is offered")
        judge = make(name)
        size = _sized((yield 4), MAX_SASL, "SASL message")
        response = _without_nul((yield size))
        make_message: type[link.ServerSaslStart | link.ServerSaslStep] = link.ServerSaslStart
        for _ in range(MAX_SASL_STEPS):
            challenge, is_done = judge.judge(response)
            self.send(make_message(_sasl_data(challenge), int(is_done)).write())
            if is_done:
                return
            make_message = link.ServerSaslStep
            size = _sized((yield 4), MAX_SASL, "SASL message")
            response = _without_nul((yield size))
        raise LimitExceeded(f"SASL of more than {MAX_SASL_STEPS} steps")


def refused(code: int) -> LinkRefused:
    """What to raise for a code other than OK."""
    name = LinkErr(code).name if code in LinkErr.__members__.values() else f"code {code}"
    reason, hint = _REASONS.get(code, ("a code that is not known here", None))
    return LinkRefused(
        f"the server refused the channel with {name}: {reason}", code=code, hint=hint
    )


def _with_header(message: Message) -> bytes:
    body = message.write()
    return link.ClientHeader(MAGIC, MAJOR, MINOR, len(body)).write() + body


def _reply_header(data: bytes) -> link.ServerHeader:
    header = link.ServerHeader.parse(data)
    if header.magic != MAGIC:
        raise DecodeError(
            f"this is no SPICE server: it begins with {data[:4]!r} instead of {_MAGIC_BYTES!r}",
            position=0,
            hint="is it the port of something else, such as VNC or HTTP, or of SPICE over TLS?",
        )
    if header.major_version != MAJOR:
        raise DecodeError(f"the server speaks protocol {header.major_version}, this is {MAJOR}")
    if not _REPLY_SIZE <= header.size <= MAX_REPLY:
        raise LimitExceeded(
            f"link reply of {header.size} bytes, it has {_REPLY_SIZE} to {MAX_REPLY}"
        )
    return header


def _in_place(data: bytes, fixed: int) -> bytes:
    """A link message with its capability words right behind its ``fixed`` bytes.

    Raises:
        DecodeError: They are not inside the message.
        LimitExceeded: They are more than :data:`MAX_WORDS` of a kind.
    """
    common, channel, offset = _COUNTS.unpack_from(data, fixed - _COUNTS.size)
    if max(common, channel) > MAX_WORDS:
        raise LimitExceeded(
            f"{max(common, channel)} words of capabilities, the limit is {MAX_WORDS}"
        )
    end = offset + 4 * (common + channel)
    if common + channel and not fixed <= offset <= end <= len(data):
        raise DecodeError(
            f"capabilities from byte {offset} to {end} of a link message of {len(data)} bytes",
            position=fixed - 4,
        )
    return data[:fixed] + data[offset:end]


def _sized(data: bytes, limit: int, what: str) -> int:
    # Before anything is read into memory: the peer is not authenticated yet.
    size = int.from_bytes(data, "little")
    if size > limit:
        raise LimitExceeded(f"{what} of {size} bytes, the limit is {limit}")
    return size


def _sasl_data(data: bytes | None) -> bytes:
    return b"" if data is None else data + b"\0"


def _without_nul(data: bytes) -> bytes | None:
    """SASL data as its mechanism knows it: the last byte belongs to the frame."""
    return data[:-1] if data else None
