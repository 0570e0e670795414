# Made by 'caraway proto build' from spice1.proto; do not edit.
"""Keyboard and mouse. Keys are PC scan codes of set 1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from struct import Struct, error as _error
from typing import ClassVar
from caraway.wire import schema as s
from caraway.wire.codec import UNSENDABLE, prefix, refuse, settle
from caraway.wire.limits import Limits, check_size
from caraway.wire.record import Buffer, Message
from caraway.messages._generated.spice1.enums import KeyboardModifierFlags, MouseButton, MouseButtonMask
from caraway.messages._generated.spice1 import base

_struct_0 = Struct("<I")
_pack_0 = _struct_0.pack
_unpack_0 = _struct_0.unpack
_struct_1 = Struct("<2iI")
_pack_1 = _struct_1.pack
_unpack_1 = _struct_1.unpack
_struct_2 = Struct("<3IB")
_pack_2 = _struct_2.pack
_unpack_2 = _struct_2.unpack
_struct_3 = Struct("<2I")
_pack_3 = _struct_3.pack
_unpack_3 = _struct_3.unpack


@dataclass(init=False, repr=False, eq=False)
class ClientKeyDown(Message):
    """A key goes down.

    InputsChannel, client message 101.
    """

    CHANNEL: ClassVar[str] = "inputs"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "key_down"
    NUMBER: ClassVar[int] = 101
    __slots__ = ("code",)
    code: int  # scan code
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("code", "code", s.U32),
    )

    def __init__(self, code: int) -> None:
        self.code = code

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientKeyDown:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientKeyDown()
            m.code, = _unpack_0(data)
            return m
        except _error:
            return ClientKeyDown.parse(prefix("inputs client key_down", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_0(self.code)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientKeyUp(Message):
    """A key goes up.

    InputsChannel, client message 102.
    """

    CHANNEL: ClassVar[str] = "inputs"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "key_up"
    NUMBER: ClassVar[int] = 102
    __slots__ = ("code",)
    code: int  # scan code with bit 7 set
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("code", "code", s.U32),
    )

    def __init__(self, code: int) -> None:
        self.code = code

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientKeyUp:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientKeyUp()
            m.code, = _unpack_0(data)
            return m
        except _error:
            return ClientKeyUp.parse(prefix("inputs client key_up", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_0(self.code)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientKeyModifiers(Message):
    """What the lock keys should be.

    InputsChannel, client message 103.
    """

    CHANNEL: ClassVar[str] = "inputs"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "key_modifiers"
    NUMBER: ClassVar[int] = 103
    __slots__ = ("modifiers",)
    modifiers: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("modifiers", "modifiers", s.Number(0, 4294967295, KeyboardModifierFlags, True)),
    )

    def __init__(self, modifiers: int) -> None:
        self.modifiers = modifiers

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientKeyModifiers:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientKeyModifiers()
            m.modifiers, = _unpack_0(data)
            return m
        except _error:
            return ClientKeyModifiers.parse(prefix("inputs client key_modifiers", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_0(self.modifiers)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMouseMotion(Message):
    """The mouse was moved, in mouse mode SERVER. Every 4th is answered by mouse_motion_ack.

    InputsChannel, client message 111.
    """

    CHANNEL: ClassVar[str] = "inputs"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "mouse_motion"
    NUMBER: ClassVar[int] = 111
    __slots__ = ("dx", "dy", "buttons_state")
    dx: int  # pixels to the right
    dy: int  # pixels down
    buttons_state: int
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("dx", "dx", s.I32),
        s.Field("dy", "dy", s.I32),
        s.Field("buttons_state", "buttons_state", s.Number(0, 4294967295, MouseButtonMask, True)),
    )

    def __init__(self, dx: int, dy: int, buttons_state: int) -> None:
        self.dx = dx
        self.dy = dy
        self.buttons_state = buttons_state

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMouseMotion:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientMouseMotion()
            m.dx, m.dy, m.buttons_state = _unpack_1(data)
            return m
        except _error:
            return ClientMouseMotion.parse(prefix("inputs client mouse_motion", data, 12, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_1(self.dx, self.dy, self.buttons_state)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMousePosition(Message):
    """The pointer is at a position, in mouse mode CLIENT. Counted as mouse_motion.

    InputsChannel, client message 112.
    """

    CHANNEL: ClassVar[str] = "inputs"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "mouse_position"
    NUMBER: ClassVar[int] = 112
    __slots__ = ("x", "y", "buttons_state", "display_id")
    x: int
    y: int
    buttons_state: int
    display_id: int  # display channel that the position is on
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("x", "x", s.U32),
        s.Field("y", "y", s.U32),
        s.Field("buttons_state", "buttons_state", s.Number(0, 4294967295, MouseButtonMask, True)),
        s.Field("display_id", "display_id", s.U8),
    )

    def __init__(self, x: int, y: int, buttons_state: int, display_id: int) -> None:
        self.x = x
        self.y = y
        self.buttons_state = buttons_state
        self.display_id = display_id

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMousePosition:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientMousePosition()
            m.x, m.y, m.buttons_state, m.display_id = _unpack_2(data)
            return m
        except _error:
            return ClientMousePosition.parse(prefix("inputs client mouse_position", data, 13, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_2(self.x, self.y, self.buttons_state, self.display_id)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMousePress(Message):
    """A button goes down; for the wheel, one step.

    InputsChannel, client message 113.
    """

    CHANNEL: ClassVar[str] = "inputs"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "mouse_press"
    NUMBER: ClassVar[int] = 113
    __slots__ = ("button", "buttons_state")
    button: int
    buttons_state: int  # afterwards
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("button", "button", s.Number(0, 4294967295, MouseButton)),
        s.Field("buttons_state", "buttons_state", s.Number(0, 4294967295, MouseButtonMask, True)),
    )

    def __init__(self, button: int, buttons_state: int) -> None:
        self.button = button
        self.buttons_state = buttons_state

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMousePress:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientMousePress()
            m.button, m.buttons_state = _unpack_3(data)
            return m
        except _error:
            return ClientMousePress.parse(prefix("inputs client mouse_press", data, 8, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_3(self.button, self.buttons_state)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ClientMouseRelease(Message):
    """A button goes up.

    InputsChannel, client message 114.
    """

    CHANNEL: ClassVar[str] = "inputs"
    DIRECTION: ClassVar[str] = "client"
    NAME: ClassVar[str] = "mouse_release"
    NUMBER: ClassVar[int] = 114
    __slots__ = ("button", "buttons_state")
    button: int
    buttons_state: int  # afterwards
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("button", "button", s.Number(0, 4294967295, MouseButton)),
        s.Field("buttons_state", "buttons_state", s.Number(0, 4294967295, MouseButtonMask, True)),
    )

    def __init__(self, button: int, buttons_state: int) -> None:
        self.button = button
        self.buttons_state = buttons_state

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ClientMouseRelease:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ClientMouseRelease()
            m.button, m.buttons_state = _unpack_3(data)
            return m
        except _error:
            return ClientMouseRelease.parse(prefix("inputs client mouse_release", data, 8, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_3(self.button, self.buttons_state)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerInit(Message):
    """First message on the channel.

    InputsChannel, server message 101.
    """

    CHANNEL: ClassVar[str] = "inputs"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "init"
    NUMBER: ClassVar[int] = 101
    __slots__ = ("keyboard_modifiers",)
    keyboard_modifiers: int  # the guest's lights
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("keyboard_modifiers", "keyboard_modifiers", s.Number(0, 4294967295, KeyboardModifierFlags, True)),
    )

    def __init__(self, keyboard_modifiers: int) -> None:
        self.keyboard_modifiers = keyboard_modifiers

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerInit:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerInit()
            m.keyboard_modifiers, = _unpack_0(data)
            return m
        except _error:
            return ServerInit.parse(prefix("inputs server init", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_0(self.keyboard_modifiers)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerKeyModifiers(Message):
    """The guest's lock keys have changed.

    InputsChannel, server message 102.
    """

    CHANNEL: ClassVar[str] = "inputs"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "key_modifiers"
    NUMBER: ClassVar[int] = 102
    __slots__ = ("modifiers",)
    modifiers: int  # the guest's lights
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
        s.Field("modifiers", "modifiers", s.Number(0, 4294967295, KeyboardModifierFlags, True)),
    )

    def __init__(self, modifiers: int) -> None:
        self.modifiers = modifiers

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerKeyModifiers:
        if limits is not None:
            check_size(len(data), limits)
        try:
            m = _new_ServerKeyModifiers()
            m.modifiers, = _unpack_0(data)
            return m
        except _error:
            return ServerKeyModifiers.parse(prefix("inputs server key_modifiers", data, 4, limits), None, minor)

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [_pack_0(self.modifiers)]
        except UNSENDABLE as error:
            refuse(self, error, minor)


@dataclass(init=False, repr=False, eq=False)
class ServerMouseMotionAck(Message):
    """Another 4 movements or positions have been handled.

    InputsChannel, server message 111.
    """

    CHANNEL: ClassVar[str] = "inputs"
    DIRECTION: ClassVar[str] = "server"
    NAME: ClassVar[str] = "mouse_motion_ack"
    NUMBER: ClassVar[int] = 111
    __slots__ = ()
    FIELDS: ClassVar[tuple[s.Field, ...]] = (
    )

    def __init__(self) -> None:
        pass

    @staticmethod
    def parse(data: Buffer, limits: Limits | None = None, minor: int | None = None) -> ServerMouseMotionAck:
        if data:
            settle(0, data, limits)
        m = _new_ServerMouseMotionAck()
        return m

    def write_buffers(self, minor: int | None = None) -> list[Buffer]:
        try:
            return [b""]
        except UNSENDABLE as error:
            refuse(self, error, minor)


#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    **base.SERVER,
    101: ServerInit,
    102: ServerKeyModifiers,
    111: ServerMouseMotionAck,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    **base.CLIENT,
    101: ClientKeyDown,
    102: ClientKeyUp,
    103: ClientKeyModifiers,
    111: ClientMouseMotion,
    112: ClientMousePosition,
    113: ClientMousePress,
    114: ClientMouseRelease,
}

_new_ClientKeyDown = partial(object.__new__, ClientKeyDown)
_new_ClientKeyModifiers = partial(object.__new__, ClientKeyModifiers)
_new_ClientKeyUp = partial(object.__new__, ClientKeyUp)
_new_ClientMouseMotion = partial(object.__new__, ClientMouseMotion)
_new_ClientMousePosition = partial(object.__new__, ClientMousePosition)
_new_ClientMousePress = partial(object.__new__, ClientMousePress)
_new_ClientMouseRelease = partial(object.__new__, ClientMouseRelease)
_new_ServerInit = partial(object.__new__, ServerInit)
_new_ServerKeyModifiers = partial(object.__new__, ServerKeyModifiers)
_new_ServerMouseMotionAck = partial(object.__new__, ServerMouseMotionAck)
