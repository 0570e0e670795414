"""A virtual machine with spice-webdavd in it, and its shell.

The image of :mod:`tests.interop.spice.guest` with an archive behind it, which the kernel
unpacks over the first: spice-webdavd, what that insists on, and curl.
"""

from __future__ import annotations

import base64
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

from tests.interop.command import ended_if_it_fails
from tests.interop.spice.guest import Archive, Image

#: Where the folder is, in the virtual machine.
URL = "http://localhost:9843"
_PROGRAMS = ("spice-webdavd", "curl", "dbus-daemon", "avahi-daemon")
#: litmus itself is a script that begins these, one after the other.
LITMUS = ("basic", "copymove", "props", "locks", "http")
_LITMUS_PLACE = Path("/usr/libexec/litmus")
#: Where litmus finds what it uploads.
HTDOCS = Path("/usr/share/litmus/htdocs")
_BEGIN = """
mkdir -p /run/dbus /tmp /var; ln -sf /run /var/run; chmod 1777 /tmp
hostname guest; ifconfig lo 127.0.0.1 up
dbus-daemon --config-file=/etc/bus.conf --fork
avahi-daemon -f /etc/avahi.conf --no-drop-root --no-chroot --no-rlimits -D >/tmp/avahi.log 2>&1
sh /begin-webdav
"""
_BEGIN_WEBDAV = "setsid spice-webdavd -p 9843 </dev/null >/tmp/webdav.log 2>&1 &\n"
_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen>
<auth>EXTERNAL</auth><policy context="default"><allow user="*"/><allow own="*"/>
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/></policy></busconfig>
"""
_AVAHI = """[server]
host-name=guest
use-ipv6=no
[wide-area]
enable-wide-area=no
[publish]
publish-hinfo=no
publish-workstation=no
"""
_FILES = {
    "begin": _BEGIN,
    "begin-webdav": _BEGIN_WEBDAV,
    "etc/bus.conf": _BUS,
    "etc/avahi.conf": _AVAHI,
    "etc/passwd": "root:x:0:0::/:/bin/sh\nmessagebus:x:100:100::/:/bin/false\n"
    "avahi:x:101:101::/:/bin/false\n",
    "etc/group": "root:x:0:\nmessagebus:x:100:\navahi:x:101:\nnetdev:x:102:\n",
    "etc/hosts": "127.0.0.1 localhost guest\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
}


def add_webdav(image: Image, folder: Path, *, with_litmus: bool = False) -> Image:
    """The image with spice-webdavd in it, in ``folder``.

    Args:
        image: What boots.
        folder: For the new image.
        with_litmus: The programs of litmus are in /bin; they need 80 MiB of memory.

    Raises:
        AssertionError: A program is missing; the text says which.
    """
    archive = Archive()
    # What is not in the path of the shell is found by its full name.
    archive.add("etc", 0o040755)
    for name, text in _FILES.items():
        archive.add(name, 0o100644, text.encode())
    folders = set()
    found = _programs(with_litmus=with_litmus)
    for path, content in sorted(found.items()):
        for parent in reversed(path.parents[:-1]):
            if parent not in folders:
                folders.add(parent)
                archive.add(str(parent)[1:], 0o040755)
        archive.add(str(path)[1:], 0o100755, content)
    initramfs = folder / "webdav.cpio"
    initramfs.write_bytes(image.initramfs.read_bytes() + archive.close())
    return Image(image.kernel, initramfs)


def _programs(*, with_litmus: bool) -> dict[Path, bytes]:
    """The programs in /bin, and each library where its loader looks for it."""
    programs = [shutil.which(name, path="/usr/sbin:/usr/bin") or name for name in _PROGRAMS]
    found = {}
    if with_litmus:
        programs += [str(_LITMUS_PLACE / name) for name in LITMUS]
        found[HTDOCS / "foo"] = (HTDOCS / "foo").read_bytes()
    libraries = {"/lib/x86_64-linux-gnu/libnss_files.so.2"}
    for program in map(Path, programs):
        assert program.exists(), f"{program} is missing: run scripts/preflight.py"
        found[Path("/bin") / program.name] = program.read_bytes()
        listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True)
        libraries.update(re.findall(r"(/\S+) \(0x", listed.stdout))
    for library in libraries:
        found[Path(library)] = Path(library).read_bytes()
    return found


class Shell:
    """The shell on the serial line of a QEMU started with :func:`serial`; use it from a thread.

    Args:
        path: The socket.
        boot_s: How long the virtual machine may take to boot.

    Raises:
        AssertionError: It did not boot in time.
    """

    def __init__(self, path: Path, *, boot_s: float = 120.0) -> None:
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(str(path))
        self._said = b""
        self._count = 0
        with ended_if_it_fails(self.close):
            self._wait_booted(boot_s)

    def _wait_booted(self, boot_s: float) -> None:
        deadline = time.monotonic() + boot_s
        # It may have asked before we listened, and what is said to it too early is lost.
        while True:
            try:
                self.run("true", timeout_s=2)
            except TimeoutError:
                assert time.monotonic() < deadline, f"no shell within {boot_s} s: {self._said!r}"
                continue
            return

    def run(self, command: str, *, timeout_s: float = 60.0) -> tuple[int, str]:
        """A command's exit code and what it said.

        Raises:
            TimeoutError: It takes longer.
        """
        self._count += 1
        # As it is echoed, the mark is not what it is as it is printed.
        keep = "printf '\\n%d' $? >>/tmp/out; base64 -w0 /tmp/out"
        line = f"( {command} ) >/tmp/out 2>&1; {keep}"
        assert len(line) < 900, "longer than the shell takes"
        self._connection.sendall(f"{line}; echo; echo '<'{self._count}'>'\n".encode())
        mark = f"\n<{self._count}>\r\n".encode()
        deadline = time.monotonic() + timeout_s
        while mark not in self._said:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"{command} took longer than {timeout_s} s")
            self._connection.settimeout(left)
            said = self._connection.recv(1 << 16)
            assert said, "the virtual machine is gone"
            self._said += said
        answer, _, self._said = self._said.partition(mark)
        text = base64.b64decode(answer.strip().rpartition(b"\n")[2]).decode(errors="replace")
        before, _, code = text.rpartition("\n")
        return int(code), before

    def close(self) -> None:
        """Leave it; the virtual machine goes on."""
        self._connection.close()


def serial(path: Path) -> list[str]:
    """QEMU's options that put the serial line on a socket."""
    return [
        *("-chardev", f"socket,id=serial,path={path},server=on,wait=off"),
        *("-device", "isa-serial,chardev=serial"),
    ]
