"""What the package offers: names that are imported when they are first used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from caraway import webdav


@pytest.mark.parametrize("name", webdav.__all__)
def test_each_name_is_where_it_is_said_to_be(name: str) -> None:
    vars(webdav).pop(name, None)
    value = getattr(webdav, name)
    assert value.__name__ == name
    assert value.__module__.startswith("caraway.webdav.")
    assert vars(webdav)[name] is value


def test_every_name_has_one_place() -> None:
    assert sorted(webdav._HOMES) == sorted(webdav.__all__)
    assert set(webdav.__all__) <= set(dir(webdav))


def test_all_errors_are_offered() -> None:
    from caraway.webdav import errors

    raised = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    assert raised & set(webdav.__all__) == {
        name for name in raised if issubclass(vars(errors)[name], webdav.DavError)
    }


def test_other_names_are_none() -> None:
    with pytest.raises(
        AttributeError, match=r"module 'caraway\.webdav' has no attribute 'nothing'"
    ):
        _ = webdav.nothing


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        (
            "import caraway.webdav",
            {"asyncio", "caraway.webdav.application", "caraway.webdav.errors"},
        ),
        ("from caraway.webdav import MemoryStore", {"asyncio", "ssl", "sqlite3"}),
        ("from caraway.webdav import Application", {"asyncio", "ssl"}),
    ],
)
def test_nothing_else_is_imported(statement: str, unwanted: set[str]) -> None:
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert unwanted & set(done.stdout.split()) == set()
