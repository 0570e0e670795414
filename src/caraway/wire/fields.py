"""Records as plain values that JSON can hold, and back.

Names are the description's. A union is ``{case: value}``, or None where no
case is on the wire; byte arrays are ``{"hex": "…"}``; a pointer is its target
or None; numbers are numbers, named or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from caraway.errors import EncodeError
from caraway.wire.record import Record, show_number
from caraway.wire.schema import (
    Choice,
    Descriptor,
    Field,
    Items,
    Kind,
    Nested,
    Number,
    Octets,
    Path,
    Reference,
    Union,
    follow,
    is_left_out,
)

R = TypeVar("R", bound=Record)

Plain = None | int | str | list["Plain"] | dict[str, "Plain"]


def to_fields(record: Record) -> dict[str, Plain]:
    """The fields of ``record`` as plain values."""
    return {
        field.name: _plain(record, field.kind, getattr(record, field.attribute))
        for field in record.FIELDS
    }


def _plain(record: Record, kind: Kind, value: object) -> Plain:
    match kind:
        case _ if value is None:
            if isinstance(kind, Union):
                return _plain_choice(record, kind, value)
            return None
        case Octets():
            return {"hex": bytes(value).hex()}  # type: ignore[call-overload]  # a buffer, as parsed
        case Items() if isinstance(value, list | tuple):
            return [_plain(record, kind.element, element) for element in value]
        case Reference():
            return _plain(record, kind.target, value)
        case Union():
            return _plain_choice(record, kind, value)
    if isinstance(value, Record):
        return to_fields(value)
    return int(value)  # type: ignore[call-overload, no-any-return]  # Number is all that is left


def _plain_choice(record: Record, kind: Union, value: object) -> Plain:
    number = follow(record, kind.path)
    choice = kind.choose(number) if isinstance(number, int) else None
    if choice is None or choice.kind is None:
        return None
    if value is None and not isinstance(choice.kind, Reference | Descriptor):
        return None
    return {choice.name: _plain(record, choice.kind, value)}


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


def _record(record: type[R], fields: object, path: str, minor: int | None) -> R:
    if not isinstance(fields, Mapping):
        raise EncodeError(f"must be an object, not {_type_name(fields)}", path=path)
    known = {field.name for field in record.FIELDS}
    for name in fields:
        if name not in known:
            raise EncodeError(f"{record.__name__} has no such field", path=_join(path, str(name)))
    arguments: dict[str, object] = {}
    absent: dict[str, object] = {}
    for field in record.FIELDS:
        here = _join(path, field.name)
        if field.constant is not None or isinstance(field.kind, Descriptor):
            if field.name in fields:
                _check_constant(field, fields[field.name], here)
        elif is_left_out(field.minor, minor):
            absent[field.attribute] = _absent(field.kind)
        elif field.derived and fields.get(field.name) is None:
            continue
        elif field.name not in fields:
            raise EncodeError("is missing", path=here)
        else:
            value = _value(field.kind, fields[field.name], fields, here, minor)
            arguments[field.attribute] = value
    made = record(**arguments, **absent)
    for attribute, value in absent.items():
        # The constructor may have taken None as something to derive.
        setattr(made, attribute, value)
    return made


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
            return record(
                **{
                    field.attribute: _absent(field.kind)
                    for field in record.FIELDS
                    if field.constant is None
                }
            )
        case Octets(size=size):
            return bytes(size if isinstance(size, int) else 0)
        case Items(element=element, size=size):
            return [_absent(element) for _ in range(size if isinstance(size, int) else 0)]
        case _:
            return None


def _value(
    kind: Kind, value: object, fields: Mapping[str, object], path: str, minor: int | None
) -> object:
    match kind:
        case Number():
            if not isinstance(value, int) or isinstance(value, bool):
                raise EncodeError(f"must be a number, not {_type_name(value)}", path=path)
            return value
        case Descriptor():
            return None
        case Nested():
            return _record(kind.record, value, path, minor)
        case Octets():
            return _octets(value, path)
        case Items():
            if not isinstance(value, list):
                raise EncodeError(f"must be a list, not {_type_name(value)}", path=path)
            return [
                _value(kind.element, element, fields, f"{path}[{index}]", minor)
                for index, element in enumerate(value)
            ]
        case Reference():
            return None if value is None else _value(kind.target, value, fields, path, minor)
        case _:
            return _choice(kind, value, fields, path, minor)


def _octets(value: object, path: str) -> bytes:
    if not isinstance(value, Mapping) or set(value) != {"hex"}:
        raise EncodeError('must be {"hex": "…"}', path=path)
    try:
        return bytes.fromhex(value["hex"])
    except (TypeError, ValueError):
        raise EncodeError(f"is not hexadecimal: {value['hex']!r:.40}", path=path) from None


def _choice(
    kind: Union, value: object, fields: Mapping[str, object], path: str, minor: int | None
) -> object:
    number = _at(fields, kind.path)
    choice: Choice | None = None
    if isinstance(number, int) and not isinstance(number, bool):
        choice = kind.choose(number)
    selector = f"{'.'.join(kind.path)} is {_show(number)}"
    if choice is None or choice.kind is None:
        if value is not None:
            raise EncodeError(f"must be null where {selector}", path=path)
        return None
    is_fixed = choice.constant is not None or isinstance(choice.kind, Descriptor)
    is_absent = is_left_out(choice.minor, minor)
    if value is None and (is_fixed or is_absent):
        value = {}
    may_lack = is_fixed or is_absent or choice.derived
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
    if choice.derived and inner is None:
        return None
    return _value(choice.kind, inner, fields, here, minor)


def _at(fields: Mapping[str, object], path: Path) -> object:
    value: object = fields
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _show(value: object) -> str:
    return show_number(value) if isinstance(value, int) else repr(value)


def _type_name(value: object) -> str:
    names = {type(None): "null", bool: "true or false", dict: "an object", list: "a list"}
    return names.get(type(value), type(value).__name__)
