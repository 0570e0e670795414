from __future__ import annotations
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Endpoint:
    has_tls: bool
    has_plain: bool

    def describe(self) -> str: ...
    def moved(
        self, *, host: str | None, port: int, tls_port: int, subject: str | None
    ) -> Endpoint: ...


def parse_uri(text: str) -> Endpoint: ...
