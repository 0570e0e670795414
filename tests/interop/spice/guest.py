"""A virtual machine that boots in seconds to a shell on its serial line.

Debian's kernel for clouds with busybox as everything else: no disk, no network.
What is built is kept in the temporary folder for the next time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.interop.spice.kernel import unpack

_KERNEL = "linux-image-cloud-amd64"
_BUSYBOX = Path("/bin/busybox")
#: In the order in which they have to be loaded.
_MODULES = (
    "virtio/virtio_ring",
    "virtio/virtio",
    "virtio/virtio_pci_legacy_dev",
    "virtio/virtio_pci_modern_dev",
    "virtio/virtio_pci",
    "char/virtio_console",
)
#: A plain one: emulation makes the newer ones slower. Copies take eight bytes at a time instead of
#: one (no ERMS), tables of pages have four levels instead of five. Random bytes are there at once.
_PROCESSOR = "qemu64,+rdrand"
_INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev
/bin/busybox --install -s /bin
export PATH=/bin HOME=/ PS1='guest# '
mount -t proc none /proc; mount -t sysfs none /sys; mount -t devtmpfs none /dev
while read -r module; do insmod "/$module.ko"; done </modules
mkdir -p /dev/virtio-ports
for port in /sys/class/virtio-ports/vport*; do
  [ -s "$port/name" ] && ln -s "../${port##*/}" "/dev/virtio-ports/$(cat "$port/name")"
done
[ -e /begin ] && . /begin
while :; do setsid sh -c 'exec sh -i </dev/ttyS0 >/dev/ttyS0 2>&1'; done
"""
#: Changes whenever something else would be built.
_EDITION = 4


@dataclass(frozen=True, slots=True)
class Image:
    """What QEMU boots."""

    kernel: Path
    initramfs: Path

    @property
    def command_line(self) -> str:
        """What the kernel is told."""
        # Nothing but the shell's words on the serial line.
        words = "console=tty0 quiet loglevel=0 panic=-1 mitigations=off nokaslr"
        # On a busy machine the timer's interrupts come too late for the kernel's test of them.
        words += " no_timer_check tsc=reliable"
        # What an emulated processor spends much of its time on, and nobody here has any use for.
        return f"{words} init_on_alloc=0 lsm=capability cgroup_disable=memory audit=0"

    @property
    def options(self) -> list[str]:
        """Those of QEMU."""
        return [
            *("-machine", "q35", "-cpu", _PROCESSOR),
            *("-kernel", str(self.kernel), "-initrd", str(self.initramfs)),
            *("-append", self.command_line),
        ]


def _cache() -> Path:
    """Where what is built is kept."""
    folder = Path(tempfile.gettempdir()) / f"caraway-interop-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    assert folder.stat().st_uid == os.getuid(), f"{folder} belongs to somebody else"
    return folder


def kept(name: str, make: Callable[[Path], bytes]) -> bytes:
    """What ``make`` makes, now or at an earlier time.

    Args:
        name: Of the file that keeps it.
        make: Called with an empty folder to work in.
    """
    place = _cache() / name
    if not place.exists():
        with TemporaryDirectory(dir=_cache()) as building:
            made = Path(building) / "made"
            made.write_bytes(make(Path(building)))
            made.rename(place)
    return place.read_bytes()


def build_image() -> Image:
    """The image, made now or at an earlier time.

    Raises:
        AssertionError: A tool is missing or apt failed; the text says which.
    """
    folder = _cache()
    place = folder / f"guest-{_EDITION}"
    image = Image(place / "kernel", place / "initramfs.cpio")
    if image.initramfs.exists():
        return image
    building = Path(tempfile.mkdtemp(dir=folder))
    try:
        _build(_kernel_package(), building)
        if not place.exists():
            building.rename(place)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return image


def _kernel_package() -> str:
    listed = run(["apt-cache", "depends", _KERNEL], Path("/"))
    names = [line.split()[1] for line in listed.splitlines() if "Depends: linux-image" in line]
    assert names, f"apt knows no package {_KERNEL}: run apt-get update"
    return names[0]


def _build(package: str, folder: Path) -> None:
    # apt's own user could not write here.
    run(["apt-get", "-oAPT::Sandbox::User=root", "--quiet", "download", package], folder)
    [archive] = folder.glob("*.deb")
    root = folder / "root"
    run(["dpkg", "--extract", str(archive), str(root)], folder)
    [kernel] = (root / "boot").glob("vmlinuz-*")
    [drivers] = root.glob("lib/modules/*/kernel/drivers")
    (folder / "initramfs.cpio").write_bytes(_initramfs(drivers))
    (folder / "kernel").write_bytes(unpack(kernel.read_bytes()))
    shutil.rmtree(root)
    archive.unlink()


def _initramfs(drivers: Path) -> bytes:
    assert _BUSYBOX.exists(), f"{_BUSYBOX} is missing: apt-get install busybox-static"
    program = _BUSYBOX.read_bytes()
    # A program that needs libraries names who loads them.
    assert b"/ld-linux" not in program, f"{_BUSYBOX} needs libraries: install busybox-static"
    archive = Archive()
    archive.add("bin", 0o040755)
    archive.add("bin/busybox", 0o100755, program)
    archive.add("init", 0o100755, _INIT.encode())
    names = []
    for module in _MODULES:
        name = Path(module).name
        names.append(name)
        archive.add(f"{name}.ko", 0o100644, (drivers / f"{module}.ko").read_bytes())
    archive.add("modules", 0o100644, "".join(f"{name}\n" for name in names).encode())
    return archive.close()


class Archive:
    """An archive as the kernel unpacks it: cpio in its "newc" form."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._count = 0

    def add(self, name: str, mode: int, content: bytes = b"") -> None:
        """Add a file or a folder."""
        self._count += 1
        encoded = name.encode() + b"\0"
        numbers = [self._count, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(encoded), 0]
        self._data += b"070701" + b"".join(b"%08X" % number for number in numbers) + encoded
        self._data += bytes(-len(self._data) % 4)
        self._data += content
        self._data += bytes(-len(self._data) % 4)

    def close(self) -> bytes:
        """The archive with its end."""
        self.add("TRAILER!!!", 0)
        return bytes(self._data)


def run(command: list[str], folder: Path) -> str:
    """What a tool says.

    Raises:
        AssertionError: It failed; the text is what it said.
    """
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, f"{' '.join(command)} failed:\n{run.stdout}{run.stderr}"
    return run.stdout
