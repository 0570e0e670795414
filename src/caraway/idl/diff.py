"""Compares two descriptions: can peers that were built from them talk to each other?

What counts is what stands on the wire, and the names by which programs use it.
Channels and messages are compared by number and name, inherited messages with
the channel that has them; bodies by the members in them with all structs
unfolded; enums by the names and numbers of their items. Not compared are
comments, C names and storage, the order of declarations, type names of
structs, typedefs, ``@ifdef``, and channels that are neither listed nor a base.

A change is *compatible* where an old and a new peer still understand each
other, whichever of them sends. The rules, with their reasons:

===============================  ==========  ==================================================
difference                       verdict     reason
===============================  ==========  ==================================================
anything renamed                 compatible  names are not on the wire; only programs see them
channel or message added         compatible  old peers do not open it; they report and skip it
channel or message removed       breaking    old peers still want it
channel or message renumbered    breaking    the number is all that names it on the wire
member added in between          breaking    everything behind it moves
member appended                  breaking    a new reader finds an old message too short
``[]`` appended to a message     compatible  none in an old message; left over for an old reader
  … which has pointers           breaking    targets stand behind the message: taken for elements
member with a new minor added    compatible  only peers that agreed on that minor have it
member removed or moved          breaking    everything behind it moves, or the end comes early
``[]`` removed from the end      breaking    what old peers send there is dropped unread
constant or empty struct         compatible  takes no bytes
width, sign, kind changed        breaking    the same bytes are read as something else
integer becomes enum, or back    compatible  the same bytes
array size changed               breaking    elements are counted otherwise
pointers of another size         breaking    everything behind a pointer moves
``@nonnull`` added               breaking    old writers may send null, new readers refuse it
``@nonnull`` removed             breaking    new writers may send null, old readers refuse it
``@zero`` removed                compatible  a reserve is used: old peers send 0 and do not look
``@zero`` added                  breaking    old readers find 0 where they look for a value
``@minor`` changed               breaking    peers of a minor in between disagree
file descriptor added, removed   breaking    one side waits for it, or loses it
discriminator, padding changed   breaking    another case is read, or another number of bytes
order of cases on flags          breaking    the first match is taken
order of cases on an enum        (the same)  one value selects one case
case for a new value             compatible  old peers never send it, and leave the bytes over
  … with more behind the switch  breaking    old readers lose their place
case for an old value            breaking    old peers neither send nor read its bytes
case removed                     breaking    old peers still send and read its bytes
enum added, removed              compatible  only names; the bytes belong to members
enum of another width            breaking    where a message has such a member
enum item added                  compatible  readers keep unknown values as numbers
enum item removed, renumbered    breaking    old peers still send the old number
===============================  ==========  ==================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from caraway.idl.diff_enums import compare_enums
from caraway.idl.diff_layouts import LayoutComparer
from caraway.idl.diff_rules import RULES, Severity, Subject
from caraway.idl.layout import has_pointers
from caraway.idl.model import DIRECTIONS, Channel, Description, Direction, Message

_Numbered = TypeVar("_Numbered", Channel, Message)
_Matched = tuple[list[tuple[_Numbered, _Numbered]], list[_Numbered], list[_Numbered]]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two descriptions.

    Attributes:
        where: The place, as in ``display.server.draw_copy.data.src_area.top``,
            ``channel port`` or ``enum image_type.LZ4``.
        what: What is different there.
        why: What that means for an old and a new peer.
    """

    severity: Severity
    where: str
    what: str
    why: str

    def to_json(self) -> dict[str, str]:
        """The same as plain values."""
        return asdict(self)


def compare(old: Description, new: Description) -> list[Change]:
    """What a peer or programmer who knows ``old`` has to know about ``new``.

    What many messages share is told once, with the first place and the
    number of others. The list is empty where the descriptions say the same.
    """
    comparer = _Comparer(old, new)
    comparer.compare()
    return comparer.changes()


def verdict(changes: Sequence[Change]) -> int:
    """0 for no change, 1 for compatible ones only, 2 for a breaking one."""
    if not changes:
        return 0
    return 2 if any(change.severity == "breaking" for change in changes) else 1


