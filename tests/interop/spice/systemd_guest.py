"""A virtual machine with systemd, udev and logind in it, as Debian has them, and our agent.

The image of :mod:`tests.interop.spice.guest` with archives behind it, whose shell makes room for
systemd: packages that apt fetches and that are never installed here, and Python as in
:mod:`tests.interop.spice.python_guest`. Commands of busybox stand in where Debian's are missing.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.build_agent import build
from tests.interop.spice.guest import Archive, Image, kept, run
from tests.interop.spice.python_guest import AGENT, python_archive

#: Who has logged in on the screen, and who has not.
USER, STRANGER = "alice", "mallory"
USER_ID = 1000
_PACKAGES = (
    *("curl", "dbus", "libpam-systemd", "login", "spice-webdavd", "systemd", "udev", "util-linux"),
)
#: What udev and systemd know spice-webdavd by, and where that is until a test installs it.
RIVAL = "/opt/spice-webdavd"
_RIVAL_FILES = (
    "usr/lib/systemd/system/spice-webdavd.service",
    "usr/lib/udev/rules.d/70-spice-webdavd.rules",
)
#: What those need, on a machine that is to be maintained.
_WITHOUT_PACKAGES = ("adduser_", "debconf_", "dpkg_", "libperl", "perl", "tar_", "usrmerge_")
#: What nothing in the virtual machine reads.
_WITHOUT = (
    *("etc/init.d", "usr/lib/*/gconv", "usr/lib/udev/hwdb.d", "usr/share/bash-completion"),
    *("usr/share/doc", "usr/share/locale", "usr/share/man", "usr/share/perl*", "usr/share/zsh"),
)
#: Folders of old systems, which are links now.
_LINKS = ("bin", "lib", "lib64", "sbin")
#: Where the system is until it is begun.
_ROOT = "sysroot"
#: Read by the first shell: from its system to another one. Nothing is copied.
_BEGIN = f"""
cd /{_ROOT}
mkdir -p dev proc root run sys tmp var home/{USER}
chown {USER_ID}:{USER_ID} home/{USER}; chmod 1777 tmp
mv /usr/lib/python3* usr/lib; mv /bin/python3 usr/bin
mv -n /lib/x86_64-linux-gnu/* usr/lib/x86_64-linux-gnu
cp /bin/busybox usr/bin; busybox --install -s usr/bin 2>/dev/null
# udev is to make that.
rm -r /dev/virtio-ports
mount --bind . .; cd /{_ROOT}
for each in dev proc sys; do mount --move /$each $each; done
mount --move . /
exec chroot . /lib/systemd/systemd
"""
_SHELL = """[Unit]
Description=Shell of the tests

[Service]
ExecStart=/bin/busybox sh -i
Environment=HOME=/root "PS1=guest# "
StandardInput=tty-force
StandardOutput=tty
TTYPath=/dev/ttyS0
"""
#: Somebody sits at the machine from the beginning.
_LOGIN = f"""[Service]
ExecStart=
ExecStart=-/sbin/agetty --noclear --autologin {USER} - $TERM
"""
_PAM = "auth required pam_permit.so\naccount required pam_permit.so\n"
_PAM_SESSION = "session required pam_unix.so\nsession optional pam_systemd.so\n"
_GROUPS = (
    *("adm", "audio", "cdrom", "dialout", "disk", "floppy", "input", "kmem", "kvm", "lp"),
    *("netdev", "render", "sgx", "shadow", "systemd-journal", "tape", "tty", "utmp", "video"),
)
#: Each is in a group of its own.
_USERS = {
    "root": (0, "/root:/bin/sh"),
    "messagebus": (200, "/:/bin/false"),
    "avahi": (201, "/:/bin/false"),
    USER: (USER_ID, f"/home/{USER}:/bin/sh"),
    STRANGER: (1001, "/:/bin/sh"),
    "nobody": (65534, "/:/bin/false"),
}
_FILES = {
    "etc/passwd": "".join(
        f"{name}:x:{number}:{number}::{rest}\n" for name, (number, rest) in _USERS.items()
    ),
    "etc/group": "".join(f"{name}:x:{number}:\n" for name, (number, _) in _USERS.items())
    + "".join(f"{name}:x:{300 + number}:\n" for number, name in enumerate(_GROUPS)),
    "etc/shadow": "".join(f"{name}:*:19000::::::\n" for name in _USERS),
    "etc/hosts": "127.0.0.1 localhost guest\n::1 localhost\n",
    "etc/hostname": "guest\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files\n",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "etc/pam.d/common-auth": _PAM,
    "etc/pam.d/common-account": _PAM,
    "etc/pam.d/common-password": "",
    "etc/pam.d/common-session": _PAM_SESSION,
    "etc/pam.d/common-session-noninteractive": _PAM_SESSION,
    "etc/systemd/system/shell.service": _SHELL,
    "etc/systemd/system/getty@tty1.service.d/login.conf": _LOGIN,
}
_UNIT_LINKS = {
    "default.target": "/lib/systemd/system/multi-user.target",
    "multi-user.target.wants/shell.service": "/etc/systemd/system/shell.service",
    "getty.target.wants/getty@tty1.service": "/lib/systemd/system/getty@.service",
}
#: Changes whenever something else would be built.
_EDITION = 1


def add_systemd(image: Image, folder: Path, installed: Path) -> Image:
    """The image with systemd and the agent in it, in ``folder``.

    Args:
        image: What boots.
        folder: For the new image.
        installed: What else is in the system: what the agent has installed, mostly.

    Raises:
        AssertionError: Something is missing; the text says what.
    """
    archive = Archive()
    archive.add("begin", 0o100644, _BEGIN.encode())
    archive.add(f"{_ROOT}/opt", 0o040755)
    archive.add(f"{_ROOT}{AGENT}", 0o100755, build())
    with TemporaryDirectory(dir=folder) as settings:
        _write_settings(Path(settings))
        _add_tree(archive, Path(settings))
    _add_tree(archive, installed)
    initramfs = folder / "systemd.cpio"
    with initramfs.open("wb") as output:
        output.write(image.initramfs.read_bytes())
        output.write(_systemd_archive())
        output.write(python_archive())
        output.write(archive.close())
    return Image(image.kernel, initramfs)


def _write_settings(root: Path) -> None:
    for name, text in _FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for name, target in _UNIT_LINKS.items():
        link = root / "etc/systemd/system" / name
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(target)


def _systemd_archive() -> bytes:
    """Debian's systemd and what it needs, archived now or at an earlier time."""

    def make(building: Path) -> bytes:
        root = building / "root"
        for package in _fetch(building):
            if not package.name.startswith(_WITHOUT_PACKAGES):
                run(["dpkg", "--extract", str(package), str(root)], building)
        _merge(root)
        archive = Archive()
        archive.add(_ROOT, 0o040755)
        _add_tree(archive, root)
        return archive.close()

    return kept(f"systemd-{_EDITION}.cpio", make)


def _fetch(folder: Path) -> list[Path]:
    """The packages, and what they need where nothing is installed yet."""
    (folder / "archives/partial").mkdir(parents=True)
    (folder / "status").touch()
    settings = {
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder,
        "APT::Install-Recommends": "false",
        # apt's own user could not write here.
        "APT::Sandbox::User": "root",
        "Debug::NoLocking": "true",
    }
    options = [f"-o{name}={value}" for name, value in settings.items()]
    run(["apt-get", *options, "--yes", "--download-only", "install", *_PACKAGES], folder)
    return sorted((folder / "archives").glob("*.deb"))


def _merge(root: Path) -> None:
    """Have all programs and libraries below usr, and leave out what nothing reads."""
    for name in _LINKS:
        if (root / name).is_dir():
            shutil.copytree(root / name, root / "usr" / name, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(root / name)
        (root / name).symlink_to(f"usr/{name}")
    for pattern in _WITHOUT:
        for path in root.glob(pattern):
            shutil.rmtree(path)
    for name in _RIVAL_FILES:
        aside = root / RIVAL[1:] / name
        aside.parent.mkdir(parents=True)
        (root / name).rename(aside)


def _add_tree(archive: Archive, root: Path) -> None:
    for path in sorted(root.rglob("*")):
        name = f"{_ROOT}/{path.relative_to(root)}"
        if path.is_symlink():
            archive.add(name, stat.S_IFLNK | 0o777, os.readlink(path).encode())
        elif path.is_dir():
            archive.add(name, 0o040755)
        else:
            # Everything is root's, and nothing runs with the rights of its owner.
            is_program = path.stat().st_mode & stat.S_IXUSR
            archive.add(name, 0o100755 if is_program else 0o100644, path.read_bytes())
