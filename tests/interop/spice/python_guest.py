"""A virtual machine with Python and our agent in it, built as users get it: one file.

The image of :mod:`tests.interop.spice.webdav_guest` with an archive behind it: Debian's Python
as bytecode alone, for under emulation it takes seconds to compile. spice-webdavd is there, and
is not started.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from caraway.protocol.port import WEBDAV_PORT
from scripts.build_agent import build
from tests.interop.spice.guest import Archive, Image, kept
from tests.interop.spice.qemu import Qemu
from tests.interop.spice.webdav_guest import Shell, add_webdav, serial
from tests.interop.spice.webdav_machine import Machine

#: Where the agent is, in the virtual machine.
AGENT = "/opt/caraway-agent.pyz"
#: Starts it, in the background; its events are lines of JSON.
START = f"setsid python3 {AGENT} --json </dev/null >>/tmp/agent.log 2>&1 &"
#: Of the virtio port, as QEMU has it.
PORT_ID = "port"
_PYTHON = Path("/usr/bin/python3")
#: Parts of Python that the agent has no use for.
_WITHOUT = (
    *("config-*", "curses", "dbm", "dist-packages", "distutils", "ensurepip", "idlelib"),
    *("lib2to3", "pydoc_data", "sqlite3", "test", "tkinter", "turtledemo", "unittest", "venv"),
    *("wsgiref", "xml", "xmlrpc", "__pycache__", "*.txt", "_sysconfigdata*"),
)
_COMPILE = """
import compileall, sys
root = sys.argv[1]
done = compileall.compile_dir(root, 9, quiet=1, legacy=True, stripdir=root, prependdir="/")
sys.exit(not done)
"""
#: Changes whenever something else would be built.
_EDITION = 1


@contextmanager
def booted_with_agent(image: Image) -> Iterator[Machine]:
    """A virtual machine that runs our agent, and has litmus."""
    with TemporaryDirectory(prefix="caraway-") as name:
        place = Path(name)
        options = [
            *("-m", "512"),
            *("-device", "virtio-serial-pci"),
            *("-chardev", f"spiceport,id=dav,name={WEBDAV_PORT}"),
            *("-device", f"virtserialport,chardev=dav,id={PORT_ID},name={WEBDAV_PORT}"),
            *serial(place / "serial"),
            *add_python(image, place, with_litmus=True).options,
        ]
        with Qemu(place / "qemu", options=options) as qemu:
            shell = Shell(place / "serial")
            try:
                shell.run(START)
                yield Machine(qemu, shell)
                # Shown by pytest when a test has failed.
                print(shell.run("cat /tmp/agent.log")[1])
            finally:
                shell.close()


def add_python(image: Image, folder: Path, *, with_litmus: bool = False) -> Image:
    """The image with Python and the agent in it, in ``folder``.

    Args:
        image: What boots.
        folder: For the new image.
        with_litmus: As for :func:`add_webdav`.

    Raises:
        AssertionError: Something is missing; the text says what.
    """
    image = add_webdav(image, folder, with_litmus=with_litmus)
    archive = Archive()
    archive.add("opt", 0o040755)
    archive.add(AGENT[1:], 0o100755, build())
    # Nothing is started by itself.
    archive.add("begin-webdav", 0o100644, b"ifconfig lo add ::1/128\n")
    with image.initramfs.open("ab") as initramfs:
        initramfs.write(archive.close())
        initramfs.write(python_archive())
    return image


def python_archive() -> bytes:
    """Debian's Python, archived now or at an earlier time."""
    assert _PYTHON.exists(), f"{_PYTHON} is missing: apt-get install python3"
    asked = [
        str(_PYTHON),
        "-c",
        "import json, sys, os; print(json.dumps([sys.version, os.__file__]))",
    ]
    version, place = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    name = re.sub(r"[^0-9a-z.]+", "-", f"python-{_EDITION}-{version}".lower())

    def make(building: Path) -> bytes:
        root = building / "root"
        library = Path(place).parent
        shutil.copytree(library, root / str(library)[1:], ignore=shutil.ignore_patterns(*_WITHOUT))
        subprocess.run([str(_PYTHON), "-c", _COMPILE, str(root)], check=True)
        return _archive(root)

    return kept(f"{name}.cpio", make)


def _archive(root: Path) -> bytes:
    archive = Archive()
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_dir():
            archive.add(name, 0o040755)
        elif path.suffix != ".py":
            archive.add(name, 0o100755, path.read_bytes())
    archive.add("bin/python3", 0o100755, _PYTHON.read_bytes())
    programs = [str(_PYTHON), *(str(path) for path in root.rglob("*.so"))]
    listed = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=True).stdout
    folders: set[Path] = set()
    for library in sorted(set(re.findall(r"(/\S+) \(0x", listed))):
        for parent in reversed(Path(library).parents[:-1]):
            if parent not in folders:
                folders.add(parent)
                archive.add(str(parent)[1:], 0o040755)
        archive.add(library[1:], 0o100755, Path(library).read_bytes())
    return archive.close()
