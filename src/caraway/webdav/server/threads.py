"""What an application needs when worker threads carry out its slow requests."""

from __future__ import annotations

import threading

from caraway.webdav.application import make_token
from caraway.webdav.locks.lock import LockLimits
from caraway.webdav.locks.table import LockTable


def thread_safe_locks(limits: LockLimits | None = None) -> LockTable:
    """A table of locks for an application whose connections run on an event loop.

    They move and remove trees in threads, which forget the locks of what is gone.
    """
    return LockTable(make_token, limits, guard=threading.RLock())
