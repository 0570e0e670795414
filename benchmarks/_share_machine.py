"""The virtual machine in which shared folders are measured: an agent, curl, and scripts."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import _machine
from benchmarks._client import WrongAnswer
from caraway.protocol.port import WEBDAV_PORT
from tests.interop.spice.guest import Archive, Image, build_image
from tests.interop.spice.python_guest import START, add_python
from tests.interop.spice.qemu import Qemu
from tests.interop.spice.webdav_guest import URL, Shell, serial

#: Agents that may hold the port, one at a time, by the name of their process.
WEBDAVD = "spice-webdavd"
OUR_AGENT = "python3"
_STARTS = {
    WEBDAVD: "setsid spice-webdavd -p 9843 </dev/null >/tmp/webdav.log 2>&1 &",
    OUR_AGENT: START,
}
#: How long a folder may take to be there, seconds: of an emulated machine that loads Python.
_PATIENCE_S = 60.0

#: Where a server of the virtual machine's own is. It answers whatever it is asked with 1 KiB:
#: what takes as long with it is curl's, and the kernel's there.
FLOOR_URL = "http://localhost:9844"
_FLOOR = """\
import selectors, socket
answer = b"HTTP/1.1 200 OK\\r\\nContent-Length: 1024\\r\\n\\r\\n" + bytes(1024)
listener = socket.create_server(("127.0.0.1", 9844), backlog=64)
waiting = selectors.DefaultSelector()
waiting.register(listener, selectors.EVENT_READ)
while True:
    for key, _ in waiting.select():
        if key.fileobj is listener:
            waiting.register(listener.accept()[0], selectors.EVENT_READ)
        elif key.fileobj.recv(65536):
            key.fileobj.sendall(answer)
        else:
            waiting.unregister(key.fileobj)
            key.fileobj.close()
"""
# It has a name of its own: agents are ended by theirs.
_START_FLOOR = f"""
cp /bin/python3 /bin/floor
setsid floor /measure/floor.py </dev/null >/tmp/floor.log 2>&1 &
until curl -sf -o /dev/null {FLOOR_URL}; do usleep 50000; done
"""

# Each is given what it needs as arguments and answers in lines of numbers.
_SCRIPTS = {
    # Answers of 1 KiB, a new connection each.
    "small": """
curl -sf -H 'Connection: close' -o /dev/null -w '%{time_total} %{size_download}\\n' \\
  "$1/small/f[0000-$2]"
""",
    # The same over 16 connections, and how long it took in all.
    "parallel": """
time -f 'took %e' curl -sf -Z --parallel-max 16 --parallel-immediate -o /dev/null \\
  -w '%{time_total} %{size_download}\\n' "$1/small/f[0000-$2]" 2>/tmp/took
grep took /tmp/took
""",
    # Small ones, not more than one a second, while two big ones come: those that ended meanwhile.
    # All clients then have about as many to answer, and the big ones are comparable.
    "loaded": f"""
cd /tmp
curl -sf -o /dev/null -w '%{{time_total}} %{{size_download}}\\n' \\
  "{URL}/{{big.bin,big.bin}}" >loaded-big & big=$!
usleep 700000
curl -sf --rate 1/s -o /dev/null -w '%{{stderr}}%{{time_total}} %{{size_download}}\\n' \\
  "{URL}/small/f[0000-0999]" 2>loaded-small & small=$!
wait $big || exit 1
cat loaded-small loaded-big
kill $small
wait $small
true
""",
    "get": f"""
curl -sf -o /dev/null -w '%{{time_total}} %{{size_download}}\\n' {URL}/big.bin
""",
    # The real client takes a request that expects to be told to go on for an empty one.
    "put": f"""
curl -sf -H 'Expect:' -o /dev/null -w '%{{time_total}} %{{size_upload}}\\n' -T /tmp/up \\
  {URL}/drop/up.bin
""",
    # All properties of the files in a folder, and how many there were.
    "propfind": f"""
curl -sf -X PROPFIND -H 'Depth: 1' $1 -o /tmp/found -w '%{{time_total}} %{{size_download}} ' \\
  {URL}/many/
