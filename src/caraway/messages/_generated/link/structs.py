# Made by 'caraway proto build' from link.proto; do not edit.
"""Structs of Link."""

from __future__ import annotations


