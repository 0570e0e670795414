"""What must hold in a resolved description before anything is made from it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from caraway.idl.clashes import check_names
from caraway.idl.diagnostics import Diagnostics
from caraway.idl.layout import (
    fixed_member_size,
    has_pointers,
    is_open_ended,
    minimum_size,
)
from caraway.idl.model import (
    Array,
    Constant,
    Description,
    FileDescriptor,
    Member,
    Pointer,
    Struct,
    Switch,
    Type,
    strip,
    walk,
)
from caraway.idl.source import Span

#: How many structs may stand one inside the other: all backends walk them recursively.
MAX_DEPTH: Final = 64

#: Members of a message when every struct in it is written out. Structs that
#: hold two of the next one double it each time, and all backends walk them.
MAX_UNFOLDED: Final = 10_000


def check(description: Description, diagnostics: Diagnostics) -> None:
    """Report everything in ``description`` that no codec could carry, or that is odd."""
    bodies = [message.body for message in description.messages]
    structs = list({id(struct): struct for struct in [*description.structs, *bodies]}.values())
    if not _Unfolding(diagnostics).is_sound(structs):
        # What follows walks types to their ends, which would take too long or for ever.
        return
    checker = _Checker(description, diagnostics)
    for struct in structs:
        checker.check_struct(struct)
    checker.check_messages()
    checker.check_use(structs)
    check_names(description, structs, diagnostics)


def _children(struct: Struct) -> Iterator[tuple[Member, Struct]]:
    for member in walk(struct):
        inner = strip(member.type)
        if isinstance(inner, Struct):
            yield member, inner


class _Unfolding:
    """Refuses types that contain themselves, directly or behind pointers, or that explode."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self._diagnostics = diagnostics
        #: Of each struct that was visited: how deep it nests, and its members when written out.
        self._sizes: dict[int, tuple[int, int]] = {}
        self._sound = True

    def is_sound(self, structs: list[Struct]) -> bool:
        """Whether all of them end, reporting those that do not."""
        for struct in structs:
            self._visit(struct, [])
        return self._sound

    def _refuse(self, code: str, span: Span, message: str, hint: str) -> None:
        self._sound = False
        self._diagnostics.report(code, span, message, hint=hint)

    def _visit(self, struct: Struct, chain: list[Struct]) -> tuple[int, int]:
        if id(struct) in self._sizes:
            return self._sizes[id(struct)]
        depth, unfolded = 0, sum(1 for _ in walk(struct))
        if len(chain) <= MAX_DEPTH:
            chain = [*chain, struct]
            for member, inner in _children(struct):
                if inner in chain:
                    names = [each.name for each in [*chain[chain.index(inner) :], inner]]
                    self._refuse(
                        "E211",
                        member.span,
                        f"type contains itself: {' → '.join(names)}",
                        "a peer could nest it without end; use an array of structs instead",
                    )
                else:
                    below = self._visit(inner, chain)
                    depth, unfolded = max(depth, below[0]), unfolded + below[1]
        depth += 1
        if depth > MAX_DEPTH:
            self._refuse(
                "E003",
                struct.span,
                f"'{struct.name}' nests more than {MAX_DEPTH} structs",
                "",
            )
            depth = 0
        if unfolded > MAX_UNFOLDED:
            self._refuse(
                "E003",
                struct.span,
                f"'{struct.name}' has {unfolded} members when every struct in it is written out, "
                f"more than {MAX_UNFOLDED}",
                "",
            )
            unfolded = 0
        self._sizes[id(struct)] = depth, unfolded
        return depth, unfolded


