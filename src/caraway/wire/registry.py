"""Finds message classes by channel, direction and number or name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from caraway.errors import DecodeError
from caraway.wire.record import Message


class Registry:
    """The messages of one protocol; a channel's module is imported when it is first asked for.

    Args:
        name: What the protocol is called.
        package: Where its channels' modules are, each called as the channel.
        channels: Channel name to channel number, None for a channel that has
            none: it only lends its messages to others.

    Attributes:
        name: The protocol's name.
        channels: Channel name to channel number.
    """

    def __init__(self, name: str, package: str, channels: Mapping[str, int | None]) -> None:
        self.name = name
        self.channels = channels
        self._package = package
        self._by_name: dict[tuple[str, str], dict[str, type[Message]]] = {}

    def messages(self, channel: str, direction: str) -> Mapping[int, type[Message]]:
        """The classes of one channel and direction by number, inherited ones included.

        Raises:
            DecodeError: There is no such channel or direction.
        """
        if channel not in self.channels:
            known = ", ".join(self.channels)
            raise DecodeError(f"{self.name} has no channel '{channel}'", hint=f"it has {known}")
        if direction not in ("server", "client"):
            raise DecodeError(f"direction '{direction}' is neither 'server' nor 'client'")
        module = import_module(f"{self._package}.{channel}")
        found: Mapping[int, type[Message]] = getattr(module, direction.upper())
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
            found = self._names(channel, direction).get(message)
        if found is None:
            what = f"number {message}" if isinstance(message, int) else f"'{message}'"
            raise DecodeError(f"channel '{channel}' has no {direction} message {what}")
        return found

    def _names(self, channel: str, direction: str) -> dict[str, type[Message]]:
        key = channel, direction
        if key not in self._by_name:
            classes = self.messages(channel, direction).values()
            self._by_name[key] = {message.NAME: message for message in classes}
        return self._by_name[key]

    def channel_name(self, number: int) -> str | None:
        """The name of the channel with that number, if there is one."""
        return next((name for name, n in self.channels.items() if n == number), None)

    def __iter__(self) -> Iterator[tuple[str, type[Message]]]:
        """Every channel's messages, inherited ones again for each channel."""
        for channel in self.channels:
            for direction in ("server", "client"):
                for message in self.messages(channel, direction).values():
                    yield channel, message
