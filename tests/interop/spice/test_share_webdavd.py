"""A folder through QEMU, spice-server and spice-webdavd, to curl and litmus in the machine."""

from __future__ import annotations

import hashlib
import re
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.in_loop import in_loop
from tests.interop.spice.guest import Image
from tests.interop.spice.webdav_guest import URL
from tests.interop.spice.webdav_machine import Machine, booted, sharing

#: Some times what may be on its way.
CONTENT = bytes(range(256)) * (32 << 10)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
#: Prints the status alone.
STATUS = "curl -s -m 30 -o /dev/null -w '%{http_code}'"


@pytest.fixture(scope="module")
def machine(image: Image) -> Iterator[Machine]:
    with booted(image, with_litmus=True) as machine:
        yield machine


@in_loop
async def test_read_and_write(machine: Machine, tmp_path: Path) -> None:
    check = machine.check
    async with sharing(machine, tmp_path) as shared:
        await machine.exchange(tmp_path, CONTENT)
        assert await check(f"{STATUS} {URL}/nothing") == "404"
        # Several answers on one connection.
        assert await check(f"curl -sf {URL}/small {URL}/small {URL}/small") == "small" * 3
        assert not shared.host.takes_credits


@in_loop
async def test_list_copy_move_delete(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "one").write_bytes(b"1")
    async with sharing(machine, tmp_path):
        check = machine.check
        listing = await check(f"curl -sf -X PROPFIND -H 'Depth: 1' {URL}/folder/")
        assert re.findall(r"<(?:D:)?href>(?:http://[^/]*)?([^<]*)<", listing) == [
            "/folder/",
            "/folder/one",
        ]

        async def to(method: str, source: str, target: str) -> str:
            destination = f"-H 'Destination: {URL}/{target}'"
            return await check(f"{STATUS} -X {method} {destination} {URL}/{source}")

        assert await to("COPY", "folder", "copy") == "201"
        assert await to("MOVE", "copy/one", "moved") == "201"
        assert (tmp_path / "moved").read_bytes() == (tmp_path / "folder/one").read_bytes() == b"1"
        assert not list((tmp_path / "copy").iterdir())
        assert await check(f"{STATUS} -X MKCOL {URL}/new") == "201"
        assert await check(f"{STATUS} -X DELETE {URL}/folder") == "204"
        assert sorted(each.name for each in tmp_path.iterdir()) == ["copy", "moved", "new", "small"]


@in_loop
async def test_lock(machine: Machine, tmp_path: Path) -> None:
    kind = "<D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype>"
    body = f'<D:lockinfo xmlns:D="DAV:">{kind}</D:lockinfo>'
    async with sharing(machine, tmp_path):
        check = machine.check
        said = await check(f"curl -sf -D - -o /dev/null -X LOCK -d '{body}' {URL}/small")
        found = re.search(r"(?i)^lock-token: *(<[^>]+>)", said, re.MULTILINE)
        assert found, said
        token = found[1]
        put = f"{STATUS} -X PUT -d new"
        assert await check(f"{put} {URL}/small") == "423"
        assert (tmp_path / "small").read_bytes() == b"small"
        assert await check(f"{put} -H 'If: ({token})' {URL}/small") == "204"
        assert (tmp_path / "small").read_bytes() == b"new"
        assert await check(f"{STATUS} -X UNLOCK -H 'Lock-Token: {token}' {URL}/small") == "204"
        assert await check(f"{put}er {URL}/small") == "204"


@in_loop
async def test_beyond_four_gigabytes(machine: Machine, tmp_path: Path) -> None:
    at = (1 << 32) + 12345
    with (tmp_path / "huge").open("wb") as huge:
        huge.seek(at)
        huge.write(CONTENT)
    async with sharing(machine, tmp_path):
        check = machine.check
        head = await check(f"curl -sf -I {URL}/huge")
        assert f"content-length: {at + len(CONTENT)}" in head.lower()
        whole = f"{at}-{at + len(CONTENT) - 1}"
        said = await check(f"curl -sf -r {whole} {URL}/huge | sha256sum")
        assert said.split()[0] == DIGEST
        # From the end, and across the border.
        said = await check(f"curl -sf -D - -r -1000 {URL}/huge -o /tmp/end; sha256sum /tmp/end")
        assert f"bytes {at + len(CONTENT) - 1000}-" in said
        assert said.split()[-2] == hashlib.sha256(CONTENT[-1000:]).hexdigest()
        said = await check(f"curl -sf -r {at - 20000}-{at + 99} {URL}/huge | sha256sum")
        assert said.split()[0] == hashlib.sha256(bytes(20000) + CONTENT[:100]).hexdigest()


@in_loop
async def test_odd_names(machine: Machine, tmp_path: Path) -> None:
    names = ["grün", "日本 語", "100%", "a%20b", "a#b?c&d;e", "-", "~", "'\"", "…\U0001f980"]
    names.append("ü" + "n" * 251 + "%")
    assert len(names[-1].encode()) == 254
    names.append("x" * 255)
    async with sharing(machine, tmp_path):
        for name in names:
            (tmp_path / name).write_bytes(name.encode())
            url = f"{URL}/{urllib.parse.quote(name, safe='')}"
            assert await machine.check(f"curl -sf {url}") == name
            # Up again, under its name with the first letter changed.
            other = "o" + name[1:]
            url = f"{URL}/{urllib.parse.quote(other, safe='')}"
            await machine.check(f"echo -n {len(name)} | curl -sf -T - {url}")
            assert (tmp_path / other).read_bytes() == b"%d" % len(name)
        listing = await machine.check(f"curl -sf -X PROPFIND -H 'Depth: 1' {URL}/")
        found = re.findall(r"<(?:D:)?href>(?:http://[^/]*)?/([^<]+)<", listing)
        listed = {urllib.parse.unquote(each.replace("&amp;", "&")) for each in found}
        assert listed == {each.name for each in tmp_path.iterdir()}


@in_loop
async def test_litmus(machine: Machine, tmp_path: Path) -> None:
    async with sharing(machine, tmp_path):
        await machine.litmus()
