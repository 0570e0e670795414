"""What a type-checker knows of messages; checked by mypy, never run.

An error that has to be there is marked as ignored: mypy reports the mark where
the error is missing.
"""

from __future__ import annotations

from typing import assert_type

from caraway.messages import (
    SPICE,
    Buffer,
    Limits,
    Message,
    Record,
    Registry,
    agent,
    display,
    enums,
    from_fields,
    inputs,
    link,
    main,
    mux,
    port,
    smartcard,
    spice1,
    structs,
    to_fields,
)
from caraway.wire.fields import Plain


def parsing(data: bytes, view: memoryview, changeable: bytearray) -> None:
    motion = inputs.ClientMouseMotion.parse(data)
    assert_type(motion, inputs.ClientMouseMotion)
    assert_type(motion.dx, int)
    inputs.ClientMouseMotion.parse(view, Limits(max_message=10), minor=None)
    inputs.ClientMouseMotion.parse(changeable, limits=None)
    inputs.ClientMouseMotion.parse("0300")  # type: ignore[arg-type]
    inputs.ClientMouseMotion.parse([3, 0])  # type: ignore[arg-type]
    motion.dz  # type: ignore[attr-defined]  # noqa: B018


def payloads(view: memoryview) -> None:
    frame = display.ServerStreamData.parse(view)
    assert_type(frame.data, bytes | bytearray | memoryview)
    buffer: Buffer = frame.data
    memoryview(buffer)
    frame.data.decode()  # type: ignore[union-attr]


def writing(motion: inputs.ClientMouseMotion) -> None:
    assert_type(motion.write(), bytes)
    assert_type(motion.write_buffers(minor=2), list[bytes | bytearray | memoryview])


def making() -> None:
    inputs.ClientMouseMotion(1, 2, 0)
    inputs.ClientMouseMotion(dx=1, dy=2, buttons_state=enums.MouseButtonMask.LEFT)
    inputs.ClientMouseMotion(1, 2)  # type: ignore[call-arg]
    inputs.ClientMouseMotion(1, 2, "left")  # type: ignore[arg-type]
    inputs.ClientMouseMotion(1, 2, 0, dz=3)  # type: ignore[call-arg]


def counts(channels: list[structs.ChannelId]) -> None:
    made = main.ServerChannelsList(channels)
    assert_type(made.num_of_channels, int)
    main.ServerChannelsList(channels, num_of_channels=1)
    main.ServerChannelsList(1, channels)  # type: ignore[call-arg, arg-type]
    structs.String(flags=1, u=[])


def pointers(copy: display.ServerDrawCopy, stroke: display.ServerDrawStroke) -> None:
    assert_type(copy.data.src_bitmap, structs.Image | None)
    copy.data.src_bitmap.descriptor  # type: ignore[union-attr]  # noqa: B018
    assert_type(stroke.data.path, structs.Path)
    structs.Stroke(None, stroke.data.attr, stroke.data.brush, 8, 8)  # type: ignore[arg-type]
    assert_type(stroke.data.path.segments[0].points[0].x, int)


def unions(brush: structs.Brush) -> str:
    assert_type(brush.u, int | structs.Pattern | None)
    match brush:
        case structs.Brush(u=structs.Pattern(pat=picture)):
            assert_type(picture, structs.Image)
        case structs.Brush(u=int(colour)):
            assert_type(colour, int)
    if isinstance(brush.u, structs.Pattern):
        assert_type(brush.u.pos, structs.Point)
    structs.Brush(1, u=b"blue")  # type: ignore[arg-type]
    return repr(brush)


def texts(init: port.ServerInit, info: structs.DstInfo) -> None:
    assert_type(init.name_text, str)
    assert_type(info.host_data_text, str)
    assert_type(info.cert_subject_data_text, str | None)
    info.cert_subject_data_text.upper()  # type: ignore[union-attr]


def views(data: smartcard.ServerData) -> None:
    assert_type(data.data_view(), Message | None)
    assert_type(data.data_view(Limits(), minor=0), Message | None)


def named_numbers(mode: main.ServerMouseMode) -> None:
    assert_type(mode.current_mode, int)
    enums.MouseMode(mode.current_mode)
    if mode.current_mode == enums.MouseMode.CLIENT:
        main.ServerMouseMode(supported_modes=3, current_mode=enums.MouseMode.SERVER)


def finding(registry: Registry) -> None:
    found = registry.message("display", "server", 304)
    assert_type(found, type[Message])
    assert_type(found.parse(b""), Message)
    assert_type((found.CHANNEL, found.NUMBER), tuple[str, int])
    registry.message("display", "server", "draw_copy")
    registry.message("display", "server", None)  # type: ignore[arg-type]
    for channel, message in SPICE:
        assert_type((channel, message), tuple[str, type[Message]])
    assert_type(SPICE.channels["main"], int | None)
    other: Registry = spice1.PROTOCOL
    other = link.PROTOCOL
    other = agent.PROTOCOL
    other = mux.PROTOCOL
    other.channel_name(1)


def plain_values(message: Message) -> None:
    assert_type(to_fields(message), dict[str, Plain])
    again = from_fields(inputs.ClientMouseMotion, {"dx": 1}, minor=0)
    assert_type(again, inputs.ClientMouseMotion)
    from_fields(inputs.ClientMouseMotion, [1])  # type: ignore[arg-type]
    from_fields(int, {})  # type: ignore[type-var]


def values(message: Message, record: Record) -> None:
    assert message != record
    assert_type(repr(message), str)
