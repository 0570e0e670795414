"""Messages are plain values: compared, copied, shown and taken apart like any other."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from caraway.errors import EncodeError
from caraway.messages import SPICE, agent, display, enums, inputs, link, main, mux, spice1, structs
from tests.unit.messages.samples import bitmap, draw_copy, draw_stroke, draw_text, glyph, path

ALL = [
    pytest.param(message, id=f"{registry.name}-{channel}-{message.__name__}")
    for registry in (SPICE, spice1.PROTOCOL, link.PROTOCOL, agent.PROTOCOL, mux.PROTOCOL)
    for channel, message in registry
    if channel == message.CHANNEL
]


# Equality


def test_two_equal_paths_are_equal():
    assert path() == path()
    assert path() is not path()
    assert path(points=2) != path(points=3)


def test_a_difference_deep_inside_counts():
    one, other = draw_stroke(), draw_stroke()
    assert one == other
    other.data.path.segments[0].points[1].x += 1
    assert one != other


def test_what_was_parsed_equals_what_was_made():
    for message in (draw_stroke(), draw_copy(bitmap()), draw_text(glyph())):
        data = message.write()
        assert type(message).parse(data) == message
        assert type(message).parse(memoryview(data)) == message


def test_messages_of_two_kinds_differ_though_their_fields_are_the_same():
    press = inputs.ClientMousePress(button=1, buttons_state=1)
    release = inputs.ClientMouseRelease(button=1, buttons_state=1)
    assert press != release
    assert press.write() == release.write()


def test_a_tuple_of_elements_is_written_like_a_list_but_is_no_list():
    listed = main.ServerChannelsList([structs.ChannelId(1, 0)])
    other = main.ServerChannelsList((structs.ChannelId(1, 0),))
    assert other.write() == listed.write()
    assert other != listed


# Slots and hashes


@pytest.mark.parametrize("message", ALL)
def test_every_message_is_a_slotted_dataclass(message):
    assert dataclasses.is_dataclass(message)
    assert [field.name for field in dataclasses.fields(message)] == list(message.__slots__)
    assert [field.attribute for field in message.FIELDS] == list(message.__slots__)
    assert not hasattr(message.__new__(message), "__dict__")


def test_there_is_no_room_for_other_attributes():
    message = inputs.ClientMouseMotion(1, 2, 0)
    with pytest.raises(AttributeError):
        message.dz = 3


def test_messages_have_no_hash():
    with pytest.raises(TypeError, match="unhashable type: 'ClientMouseMotion'"):
        hash(inputs.ClientMouseMotion(1, 2, 0))


# dataclasses, copy and pickle


def test_replace_makes_another_message():
    motion = inputs.ClientMouseMotion(1, 2, 0)
    assert dataclasses.replace(motion, dy=5) == inputs.ClientMouseMotion(1, 5, 0)
    assert motion.dy == 2


def test_replace_keeps_a_count_unless_it_is_to_be_derived_again():
    data = structs.BinaryData(b"abc")
    stale = dataclasses.replace(data, data=b"longer")
    assert stale.data_size == 3
    with pytest.raises(EncodeError, match="data: has 6 bytes, data_size says 3"):
        draw_copy(structs.Image(structs.ImageDescriptor(1, 1, 0, 1, 1), u=stale)).write()
    assert dataclasses.replace(data, data=b"longer", data_size=None) == structs.BinaryData(
        b"longer"
    )


def test_messages_become_dictionaries():
    motion = dataclasses.asdict(main.ServerChannelsList([structs.ChannelId(1, 0)]))
    assert motion == {"num_of_channels": 1, "channels": [{"type": 1, "id": 0}]}


def test_messages_are_matched_by_pattern():
    match inputs.ClientMouseMotion(1, 2, enums.MouseButtonMask.LEFT):
        case inputs.ClientMouseMotion(dx, dy, buttons_state=enums.MouseButtonMask.LEFT):
            assert (dx, dy) == (1, 2)
        case _:
            pytest.fail("the pattern did not match")


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_messages_travel_between_processes(protocol):
    message = draw_stroke()
    assert pickle.loads(pickle.dumps(message, protocol)) == message


def test_a_copy_shares_its_parts_and_a_deep_copy_does_not():
    message = draw_stroke()
    shallow, deep = copy.copy(message), copy.deepcopy(message)
    assert shallow == deep == message
    assert shallow.data is message.data
    assert deep.data is not message.data


def test_memoryviews_can_be_copied_but_not_deeply():
    """Python cannot: whoever wants to keep a message parses ``bytes``."""
    message = display.ServerStreamData.parse(
        memoryview(bytes.fromhex("0100000002000000 02000000 6162"))
    )
    assert copy.copy(message) == message
    with pytest.raises(TypeError, match="memoryview"):
        copy.deepcopy(message)
    with pytest.raises(TypeError, match="memoryview"):
        pickle.dumps(message)


# Enums


def test_numbers_that_have_names_are_plain_integers_all_the_same():
    parsed = main.ServerMouseMode.parse(bytes.fromhex("03000200"))
    assert type(parsed.current_mode) is int
    assert parsed.current_mode == enums.MouseMode.CLIENT
    made = main.ServerMouseMode(supported_modes=3, current_mode=enums.MouseMode.CLIENT)
    assert made == parsed
    assert made.write() == parsed.write()


def test_unknown_enum_values_survive():
    wire = bytes.fromhex("0068e5cf8b010000e7030000")
    message = SPICE.message("main", "server", "disconnecting").parse(wire)
    assert message.reason == 999
    assert message.write() == wire
    assert repr(message).endswith("reason=999)")


def test_unknown_flags_survive():
    message = SPICE.message("main", "server", "migrate").parse(bytes.fromhex("ff000000"))
    assert message.flags == 255
    assert message.write().hex() == "ff000000"
    assert repr(message) == ("ServerMigrate(flags=MigrateFlags.NEED_FLUSH|NEED_DATA_TRANSFER|0xfc)")


def test_an_unknown_type_of_image_has_nothing_in_its_union():
    wire = draw_copy(
        structs.Image(structs.ImageDescriptor(id=1, type=77, flags=0, width=1, height=1))
    ).write()
    picture = display.ServerDrawCopy.parse(wire).data.src_bitmap
    assert picture is not None
    assert (picture.descriptor.type, picture.u) == (77, None)
