"""One HTTP connection over any asyncio transport: TCP, TLS, Unix, memory, a mux stream.

Bytes go through the parser to the application and its answers back, in order.
What is quick is answered at once, in the call that brought the request's last
byte and with one write. Only long bodies, either way, cost a task.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from caraway.webdav.errors import HTTPError
from caraway.webdav.server.conversation import Conversation, Phase
from caraway.webdav.server.interface import ConnectionSettings, Exchange, Handler, Transfer
from caraway.webdav.server.kept_answers import KeptAnswers
from caraway.webdav.server.stream import Stream


class Connection(asyncio.Protocol):
    """Serves one byte stream: what asyncio and a server say to it, and its patience.

    Attributes:
        peer: The address of the other side, ``local`` where it has none.

    Args:
        application: Answers requests.
        settings: Limits and timeouts.
        on_open: Called once, when the stream is there.
        on_exchange: Called when an answer has been handed to the transport.
        on_close: Called once, when the stream is gone.
        scheme: ``https`` where the stream is encrypted.
        kept: Answers that are given again; None to make each anew.
    """

    def __init__(
        self,
        application: Handler,
        settings: ConnectionSettings | None = None,
        *,
        on_open: Callable[[Connection], None] | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
        on_close: Callable[[Connection], None] | None = None,
        scheme: str = "http",
        kept: KeptAnswers | None = None,
    ) -> None:
        self._settings = settings = settings or ConnectionSettings()
        self._on_open = on_open
        self._on_close = on_close
        self._stream = Stream(piece=settings.send_piece, linger_s=settings.linger_s)
        self._conversation = Conversation(
            application,
            settings,
            self._stream,
            scheme=scheme,
            on_exchange=on_exchange,
            kept=kept,
        )
        self.peer = ""

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The stream is open."""
        # Not asked with isinstance: other event loops have transports of their own kind.
        self._stream.open(cast("asyncio.Transport", transport))
        self._conversation.since = self._stream.moved
        self.peer = self._stream.peer
        if self._on_open is not None:
            self._on_open(self)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        self._stream.touch()
        if not self._stream.is_closing:
            self._conversation.receive(data)

    def eof_received(self) -> bool:
        """The peer sends no more; what it has asked for is still answered."""
        stays_open = self._stream.end()
        if not self._stream.is_closing:
            self._conversation.end()
        return stays_open

    def pause_writing(self) -> None:
        """The peer takes less than we send: requests wait, too."""
        self._stream.fill()

    def resume_writing(self) -> None:
        """There is room again."""
        self._stream.drain()
        self._conversation.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        """The stream is gone: uploads under way leave no trace."""
        self._stream.lose()
        self._conversation.lose()
        self._stream.drain()
        if self._on_close is not None:
            self._on_close(self)

    # What a server calls

    @property
    def is_idle(self) -> bool:
        """No request is under way."""
        return self._conversation.is_idle

    @property
    def is_receiving(self) -> bool:
        """A part of a request has come, and the rest is awaited."""
        return self._conversation.is_receiving

    @property
    def transfer(self) -> Transfer | None:
        """What takes its time just now."""
        return self._conversation.transfer

    def finish(self) -> None:
        """Close as soon as the request under way has been answered."""
        self._conversation.finish()

    def turn_away(self) -> None:
        """Tell a peer that there are too many connections already, and close."""
        reason = "too many connections are open: close some, or come again later"
        retry = [("Retry-After", "5")]
        self._conversation.break_off(HTTPError(503, reason, headers=retry, close=True))

    def abort(self) -> None:
        """Close now, whatever is under way."""
        self._stream.abort()

    def check(self, now: float) -> None:
        """Close if the peer has taken too long. Call it every second or so.

        Args:
            now: The event loop's time, seconds.
        """
        settings, conversation = self._settings, self._conversation
        unmoved_s, waiting_s = now - self._stream.moved, now - conversation.since
        if self._stream.is_closing or self._stream.is_full:
            # It takes nothing of what we have for it, or does not let us close.
            if unmoved_s > settings.stall_timeout_s:
                self.abort()
            return
        phase = conversation.phase
        if phase is Phase.BODY:
            if unmoved_s > settings.stall_timeout_s:
                conversation.give_up()
            else:
                conversation.hand_on()
        elif phase is Phase.HEAD:
            if waiting_s > settings.head_timeout_s:
                conversation.give_up()
        elif phase is Phase.REQUEST and waiting_s > settings.idle_timeout_s:
            conversation.close()
        # Else a thread or the disk takes its time: not the peer's fault.