class _Comparer:
    def __init__(self, old: Description, new: Description) -> None:
        self._old, self._new = old, new
        self._found: dict[tuple[str, str, str | tuple[int, int]], dict[str, None]] = {}
        self._layouts = LayoutComparer(old, new, self._report)
        self._compared: set[tuple[int, int]] = set()

    def _report(self, rule: str, where: str, what: str, old: Subject, new: Subject) -> None:
        subject = where if old is None and new is None else (id(old), id(new))
        self._found.setdefault((rule, what, subject), {})[where] = None

    def changes(self) -> list[Change]:
        """What was reported, each once, in the order found."""
        made = []
        for (rule, what, _), places in self._found.items():
            severity, why = RULES[rule]
            first, others = next(iter(places)), len(places) - 1
            plural = "s" if others > 1 else ""
            where = f"{first} (and {others} other place{plural})" if others else first
            made.append(Change(severity, where, what, why))
        return made

    def compare(self) -> None:
        """Go through everything."""
        old, new = self._old, self._new
        if old.pointer_size != new.pointer_size and _uses_pointers(old) and _uses_pointers(new):
            what = f"{new.pointer_size} bytes, were {old.pointer_size}"
            self._report("pointer-size", "pointers", what, None, None)
        pairs, added, removed = _matched(old.listed, new.listed)
        for before, after in pairs:
            self._channels(before, after)
        for channel in added:
            what = f"added with number {channel.number}"
            self._report("channel-added", f"channel {channel.name}", what, None, None)
        for channel in removed:
            self._report("channel-removed", f"channel {channel.name}", "removed", None, None)
        compare_enums(old, new, self._layouts.enums, self._report)

    def _channels(self, old: Channel, new: Channel) -> None:
        where = f"channel {new.name}"
        if old.name != new.name:
            self._report("channel-renamed", where, f"was '{old.name}'", None, None)
        if old.number != new.number:
            what = f"number {new.number}, was {old.number}"
            self._report("channel-renumbered", where, what, None, None)
        for direction in DIRECTIONS:
            pairs, added, removed = _matched(old.messages(direction), new.messages(direction))
            for before, after in pairs:
                self._messages(old, new, before, after)
            for message in added:
                where = _place(message, new, self._old)
                what = f"added with number {message.number}"
                self._report("message-added", where, what, None, message)
            for message in removed:
                where = _place(message, old, self._new)
                self._report("message-removed", where, "removed", message, None)

    def _messages(
        self, old_channel: Channel, new_channel: Channel, old: Message, new: Message
    ) -> None:
        if (id(old), id(new)) in self._compared:
            return
        self._compared.add((id(old), id(new)))
        is_inherited = old.channel is not old_channel and new.channel is not new_channel
        owner = new.channel if is_inherited else new_channel
        where = f"{owner.name}.{new.direction}.{new.name}"
        if old.name != new.name:
            self._report("message-renamed", where, f"was '{old.name}'", old, new)
        if old.number != new.number:
            what = f"number {new.number}, was {old.number}"
            self._report("message-renumbered", where, what, old, new)
        self._layouts.compare(where, old.body, new.body)


def _place(message: Message, channel: Channel, others: Description) -> str:
    """How a message is called that the channel has in one description only.

    It is the base's where the base had or has no such message; otherwise the
    channel merely came to inherit it, or does no longer.
    """
    owner = message.channel
    counterpart = next((c for c in others.channels if c.type_name == owner.type_name), None)
    if counterpart is None or _has(counterpart, message.direction, message.name):
        owner = channel
    return f"{owner.name}.{message.direction}.{message.name}"


def _has(channel: Channel, direction: Direction, name: str) -> bool:
    return any(message.name == name for message in channel.messages(direction))


def _matched(old: Sequence[_Numbered], new: Sequence[_Numbered]) -> _Matched[_Numbered]:
    """What corresponds by name, and of the rest by number; what is left of the new and the old."""
    named = {each.name: each for each in old}
    names = {each.name for each in new}
    numbered = {each.number: each for each in old if each.name not in names}
    pairs = []
    added = []
    for each in new:
        origin = named.get(each.name) or numbered.pop(each.number, None)
        if origin is None:
            added.append(each)
        else:
            pairs.append((origin, each))
    return pairs, added, list(numbered.values())


def _uses_pointers(description: Description) -> bool:
    return any(has_pointers(message.body) for message in description.messages)
