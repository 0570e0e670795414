"""Draws small descriptions that use the whole language and have no errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

_INTEGERS: Final = [f"{sign}int{bits}" for bits in (8, 16, 32, 64) for sign in ("", "u")]

#: Names that generated code has its own use for, or that Python reserves.
_NASTY: Final = (
    *("pos", "end", "data", "limits", "minor", "extent", "stop", "left", "v", "m", "s"),
    *("self", "out", "queue", "size", "block", "place", "start", "item", "items", "error"),
    *("class", "None", "len", "type", "list", "bytes", "range", "drain", "octets", "name"),
    *("parse", "write", "a_at", "a_text", "a_padded", "b_offset", "a_item", "partial", "int"),
)
_NASTY_TYPES: Final = ("Struct", "Message", "Record", "Limits", "Extent", "Queue", "Field", "Image")
_PLAIN: Final = ("a", "b", "c", "d", "e", "f", "g", "h")


@dataclass
class _Enum:
    name: str
    bits: int
    is_flags: bool
    items: dict[str, int]


@dataclass
class _Layout:
    """What a type needs to be known of where it is used.

    Attributes:
        least: Bytes it takes at least.
        fixed: Bytes it always takes, or None.
        is_open: It reaches to the end of the message.
        selectors: Paths from it to members that a switch can be on.
    """

    least: int = 0
    fixed: int | None = 0
    is_open: bool = False
    selectors: list[tuple[str, _Enum]] = field(default_factory=list)

    def add(self, other: _Layout) -> None:
        """Put ``other`` behind."""
        self.least += other.least
        known = self.fixed is not None and other.fixed is not None
        self.fixed = (self.fixed or 0) + (other.fixed or 0) if known else None
        self.is_open = self.is_open or other.is_open

    def selectors_of(self, name: str) -> list[tuple[str, _Enum]]:
        """The selectors of a member called ``name`` that has this layout."""
        return [(f"{name}.{path}" if path else name, enum) for path, enum in self.selectors]


@dataclass
class _Type:
    """A type that members can have: its name in the text, or all of an inline struct."""

    text: str
    layout: _Layout
    enum: _Enum | None = None
    is_struct: bool = False


@dataclass
class _Scope:
    """The struct being written: members that those to come can look at."""

    names: set[str] = field(default_factory=set)
    counts: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    selectors: list[tuple[str, _Enum]] = field(default_factory=list)

    def see(self, name: str, *, is_count: bool) -> None:
        """``name`` is there from here on; of two with one name the first is meant."""
        if is_count and name not in self.taken:
            self.counts.append(name)
        self.taken.add(name)


@st.composite
def descriptions(draw: DrawFn) -> tuple[str, int]:
    """The text of a description and its dialect."""
    dialect = draw(st.sampled_from([2, 2, 1]))
    return _Writer(draw, dialect).text(), dialect


class _Writer:
    def __init__(self, draw: DrawFn, dialect: int) -> None:
        self._draw = draw
        self._pointer_size = {1: 8, 2: 4}[dialect]
        self._number = 0
        self._enums: list[_Enum] = []
        self._types: list[_Type] = []
        self._declarations: list[str] = []
        self._names: set[str] = set()

    def _any_of(self, types: list[_Type]) -> _Type:
        return self._draw(st.sampled_from(types))

    def _chance(self, one_in: int) -> bool:
        return self._draw(st.integers(0, one_in - 1)) == one_in - 1

    def _pick(self, *choices: str) -> str:
        return self._draw(st.sampled_from(choices))

    def text(self) -> str:
        for _ in range(self._draw(st.integers(1, 3))):
            self._enum()
        for _ in range(self._draw(st.integers(0, 3))):
            if self._types and self._chance(4):
                self._typedef()
            else:
                self._struct()
        channels = self._channels()
        order = self._draw(st.permutations(self._declarations))
        return "\n".join([*order, *channels])

    def _type_name(self) -> str:
        self._number += 1
        if self._chance(12):
            name = self._pick(*_NASTY_TYPES)
            if name not in self._names:
                self._names.add(name)
                return name
        return self._pick("T{}", "t_{}", "Type{}x").format(self._number)

    # Declarations

    def _enum(self) -> None:
        is_flags = self._draw(st.booleans())
        bits = self._draw(st.sampled_from([8, 16, 32]))
        items: dict[str, int] = {}
        number, lines = -1, []
        for at in range(self._draw(st.integers(1, 4))):
            number += 1
            given = ""
            if self._chance(3):
                top = bits - 1 if is_flags else (1 << bits) - 1
                number = self._draw(st.integers(0, 3) | st.integers(0, top))
                given = self._pick(f" = {number}", f" = {number:#x}")
            if number >= (bits if is_flags else 1 << bits):
                # The one before was at the top.
                break
            items[f"I{at}"] = number
            lines.append(f"I{at}{given}")
        name = self._type_name()
        enum = _Enum(name, bits, is_flags, items)
        self._enums.append(enum)
        word = "flags" if is_flags else "enum"
        self._declarations.append(f"{word}{bits} {name} {{ {', '.join(lines)} }};")
        self._types.append(_Type(name, _Layout(bits // 8, bits // 8), enum))

    def _typedef(self) -> None:
        name = self._type_name()
        target = self._any_of(self._types)
        self._declarations.append(f"typedef {name} {target.text};")
        self._types.append(_Type(name, target.layout, target.enum, target.is_struct))

    def _struct(self) -> None:
        name = self._type_name()
        body, layout = self._body(2)
        self._declarations.append(f"struct {name} {{ {body} }};")
        self._types.append(_Type(name, layout, is_struct=True))

    def _channels(self) -> list[str]:
        messages = [self._message() for _ in range(self._draw(st.integers(1, 2)))]
        inherited = self._message() if self._chance(4) else ""
        own = self._pick("server:", "client:", "") + " " + " ".join(messages)
        if not inherited:
            return [f"channel MainChannel {{ {own} }};", "protocol P { MainChannel main; };"]
        return [
            f"channel BaseChannel {{ {inherited} }};",
            f"channel MainChannel : BaseChannel {{ {own} }};",
            "protocol P { MainChannel main = 3; };",
        ]

    def _message(self) -> str:
        self._number += 1
        body, _ = self._body(4, has_descriptor=self._chance(10))
        return f"message {{ {body} }} m{self._number} = {self._number};"

    # Members

    def _body(self, most: int, *, has_descriptor: bool = False) -> tuple[str, _Layout]:
        scope, whole = _Scope(), _Layout()
        lines = []
        if has_descriptor:
            name = self._name(scope)
            scope.see(name, is_count=False)
            lines.append(f"unix_fd {name};")
        count = self._draw(st.integers(0, most) | st.integers(most, most + 3))
        for at in range(count):
            text, layout, name = self._member(scope, is_last=at == count - 1)
            whole.add(layout)
            whole.selectors += layout.selectors_of(name)
            lines.append(text)
        return " ".join(lines), whole

    def _name(self, scope: _Scope) -> str:
        pool = _NASTY if self._chance(6) else _PLAIN
        free = [name for name in pool if name not in scope.names]
        if not free:
            self._number += 1
            free = [f"x{self._number}"]
        name = self._draw(st.sampled_from(free))
        scope.names.add(name)
        return name

    def _member(self, scope: _Scope, *, is_last: bool) -> tuple[str, _Layout, str]:
        name = self._name(scope)
        if scope.selectors and self._chance(2):
            text, layout, named = self._switch(scope, name, can_be_open=is_last)
            scope.see(name, is_count=False)
            for case, is_count in named:
                scope.see(case, is_count=is_count)
        else:
            text, layout, is_count = self._plain(scope, name, can_be_open=is_last)
            scope.see(name, is_count=is_count)
            scope.selectors += layout.selectors_of(name)
        return text, layout, name

    def _plain(
        self, scope: _Scope, name: str, *, can_be_open: bool, is_fixed: bool = False
    ) -> tuple[str, _Layout, bool]:
        """A member that is no switch: its text, its layout, whether it can count others."""
        kinds = ["number", "number", "array", "array", "pointer", "struct"]
        kind = self._draw(st.sampled_from(kinds))
        if kind == "number":
            return self._numeric(name, is_fixed=is_fixed)
        if kind == "pointer":
            return *self._pointer(scope, name, is_fixed=is_fixed), False
        if kind == "array":
            element = self._element()
            if is_fixed and element.layout.fixed is None:
                element = self._primitive()
            size, layout = self._size(scope, element, can_be_open=can_be_open, is_fixed=is_fixed)
            text = f"{element.text} {name}[{size}]"
            if element.text == "uint8" and f"{name}_text" not in scope.names and self._chance(4):
                # It gets a property of that name.
                scope.names.add(f"{name}_text")
                text += " @zero_terminated"
            return *self._attributed(text, layout, is_fixed), False
        type_ = self._any_struct(can_be_open=can_be_open, is_fixed=is_fixed)
        if type_ is not None:
            layout = type_.layout
            text, made = self._attributed(f"{type_.text} {name}", layout, is_fixed)
            return text, _with_selectors(made, layout.selectors), False
        return self._numeric(name, is_fixed=is_fixed)

    def _numeric(self, name: str, *, is_fixed: bool) -> tuple[str, _Layout, bool]:
        numbers = [type_ for type_ in self._types if not type_.is_struct]
        type_ = self._any_of(numbers) if numbers and self._chance(2) else self._primitive()
        text, layout = f"{type_.text} {name}", type_.layout
        how = self._draw(st.integers(0, 19))
        if how == 0:
            minor = "" if is_fixed or self._chance(2) else " @minor(1)"
            zero = _Layout(0, None) if minor else _Layout(layout.least, layout.fixed)
            return f"{text} @zero{minor};", zero, False
        selectors = [("", type_.enum)] if type_.enum else []
        if how == 1:
            value = self._draw(st.integers(0, 3))
            return f"{text} @virtual({value});", _Layout(selectors=selectors), True
        text, made = self._attributed(text, layout, is_fixed)
        return text, _with_selectors(made, selectors), True

    def _attributed(self, text: str, layout: _Layout, is_fixed: bool) -> tuple[str, _Layout]:
        if is_fixed or not self._chance(8):
            return f"{text};", _Layout(layout.least, layout.fixed, layout.is_open)
        return f"{text} @minor({self._pick('1', '2')});", _Layout(0, None, layout.is_open)

    def _primitive(self) -> _Type:
        name = self._draw(st.sampled_from(_INTEGERS))
        size = int(name.lstrip("uint")) // 8
        return _Type(name, _Layout(size, size))

    def _any_struct(self, *, can_be_open: bool, is_fixed: bool) -> _Type | None:
        """A struct by its name, or one that is written where it is used; None where none fits."""

        def fits(layout: _Layout) -> bool:
            return (can_be_open or not layout.is_open) and not (is_fixed and layout.fixed is None)

        structs = [type_ for type_ in self._types if type_.is_struct and fits(type_.layout)]
        if structs and not self._chance(5):
            return self._any_of(structs)
        name = self._type_name()
        before = len(self._types)
        body, layout = self._body(1)
        if not fits(layout):
            # What was declared inside goes with it.
            del self._types[before:]
            return None
        self._types.append(_Type(name, layout, is_struct=True))
        return _Type(f"struct {name} {{ {body} }}", layout, is_struct=True)

    def _element(self) -> _Type:
        kind = self._pick("bytes", "number", "struct")
        if kind == "bytes":
            return _Type("uint8", _Layout(1, 1))
        if kind == "struct":
            structs = [t for t in self._types if t.is_struct and not t.layout.is_open]
            if structs:
                return self._any_of(structs)
        numbers = [type_ for type_ in self._types if not type_.is_struct]
        if numbers and self._chance(2):
            return self._any_of(numbers)
        return self._primitive()

    # Arrays and pointers

    def _size(
        self, scope: _Scope, element: _Type, *, can_be_open: bool, is_fixed: bool
    ) -> tuple[str, _Layout]:
        """What stands between the brackets, and what the array takes."""
        kinds = ["constant"]
        if element.layout.least and not is_fixed:
            kinds += ["rest", "rest"] if can_be_open else []
            kinds += ["count", "count", "count", "bytes", "bytes", "image"] if scope.counts else []
        kind = self._draw(st.sampled_from(kinds))
        if kind == "constant":
            count = self._draw(st.integers(0, 4))
            fixed = None if element.layout.fixed is None else element.layout.fixed * count
            return str(count), _Layout(element.layout.least * count, fixed)
        if kind == "rest":
            return "", _Layout(0, None, True)
        count_of = st.sampled_from(scope.counts)
        if kind == "count":
            return self._draw(count_of), _Layout(0, None)
        if kind == "bytes":
            return f"bytes({self._draw(count_of)}, xc)", _Layout(0, None)
        bits = self._draw(st.sampled_from([1, 4, 8, 24]))
        width, rows = self._draw(count_of), self._draw(count_of)
        return f"image_size({bits}, {width}, {rows})", _Layout(0, None)

    def _pointer(self, scope: _Scope, name: str, *, is_fixed: bool) -> tuple[str, _Layout]:
        kind = self._pick("number", "struct", "array", "array")
        size = ""
        if kind == "number":
            type_ = self._primitive()
        elif kind == "struct":
            type_ = self._any_struct(can_be_open=True, is_fixed=False) or self._primitive()
        else:
            type_ = self._element()
            size = f"[{self._size(scope, type_, can_be_open=True, is_fixed=False)[0]}]"
        text = f"{type_.text} *{name}{size}"
        if self._chance(12):
            return f"{text} @virtual(0);", _Layout()
        nonnull = " @nonnull" if self._chance(3) else ""
        layout = _Layout(self._pointer_size, self._pointer_size)
        return self._attributed(f"{text}{nonnull}", layout, is_fixed)

    # Switches

    def _switch(
        self, scope: _Scope, name: str, *, can_be_open: bool
    ) -> tuple[str, _Layout, list[tuple[str, bool]]]:
        """A switch: its text, its layout, and the names of its cases, with whether they count."""
        path, enum = self._draw(st.sampled_from(scope.selectors))
        is_fixed = self._chance(4)
        order = self._draw(st.permutations(list(enum.items)))
        groups = self._cut(order, enum)
        inner = _Scope()
        cases: list[str] = []
        layouts: list[_Layout] = []
        named: list[tuple[str, bool]] = []
        for labels in groups:
            again = named and self._chance(6)
            member = named[-1][0] if again else self._name(inner)
            text, layout, is_count = self._plain(
                scope, member, can_be_open=can_be_open, is_fixed=is_fixed
            )
            cases.append(f"{' '.join(labels)} {text}")
            layouts.append(layout)
            named.append((member, is_count))
        fixed = max((layout.fixed or 0 for layout in layouts), default=0)
        is_open = any(layout.is_open for layout in layouts)
        least = fixed if is_fixed else 0
        text = f"switch ({path}) {{ {' '.join(cases)} }} {name}{' @fixedsize' if is_fixed else ''}"
        whole = _Layout(least, fixed if is_fixed else None, is_open)
        minor = "" if not self._chance(10) else " @minor(1)"
        if minor:
            whole = _Layout(0, None, is_open)
        return f"{text}{minor};", whole, named

    def _cut(self, items: list[str], enum: _Enum) -> list[list[str]]:
        """Labels of the cases: each item once at the most, the default last."""
        groups: list[list[str]] = []
        seen: set[int] = set()
        for item in items[: self._draw(st.integers(1, len(items)))]:
            if enum.items[item] in seen:
                continue
            seen.add(enum.items[item])
            negated = "!" if enum.is_flags and self._chance(4) else ""
            label = f"case {negated}{item}:"
            if groups and self._chance(3):
                groups[-1].append(label)
            else:
                groups.append([label])
        if self._chance(4):
            groups.append(["default:"])
        elif self._chance(8):
            groups[-1].append("default:")
        return groups


def _with_selectors(layout: _Layout, selectors: list[tuple[str, _Enum]]) -> _Layout:
    return _Layout(layout.least, layout.fixed, layout.is_open, selectors)
