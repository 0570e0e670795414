"""Files of a folder that are open: for reading, and for being written as a whole."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import mmap
import os
import stat
import threading
from collections.abc import Callable

from caraway.webdav.errors import (
    Changed,
    Forbidden,
    IsACollection,
    NoSpace,
    NotFound,
    Overtaken,
    ParentMissing,
    StoreError,
)
from caraway.webdav.paths import Path
from caraway.webdav.store.dead_properties import attributes_path, copy_attributes
from caraway.webdav.store.descriptors import LIST, Descriptor, Place
from caraway.webdav.store.exchange import rename_new
from caraway.webdav.store.faults import shown, store_error
from caraway.webdav.store.folder_entries import TEMPORARY, Versions, entry_of
from caraway.webdav.store.interface import Entry

_counter = itertools.count()
#: Of this process, which a forked one shares, but not its number.
_CHANCE = os.urandom(6).hex()

#: Linux' ``FICLONE``: the new file shares the old one's blocks, where the file system can.
_FICLONE = 0x40049409
_COPY_BYTES = 1 << 20
#: The year 2262: what counts nanoseconds in 64 bits ends there.
_FARTHEST_NS = (1 << 63) - 1
_NO_COPY_RANGE = (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF)
#: Reads what is in memory and never waits for the disk; Linux has it.
_NOWAIT: int | None = getattr(os, "RWF_NOWAIT", None)
#: Faults of a socket, which its transport tells of.
_SOCKET_FAULTS = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.ETIMEDOUT, errno.EBADF)
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class FolderReader:
    """An open file; :meth:`read` with a size of 0 only looks whether it is unchanged.

    It is taken for changed when its size or time of change is another. Its
    other times are not looked at: being renamed or replaced does no harm.
    """

    __slots__ = ("_entry", "_holder", "_map", "_mtime_ns", "_size", "_view")

    def __init__(self, holder: Descriptor, entry: Entry) -> None:
        self._holder = holder
        # The file as memory, once it is sent from there.
        self._map: mmap.mmap | None = None
        self._view: memoryview | None = None
        self._entry = entry
        self._size = entry.size
        self._mtime_ns = entry.mtime_ns

    @property
    def entry(self) -> Entry:
        return self._entry

    def read(self, offset: int, size: int) -> bytes:
        size = min(size, max(0, self._size - offset))
        descriptor = self._holder.number
        try:
            data = os.pread(descriptor, size, offset) if size else b""
            while len(data) < size:
                more = os.pread(descriptor, size - len(data), offset + len(data))
                if not more:
                    break
                data += more
        except OSError as fault:
            raise store_error(fault, (self._entry.name,)) from None
        self._check(is_short=len(data) < size)
        return data

    def read_ready(self, offset: int, size: int) -> bytes | bytearray | None:
        if _NOWAIT is None:
            return None
        data = bytearray(min(size, max(0, self._size - offset)))
        try:
            count = os.preadv(self._holder.number, [data], offset, _NOWAIT)
        except OSError as fault:
            # Not in memory, or a file system that cannot tell.
            if fault.errno in (errno.EAGAIN, errno.EOPNOTSUPP, errno.EINVAL):
                return None
            raise store_error(fault, (self._entry.name,)) from None
        self._check(is_short=not count)
        del data[count:]
        return data

    def send_to(self, socket: int, offset: int, size: int) -> int:
        size = min(size, max(0, self._size - offset))
        if not size or not (self._is_ready(offset) and self._is_ready(offset + size - 1)):
            return 0
        view = self._mapped()
        if view is None:
            return 0
        count = 0
        try:
            # Not sendfile: what it sends is read when it leaves, or when it is
            # received. Somebody who writes into the file meanwhile would have
            # his bytes sent under the entity tag of the old ones.
            count = os.write(socket, view[offset : offset + size])
        except BlockingIOError:
            return 0
        except OSError as fault:
            if fault.errno in _SOCKET_FAULTS:
                return 0
            # EFAULT: the file became shorter than what is mapped.
            if fault.errno != errno.EFAULT:
                raise store_error(fault, (self._entry.name,)) from None
        self._check(is_short=not count)
        self._forget(offset, offset + count)
        return count

    def _mapped(self) -> memoryview | None:
        """The file as memory; None where that cannot be had."""
        if self._map is None:
            try:
                self._map = mmap.mmap(self._holder.number, self._size, access=mmap.ACCESS_READ)
            except (OSError, ValueError):
                # A file system without it, or a file that became shorter.
                return None
            self._view = memoryview(self._map)
        return self._view

    def _forget(self, start: int, end: int) -> None:
        """Let what was sent not count as memory of ours."""
        page = mmap.PAGESIZE
        first, last = start // page * page, end // page * page
        if self._map is not None and last > first and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED, first, last - first)

    def _is_ready(self, offset: int) -> bool:
        """Whether the byte at ``offset`` is in memory."""
        if _NOWAIT is None:
            return False
        try:
            return os.preadv(self._holder.number, [bytearray(1)], offset, _NOWAIT) == 1
        except OSError:
            return False

    def _check(self, *, is_short: bool) -> None:
        """That the file is still the one that was opened."""
        try:
            status = os.fstat(self._holder.number)
        except OSError as fault:
            raise store_error(fault, (self._entry.name,)) from None
        if is_short or status.st_size != self._size or status.st_mtime_ns != self._mtime_ns:
            raise Changed(
                f"{shown((self._entry.name,))} had {self._size} bytes when it was opened and now"
                f" has {status.st_size}, or others; ask for it again"
            )

    @property
    def holder(self) -> Descriptor:
        """Its descriptor."""
        return self._holder

    def close(self) -> None:
        self._holder.close()
        if self._view is not None and self._map is not None:
            self._view.release()
            self._map.close()
            self._view = self._map = None


class NewFile:
    """A file beside its later place, under a name that no request can reach.

    It is locked while its process lives, so that what a killed process left
    can be told from what is being written.

    Args:
        directory: Where it will be.
        mode: The permission bits, before the user's mask.
        holder: Keeps ``directory`` open, and is the file's from now on; None where
            the directory is somebody else's.

    Raises:
        OSError: It cannot be made.
    """

    def __init__(
        self, directory: int, mode: int = 0o666, *, holder: Descriptor | None = None
    ) -> None:
        self._name = ""
        self._holder = self._parent = Descriptor(-1)
        self._parent = Descriptor(os.dup(directory)) if holder is None else holder
        while True:
            name = f"{TEMPORARY}{os.getpid()}-{next(_counter)}-{_CHANCE}"
            self._holder = Descriptor(os.open(name, _NEW, mode, dir_fd=directory))
            self._name = name
            self.descriptor = self._holder.number
            # Where files cannot be locked, what is left behind is not swept either.
            with contextlib.suppress(OSError):
                fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(self.descriptor).st_nlink:
                break
            # Swept away between its making and the lock: once more.
            self._holder.close()

    def publish(self, directory: int, name: str, *, replaces: bool = True) -> None:
        """Put it in its place, at once.

        Args:
            replaces: What is there gives way.

        Raises:
            OSError: It cannot be; it is still where it was.
        """
        if replaces:
            os.rename(self._name, name, src_dir_fd=self._parent.number, dst_dir_fd=directory)
        else:
            rename_new(self._parent.number, self._name, directory, name)
        self._name = ""
        self.discard()

    def discard(self) -> None:
        """Close it, and remove it unless it was published."""
        if self._parent.number >= 0:
            if self._name:
                with contextlib.suppress(OSError):
                    os.unlink(self._name, dir_fd=self._parent.number)
            self._holder.close()
            self._parent.close()

    __del__ = discard

    def adopt(self, status: os.stat_result, source: int | str) -> None:
        """Take over permissions, owner and attributes of a file, as far as allowed.

        Raises:
            NoSpace: There is no room for its dead properties.
            OSError: Anything else that fails.
        """
        own = os.fstat(self.descriptor)
        if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
            with contextlib.suppress(PermissionError):
                os.chown(self.descriptor, status.st_uid, status.st_gid)
        # Never the set-user-ID bits: the content is another one's.
        mode = stat.S_IMODE(status.st_mode) & 0o777
        if mode != stat.S_IMODE(own.st_mode):
            os.chmod(self.descriptor, mode)
        copy_attributes(source, self.descriptor)


class FolderWriter:
    """New content of a file of a folder.

    Args:
        locate: Finds where the path leads now.
        path: The file's.
        place: Where it led when the writing began; the writer's from now on.
        versions: Those of the folder.
        changing: Held while one version takes the place of another.
        offset: Where the content goes; None for behind what ``base`` has.
        base: A file whose content is the beginning.
        fsync: Whether a commit waits for the disk.
        on_new: Called with the place of a file that was not there before.

    Raises:
        NoSpace: ``offset`` is farther behind the end of ``base`` than there is room.
        OSError: The file beside cannot be made.
    """

    def __init__(
        self,
        locate: Callable[[Path], Place],
        path: Path,
        place: Place,
        versions: Versions,
        *,
        changing: threading.Lock,
        fsync: bool,
        on_new: Callable[[Path], None],
        base: Descriptor | None = None,
        offset: int | None = 0,
    ) -> None:
        self._locate = locate
        self._path = path
        self._versions = versions
        self._changing = changing
        self._fsync = fsync
        self._on_new = on_new
        self._replaced = place.status
        # What replaces a private file must not be readable meanwhile either.
        mode = 0o666 if place.status is None else 0o600
        self._file = NewFile(place.directory, mode, holder=place.holder)
        self._base = Descriptor(-1)
        self._based_on: os.stat_result | None = None
        self._appends = offset is None
        self._position = offset or 0
        try:
            if base is not None:
                self._base = Descriptor(os.dup(base.number))
                self._based_on = os.fstat(base.number)
                gap = self._position - self._based_on.st_size
                _check_gap(self._file.descriptor, gap, path)
        except (OSError, StoreError):
            self._file.discard()
            raise

    def write(self, data: bytes | bytearray | memoryview) -> None:
        view = memoryview(data)
        try:
            self._begin()
            while view:
                count = os.pwrite(self._file.descriptor, view, self._position)
                self._position += count
                view = view[count:]
        except OSError as fault:
            raise store_error(fault, self._path) from None

    def _begin(self) -> None:
        """Copy what is there: it may be much, and who writes and commits may wait."""
        base = self._base
        if base.number >= 0:
            size = copy_content(base.number, self._file.descriptor)
            if self._appends:
                self._position = size
            base.close()

    def commit(
        self, *, mtime_ns: int | None = None, allows: Callable[[Entry | None], None] | None = None
    ) -> tuple[Entry, bool]:
        try:
            self._begin()
            if self._fsync:
                # Here already: others wait for what comes under the lock.
                os.fsync(self._file.descriptor)
            with self._changing:
                return self._commit(mtime_ns, allows)
        except OSError as fault:
            raise store_error(fault, self._path) from None
        finally:
            self.abort()

    def abort(self) -> None:
        self._file.discard()
        self._base.close()

    def _commit(
        self, mtime_ns: int | None, allows: Callable[[Entry | None], None] | None
    ) -> tuple[Entry, bool]:
        try:
            place = self._locate(self._path)
        except NotFound as fault:
            raise ParentMissing(str(fault)) from None
        try:
            old = place.status
            descriptor = self._file.descriptor
            self._check_base(old)
            if old is not None:
                check_file(old, self._path)
            if allows is not None:
                allows(None if old is None else entry_of(self._path[-1], old))
            if old is not None:
                self._file.adopt(old, attributes_path(place))
            elif self._replaced is not None:
                os.chmod(descriptor, stat.S_IMODE(self._replaced.st_mode) & 0o777)
            if mtime_ns is not None:
                set_mtime(descriptor, mtime_ns)
            status = self._versions.settle(descriptor, replaced=old)
            if self._fsync:
                os.fsync(descriptor)
            try:
                self._file.publish(place.directory, place.name)
            except FileNotFoundError:
                raise ParentMissing(
                    f"the collection was removed meanwhile: {shown(self._path[:-1])}"
                ) from None
            if self._fsync:
                sync_directory(place.directory)
            if old is None:
                self._on_new(place.names)
        finally:
            place.close()
        entry = entry_of(self._path[-1], status)
        assert entry is not None
        return entry, old is None

    def _check_base(self, found: os.stat_result | None) -> None:
        """That what is there is still what the new content is based on."""
        base = self._based_on
        if base is not None and (
            found is None
            or not os.path.samestat(found, base)
            or (found.st_size, found.st_mtime_ns) != (base.st_size, base.st_mtime_ns)
        ):
            raise Overtaken(f"changed meanwhile, send the part again: {shown(self._path)}")


def set_mtime(descriptor: int, mtime_ns: int) -> None:
    """Set a file's time of change; one that no system can hold becomes the nearest.

    Raises:
        OSError: It cannot be set.
    """
    mtime_ns = max(-_FARTHEST_NS, min(_FARTHEST_NS, mtime_ns))
    os.utime(descriptor, ns=(os.fstat(descriptor).st_atime_ns, mtime_ns))


def check_file(status: os.stat_result, path: Path) -> None:
    """That what is there is a file.

    Raises:
        IsACollection: It is a collection.
        Forbidden: It is a fifo, a socket or a device.
    """
    if stat.S_ISDIR(status.st_mode):
        raise IsACollection(f"a collection has no content: {shown(path)}")
    if not stat.S_ISREG(status.st_mode):
        raise Forbidden(f"neither a file nor a collection: {shown(path)}")


def copy_content(source: int, target: int) -> int:
    """Copy a file's bytes into an empty one; how many there are.

    Raises:
        OSError: Reading or writing fails.
    """
    size = os.fstat(source).st_size
    with contextlib.suppress(OSError):
        fcntl.ioctl(target, _FICLONE, source)
        return os.fstat(target).st_size
    position = 0
    while position < size:
        count = _copy_range(source, target, position)
        if not count:
            break
        position += count
    return position


def _copy_range(source: int, target: int, position: int) -> int:
    if hasattr(os, "copy_file_range"):
        try:
            return os.copy_file_range(source, target, _COPY_BYTES * 64, position, position)
        except OSError as fault:
            if fault.errno not in _NO_COPY_RANGE:
                raise
    data = os.pread(source, _COPY_BYTES, position)
    return os.pwrite(target, data, position)


def sync_directory(directory: int) -> None:
    """Wait until the names in a directory are on the disk."""
    listed = Descriptor(os.open(".", LIST, dir_fd=directory))
    os.fsync(listed.number)
    listed.close()


def _check_gap(descriptor: int, gap: int, path: Path) -> None:
    # A hole costs nothing to make, but whoever reads it is sent all its zeros.
    if gap > 0:
        space = os.fstatvfs(descriptor)
        free = space.f_bavail * space.f_frsize
        if gap > free:
            raise NoSpace(f"{gap} bytes before the part, {free} are free: {shown(path)}")
