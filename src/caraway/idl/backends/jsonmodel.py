"""The whole model as plain JSON values, for tools that are not written in Python.

The result of :func:`to_json` has ``"schema": "caraway-model-1"``. Keys are
always all there, in this order; what does not apply is null. The number in
the schema's name goes up when a key changes its meaning or goes away; new
keys may come without that.

Description::

    schema        "caraway-model-1"
    protocol      name in the protocol block
    dialect       1 or 2
    pointer_size  bytes of a pointer on the wire: 8 or 4
    doc           comment at the head of the file
    features      names that @ifdef uses, sorted
    minors        protocol minors at which a layout changes, ascending
    types         enums, structs and aliases, in the order written
    channels      channels, in the order written

An entry of ``types`` is one of::

    kind "enum" or "flags"      name bits prefix doc items
                                prefix: what C constants begin with
                                items: name value doc deprecated; the value of
                                a flag is the shifted bit
    kind "struct" or "message"  name doc fixed_size minimum_size members
                                "message": the body of one or more messages
    kind "alias"                name doc target (a type, see below)

A channel::

    name          as the protocol block lists it, else its type's name without
                  "Channel", in lower case
    type          name of its type
    number        channel number, or null where it is not listed
    base          type of the channel whose messages it has too, or null
    feature       name of the @ifdef it depends on, or null
    doc
    messages      its own messages, in the order written:
                  name number direction feature doc body fixed_size minimum_size members
                  direction: "server" or "client", who sends it
                  body: name of the shared body in ``types``, or null

A member::

    name doc
    type          see below
    offset        bytes from the start of the struct, or null where that varies;
                  in a case of a switch 0, the start of the switch
    fixed_size    bytes on the wire, or null where that varies
    minimum_size  fewest bytes on the wire
    minor         it is on the wire from this protocol minor on, or null for always
    zero          true: written as 0, ignored when read, not part of the value
    virtual       number that the member always has without being on the wire, or null
    text          true: the bytes are text, perhaps with a NUL at the end
    unique        true: at most one bit of the flags is set
    view          null, or {channel, path}: the bytes are the body of that message
                  of a channel (its type's name) whose number is in the member at path

Sizes count the bytes in place: not what a pointer leads to. A type is one of::

    {kind: "integer", bits, signed}
    {kind: "file_descriptor"}           no bytes; travels beside the message
    {kind: "enum", name}  {kind: "flags", name}  {kind: "struct", name}
    {kind: "array", element, size}      is_bytes: element is an unsigned byte
    {kind: "pointer", nonnull, target}  offset from the start of the message body
    {kind: "switch", path, on, fixed_size, cases}
        path, on    the member that selects, and the name of its type
        fixed_size  bytes that every case is padded to, or null for no padding
        cases       labels (a list of {item, negated}; item null: default), member;
                    the first case that matches is on the wire, or nothing

and the size of an array is one of::

    {kind: "rest"}                      up to the end of the message
    {kind: "constant", count}
    {kind: "count", path}               the member at path holds the count
    {kind: "image", bits, width, rows}  (bits * width + 7) // 8 * rows bytes;
                                        width and rows are paths
    {kind: "bytes", path, count}        the member at path holds the size in bytes;
                                        count is what C calls the number of elements

A path is a list of names that leads from the enclosing struct to a member.
"""

from __future__ import annotations

from caraway.idl.features import features
from caraway.idl.layout import fixed_size, largest_case, minimum_size
from caraway.idl.model import (
    Alias,
    Array,
    ArraySize,
    Channel,
    Constant,
    Count,
    Description,
    Enumeration,
    FileDescriptor,
    ImageSize,
    Integer,
    Member,
    Message,
    Pointer,
    Rest,
    Struct,
    Switch,
    Type,
)

SCHEMA = "caraway-model-1"


def to_json(description: Description) -> dict[str, object]:
    """``description`` as values that :mod:`json` can write; the module says which.

    >>> from caraway.idl import Source, compile_source
    >>> text = "channel C { server: message { uint16 x; } ping; }; protocol Demo { C c; };"
    >>> model = to_json(compile_source(Source("demo.proto", text)).description)
    >>> model["channels"][0]["messages"][0]["fixed_size"]
    2
    """
    return _Writer(description).description()


