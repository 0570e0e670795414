"""Password files on disk, read again whenever they have changed."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from caraway.webdav.errors import PasswordFileError

T = TypeVar("T", covariant=True)

_logger = logging.getLogger("caraway.webdav")
#: A file that is larger was named by mistake.
MAX_BYTES = 16 << 20


class PasswordFile(Generic[T]):
    """What a password file says, as it is now.

    A file that changes for the worse, or goes away, does not lock everybody
    out: what it said before holds, and the log says what is wrong with it.

    Attributes:
        path: The file.

    Args:
        parse: Makes something of its bytes; the second argument is its name,
            for messages.

    Raises:
        PasswordFileError: It cannot be read, or breaks its format.
    """

    def __init__(self, path: Path, parse: Callable[[bytes, str], T]) -> None:
        self.path = path
        self._parse = parse
        self._seen = self._signature()
        self._content = self._read()

    def __call__(self) -> T:
        """What the file says."""
        try:
            seen = self._signature()
        except PasswordFileError as error:
            if self._seen is not None:
                self._seen = None
                _logger.warning("%s; what it said before still holds", error)
            return self._content
        if seen != self._seen:
            self._seen = seen
            try:
                self._content = self._read()
            except PasswordFileError as error:
                _logger.warning("%s; what it said before still holds", error)
        return self._content

    @property
    def is_exposed(self) -> bool:
        """Whether everybody on this machine may read the file.

        Raises:
            PasswordFileError: It cannot be looked at.
        """
        try:
            return bool(self.path.stat().st_mode & stat.S_IROTH)
        except OSError as fault:
            raise self._fault(fault) from None

    def _signature(self) -> tuple[int, ...] | None:
        try:
            status = os.stat(self.path)
        except OSError as fault:
            raise self._fault(fault) from None
        return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino

    def _read(self) -> T:
        try:
            with self.path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as fault:
            raise self._fault(fault) from None
        if len(data) > MAX_BYTES:
            raise PasswordFileError(f"{self.path}: more than {MAX_BYTES} bytes: no password file")
        return self._parse(data, str(self.path))

    def _fault(self, fault: OSError) -> PasswordFileError:
        return PasswordFileError(f"{self.path}: {fault.strerror or fault}")
