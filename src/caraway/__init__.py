"""SPICE for Python.

Importing this package imports nothing else; take what you need from its rooms:

* :mod:`caraway.messages`: every SPICE message as a dataclass, from and to bytes.
* :mod:`caraway.idl`: the compiler of the language that describes the protocol.
* :mod:`caraway.errors`: every exception raised on purpose.
"""

__all__ = ["__version__"]

__version__ = "0.1.0.dev0"
