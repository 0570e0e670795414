"""Adds the kernels to the build. All other packaging facts are in pyproject.toml.

A kernel is a module in a ``_kernels`` folder, written in Cython's pure-Python
mode: the same file runs interpreted, and compiled as an extension module. With
no kernels in the tree the wheel is a pure one.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import Extension, setup


def find_kernels(source: Path) -> list[Extension]:
    """One extension for each ``**/_kernels/*.py`` below ``source``, sorted by path.

    Args:
        source: The folder that holds the top-level package, relative to the
            working directory (setuptools refuses absolute paths).

    Raises:
        ValueError: Two kernels have the same file name. They would share an
            object file name, and profiles and tracebacks could not tell them
            apart.
    """
    kernels: dict[str, Path] = {}
    for path in sorted(source.glob("**/_kernels/*.py")):
        if path.name == "__init__.py":
            continue
        other = kernels.setdefault(path.name, path)
        if other != path:
            raise ValueError(f"two kernels are called {path.name}: {other} and {path}; rename one")
    return [
        Extension(".".join(path.relative_to(source).with_suffix("").parts), [str(path)])
        for path in kernels.values()
    ]


def compiled(kernels: list[Extension]) -> list[Extension]:
    """The kernels with their Python translated to C below ``build/``; none needs no Cython."""
    if not kernels:
        return []
    from Cython.Build import cythonize

    extensions: list[Extension] = cythonize(
        kernels, build_dir="build/cython", language_level=3, quiet=True
    )
    return extensions


if __name__ == "__main__":
    setup(ext_modules=compiled(find_kernels(Path("src"))))
