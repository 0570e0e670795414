"""The ``caraway`` command: each sub-command parses, calls one function and prints."""
