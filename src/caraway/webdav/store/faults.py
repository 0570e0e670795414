"""Errors of the operating system as errors of the store."""

from __future__ import annotations

import errno
import os

from caraway.webdav.errors import (
    Exists,
    Forbidden,
    IsACollection,
    NameTooLong,
    NoSpace,
    NotFound,
    StoreError,
)
from caraway.webdav.paths import Path

_MEANINGS: dict[int, type[StoreError]] = {
    errno.ENOENT: NotFound,
    errno.ENOTDIR: NotFound,
    errno.ELOOP: NotFound,
    errno.ESTALE: NotFound,
    errno.EEXIST: Exists,
    errno.ENOTEMPTY: Exists,
    errno.EISDIR: IsACollection,
    errno.EACCES: Forbidden,
    errno.EPERM: Forbidden,
    errno.EROFS: Forbidden,
    errno.EINVAL: Forbidden,
    errno.EILSEQ: Forbidden,
    errno.ENXIO: Forbidden,
    errno.ETXTBSY: Forbidden,
    errno.ENOSPC: NoSpace,
    errno.EDQUOT: NoSpace,
    errno.EFBIG: NoSpace,
    errno.ENAMETOOLONG: NameTooLong,
}


def store_error(fault: OSError, path: Path) -> StoreError:
    """What a failed system call on ``path`` means; an error of the store is passed through."""
    if isinstance(fault, StoreError):
        return fault
    kind = _MEANINGS.get(fault.errno or 0, StoreError)
    return kind(f"{os.strerror(fault.errno or 0)}: {shown(path)}")


def status_of(fault: OSError) -> int:
    """The HTTP status of a failed system call."""
    return store_error(fault, ()).status


def shown(path: Path) -> str:
    """A path for a message: cut where it is long, and always printable."""
    text = "/" + "/".join(path)
    return text[:200].encode("utf-8", "backslashreplace").decode()