class _Checker:
    def __init__(self, description: Description, diagnostics: Diagnostics) -> None:
        self._description = description
        self._diagnostics = diagnostics
        self._pointer = description.pointer_size
        self._carried: dict[int, list[Member]] = {}

    # Layout

    def check_struct(self, struct: Struct) -> None:
        """Arrays, pointers and switches of one struct."""
        for member, following in pairwise(struct.members):
            if is_open_ended(member.type):
                self._diagnostics.report(
                    "E203",
                    member.span,
                    f"'{member.name}' reaches to the end of the message, "
                    f"but '{following.name}' follows",
                    hint="make it the last member or give it a count",
                    related=(following.span, "this member could never be found"),
                )
        for member in walk(struct):
            self._check_type(member, member.type)
            if isinstance(member.type, Switch):
                self._check_switch(member, member.type)

    def _check_type(self, member: Member, type_: Type) -> None:
        if isinstance(type_, Pointer):
            if is_open_ended(type_.target):
                self._diagnostics.report(
                    "W303",
                    member.span,
                    f"what '{member.name}' points to reaches to the end of the message, "
                    "with whatever other targets stand there",
                    hint="give it a count",
                )
            if isinstance(type_.target, FileDescriptor):
                self._diagnostics.report(
                    "E204", member.span, f"'{member.name}' points to a file descriptor"
                )
            if type_.nonnull and minimum_size(type_.target, self._pointer) == 0:
                self._diagnostics.report(
                    "W302",
                    member.span,
                    f"'{member.name}' must not be null, yet an empty target is written as null: "
                    "it cannot be sent empty",
                    hint="leave '@nonnull' out if empty is legal",
                )
            self._check_type(member, type_.target)
        elif isinstance(type_, Array):
            self._check_array(member, type_)

    def _check_array(self, member: Member, array: Array) -> None:
        element = array.element
        if self._descriptors(element):
            self._diagnostics.report(
                "E204", member.span, f"'{member.name}' is an array of file descriptors"
            )
        elif is_open_ended(element):
            self._diagnostics.report(
                "E204",
                member.span,
                f"each element of '{member.name}' reaches to the end of the message",
            )
        elif minimum_size(element, self._pointer) == 0 and not isinstance(array.size, Constant):
            self._diagnostics.report(
                "E205",
                member.span,
                f"elements of '{member.name}' may take no bytes, so that a short message "
                "could claim any number of them",
                hint="give the element a member that is always on the wire",
            )

    def _check_switch(self, member: Member, switch: Switch) -> None:
        varying = [
            case.member
            for case in switch.cases
            if fixed_member_size(case.member, self._pointer) is None
        ]
        if switch.fixed_size and varying:
            self._diagnostics.report(
                "E105",
                member.span,
                f"'@fixedsize' on '{member.name}', but the size of '{varying[0].name}' varies",
                related=(varying[0].span, "declared here"),
            )
        items = [label.item for case in switch.cases for label in case.labels]
        if switch.on.is_flags or None in items:
            return
        taken = {item.value for item in items if item is not None}
        missing = [item.name for item in switch.on.items if item.value not in taken]
        if missing:
            more = f" and {len(missing) - 8} more" if len(missing) > 8 else ""
            self._diagnostics.report(
                "N401",
                member.span,
                f"switch '{member.name}' has no case for {', '.join(missing[:8])}{more}: "
                "nothing is on the wire for them",
            )

    # Whole messages

    def check_messages(self) -> None:
        """What only shows where all parts of a message are together."""
        for message in self._description.messages:
            found = self._descriptors(message.body)
            if len(found) > 1:
                self._diagnostics.report(
                    "E213",
                    found[1].span,
                    f"message '{message.name}' carries {len(found)} file descriptors, "
                    "at most 1 can travel beside it",
                )
            last = message.body.members[-1] if message.body.members else None
            if last and is_open_ended(last.type) and has_pointers(message.body):
                self._diagnostics.report(
                    "W303",
                    last.span,
                    f"'{last.name}' reaches to the end of message '{message.name}', and with it "
                    "over the targets of the message's pointers",
                    hint="give it a count",
                )

    def _descriptors(self, type_: Type) -> list[Member]:
        """The members of ``type_`` that carry file descriptors in one message, at the most."""
        inner = strip(type_)
        if isinstance(inner, FileDescriptor):
            return [_ANONYMOUS]
        if isinstance(inner, Switch):
            found = [self._of_member(case.member) for case in inner.cases]
            return max(found, key=len, default=[])
        if not isinstance(inner, Struct):
            return []
        known = self._carried.get(id(inner))
        if known is None:
            known = [each for member in inner.members for each in self._of_member(member)]
            self._carried[id(inner)] = known
        return known

    def _of_member(self, member: Member) -> list[Member]:
        found = self._descriptors(member.type)
        return [member] if found == [_ANONYMOUS] else found

    # Use

    def check_use(self, structs: list[Struct]) -> None:
        """Types that no message reaches."""
        used: set[int] = set()

        def reach(struct: Struct) -> None:
            if id(struct) not in used:
                used.add(id(struct))
                for _, inner in _children(struct):
                    reach(inner)

        for message in self._description.messages:
            reach(message.body)
        for struct in structs:
            if id(struct) not in used:
                self._diagnostics.report("W301", struct.span, f"no message uses '{struct.name}'")


#: Stands for a file descriptor until the member that has it is known.
_ANONYMOUS: Final = Member("", FileDescriptor(), Span(0, 0))
