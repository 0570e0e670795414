"""Dead properties of files: in an extended attribute where there are any, else in a database.

All properties of a resource are one value, so that a change of several is one
system call or one statement: all or nothing. The attribute travels with the
file on MOVE and rename; one that grows too large for the file system becomes
a mark that the value is in the database.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping

from caraway.webdav.errors import NoSpace, StoreError
from caraway.webdav.paths import Path
from caraway.webdav.store.descriptors import Place
from caraway.webdav.store.faults import shown, store_error
from caraway.webdav.store.interface import PropertyName
from caraway.webdav.store.properties_database import PropertyDatabase

#: The extended attribute that holds them.
ATTRIBUTE = "user.caraway.properties"

#: Bytes that the properties of one resource may have together: a client could
#: otherwise fill the disk of the state directory through a read-write share.
MAX_PROPERTIES_BYTES = 1 << 20

#: The attribute's value where the database has the properties.
_IN_DATABASE = b"@"

_TOO_LARGE = (errno.ENOSPC, errno.E2BIG, errno.ERANGE, errno.EDQUOT)
_HAS_ATTRIBUTES = hasattr(os, "getxattr") and os.path.isdir("/proc/self/fd")


class DeadProperties:
    """Reads and writes them.

    Args:
        database: Where those go that no attribute can hold.
        with_attributes: Whether extended attributes are to be tried.
    """

    def __init__(self, database: PropertyDatabase, *, with_attributes: bool = True) -> None:
        self.database = database
        self._with_attributes = with_attributes and _HAS_ATTRIBUTES

    def get(self, place: Place) -> dict[PropertyName, str]:
        """The properties of what is at ``place``.

        Raises:
            StoreError: They cannot be read.
            OSError: The file cannot be reached.
        """
        value = self._attribute(_through(place)) if self._with_attributes else _IN_DATABASE
        if value == _IN_DATABASE:
            value = self.database.get(place.names) or b""
        return _parse(value, place.names) if value else {}

    def change(self, place: Place, changes: Mapping[PropertyName, str | None]) -> None:
        """Set or remove properties, all or none.

        Raises:
            NoSpace: There is no room for them.
            StoreError: They cannot be kept.
            OSError: The file cannot be changed.
        """
        properties = self.get(place)
        for name, text in changes.items():
            if text is None:
                properties.pop(name, None)
            else:
                properties[name] = text
        value = _write(properties)
        if len(value) > MAX_PROPERTIES_BYTES:
            raise NoSpace(
                f"properties have {len(value)} bytes, {MAX_PROPERTIES_BYTES} are allowed:"
                f" {shown(place.names)}; remove some"
            )
        if not value:
            if self._with_attributes:
                self._set_attribute(_through(place), value)
            self.database.forget([place.names])
        elif not self._with_attributes or not self._set_attribute(_through(place), value):
            # The database first: until the mark is there, the old value counts.
            self.database.set(place.names, value)
            if self._with_attributes:
                self._set_attribute(_through(place), _IN_DATABASE)
        else:
            self.database.forget([place.names])

    def _attribute(self, file: str) -> bytes:
        try:
            return os.getxattr(file, ATTRIBUTE, follow_symlinks=False)
        except OSError as fault:
            if fault.errno == errno.ENODATA:
                return b""
            if fault.errno == errno.ENOTSUP:
                return _IN_DATABASE
            raise

    def _set_attribute(self, file: str, value: bytes) -> bool:
        """Whether it could be set, or is not needed."""
        try:
            if value:
                os.setxattr(file, ATTRIBUTE, value, follow_symlinks=False)
            else:
                os.removexattr(file, ATTRIBUTE, follow_symlinks=False)
        except OSError as fault:
            if fault.errno == errno.ENODATA:
                return True
            if fault.errno == errno.ENOTSUP or fault.errno in _TOO_LARGE:
                return False
            raise
        return True


def copy_attributes(source: int | str, target: int) -> None:
    """Give a new file the extended attributes of the one that it copies or replaces.

    Those that the system does not let us set, such as security labels, are left out.

    Raises:
        NoSpace: There is no room for the dead properties.
    """
    if not _HAS_ATTRIBUTES:
        return
    follow = isinstance(source, int)
    try:
        names = os.listxattr(source, follow_symlinks=follow)
    except OSError as fault:
        if fault.errno in (errno.ENOTSUP, errno.EACCES, errno.ENOENT):
            return
        raise
    for name in names:
        try:
            os.setxattr(target, name, os.getxattr(source, name, follow_symlinks=follow))
        except OSError as fault:
            if name == ATTRIBUTE and fault.errno not in (errno.ENODATA, errno.ENOTSUP):
                raise store_error(fault, ()) from None


def attributes_path(place: Place) -> str:
    """Where a place's attributes are reached, the last name not followed."""
    return _through(place)


def _through(place: Place) -> str:
    return f"/proc/self/fd/{place.directory}/{place.name}"


def _parse(value: bytes, path: Path) -> dict[PropertyName, str]:
    try:
        return {(str(space), str(name)): str(text) for space, name, text in json.loads(value)}
    except (TypeError, ValueError):
        raise StoreError(
            f"dead properties are damaged: {shown(path)}; remove the attribute {ATTRIBUTE}"
        ) from None


def _write(properties: Mapping[PropertyName, str]) -> bytes:
    if not properties:
        return b""
    rows = [[space, name, text] for (space, name), text in properties.items()]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
