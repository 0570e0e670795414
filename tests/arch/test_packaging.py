"""What goes into a wheel: a pure one today, with compiled kernels once there are any."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from setup import find_kernels

ROOT = Path(__file__).parents[2]
KERNEL = '''"""Adds up."""

import cython


def total(count: cython.int) -> cython.int:
    result: cython.int = 0
    number: cython.int
    for number in range(count):
        result += number
    return result
'''


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_every_module_in_a_kernels_folder_is_an_extension(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("__init__", "lz_kernel", "quic_kernel"):
        write(Path(f"src/caraway/codecs/_kernels/{name}.py"))
    write(Path("src/caraway/canvas/_kernels/rop_kernel.py"))
    write(Path("src/caraway/codecs/lz.py"))
    assert [(kernel.name, kernel.sources) for kernel in find_kernels(Path("src"))] == [
        ("caraway.canvas._kernels.rop_kernel", ["src/caraway/canvas/_kernels/rop_kernel.py"]),
        ("caraway.codecs._kernels.lz_kernel", ["src/caraway/codecs/_kernels/lz_kernel.py"]),
        ("caraway.codecs._kernels.quic_kernel", ["src/caraway/codecs/_kernels/quic_kernel.py"]),
    ]


def test_two_kernels_of_one_name_are_refused(tmp_path):
    write(tmp_path / "caraway/canvas/_kernels/rle.py")
    write(tmp_path / "caraway/codecs/_kernels/rle.py")
    with pytest.raises(ValueError, match=r"two kernels are called rle\.py: .*canvas.*codecs"):
        find_kernels(tmp_path)


def test_the_kernels_of_this_tree_have_names_of_their_own():
    names = [kernel.name.rpartition(".")[2] for kernel in find_kernels(ROOT / "src")]
    assert len(names) == len(set(names))


def build_wheel(tree: Path) -> Path:
    """Build the wheel of a copy of the project with the tools of this environment, offline."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--disable-pip-version-check", "--wheel-dir", "dist", "."]
    result = subprocess.run(
        command,
        cwd=tree,
        capture_output=True,
        text=True,
        # Nobody runs this kernel for its speed.
        env={**os.environ, "CFLAGS": "-O0 -g0"},
        check=False,
    )
    assert result.returncode == 0, result.stderr
    (wheel,) = (tree / "dist").glob("*.whl")
    return wheel


@pytest.fixture
def tree(tmp_path):
    """A copy of what packaging reads, with a package of two files instead of all of it."""
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    package = tmp_path / "src/caraway"
    package.mkdir(parents=True)
    for name in ("__init__.py", "py.typed"):
        shutil.copy(ROOT / "src/caraway" / name, package)
    write(package / "descriptions/spice.proto", "/* a description */")
    return tmp_path


def test_without_kernels_the_wheel_is_pure(tree):
    wheel = build_wheel(tree)
    assert wheel.name.endswith("-py3-none-any.whl")
    names = {
        name
        for name in zipfile.ZipFile(wheel).namelist()
        if not name.partition("/")[0].endswith("info")
    }
    assert names == {"caraway/__init__.py", "caraway/py.typed", "caraway/descriptions/spice.proto"}


def test_a_kernel_is_compiled_into_the_wheel(tree):
    write(tree / "src/caraway/codecs/__init__.py")
    write(tree / "src/caraway/codecs/_kernels/__init__.py")
    write(tree / "src/caraway/codecs/_kernels/sum_kernel.py", KERNEL)
    wheel = build_wheel(tree)
    assert not wheel.name.endswith("-none-any.whl")
    installed = tree / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    # -S -P: neither this environment's editable install nor the copied tree is on the path.
    code = (
        "import sys; sys.path.insert(0, 'installed')\n"
        "from caraway.codecs._kernels import sum_kernel\n"
        "print(sum_kernel.total(4), sum_kernel.__file__.endswith('.py'))"
    )
    result = subprocess.run(
        [sys.executable, "-S", "-P", "-c", code],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.stdout, result.stderr) == ("6 False\n", "")
