"""The scripts behind the Makefile: what they check, and what they say."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import changelog, fuzz, preflight

ROOT = Path(__file__).parents[2]
PREREQUISITES = ROOT / "scripts/prerequisites.sh"


class TestPrerequisites:
    @pytest.fixture
    def path(self, tmp_path):
        """A PATH with a C compiler's name in it, to which tests add Pythons."""
        self.program(tmp_path / "gcc", "exit 0")
        return tmp_path

    def program(self, path, body):
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def check(self, path, python="python3"):
        shell = shutil.which("sh")
        assert shell is not None
        result = subprocess.run(
            [shell, str(PREREQUISITES), python],
            env={"PATH": str(path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.stdout == ""
        return result.returncode, result.stderr

    def python(self, path, *, failing):
        """A python3 that answers like this one, except for code that mentions ``failing``."""
        body = f'case "$2" in *{failing}*) exit 1;; esac\nexec "{sys.executable}" "$@"'
        self.program(path / "python3", body)

    def test_all_there(self, path):
        self.python(path, failing="nothing-at-all")
        assert self.check(path) == (0, "")

    def test_no_compiler(self, path):
        self.python(path, failing="nothing-at-all")
        (path / "gcc").unlink()
        assert self.check(path) == (
            1,
            "error: caraway cannot be built without gcc; on Debian: sudo apt-get install gcc\n",
        )

    def test_no_python(self, path):
        code, message = self.check(path)
        assert code == 1
        assert message.endswith("sudo apt-get install python3 python3-venv python3-dev\n")

    def test_a_launcher_without_a_python(self, path):
        self.program(path / "python3", "echo 'no version is set' >&2; exit 127")
        assert "cannot be built without python3" in self.check(path)[1]

    def test_no_venv(self, path):
        self.python(path, failing="ensurepip")
        code, message = self.check(path)
        assert code == 1
        assert "without the venv module of python3;" in message
        assert message.endswith("sudo apt-get install python3-venv\n")

    def test_no_headers(self, path):
        self.python(path, failing="Python.h")
        code, message = self.check(path)
        assert code == 1
        assert "without Python.h of python3;" in message
        assert message.endswith("sudo apt-get install python3-dev\n")

    def test_all_that_is_missing_is_one_sentence(self, path):
        self.program(
            path / "python3",
            f'case "$2" in *ensurepip*|*Python.h*) exit 1;; esac\nexec "{sys.executable}" "$@"',
        )
        (path / "gcc").unlink()
        _, message = self.check(path)
        assert message.count("\n") == 1
        assert message.endswith("sudo apt-get install python3-venv python3-dev gcc\n")

    def test_an_old_python(self, path):
        self.program(
            path / "python3", 'case "$2" in *version_info*) exit 1;; *platform*) echo 3.9.2;; esac'
        )
        code, message = self.check(path)
        assert code == 1
        assert message.startswith("error: python3 is Python 3.9.2 and caraway needs 3.11 or newer;")


class TestPreflight:
    def test_nothing_missing(self):
        assert preflight.shortage([preflight.Need("sh", "dash", "runs")]) is None
        assert preflight.shortage([preflight.Need("/", "base-files", "is")]) is None

    def test_everything_missing_is_named_with_one_command(self):
        needs = [
            preflight.Need("no-such-program", "zebra", "does this"),
            preflight.Need("/no/such/file", "ant", "does that"),
            preflight.Need("no-such-program-2", "ant", "does both"),
            preflight.Need("sh", "dash", "is there"),
        ]
        assert preflight.shortage(needs).splitlines() == [
            "error: the interop tests cannot run:",
            "  no-such-program is missing; it does this",
            "  /no/such/file is missing; it does that",
            "  no-such-program-2 is missing; it does both",
            "install with: sudo apt-get install ant zebra",
        ]

    def test_the_exit_code_says_it_too(self, monkeypatch, capsys):
        monkeypatch.setattr(preflight, "shortage", lambda: "error: no")
        assert preflight.main([]) == 1
        assert capsys.readouterr().err == "error: no\n"
        monkeypatch.setattr(preflight, "shortage", lambda: None)
        assert preflight.main([]) == 0

    def test_ci_asks_for_the_packages(self, capsys):
        assert preflight.main(["--packages"]) == 0
        packages = capsys.readouterr().out.split()
        assert packages == sorted(packages)
        assert {"tshark", "libspice-protocol-dev", "dpkg-dev"} <= set(packages)
        assert preflight.main(["--nonsense"]) == 2


class TestChangelog:
    @pytest.fixture
    def project(self, tmp_path):
        folder = tmp_path / "changelog.d"
        folder.mkdir()
        (folder / "README.md").write_text("what a fragment is")
        (tmp_path / "CHANGELOG.md").write_text(
            f"# Changelog\n\n{changelog.MARKER}\n## 0.1 (then)\n"
        )
        return tmp_path

    def fragment(self, project, name, text="Something."):
        (project / "changelog.d" / name).write_text(text)

    def test_a_release_collects_the_fragments_by_kind(self, project):
        self.fragment(project, "crash.fixed.md", "No crash.\n")
        self.fragment(project, "mux.added.md", "The mux,\nin two lines.\n")
        self.fragment(project, "agent.added.md", "The agent.\n")
        assert changelog.main(["release", "0.2", "2030-01-02"], project) == 0
        assert (project / "CHANGELOG.md").read_text() == (
            "# Changelog\n\n<!-- releases, newest first -->\n\n"
            "## 0.2 (2030-01-02)\n\n"
            "### Added\n\n- The agent.\n- The mux,\n  in two lines.\n\n"
            "### Fixed\n\n- No crash.\n\n"
            "## 0.1 (then)\n"
        )
        assert [path.name for path in (project / "changelog.d").iterdir()] == ["README.md"]

    def test_nothing_to_release(self, project, capsys):
        assert changelog.main(["release", "0.2", "2030-01-02"], project) == 1
        assert "holds no fragment" in capsys.readouterr().err

    def test_a_changelog_without_its_marker_is_left_alone(self, project, capsys):
        self.fragment(project, "mux.added.md")
        (project / "CHANGELOG.md").write_text("# Changelog\n")
        assert changelog.main(["release", "0.2", "2030-01-02"], project) == 1
        assert "lacks the line" in capsys.readouterr().err
        assert (project / "changelog.d/mux.added.md").exists()

    @pytest.mark.parametrize(
        "name", ["mux.md", "mux.removed.md", "The Mux.added.md", "mux.added.txt"]
    )
    def test_a_wrong_name(self, project, name, capsys):
        self.fragment(project, name)
        assert changelog.main(["check"], project) == 1
        assert "call it topic-in-words.added|changed|fixed.md" in capsys.readouterr().err

    def test_an_empty_fragment(self, project, capsys):
        self.fragment(project, "mux.added.md", " \n")
        assert changelog.main(["check"], project) == 1
        assert "is empty" in capsys.readouterr().err

    def test_wrong_arguments(self, project, capsys):
        assert changelog.main(["release"], project) == 2
        assert "Usage:" in capsys.readouterr().err

    def test_the_fragments_and_the_changelog_of_this_project_fit(self):
        assert changelog.main(["check"], ROOT) == 0
        assert changelog.MARKER in (ROOT / "CHANGELOG.md").read_text()


class TestFuzz:
    @pytest.fixture
    def target(self, tmp_path):
        """A stand-in for an atheris program: prints its arguments, crashes if told to."""
        path = tmp_path / "fuzz_thing.py"
        path.write_text(
            "import os, sys\n"
            "option = next(text for text in sys.argv if text.startswith('-artifact_prefix='))\n"
            "if 'CRASH' in os.environ:\n"
            "    open(option.partition('=')[2] + 'crash-1', 'w').close()\n"
            "    sys.exit(77)\n"
        )
        return path

    def test_the_command_names_corpus_and_seeds(self, target):
        (target.parent / "seeds/thing").mkdir(parents=True)
        arguments = fuzz.command(target, seconds=5)
        assert arguments[:3] == [sys.executable, str(target), "-max_total_time=5"]
        assert arguments[-2:] == [
            str(target.parent / "corpus/thing"),
            str(target.parent / "seeds/thing"),
        ]
        assert (target.parent / "corpus/thing").is_dir()

    def test_a_quiet_target_passes(self, target):
        assert fuzz.main(["--seconds", "1", str(target)]) == 0

    def test_a_crash_fails_and_says_where_its_input_is(self, target, monkeypatch, capsys):
        monkeypatch.setenv("CRASH", "1")
        assert fuzz.main(["--seconds", "1", str(target), str(target)]) == 1
        first, second, hint = capsys.readouterr().err.splitlines()
        kept = target.parent / "crashes/thing-crash-1"
        assert first == f"error: {target}: exit code 77, {kept}"
        assert second == f"error: {target}: exit code 77, no input kept"
        assert hint.startswith("To see one again:")

    def test_no_targets_is_an_error(self, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        assert fuzz.main([]) == 1
        assert "no fuzz target" in capsys.readouterr().err


def test_make_lists_every_target():
    result = subprocess.run(
        ["make", "-C", str(ROOT), "--no-print-directory"],
        env={**os.environ, "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    listed = {line.split()[1] for line in result.stdout.splitlines() if line.startswith("  make ")}
    assert listed >= {
        *("demo", "test", "check", "interop", "bench"),
        *("fuzz", "docs", "generate", "clean", "help"),
    }
