"""Says whether the real peers and tools of ``make interop`` are installed.

Usage: preflight.py [--packages]

Exit code 0 when all are there, 1 otherwise, after naming each missing one and
the command that installs them. ``--packages`` prints the Debian packages
instead, one on each line, whether installed or not.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Need:
    """A program, or a file where ``what`` is an absolute path, that the interop tests use."""

    what: str
    package: str
    purpose: str

    def is_met(self) -> bool:
        if self.what.startswith("/"):
            return Path(self.what).exists()
        return shutil.which(self.what) is not None


NEEDS = (
    Need("apt-get", "apt", "fetches the source package of spice"),
    Need("dpkg-source", "dpkg-dev", "unpacks the source package of spice"),
    Need("gcc", "gcc", "compiles the generated C header"),
    Need("g++", "g++", "compiles the generated C header as C++"),
    Need("/usr/include/stdint.h", "libc6-dev", "is included by the C header"),
    Need(
        "/usr/include/spice-1/spice/protocol.h",
        "libspice-protocol-dev",
        "is compared with the generated C header",
    ),
    Need("tshark", "tshark", "runs the generated Wireshark dissector"),
    Need("litmus", "litmus", "tests the WebDAV server"),
    Need("curl", "curl", "talks HTTP to the WebDAV server"),
    Need("openssl", "openssl", "makes the certificate that curl is to trust"),
    Need("htdigest", "apache2-utils", "makes a password file as Apache has it"),
    Need("rclone", "rclone", "copies trees to and from the WebDAV server and mounts it"),
    Need("fusermount3", "fuse3", "mounts for rclone"),
    Need("fio", "fio", "verifies what was written to rclone's mount"),
    Need("cadaver", "cadaver", "talks to the WebDAV server as people type"),
    Need("/usr/sbin/mount.davfs", "davfs2", "mounts the WebDAV server"),
    Need("/usr/libexec/gvfsd-dav", "gvfs-backends", "opens the WebDAV server for GNOME's programs"),
    Need("/usr/libexec/gvfsd-fuse", "gvfs-fuse", "mounts what those have opened"),
    Need("gio", "libglib2.0-bin", "types the commands of GNOME's programs"),
    Need("unshare", "util-linux", "keeps those mounts to themselves"),
    Need("chromium", "chromium", "shows the pages of the WebDAV server, and runs spice-html5"),
    Need("qemu-system-x86_64", "qemu-system-x86", "is the SPICE server to connect to"),
    Need("/usr/sbin/spice-webdavd", "spice-webdavd", "is the agent in the virtual machine"),
    Need("/usr/sbin/avahi-daemon", "avahi-daemon", "is what spice-webdavd does not go without"),
    Need("/usr/bin/dbus-daemon", "dbus-daemon", "is what avahi-daemon does not go without"),
    Need(
        "/usr/lib/x86_64-linux-gnu/qemu/ui-spice-core.so",
        "qemu-system-common",
        "is the part of QEMU that speaks SPICE",
    ),
    Need("virsh", "libvirt-clients", "describes virtual machines as libvirt's users do"),
    Need(
        "/usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_qemu.so",
        "libvirt-daemon-driver-qemu",
        "is the part of libvirt that starts QEMU",
    ),
    Need("apt-cache", "apt", "finds the kernel of the guest"),
    Need("dpkg", "dpkg", "unpacks the kernel of the guest"),
    Need("/bin/busybox", "busybox-static", "is all there is in the guest"),
    Need("systemd-analyze", "systemd", "reads the units that the agent installs"),
    Need("systemctl", "systemd", "enables one of them in the guest, before that boots"),
    Need("tinyproxy", "tinyproxy-bin", "is the proxy to connect through"),
    Need("/usr/sbin/saslpasswd2", "sasl2-bin", "makes users for QEMU's SASL"),
    Need(
        "/usr/lib/x86_64-linux-gnu/sasl2/libscram.so",
        "libsasl2-modules",
        "has PLAIN and SCRAM for QEMU and spice-gtk",
    ),
    Need(
        "/usr/lib/x86_64-linux-gnu/sasl2/libsasldb.so",
        "libsasl2-modules-db",
        "finds the users of QEMU's SASL",
    ),
    Need("/usr/bin/python3", "python3", "runs spice-gtk"),
    Need("/usr/lib/python3/dist-packages/gi", "python3-gi", "lets Python use spice-gtk"),
    Need(
        "/usr/lib/x86_64-linux-gnu/girepository-1.0/SpiceClientGLib-2.0.typelib",
        "gir1.2-spiceclientglib-2.0",
        "is spice-gtk, which connects to the server",
    ),
    Need("spicy", "spice-client-gtk", "connects to the server"),
    Need("remote-viewer", "virt-viewer", "connects to the server"),
    Need("Xvfb", "xvfb", "is the screen for them"),
    Need("/usr/lib/x86_64-linux-gnu/libXtst.so.6", "libxtst6", "is the mouse on that screen"),
    Need(
        "/usr/share/spice-html5/spice.html",
        "spice-html5",
        "connects to the server from a browser",
    ),
)


def shortage(needs: Sequence[Need] = NEEDS) -> str | None:
    """What is missing and how to install it, or None when nothing is."""
    missing = [need for need in needs if not need.is_met()]
    if not missing:
        return None
    packages = " ".join(sorted({need.package for need in missing}))
    return "\n".join(
        [
            "error: the interop tests cannot run:",
            *(f"  {need.what} is missing; it {need.purpose}" for need in missing),
            f"install with: sudo apt-get install {packages}",
        ]
    )


def main(arguments: Sequence[str]) -> int:
    if arguments == ["--packages"]:
        print("\n".join(sorted({need.package for need in NEEDS})))
        return 0
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    message = shortage()
    if message is None:
        return 0
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
