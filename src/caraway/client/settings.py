"""What is remembered of servers: ``servers.toml`` in the user's configuration.

Each server has a table, called by the number of its virtual machine, or by
host and port where that is not known. Passwords are never in it.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
import tomllib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from caraway.errors import ActionFailed
from caraway.net.endpoint import Endpoint, TLSSettings, join_host

__all__ = ["ServerSettings", "Settings", "SharedFolder", "address_of", "configuration_directory"]

_HEAD = "# What caraway remembers of servers. Passwords are never kept here.\n"


@dataclass(frozen=True, slots=True)
class SharedFolder:
    """A folder that was shared with a server.

    Attributes:
        path: Where it is here.
        may_write: Whether the virtual machine was allowed to change it.
    """

    path: str
    may_write: bool = False


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What is known of one server.

    Attributes:
        key: The number of its virtual machine, else ``host:port``.
        name: What it is called.
        addresses: Where it was found, as ``host:port``.
        ca: Authorities to trust, PEM.
        host_subject: Subject of its certificate.
        public_key: DER of the public key to trust.
        folders: What was shared with it.
    """

    key: str
    name: str | None = None
    addresses: tuple[str, ...] = ()
    ca: str | None = None
    host_subject: str | None = None
    public_key: bytes | None = None
    folders: tuple[SharedFolder, ...] = ()

    def tls(self) -> TLSSettings:
        """What makes its certificate right."""
        return TLSSettings(
            ca_pem=self.ca, host_subject=self.host_subject, public_key=self.public_key
        )


class Settings:
    """The file, read anew each time it is asked.

    Args:
        path: Where it is; None for the user's.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = configuration_directory() / "servers.toml" if path is None else path

    def read(self) -> dict[str, ServerSettings]:
        """All servers by their keys; none where there is no file.

        Raises:
            ActionFailed: The file cannot be read, or is not as it should be.
        """
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise self._failure(str(error)) from None
        try:
            tables = tomllib.loads(text)
            return {key: _read_server(key, table) for key, table in tables.items()}
        except (tomllib.TOMLDecodeError, _WrongValue) as error:
            raise self._failure(str(error)) from None

    def find(
        self, *, uuid: UUID | None = None, address: str | None = None
    ) -> ServerSettings | None:
        """What is known of a server, by its number first.

        Raises:
            ActionFailed: As :meth:`read`.
        """
        servers = self.read()
        # All zeros is what QEMU says where nobody gave a number: many machines have it.
        if uuid is not None and uuid.int and str(uuid) in servers:
            return servers[str(uuid)]
        for server in servers.values():
            if address is not None and address in (server.key, *server.addresses):
                return server
        return None

    def remember(self, server: ServerSettings) -> None:
        """Write down a server, in place of what was known of it.

        Its addresses are no other server's any more, and what was known of it
        by one of them alone is dropped.

        Raises:
            ActionFailed: The file cannot be read or written.
        """
        taken = set(server.addresses) - {server.key}
        with self._locked():
            servers = {
                key: replace(each, addresses=tuple(a for a in each.addresses if a not in taken))
                for key, each in self.read().items()
                if key not in taken
            }
            servers[server.key] = server
            self._write(_HEAD + "".join(map(_format_server, servers.values())))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone among the programs of this user."""
        folder = self.path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise self._failure(str(error)) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _write(self, text: str) -> None:
        """Put the file in place at once; it is for its owner alone."""
        try:
            descriptor, name = tempfile.mkstemp(prefix=".servers.", dir=self.path.parent)
            try:
                with open(descriptor, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, self.path)
            except BaseException:
                os.unlink(name)
                raise
        except OSError as error:
            raise self._failure(str(error)) from None

    def _failure(self, what: str) -> ActionFailed:
        return ActionFailed(
            f"what is remembered of servers, {self.path}: {what}",
            hint="mend the file, or remove it to begin anew",
        )


def configuration_directory() -> Path:
    """Where the user's configuration lies, by the XDG base directory specification."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    # Relative paths are to be ignored, it says.
    root = Path(base) if base.startswith("/") else Path.home() / ".config"
    return root / "caraway"


def address_of(endpoint: Endpoint) -> str:
    """What a server is called as long as its number is not known."""
    if endpoint.unix_path is not None:
        return endpoint.unix_path
    return join_host(endpoint.host, endpoint.tls_port or endpoint.port)


class _WrongValue(ValueError):
    """A value of the file is not of the kind it should be."""


def _read_server(key: str, table: object) -> ServerSettings:
    if not isinstance(table, dict):
        raise _WrongValue(f"'{key}' is no table")
    reader = _Table(key, table)
    encoded = reader.text("public-key")
    try:
        public_key = None if encoded is None else b64decode(encoded, validate=True)
    except ValueError:
        raise _WrongValue(f"public-key of '{key}' is no base64") from None
    return ServerSettings(
        key,
        reader.text("name"),
        reader.texts("addresses"),
        reader.text("ca"),
        reader.text("host-subject"),
        public_key,
        reader.folders(),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """A server's table, whose values have to be of the right kinds."""

    key: str
    table: Mapping[str, object]

    def text(self, name: str) -> str | None:
        value = self.table.get(name)
        if value is None or isinstance(value, str):
            return value
        raise _WrongValue(f"{name} of '{self.key}' is no text")

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.table.get(name, [])
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(value)
        raise _WrongValue(f"{name} of '{self.key}' is no list of texts")

    def folders(self) -> tuple[SharedFolder, ...]:
        value = self.table.get("folders", [])
        folders = []
        for each in value if isinstance(value, list) else [None]:
            path = each.get("path") if isinstance(each, dict) else None
            may_write = each.get("write", False) if isinstance(each, dict) else None
            if not isinstance(path, str) or not isinstance(may_write, bool):
                raise _WrongValue(f"a folder of '{self.key}' needs a path, and write true or false")
            folders.append(SharedFolder(path, may_write))
        return tuple(folders)


def _format_server(server: ServerSettings) -> str:
    key = _quoted(server.key)
    lines = [f"\n[{key}]"]
    texts = {
        "name": server.name,
        "host-subject": server.host_subject,
        "public-key": None if server.public_key is None else b64encode(server.public_key).decode(),
        "ca": server.ca,
    }
    lines += [f"{name} = {_quoted(text)}" for name, text in texts.items() if text is not None]
    if server.addresses:
        lines.append(f"addresses = [{', '.join(map(_quoted, server.addresses))}]")
    for folder in server.folders:
        write = "true" if folder.may_write else "false"
        lines += [f"[[{key}.folders]]", f"path = {_quoted(folder.path)}", f"write = {write}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML string: as JSON's, but for one character that JSON does not escape."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
