"""Finds the field that makes a record unsendable. Slow, and only run after a failure."""

from __future__ import annotations

from caraway.errors import EncodeError
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


def explain(record: Record, cause: Exception, minor: int | None) -> EncodeError:
    """The error to raise for ``record``, whose writing failed with ``cause``."""
    try:
        _check_record(record, "", minor)
    except EncodeError as error:
        return error
    return EncodeError(f"{type(record).__name__} cannot be written: {cause}")


def _check_record(record: Record, path: str, minor: int | None) -> None:
    for field in record.FIELDS:
        if is_left_out(field.minor, minor):
            continue
        here = f"{path}.{field.name}" if path else field.name
        if not hasattr(record, field.attribute):
            raise EncodeError("is not set", path=here)
        value = getattr(record, field.attribute)
        _check_field(record, field, value, here, minor)


def _check_field(record: Record, field: Field, value: object, path: str, minor: int | None) -> None:
    if field.constant is not None:
        _check_constant(field, value, path)
    else:
        _check_kind(record, field.kind, value, path, minor)


def _check_constant(field: Field | Choice, value: object, path: str) -> None:
    constant = None if isinstance(field.kind, Reference) else field.constant
    if value != constant:
        raise EncodeError(f"is always {constant}, not {_show(value)}", path=path)


def _show(value: object) -> str:
    return show_number(value) if isinstance(value, int) else repr(value)


def _check_kind(record: Record, kind: Kind, value: object, path: str, minor: int | None) -> None:
    match kind:
        case Number():
            _check_number(kind, value, path)
        case Descriptor():
            return
        case Nested():
            if not isinstance(value, kind.record):
                raise EncodeError(
                    f"must be a {kind.record.__name__}, not {type(value).__name__}", path=path
                )
            _check_record(value, path, minor)
        case Octets() | Items():
            _check_array(record, kind, value, path, minor)
        case Reference():
            _check_reference(record, kind, value, path, minor)
        case _:
            _check_union(record, kind, value, path, minor)


def _check_number(kind: Number, value: object, path: str) -> None:
    if not isinstance(value, int):
        raise EncodeError(f"must be a number, not {type(value).__name__}", path=path)
    if not kind.minimum <= value <= kind.maximum:
        raise EncodeError(
            f"{show_number(value)} is outside {kind.minimum}..{kind.maximum}", path=path
        )


def _check_array(
    record: Record, kind: Octets | Items, value: object, path: str, minor: int | None
) -> None:
    if isinstance(kind, Octets):
        try:
            length = memoryview(value).nbytes  # type: ignore[arg-type]  # raises TypeError
        except TypeError:
            raise EncodeError(f"must be bytes, not {type(value).__name__}", path=path) from None
        _check_length(record, kind.size, length, "bytes", path)
        return
    if not isinstance(value, list | tuple):
        raise EncodeError(f"must be a list, not {type(value).__name__}", path=path)
    for index, element in enumerate(value):
        _check_kind(record, kind.element, element, f"{path}[{index}]", minor)
    if kind.in_bytes:
        size = 0
        for element in value:
            size += wire_size(kind.element, element, minor)
        _check_length(record, kind.size, size, "bytes", path)
    else:
        _check_length(record, kind.size, len(value), "elements", path)


def wire_size(kind: Kind, element: object, minor: int | None) -> int:
    """Bytes that an element of a list takes on the wire without its pointer targets."""
    if isinstance(element, Record):
        return element._write([], [], 0, minor)
    return (kind.maximum - kind.minimum).bit_length() // 8 if isinstance(kind, Number) else 0


def _number(record: Record, path: Path) -> object:
    """What is at ``path``; 0 where it is in a union that holds something else."""
    value = follow(record, path)
    return 0 if value is None and len(path) > 1 else value


def _check_length(record: Record, size: Size, length: int, unit: str, path: str) -> None:
    if size is None:
        return
    if isinstance(size, int):
        source, expected = "needs", size
    elif isinstance(size, Image):
        width, rows = _number(record, size.width), _number(record, size.rows)
        if not isinstance(width, int) or not isinstance(rows, int):
            return
        if width < 0 or rows < 0:
            raise EncodeError(f"is an image of {width} by {rows}", path=path)
        source = f"{size.bits} bits by {width} by {rows} need"
        expected = (size.bits * width + 7) // 8 * rows
    else:
        counted = _number(record, size)
        if not isinstance(counted, int):
            raise EncodeError(f"its count {'.'.join(size)} is {counted!r}", path=path)
        source, expected = f"{'.'.join(size)} says", counted
    if length != expected:
        raise EncodeError(f"has {length} {unit}, {source} {expected}", path=path)


def _check_reference(
    record: Record, kind: Reference, value: object, path: str, minor: int | None
) -> None:
    target = kind.target
    if value is None:
        if kind.nonnull:
            raise EncodeError("must not be null", path=path)
        if isinstance(target, Octets | Items) and not isinstance(target.size, int | Image):
            _check_length(record, target.size, 0, "elements, being null", path)
        return
    _check_kind(record, target, value, path, minor)
    empty = not value
    if isinstance(value, Record):
        empty = value._write([], [], 0, minor) == 0
    if kind.nonnull and empty and not isinstance(target, Number):
        raise EncodeError("must not be null, and what is empty is written as null", path=path)


def _check_union(record: Record, kind: Union, value: object, path: str, minor: int | None) -> None:
    number = follow(record, kind.path)
    if not isinstance(number, int):
        raise EncodeError(f"its selector {'.'.join(kind.path)} is {number!r}", path=path)
    choice = kind.choose(number)
    if choice is None or choice.kind is None:
        if value is not None:
            raise EncodeError(f"must be None where {'.'.join(kind.path)} is {number}", path=path)
        return
    if choice.constant is not None:
        _check_constant(choice, value, f"{path}.{choice.name}")
    elif not is_left_out(choice.minor, minor):
        _check_kind(record, choice.kind, value, f"{path}.{choice.name}", minor)
