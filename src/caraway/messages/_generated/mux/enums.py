# Made by 'caraway proto build' from mux.proto; do not edit.
"""Enumerations of Mux."""

from enum import IntEnum, IntFlag