case $(head -c 2 /tmp/found | base64) in H4s=) zcat </tmp/found ;; *) cat /tmp/found ;; esac \\
  | grep -o '<[A-Za-z:]*response>' | wc -l
""",
}


def _add_scripts(image: Image, folder: Path) -> Image:
    """The image with the scripts in it."""
    archive = Archive()
    archive.add("measure", 0o040755)
    for name, text in {**_SCRIPTS, "floor.py": _FLOOR, "start-floor": _START_FLOOR}.items():
        archive.add(f"measure/{name}", 0o100755, text.encode())
    initramfs = folder / "measured.cpio"
    initramfs.write_bytes(image.initramfs.read_bytes() + archive.close())
    return Image(image.kernel, initramfs)


class Machine:
    """A virtual machine that runs; made by :func:`boot`.

    Attributes:
        qemu: What emulates it.
    """

    def __init__(self, qemu: Qemu, shell: Shell) -> None:
        self.qemu = qemu
        self._shell = shell
        self._agent = ""

    def run(self, command: str, *, timeout_s: float = 300.0) -> str:
        """What a command says.

        Raises:
            WrongAnswer: It failed, or took too long.
        """
        try:
            code, said = self._shell.run(command, timeout_s=timeout_s)
        except TimeoutError as error:
            raise WrongAnswer(str(error)) from error
        if code:
            raise WrongAnswer(f"{command!r} ended with {code}: {said[-300:]}")
        return said

    def measure(self, script: str, *arguments: str) -> list[list[float]]:
        """The numbers that one of the scripts prints, line by line; words are left out.

        Raises:
            WrongAnswer: It failed.
        """
        said = self.run(shlex.join(["sh", f"/measure/{script}", *arguments]))
        lines = (
            [float(each) for each in line.split() if each[0].isdigit()]
            for line in said.splitlines()
        )
        # A shell says so when it ends a program.
        return [line for line in lines if line]

    def cpu_s(self) -> float:
        """Seconds of processor time that it has used, QEMU included."""
        return _machine.cpu_s(self.qemu.pid)

    def use_agent(self, agent: str) -> None:
        """Let the port be held by one of the agents."""
        if agent == self._agent:
            return
        if self._agent:
            self.run(
                f"killall {self._agent}; while pidof {self._agent}; do usleep 50000; done; true"
            )
        self._agent = agent
        self.run(_STARTS[agent])

    def wait_shared(self) -> None:
        """Wait until the folder answers in it.

        Raises:
            WrongAnswer: It does not.
        """
        ask = f"curl -sf -m 5 -o /dev/null {URL}/small/f0000"
        try:
            self.run(f"until {ask}; do usleep 50000; done", timeout_s=_PATIENCE_S)
        except WrongAnswer as error:
            raise WrongAnswer(f"no folder came: {error}\n{self.qemu.log}") from error


@contextmanager
def boot(place: Path, *, upload_mib: int) -> Iterator[Machine]:
    """A virtual machine with two processors, one for curl and one for the agent; a file to upload.

    Args:
        place: A folder with a short path.
    """
    image = _add_scripts(add_python(build_image(), place), place)
    options = [
        *("-smp", "2", "-m", str(900 + 3 * upload_mib)),
        *("-device", "virtio-serial-pci"),
        *("-chardev", f"spiceport,id=dav,name={WEBDAV_PORT}"),
        *("-device", f"virtserialport,chardev=dav,name={WEBDAV_PORT}"),
        *serial(place / "serial"),
        *image.options,
    ]
    with Qemu(place / "qemu", options=options) as qemu:
        shell = Shell(place / "serial")
        machine = Machine(qemu, shell)
        # Again and again the same random bytes: too far apart for any of them to be packed.
        machine.run("dd if=/dev/urandom of=/tmp/block bs=1M count=1")
        machine.run(f"for i in $(seq {upload_mib}); do cat /tmp/block; done >/tmp/up")
        machine.run("sh /measure/start-floor")
        yield machine
        shell.close()
