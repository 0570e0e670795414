"""``python -m caraway.agent`` is ``caraway agent``."""

import sys

from caraway.agent.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
