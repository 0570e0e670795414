"""The command of a virtual machine that shows a folder of who looks at its screen.

It needs nothing but Python 3.9 and its standard library, and is one file if that is
wanted: see ``scripts/build_agent.py``.
"""
