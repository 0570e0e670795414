"""One end of the mux, and a peer that is played by the test."""

from __future__ import annotations

from collections.abc import Callable

from caraway.protocol.mux import Mux
from caraway.protocol.mux_credits import CONTROL_ID, Credit, Hello, read_control, write_hello
from caraway.protocol.mux_frames import FrameSplitter, frame_header
from caraway.protocol.mux_streams import Ended, MuxLimits, MuxStream, Opened, Received

#: Opened and its number; data and the number; the end, its number and its reason.
Told = tuple[str, int, object]


class End:
    """An open end, with what it has told so far.

    Attributes:
        clock: What it takes for the time; change it as needed.
        found: The streams that were opened, by number; the latest of each.
    """

    def __init__(
        self,
        *,
        is_agent: bool = False,
        limits: MuxLimits | None = None,
        first_id: int = 1,
        is_unfinished: Callable[[MuxStream], bool] = lambda stream: False,
        is_beginning: Callable[[bytes], bool] = lambda data: False,
    ) -> None:
        self.clock = 100.0
        self.found: dict[int, MuxStream] = {}
        self.mux = Mux(
            is_agent=is_agent,
            limits=limits,
            first_id=first_id,
            is_unfinished=is_unfinished,
            is_beginning=is_beginning,
        )
        self.mux.port_opened()

    def events(self) -> list[Told]:
        """What has happened since."""
        told: list[Told] = []
        while (event := self.mux.next_event(self.clock)) is not None:
            number = event.stream.stream_id
            if isinstance(event, Opened):
                self.found[number] = event.stream
                told.append(("opened", number, None))
            elif isinstance(event, Received):
                told.append(("data", number, event.data))
            else:
                assert isinstance(event, Ended)
                told.append(("ended", number, event.reason))
        return told

    def hear(self, *frames: tuple[int, bytes]) -> list[Told]:
        """What the frames of a peer lead to."""
        self.mux.feed(b"".join(frame_header(each, len(data)) + data for each, data in frames))
        return self.events()

    def hear_hello(self, window: int = 65536) -> list[Told]:
        """The peer says that it is of our kind."""
        self.mux.feed(write_hello(window))
        return self.events()

    def said(self) -> list[tuple[int, bytes] | Hello | Credit]:
        """The frames that it sends; what is of no stream as what it says."""
        splitter = FrameSplitter()
        while (message := self.mux.next_message(self.clock)) is not None:
            splitter.feed(b"".join(message))
        found: list[tuple[int, bytes] | Hello | Credit] = []
        while (piece := splitter.next_piece()) is not None:
            assert piece.is_first
            assert piece.is_last
            if piece.stream_id == CONTROL_ID:
                found += read_control(piece.data)
            else:
                found.append((piece.stream_id, piece.data))
        return found
