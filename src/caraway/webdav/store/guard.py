"""What keeps threads apart that use the same tables."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager


def new_guard() -> AbstractContextManager[object]:
    """A guard that one thread at a time holds, more than once if it likes."""
    return threading.RLock()
