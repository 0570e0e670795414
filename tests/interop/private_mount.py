"""Mounts of file systems in user space that nothing outlives.

Each has a mount and a process namespace of its own, which takes root. Nobody
else sees the mount; the tests reach it by way of ``/proc/PID/root``. When the
namespaces' first process ends, as it does with these tests, the kernel ends
the rest with it, and the mounts go with the last of them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.interop.command import environment, eventually


@contextmanager
def mounted(script: str, *, home: Path) -> Iterator[Path]:
    """Run a shell script that mounts something on ``$1``, and keep what it began.

    Args:
        script: It may change mounts as it likes: only it sees them. What it leaves in
            the background runs until the mount is to go.
        home: Its folder; ``mount`` in it is where to mount, ``mount.log`` what was said.

    Returns:
        Where the mount is seen from outside.

    Raises:
        AssertionError: Nothing was mounted in time.
    """
    point = home / "mount"
    point.mkdir(exist_ok=True)
    log_path = home / "mount.log"
    with log_path.open("ab") as log:
        process = subprocess.Popen(
            [
                *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
                *("sh", "-e", "-c", f"{script}\ncat", "sh", str(point)),
            ],
            cwd=home,
            env=environment(home),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
        )

    def said() -> str:
        return log_path.read_text(errors="replace")

    outside = Path(f"/proc/{process.pid}/root{point}")

    def is_mounted() -> bool:
        assert process.poll() is None, f"the mount ended; it takes root and /dev/fuse:\n{said()}"
        return os.path.ismount(outside)

    try:
        eventually(is_mounted, lambda: f"nothing was mounted:\n{said()}")
        yield outside
    finally:
        process.kill()
        process.communicate()
        print(said()[-4000:])
