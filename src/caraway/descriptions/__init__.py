"""The protocol descriptions that caraway compiles, as package data.

>>> from importlib.resources import files
>>> files("caraway.descriptions").joinpath("mux.proto").is_file()
True
"""
