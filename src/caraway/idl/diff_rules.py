"""What each kind of difference means for peers of either version.

A change is *compatible* where two peers, one of each version, still
understand each other whichever of them sends; otherwise it is *breaking*.
What a capability or a minor can keep from an old peer counts as compatible.
Names are not on the wire: they only matter to programs that use them.
"""

from __future__ import annotations

from typing import Final, Literal, Protocol

from caraway.idl.model import Item, Member, Message

Severity = Literal["breaking", "compatible"]

_SHIFTED = "everything behind it is at another place"
_NAMES = "names are not on the wire; programs that use the old one change"

#: Severity and reason of each kind of difference, by the name that the code uses for it.
RULES: Final[dict[str, tuple[Severity, str]]] = {
    # Channels and messages
    "pointer-size": ("breaking", "a reader takes too many or too few bytes for each pointer"),
    "channel-added": ("compatible", "an old peer does not open a channel it does not know"),
    "channel-removed": ("breaking", "an old peer opens it in vain"),
    "channel-renumbered": ("breaking", "the number is how peers name the channel"),
    "channel-renamed": ("compatible", _NAMES),
    "message-added": ("compatible", "an old peer reports the unknown number and skips it"),
    "message-removed": ("breaking", "an old peer still sends it or waits for it"),
    "message-renumbered": ("breaking", "the number is how a reader knows the message"),
    "message-renamed": ("compatible", _NAMES),
    # Members
    "renamed": ("compatible", _NAMES),
    "inserted": ("breaking", _SHIFTED),
    "removed": ("breaking", _SHIFTED),
    "moved": ("breaking", "readers of the other version find something else in its place"),
    "appended": ("breaking", "a new reader finds an old message too short"),
    "cut": ("breaking", "an old reader finds a new message too short"),
    "rest-appended": (
        "compatible",
        "an old message has no elements there, and an old reader lets bytes be left over",
    ),
    "rest-among-targets": ("breaking", "targets of pointers stand there, and become its elements"),
    "rest-removed": ("breaking", "what an old peer sends there is dropped unread"),
    "silent": ("compatible", "it takes no bytes"),
    "descriptor-added": ("breaking", "an old peer neither sends nor takes a descriptor"),
    "descriptor-removed": ("breaking", "an old peer sends a descriptor or waits for it"),
    "minor-added": ("compatible", "only peers that agreed on the newer minor have it"),
    "minor": ("breaking", "peers of some minors disagree on whether it is there"),
    "zero-added": ("breaking", "an old peer finds zero where it looks for a value"),
    "zero-removed": ("compatible", "an old peer writes zero there and does not look at it"),
    # Types of members
    "kind": ("breaking", "the same bytes mean something else"),
    "width": ("breaking", _SHIFTED),
    "sign": ("breaking", "numbers of the upper half are read as negative ones, or these as large"),
    "named": ("compatible", "the bytes are the same; only some values have names"),
    "array-size": ("breaking", "readers of the other version count the elements otherwise"),
    "nonnull-added": ("breaking", "an old peer may send null, which a new one refuses"),
    "nonnull-removed": ("breaking", "a new peer may send null, which an old one refuses"),
    # Switches
    "selector": ("breaking", "readers of the other version choose the case by something else"),
    "fixedsize": ("breaking", "readers of the other version skip more bytes or fewer"),
    "case-order": ("breaking", "the first case that matches is taken, and it may be another one"),
    "case-filled": ("breaking", "an old peer neither sends nor reads bytes for this value"),
    "case-removed": ("breaking", "an old peer still sends bytes for this value, and reads them"),
    "case-added": (
        "compatible",
        "an old peer never sends the value, and lets the bytes behind it be left over",
    ),
    "case-added-inside": (
        "breaking",
        "an old reader does not know of these bytes, and more follows behind them",
    ),
    # Enums
    "enum-added": ("compatible", _NAMES),
    "enum-removed": ("compatible", _NAMES),
    "enum-renamed": ("compatible", _NAMES),
    "enum-width": ("breaking", "members of this type take another number of bytes"),
    "enum-width-unused": ("compatible", "no message has a member of this type"),
    "enum-kind": ("breaking", "one side reads a set of bits where the other has one value"),
    "enum-swapped": ("compatible", "all values mean the same in both"),
    "enum-mistaken": ("breaking", "some values mean something else"),
    "item-added": ("compatible", "an old peer keeps a value it does not know as a number"),
    "item-removed": ("breaking", "an old peer still uses the value"),
    "item-renumbered": ("breaking", "the other side takes it for another value"),
    "item-renamed": ("compatible", _NAMES),
}

Subject = Member | Message | Item | None


class Report(Protocol):
    """Takes one difference.

    Args:
        rule: A key of :data:`RULES`.
        where: The place, as in ``main.server.init.session_id``.
        what: What is different there.
        old, new: What differs. The same pair in many places is told once.
    """

    def __call__(self, rule: str, where: str, what: str, old: Subject, new: Subject) -> None: ...
