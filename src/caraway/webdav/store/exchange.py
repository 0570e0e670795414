"""Renames that Linux has and Python does not offer: replacing nothing, and swapping two names."""

from __future__ import annotations

import errno
import functools
import os
from collections.abc import Callable
from typing import Final

#: Flags of ``renameat2``.
_NO_REPLACE: Final = 1
_EXCHANGE: Final = 2
#: What it says where the kernel or the file system does not know a flag.
_UNKNOWN: Final = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)


def rename_new(source: int, name: str, target: int, new_name: str) -> None:
    """Rename to where nothing is.

    Where the system cannot promise that, it is a plain rename: look before.

    Args:
        source: The descriptor of the directory that has ``name``.
        target: The same for ``new_name``.

    Raises:
        FileExistsError: Something is there.
        OSError: It cannot be renamed.
    """
    if not _renamed(source, name, target, new_name, _NO_REPLACE):
        os.rename(name, new_name, src_dir_fd=source, dst_dir_fd=target)


def exchange(source: int, name: str, target: int, new_name: str) -> bool:
    """Let two names change places, at once; False where the system cannot.

    Raises:
        OSError: One of them is not there, or they cannot be renamed.
    """
    return _renamed(source, name, target, new_name, _EXCHANGE)


def _renamed(source: int, name: str, target: int, new_name: str, flag: int) -> bool:
    call = system_call()
    if call is None:
        return False
    number = call(source, os.fsencode(name), target, os.fsencode(new_name), flag)
    if number and number not in _UNKNOWN:
        raise OSError(number, os.strerror(number))
    return not number


@functools.cache
def system_call() -> Callable[[int, bytes, int, bytes, int], int] | None:
    """``renameat2`` as a function that returns an error number; None where there is none."""
    # Imported late: few requests need it, and it costs memory and time to start.
    import ctypes

    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return None
    number, text = ctypes.c_int, ctypes.c_char_p
    function.argtypes = (number, text, number, text, ctypes.c_uint)

    def call(source: int, name: bytes, target: int, new_name: bytes, flag: int) -> int:
        return ctypes.get_errno() if function(source, name, target, new_name, flag) else 0

    return call
