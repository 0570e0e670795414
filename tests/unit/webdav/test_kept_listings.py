"""What is kept of listings: only as much as allowed, and only what is the same."""

from __future__ import annotations

import os
import pathlib

from caraway.webdav.kept_listings import KeptListings
from caraway.webdav.store.folder import FolderStore


def test_what_was_listed_longest_ago_goes_first() -> None:
    kept: KeptListings[int] = KeptListings(max_members=3)
    kept.put("a", {"x": 1, "y": 2})
    kept.put("b", {"x": 3})
    kept.put("a", {"x": 1, "y": 2})
    kept.put("c", {"x": 4})
    assert [dict(kept.get(key)) for key in "abc"] == [{"x": 1, "y": 2}, {}, {"x": 4}]


def test_a_listing_that_is_too_long_is_not_kept() -> None:
    kept: KeptListings[int] = KeptListings(max_members=1)
    kept.put("a", {"x": 1, "y": 2})
    assert not kept.get("a")


def wait_for_another_time(probe: pathlib.Path) -> None:
    """Until what changes has another time: clocks of files may stand still for milliseconds."""
    probe.touch()
    created = probe.stat().st_ctime_ns
    while probe.stat().st_ctime_ns == created:
        probe.chmod(0o600)


def test_a_member_is_the_same_object_until_something_about_it_changes(
    tmp_path: pathlib.Path,
) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    for name in ("content", "mode", "name", "same", "time"):
        (folder / name).write_bytes(b"old")
    (folder / "sub").mkdir()
    store = FolderStore(folder, state=tmp_path / "state")
    before = {entry.name: entry for entry in store.members(())}
    again = {entry.name: entry for entry in store.members(())}
    assert all(again[name] is before[name] for name in before)
    wait_for_another_time(tmp_path / "probe")
    (folder / "content").write_bytes(b"new")
    (folder / "mode").chmod(0o777)
    (folder / "name").rename(folder / "other")
    os.utime(folder / "time", ns=(0, 0))
    (folder / "sub" / "below").touch()
    after = {entry.name: entry for entry in store.members(())}
    assert [name for name in after if after[name] is before.get(name)] == ["same"]
    assert after["mode"].executable
    assert after["time"].mtime_ns == 0
    store.close()
