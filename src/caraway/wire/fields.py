"""Records as plain values that JSON can hold, and back.

Names are the description's. A union is ``{case: value}``, or None where no
case is on the wire; byte arrays are ``{"hex": "…"}``; a pointer is its target
or None; numbers are numbers, named or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from caraway.errors import EncodeError
from caraway.wire.codec import UNSENDABLE
from caraway.wire.explain import wire_size
from caraway.wire.record import Record, show_number
from caraway.wire.schema import (
    Choice,
    Descriptor,
    Field,
    Image,
    Items,
    Kind,
    Nested,
    Number,
    Octets,
    Path,
    Reference,
    Size,
    Union,
    follow,
    is_left_out,
)

R = TypeVar("R", bound=Record)

Plain = None | int | str | list["Plain"] | dict[str, "Plain"]


def to_fields(record: Record, minor: int | None = None) -> dict[str, Plain]:
    """The fields of ``record`` as plain values.

    Args:
        minor: The protocol minor it was read with, None for the newest.
    """
    return {
        field.name: _plain_absent(field.kind)
        if is_left_out(field.minor, minor)
        else _plain(record, field.kind, getattr(record, field.attribute), minor)
        for field in record.FIELDS
    }


def _plain_absent(kind: Kind) -> Plain:
    """The plain value of a field that the protocol minor does not have."""
    match kind:
        case Number():
            return 0
        case Nested():
            return {
                field.name: _plain_absent(field.kind)
                if field.constant is None or not isinstance(field.kind, Number)
                else field.constant
                for field in kind.record.FIELDS
            }
        case Octets(size=size):
            return {"hex": "00" * (size if isinstance(size, int) else 0)}
        case Items(element=element, size=size):
            count = size if isinstance(size, int) else 0
            return [_plain_absent(element) for _ in range(count)]
        case _:
            return None


def _plain(record: Record, kind: Kind, value: object, minor: int | None) -> Plain:
    match kind:
        case _ if value is None:
            if isinstance(kind, Union):
                return _plain_choice(record, kind, value, minor)
            return None
        case Octets():
            return {"hex": bytes(value).hex()}  # type: ignore[call-overload]  # a buffer, as parsed
        case Items() if isinstance(value, list | tuple):
            return [_plain(record, kind.element, element, minor) for element in value]
        case Reference():
            return _plain(record, kind.target, value, minor)
        case Union():
            return _plain_choice(record, kind, value, minor)
    if isinstance(value, Record):
        return to_fields(value, minor)
    return int(value)  # type: ignore[call-overload, no-any-return]  # Number is all that is left


def _plain_choice(record: Record, kind: Union, value: object, minor: int | None) -> Plain:
    number = follow(record, kind.path)
    choice = kind.choose(number) if isinstance(number, int) else None
    if choice is None or choice.kind is None:
        return None
    if is_left_out(choice.minor, minor):
        return {choice.name: _plain_absent(choice.kind)}
    if value is None and not isinstance(choice.kind, Reference | Descriptor):
        return None
    return {choice.name: _plain(record, choice.kind, value, minor)}


def from_fields(record: type[R], fields: Mapping[str, object], minor: int | None = None) -> R:
    """A record from plain values; counts may be left out.

    Args:
        minor: The protocol minor it is going to be written with, None for the
            newest. Fields that it does not have may be anything.

    Raises:
        EncodeError: A field is missing, unknown or of the wrong kind. Ranges
            and sizes are judged when the record is written.
    """
    return _record(record, fields, "", minor)


class _Made:
    """The values of one record so far, by the names of its fields.

    Attributes:
        pending: Counts that were left out, until their array is there: the field
            that is one, or the union that holds one, and its place for error messages.
    """

    def __init__(self, minor: int | None) -> None:
        self.minor = minor
        self.values: dict[str, object] = {}
        self.pending: dict[str, str] = {}

    def number(self, path: Path) -> object:
        """What stands at ``path``: what comes next depends on it.

        Raises:
            EncodeError: It is a count that was left out.
        """
        if path[0] in self.pending:
            raise EncodeError(
                "has to be given: it is needed before the array that it counts",
                path=self.pending[path[0]],
            )
        return follow(self.values.get(path[0]), path[1:])

    def settle(self, kind: Kind, value: object) -> None:
        """Derive the count of an array that has just been read."""
        match kind:
            case Union():
                choice = _chosen(kind, self.number(kind.path))
                if choice and choice.kind and not is_left_out(choice.minor, self.minor):
                    self.settle(choice.kind, value)
            case Reference():
                self.settle(kind.target, value)
            case Octets(size=size) | Items(size=size):
                count = None if size is None or isinstance(size, int | Image) else size[0]
                if count is not None and self.pending.pop(count, None) is not None:
                    self.values[count] = self._length(kind, value)

    def _length(self, kind: Kind, value: object) -> int:
        if not isinstance(value, list | bytes):
            return 0
        if not isinstance(kind, Items) or not kind.in_bytes:
            return len(value)
        try:
            return sum(wire_size(kind.element, element, self.minor) for element in value)
        except UNSENDABLE:
            # It will be refused when it is written, with its place.
            return 0


def _record(record: type[R], fields: object, path: str, minor: int | None) -> R:
    if not isinstance(fields, Mapping):
        raise EncodeError(f"must be an object, not {_type_name(fields)}", path=path)
    known = {field.name for field in record.FIELDS}
    for name in fields:
        if name not in known:
            raise EncodeError(f"{record.__name__} has no such field", path=_join(path, str(name)))
    made = _Made(minor)
    for field in record.FIELDS:
        here = _join(path, field.name)
        if field.constant is not None or isinstance(field.kind, Descriptor):
            if field.name in fields:
                _check_constant(field, fields[field.name], here)
            value: object = field.constant if isinstance(field.kind, Number) else None
        elif is_left_out(field.minor, minor):
            value = _absent(field.kind)
        elif field.derived and fields.get(field.name) is None:
            made.pending[field.name] = here
            value = 0
        elif field.name not in fields:
            raise EncodeError("is missing", path=here)
        else:
            value = _value(field, field.kind, fields[field.name], made, here)
            made.settle(field.kind, value)
        made.values[field.name] = value
    # The constructor would derive counts, too, and does not know the minor.
    new = record.__new__(record)
    for field in record.FIELDS:
        setattr(new, field.attribute, made.values[field.name])
    return new


def _check_constant(field: Field | Choice, value: object, path: str) -> None:
    # Pointers and descriptors have no other value than None.
    constant = field.constant if isinstance(field.kind, Number) else None
    if value != constant or isinstance(value, bool):
        shown = "null" if constant is None else constant
        raise EncodeError(f"is always {shown}, not {_show(value)}", path=path)


def _absent(kind: Kind) -> object:
    """The value of a field that the protocol minor does not have."""
    match kind:
        case Number():
            return 0
        case Nested(record=record):
            new = record.__new__(record)
            for field in record.FIELDS:
                virtual = isinstance(field.kind, Number) and field.constant is not None
                setattr(new, field.attribute, field.constant if virtual else _absent(field.kind))
            return new
        case Octets(size=size):
            return bytes(size if isinstance(size, int) else 0)
        case Items(element=element, size=size):
            return [_absent(element) for _ in range(size if isinstance(size, int) else 0)]
        case _:
            return None


def _value(field: Field, kind: Kind, value: object, made: _Made, path: str) -> object:
    match kind:
        case Number():
            if not isinstance(value, int) or isinstance(value, bool):
                raise EncodeError(f"must be a number, not {_type_name(value)}", path=path)
            return value
        case Descriptor():
            return None
        case Nested():
            return _record(kind.record, value, path, made.minor)
        case Octets():
            _check_size(kind.size, made)
            return _octets(value, path)
        case Items():
            _check_size(kind.size, made)
            if not isinstance(value, list):
                raise EncodeError(f"must be a list, not {_type_name(value)}", path=path)
            return [
                _value(field, kind.element, element, made, f"{path}[{index}]")
                for index, element in enumerate(value)
            ]
        case Reference():
            return None if value is None else _value(field, kind.target, value, made, path)
        case _:
            return _choice(field, kind, value, made, path)


def _check_size(size: Size, made: _Made) -> None:
    """Refuse an image whose sides were left out."""
    if isinstance(size, Image):
        made.number(size.width)
        made.number(size.rows)


def _octets(value: object, path: str) -> bytes:
    if not isinstance(value, Mapping) or set(value) != {"hex"}:
        raise EncodeError('must be {"hex": "…"}', path=path)
    try:
        return bytes.fromhex(value["hex"])
    except (TypeError, ValueError):
        raise EncodeError(f"is not hexadecimal: {value['hex']!r:.40}", path=path) from None


def _choice(field: Field, kind: Union, value: object, made: _Made, path: str) -> object:
    number = made.number(kind.path)
    choice = _chosen(kind, number)
    selector = f"{'.'.join(kind.path)} is {_show(number)}"
    if choice is None or choice.kind is None:
        if value is not None:
            raise EncodeError(f"must be null where {selector}", path=path)
        return None
    is_fixed = choice.constant is not None or isinstance(choice.kind, Descriptor)
    is_absent = is_left_out(choice.minor, made.minor)
    if value is None and (is_fixed or is_absent):
        value = {}
    # Cases of one name need not all be the number that counts.
    is_count = choice.derived and isinstance(choice.kind, Number)
    may_lack = is_fixed or is_absent or is_count
    if not isinstance(value, Mapping) or not set(value) <= {choice.name} or not (value or may_lack):
        raise EncodeError(f'must be {{"{choice.name}": …}} where {selector}', path=path)
    inner = value.get(choice.name)
    here = f"{path}.{choice.name}"
    if is_fixed:
        if value:
            _check_constant(choice, inner, here)
        return choice.constant if isinstance(choice.kind, Number) else None
    if is_absent:
        return _absent(choice.kind)
    if is_count and inner is None:
        made.pending[field.name] = here
        return 0
    return _value(field, choice.kind, inner, made, here)


def _chosen(kind: Union, number: object) -> Choice | None:
    return kind.choose(number) if isinstance(number, int) else None


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _show(value: object) -> str:
    return show_number(value) if isinstance(value, int) else repr(value)


def _type_name(value: object) -> str:
    names = {type(None): "null", bool: "true or false", dict: "an object", list: "a list"}
    return names.get(type(value), type(value).__name__)
