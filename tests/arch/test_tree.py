"""What holds for the whole source tree and its documents."""

import ast
import re
from importlib.metadata import metadata
from pathlib import Path

import pytest

import caraway

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "tests", "scripts", "benchmarks", "examples", "fuzz")
MODULES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).glob("**/*.py")
    if "_generated" not in path.parts
)
MAX_LINES = 1000
# A module is named for its job, and these names are not jobs.
NAMELESS = {"common.py", "helper.py", "helpers.py", "misc.py", "util.py", "utils.py"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_the_version_is_stated_once():
    assert metadata("caraway")["Version"] == caraway.__version__


def test_importing_caraway_imports_nothing_else():
    tree = ast.parse(Path(caraway.__file__).read_text())
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_no_module_is_too_long():
    lengths = {relative(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


def test_every_module_has_a_name():
    assert [relative(path) for path in MODULES if path.name in NAMELESS] == []


def test_every_package_and_module_says_what_it_is_for():
    sources = [path for path in MODULES if "src" in path.relative_to(ROOT).parts[:1]]
    assert sources
    assert [
        relative(path) for path in sources if not ast.get_docstring(ast.parse(path.read_text()))
    ] == []


def make_commands(document: Path) -> list[str]:
    """The targets after ``make`` in the code of a Markdown document."""
    code = re.findall(r"```.*?```|`[^`\n]+`", document.read_text(), re.DOTALL)
    lines = [
        line.strip("` ").partition("#")[0].split() for text in code for line in text.splitlines()
    ]
    words = [word for line in lines if line[:1] == ["make"] for word in line[1:]]
    return [word for word in words if "=" not in word]


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_documents_name_make_targets_that_exist(document):
    named = set(make_commands(ROOT / document))
    assert {"demo", "test"} <= named
    assert named - targets() == set()


def test_the_readme_names_the_prerequisites_that_make_checks():
    readme = (ROOT / "README.md").read_text()
    script = (ROOT / "scripts/prerequisites.sh").read_text()
    packages = set(re.findall(r'^ *(?:.*\|\|)? *lacks .* "([a-z0-9-]+)"$', script, re.MULTILINE))
    assert packages == {"python3", "python3-venv", "python3-dev", "gcc"}
    assert {package for package in packages if package not in readme} == set()


@pytest.mark.parametrize(
    "document",
    sorted(path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]),
    ids=relative,
)
def test_links_between_documents_lead_somewhere(document):
    links = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_ci_runs_what_a_contributor_runs():
    script = (ROOT / ".ci/run").read_text()
    assert re.search(r"^exec make check test interop", script, re.MULTILINE)
    assert {"check", "test", "interop"} <= targets()
