"""``caraway probe``, ``port``, ``qmp`` and ``vv`` with QEMU, as people type them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.in_loop import in_loop
from tests.interop.command import read_line
from tests.interop.spice.certificates import Certificates
from tests.interop.spice.conftest import StartQemu
from tests.interop.spice.qemu import MONITOR, NAME, UUID, Qemu
from tests.interop.spice.spicegtk import SpiceGtk
from tests.patience import PATIENCE_S

PASSWORD = "secret"
AUTH, CONNECT, TLS, FAILED = 3, 10, 11, 30


@pytest.fixture(scope="module")
def machine(certificates: Certificates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Qemu]:
    """One that all tests here connect to."""
    place = tmp_path_factory.mktemp("q")
    with Qemu(place, password=PASSWORD, x509=certificates.folder) as started:
        yield started


Caraway = Callable[..., str]


@pytest.fixture
def caraway(tmp_path: Path) -> Caraway:
    """Runs a command to its end, and gives what it prints."""

    def run(*words: str, password: str = PASSWORD, expect: int = 0, stdin: str = "") -> str:
        environment = {**os.environ, "SPICE_PASSWORD": password, "HOME": str(tmp_path)}
        environment["XDG_CONFIG_HOME"] = str(tmp_path)
        done = subprocess.run(
            [sys.executable, "-m", "caraway", *words],
            env=environment,
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == expect, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout if not expect else done.stdout + done.stderr

    return run


def probed(text: str) -> dict[str, str]:
    """What became of each stage."""
    return {stage["name"]: stage["state"] for stage in json.loads(text)["stages"]}


def test_probe(machine: Qemu, caraway: Caraway) -> None:
    stages = probed(caraway("probe", "--yes", "--json", machine.uri))
    assert set(stages.values()) == {"ok"}
    assert list(stages)[:3] == ["resolve", "tcp", "link"]
    said = caraway("probe", "--yes", machine.uri)
    assert all(word in said for word in (NAME, UUID, MONITOR))


def test_probe_leaves_who_is_there(machine: Qemu, caraway: Caraway) -> None:
    """A port is open in another process while we look."""
    words = [sys.executable, "-m", "caraway", "port", machine.uri, MONITOR]
    with subprocess.Popen(
        words,
        env={**os.environ, "SPICE_PASSWORD": PASSWORD},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert "QMP" in read_line(other.stdout)
        stages = probed(caraway("probe", "--no-auth", "--json", machine.uri))
        assert stages["link"] == "ok"
        assert stages["authentication"] == "not tried"
        other.stdin.write(b'{"execute": "qmp_capabilities"}\n')
        assert "return" in read_line(other.stdout)
        # Another that proves who it is takes over, and the exit code says that.
        caraway("port", machine.uri)
        assert other.wait(PATIENCE_S) == 12


def test_probe_says_where_it_fails(
    machine: Qemu, certificates: Certificates, start_qemu: StartQemu, caraway: Caraway
) -> None:
    said = caraway("probe", "--yes", "--json", machine.uri, password="wrong", expect=AUTH)
    stages = probed(said[: said.rindex("}") + 1])
    assert stages["link"] == "ok"
    assert stages["authentication"] == "failed"

    encrypted = f"spice+tls://localhost:{machine.tls_port}"
    assert "--ca-file" in caraway("probe", encrypted, expect=TLS)
    assert "ok" in caraway("probe", "--ca-file", str(certificates.ca), encrypted)

    ended = start_qemu()
    ended.kill()
    assert "refused" in caraway("probe", ended.uri, expect=CONNECT)


def test_port(machine: Qemu, caraway: Caraway) -> None:
    assert MONITOR in caraway("port", machine.uri)
    asked = '{"execute": "qmp_capabilities"}\n{"execute": "query-name"}\n'
    words = ("port", machine.uri, MONITOR, "--quit-after", "3")
    lines = [json.loads(line) for line in caraway(*words, stdin=asked).splitlines()]
    assert "QMP" in lines[0]
    assert lines[1:] == [{"return": {}}, {"return": {"name": NAME}}]
    assert MONITOR in caraway("port", machine.uri, "no.such.port", expect=FAILED)


def test_qmp(machine: Qemu, caraway: Caraway) -> None:
    assert json.loads(caraway("qmp", machine.uri, "query-name")) == {"name": NAME}
    request = '{"execute": "query-uuid"}'
    assert json.loads(caraway("qmp", machine.uri, request)) == {"UUID": UUID}
    assert "CommandNotFound" in caraway("qmp", machine.uri, "no-such", expect=FAILED)
    answers = caraway("qmp", "--json", machine.uri, stdin="query-name\nquery-uuid\n").splitlines()
    assert [json.loads(line) for line in answers] == [{"name": NAME}, {"UUID": UUID}]


def test_qmp_with_a_long_answer(machine: Qemu, caraway: Caraway) -> None:
    """QEMU 7.2 keeps all but the first 131,136 bytes until it has something else to say."""
    schema = json.loads(caraway("qmp", "--json", machine.uri, "query-qmp-schema"))
    assert len(json.dumps(schema)) > 131_136


@in_loop
async def test_serve_and_spicegtk(tmp_path: Path) -> None:
    words = ("serve", "--json", "--name", NAME, "--port", "org.example.shell.0=exec:cat")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "caraway", *words),
        env={**os.environ, "SPICE_PASSWORD": PASSWORD},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    uri = json.loads(await process.stdout.readline())["uri"]
    number = uri.rpartition(":")[2]
    async with SpiceGtk(tmp_path, host="127.0.0.1", port=number, password=PASSWORD) as peer:
        await peer.wait("name", name=NAME)
        await peer.wait("port", name="org.example.shell.0", open=True)
        peer.tell("write", name="org.example.shell.0", data=b"there and back".hex())
        assert await peer.receive("org.example.shell.0", 14) == b"there and back"
    process.terminate()
    await process.communicate()


def test_connection_file(
    machine: Qemu, certificates: Certificates, caraway: Caraway, tmp_path: Path
) -> None:
    authority = certificates.ca.read_text().replace("\n", "\\n")
    lines = ["[virt-viewer]", "type=spice", "host=localhost", f"tls-port={machine.tls_port}"]
    lines += [f"password={PASSWORD}", f"ca={authority}", "delete-this-file=1", ""]
    path = tmp_path / "machine.vv"
    path.write_text("\n".join(lines))
    shown = caraway("vv", "show", str(path), password="")
    assert str(machine.tls_port) in shown
    assert PASSWORD not in shown
    assert path.exists()
    # From standard input, where there is nothing to delete, and then as a file.
    assert MONITOR in caraway("port", "-", password="", stdin=path.read_text())
    assert json.loads(caraway("qmp", str(path), "query-name", password="")) == {"name": NAME}
    assert not path.exists()
