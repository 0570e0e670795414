"""``python -m caraway`` is the ``caraway`` command."""

from caraway.cli.main import run

if __name__ == "__main__":
    run()
