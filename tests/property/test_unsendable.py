"""A message with one wrong value is refused, and the error names the value."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from caraway.errors import EncodeError
from caraway.messages import Record, from_fields
from caraway.wire.schema import (
    Descriptor,
    Field,
    Items,
    Kind,
    Nested,
    Number,
    Octets,
    Reference,
    Union,
    follow,
    is_left_out,
)
from tests.property.effort import examples
from tests.property.places import Place, draw_fields, every_message


class Nothing:
    """A value of no use to any message."""

    def __repr__(self) -> str:
        return "Nothing()"


@dataclass
class Damage:
    """One wrong value.

    Attributes:
        path: Where it is.
        what: What it is.
        apply: Puts it there.
    """

    path: str
    what: str
    apply: Callable[[], None]


def damages(record: Record, minor: int | None, path: str = "") -> Iterator[Damage]:
    """Everything that can be wrong in ``record``."""
    for field in record.FIELDS:
        if is_left_out(field.minor, minor) or isinstance(field.kind, Descriptor):
            continue
        here = f"{path}.{field.name}" if path else field.name
        value = getattr(record, field.attribute)
        for wrong in _wrong(record, field, field.kind, value):
            yield Damage(here, repr(wrong), _setter(record, field, wrong))
        yield Damage(here, "not set", _remover(record, field))
        yield from _inside(record, field.kind, value, minor, here)


def _inside(
    record: Record, kind: Kind, value: object, minor: int | None, path: str
) -> Iterator[Damage]:
    if isinstance(kind, Union):
        number = follow(record, kind.path)
        choice = kind.choose(number) if isinstance(number, int) else None
        if choice is not None and choice.kind is not None and not is_left_out(choice.minor, minor):
            yield from _inside(record, choice.kind, value, minor, f"{path}.{choice.name}")
    elif isinstance(kind, Reference):
        yield from _inside(record, kind.target, value, minor, path)
    elif isinstance(value, Record):
        yield from damages(value, minor, path)
    elif isinstance(kind, Items) and isinstance(value, list):
        for index, element in enumerate(value[:3]):
            here = f"{path}[{index}]"
            for wrong in _wrong(record, None, kind.element, element):
                yield Damage(here, repr(wrong), _element_setter(value, index, wrong))
            yield from _inside(record, kind.element, element, minor, here)


def _wrong(record: Record, field: Field | None, kind: Kind, value: object) -> list[object]:
    """Values that cannot be sent where ``value`` is."""
    if field is not None and field.constant is not None:
        return [Nothing(), *([None, field.constant + 1] if isinstance(kind, Number) else [0])]
    match kind:
        case Number():
            return [None, "1", 1.5, Nothing(), kind.minimum - 1, kind.maximum + 1, 1 << 70]
        case Nested():
            return [None, 1, Nothing()]
        case Octets():
            return [None, "text", 1.5, Nothing(), *_wrong_length(kind.size, value)]
        case Items():
            return [None, 1, Nothing(), *_wrong_length(kind.size, value)]
        case Reference():
            null: list[object] = [None] if kind.nonnull else []
            if value is None:
                return [Nothing()]
            empties: tuple[object, ...] = (b"", [])
            empty = [each for each in empties if kind.nonnull and type(value) is type(each)]
            wrong = _wrong(record, None, kind.target, value)
            return [*null, *empty, *(each for each in wrong if each is not None)]
        case Union():
            return _wrong_choice(record, kind, value)
    return []


def _wrong_length(size: object, value: object) -> list[object]:
    if size is None:
        return []
    if isinstance(value, list):
        return [[*value, value[0]], value[1:]] if value else []
    assert isinstance(value, bytes)
    shorter = [value[1:]] if value else []
    # As many elements as there should be bytes.
    wide = [array("H", list(value))] if value else []
    return [value + b"\0", *shorter, *wide]


def _wrong_choice(record: Record, kind: Union, value: object) -> list[object]:
    number = follow(record, kind.path)
    choice = kind.choose(number) if isinstance(number, int) else None
    if choice is None or choice.kind is None:
        return [0, b"", Nothing()]
    if choice.constant is not None:
        return [Nothing()]
    wrong = _wrong(record, None, choice.kind, value)
    return [each for each in wrong if not (each is None and isinstance(choice.kind, Descriptor))]


def _setter(record: Record, field: Field, wrong: object) -> Callable[[], None]:
    return lambda: setattr(record, field.attribute, wrong)


def _remover(record: Record, field: Field) -> Callable[[], None]:
    return lambda: delattr(record, field.attribute)


def _element_setter(elements: list[object], index: int, wrong: object) -> Callable[[], None]:
    def put() -> None:
        elements[index] = wrong

    return put


def is_about(error: EncodeError, path: str) -> bool:
    """Whether an error names ``path``, what it is in, or what is in it."""
    names = error.path.replace("[", ".[").split(".")
    wanted = path.replace("[", ".[").split(".")
    shared = min(len(names), len(wanted))
    return error.path != "" and names[:shared] == wanted[:shared]


@every_message
@examples(4)
@given(data=st.data())
def test_one_wrong_value_is_refused_by_name(places: list[Place], data: st.DataObject) -> None:
    for subject, minor in places:
        message = from_fields(subject.kind, draw_fields(data, subject, minor), minor)
        found = list(damages(message, minor))
        if not found:
            continue
        damage = data.draw(st.sampled_from(found))
        note(f"{subject}: {damage.path}: {damage.what}")
        damage.apply()
        with pytest.raises(EncodeError) as caught:
            message.write(minor)
        assert is_about(caught.value, damage.path), f"{damage} said {caught.value}"
