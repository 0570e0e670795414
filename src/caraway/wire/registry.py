"""Finds message classes by channel, direction and number or name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from caraway.errors import DecodeError
from caraway.wire.record import Message


class Registry:
    """The messages of one protocol.

    Args:
        name: What the protocol is called.
        channels: Channel name to channel number, None for what has none.
        messages: For each channel and direction the classes by number, with
            inherited ones.

    Attributes:
        name: The protocol's name.
        channels: Channel name to channel number.
    """

    def __init__(
        self,
        name: str,
        channels: Mapping[str, int | None],
        messages: Mapping[tuple[str, str], Mapping[int, type[Message]]],
    ) -> None:
        self.name = name
        self.channels = channels
        self._by_number = messages
        self._by_name = {
            key: {message.NAME: message for message in classes.values()}
            for key, classes in messages.items()
        }

    def messages(self, channel: str, direction: str) -> Mapping[int, type[Message]]:
        """The classes of one channel and direction by number.

        Raises:
            DecodeError: There is no such channel or direction.
        """
        found = self._by_number.get((channel, direction))
        if found is None:
            if channel not in self.channels:
                known = ", ".join(self.channels)
                raise DecodeError(f"{self.name} has no channel '{channel}'", hint=f"it has {known}")
            raise DecodeError(f"direction '{direction}' is neither 'server' nor 'client'")
        return found

    def message(self, channel: str, direction: str, message: int | str) -> type[Message]:
        """The class of one message.

        Args:
            channel: As in ``display``.
            direction: Who sends it: ``server`` or ``client``.
            message: Its number or its name.

        Raises:
            DecodeError: There is no such message.
        """
        numbered = self.messages(channel, direction)
        if isinstance(message, int):
            found = numbered.get(message)
        else:
            found = self._by_name[channel, direction].get(message)
        if found is None:
            what = f"number {message}" if isinstance(message, int) else f"'{message}'"
            raise DecodeError(f"channel '{channel}' has no {direction} message {what}")
        return found

    def channel_name(self, number: int) -> str | None:
        """The name of the channel with that number, if there is one."""
        return next((name for name, n in self.channels.items() if n == number), None)

    def __iter__(self) -> Iterator[tuple[str, type[Message]]]:
        """Every channel's messages, inherited ones again for each channel."""
        for (channel, _), classes in self._by_number.items():
            for message in classes.values():
                yield channel, message
