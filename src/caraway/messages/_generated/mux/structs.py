# Made by 'caraway proto build' from mux.proto; do not edit.
"""Structs of Mux."""

from __future__ import annotations