class _Writer:
    def __init__(self, description: Description) -> None:
        self._description = description
        self._pointer = description.pointer_size

    def description(self) -> dict[str, object]:
        description = self._description
        return {
            "schema": SCHEMA,
            "protocol": description.name,
            "dialect": description.dialect,
            "pointer_size": self._pointer,
            "doc": description.doc,
            "features": features(description),
            "minors": description.minors,
            "types": [self._declared(type_) for type_ in description.types],
            "channels": [self._channel(channel) for channel in description.channels],
        }

    def _declared(self, type_: Enumeration | Struct | Alias) -> dict[str, object]:
        match type_:
            case Enumeration():
                return {
                    "kind": "flags" if type_.is_flags else "enum",
                    "name": type_.name,
                    "bits": type_.bits,
                    "prefix": type_.prefix,
                    "doc": type_.doc,
                    "items": [
                        {
                            "name": item.name,
                            "value": item.value,
                            "doc": item.doc,
                            "deprecated": item.deprecated,
                        }
                        for item in type_.items
                    ],
                }
            case Struct():
                return {
                    "kind": "message" if type_.is_message else "struct",
                    "name": type_.name,
                    "doc": type_.doc,
                    **self._layout(type_),
                }
            case _:
                return {
                    "kind": "alias",
                    "name": type_.name,
                    "doc": type_.doc,
                    "target": self._type(type_.target),
                }

    def _layout(self, struct: Struct) -> dict[str, object]:
        members = []
        offset: int | None = 0
        for member in struct.members:
            values = self._member(member, offset)
            members.append(values)
            size = values["fixed_size"]
            offset = offset + size if offset is not None and isinstance(size, int) else None
        return {**self._sizes(struct), "members": members}

    def _sizes(self, type_: Type) -> dict[str, int | None]:
        return {
            "fixed_size": fixed_size(type_, self._pointer),
            "minimum_size": minimum_size(type_, self._pointer),
        }

    def _member(self, member: Member, offset: int | None) -> dict[str, object]:
        sizes = self._sizes(member.type)
        if member.virtual is not None:
            sizes = {"fixed_size": 0, "minimum_size": 0}
        elif member.minor is not None:
            sizes = {"fixed_size": None, "minimum_size": 0}
        view = None
        if member.view is not None:
            view = {"channel": member.view[0].type_name, "path": list(member.view[1])}
        return {
            "name": member.name,
            "doc": member.doc,
            "type": self._type(member.type),
            "offset": offset,
            **sizes,
            "minor": member.minor,
            "zero": member.zero,
            "virtual": member.virtual,
            "text": member.text,
            "unique": member.unique,
            "view": view,
        }

    def _channel(self, channel: Channel) -> dict[str, object]:
        return {
            "name": channel.name,
            "type": channel.type_name,
            "number": channel.number,
            "base": channel.base.type_name if channel.base is not None else None,
            "feature": channel.feature,
            "doc": channel.doc,
            "messages": [self._message(message) for message in channel.own],
        }

    def _message(self, message: Message) -> dict[str, object]:
        shared = any(message.body is struct for struct in self._description.structs)
        return {
            "name": message.name,
            "number": message.number,
            "direction": message.direction,
            "feature": message.feature,
            "doc": message.doc,
            "body": message.body.name if shared else None,
            **self._layout(message.body),
        }

    def _type(self, type_: Type) -> dict[str, object]:
        match type_:
            case Integer():
                return {"kind": "integer", "bits": type_.bits, "signed": type_.signed}
            case FileDescriptor():
                return {"kind": "file_descriptor"}
            case Enumeration():
                return {"kind": "flags" if type_.is_flags else "enum", "name": type_.name}
            case Struct():
                return {"kind": "struct", "name": type_.name}
            case Array():
                return {
                    "kind": "array",
                    "element": self._type(type_.element),
                    "size": _array_size(type_.size),
                    "is_bytes": type_.is_bytes,
                }
            case Pointer():
                return {
                    "kind": "pointer",
                    "nonnull": type_.nonnull,
                    "target": self._type(type_.target),
                }
            case _:
                return self._switch(type_)

    def _switch(self, switch: Switch) -> dict[str, object]:
        cases = []
        for case in switch.cases:
            labels = [
                {"item": label.item.name if label.item else None, "negated": label.negated}
                for label in case.labels
            ]
            # A case has no fixed place in its struct, only one in its switch: the start.
            cases.append({"labels": labels, "member": self._member(case.member, 0)})
        return {
            "kind": "switch",
            "path": list(switch.path),
            "on": switch.on.name,
            "fixed_size": largest_case(switch, self._pointer) if switch.fixed_size else None,
            "cases": cases,
        }


def _array_size(size: ArraySize) -> dict[str, object]:
    match size:
        case Rest():
            return {"kind": "rest"}
        case Constant(count=count):
            return {"kind": "constant", "count": count}
        case Count(path=path):
            return {"kind": "count", "path": list(path)}
        case ImageSize(bits=bits, width=width, rows=rows):
            return {"kind": "image", "bits": bits, "width": list(width), "rows": list(rows)}
        case _:
            return {"kind": "bytes", "path": list(size.path), "count": size.count}
