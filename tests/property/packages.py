"""Imports generated packages without writing them to a disk."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from itertools import count
from types import ModuleType
from typing import Final

from caraway.idl.backends import python
from caraway.idl.model import Description
from caraway.messages import Registry

_numbers: Final = count()


class _Loader(InspectLoader):
    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources

    def is_package(self, fullname: str) -> bool:
        return "." not in fullname

    def get_source(self, fullname: str) -> str:
        return self._sources[fullname]


class _Finder(MetaPathFinder):
    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._loader = _Loader(sources)

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return spec_from_loader(fullname, self._loader) if fullname in self._sources else None


@contextmanager
def imported(description: Description) -> Iterator[Registry]:
    """The registry of the package made from ``description``, importable meanwhile."""
    package = f"made_{next(_numbers)}"
    files = python.render(description, package=package, source="drawn.proto")
    sources = {
        package if name == "__init__.py" else f"{package}.{name.removesuffix('.py')}": text
        for name, text in files.items()
    }
    finder = _Finder(sources)
    sys.meta_path.insert(0, finder)
    try:
        registry = __import__(package).PROTOCOL
        assert isinstance(registry, Registry)
        yield registry
    finally:
        sys.meta_path.remove(finder)
        for name in sources:
            sys.modules.pop(name, None)
