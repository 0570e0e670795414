"""Write locks: who holds which, what a change needs, and when they end.

No I/O and no clock: every call is told the time as ``now``, in seconds of a
clock that never goes back. Locks whose time is over are dropped on the way.

Source: RFC 4918 §6, §7, §9.10, §9.11.
"""
