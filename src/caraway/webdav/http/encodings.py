"""Content codings: which one to answer with, and what is worth coding.

Source: RFC 9110 §8.4, §12.5.3.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

IDENTITY: Final = "identity"
#: Those we can do, the best first.
CODINGS: Final = ("zstd", "gzip")

_ELEMENT: Final = re.compile(
    r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:[ \t]*;[ \t]*[Qq]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?"
)
#: Longer fields are read as if they were not there, and not kept.
_LONGEST: Final = 1024
#: Names from before HTTP/1.1 (RFC 9110 §8.4.1.3).
_ALIASES: Final = {"x-gzip": "gzip"}

_COMPRESSIBLE: Final = frozenset(
    f"application/{name}"
    for name in (
        *("ecmascript", "javascript", "json", "ld+json", "manifest+json", "postscript", "rtf"),
        *("sql", "toml", "typescript", "vnd.ms-fontobject", "wasm", "x-httpd-php"),
        *("x-javascript", "x-ndjson", "x-perl", "x-sh", "x-shellscript", "x-sql", "x-subrip"),
        *("x-tar", "x-tex", "x-troff-man", "x-yaml", "xml", "xml-dtd", "yaml"),
    )
) | frozenset(("font/otf", "font/ttf", "image/bmp", "image/x-icon", "image/x-portable-pixmap"))


def choose_encoding(accept: str | None, available: tuple[str, ...]) -> str | None:
    """The coding of an answer.

    Args:
        accept: The value of Accept-Encoding; None without the field.
        available: Codings that we can do besides ``identity``, the best first.

    Returns:
        The one with the highest weight; of several, ours before ``identity``
        and in our order. None where the client accepts none of them.

    >>> choose_encoding("gzip, zstd;q=0.5", CODINGS)
    'gzip'
    >>> choose_encoding("identity;q=0, br", CODINGS) is None
    True
    """
    if not accept or len(accept) > _LONGEST:
        return IDENTITY
    return _choose(accept, available)


@lru_cache(maxsize=128)
def _choose(accept: str, available: tuple[str, ...]) -> str | None:
    weights: dict[str, float] = {}
    for element in accept.split(","):
        found = _ELEMENT.fullmatch(element.strip(" \t"))
        # What cannot be read has not been asked for.
        if found:
            name = found[1].lower()
            weights[_ALIASES.get(name, name)] = float(found[2] or 1)
    rest = weights.get("*", 0.0)
    best = None
    best_weight = 0.0
    for name in available:
        weight = weights.get(name, rest)
        if weight > best_weight:
            best, best_weight = name, weight
    plain = weights.get(IDENTITY, weights.get("*"))
    if plain is None:
        return best or IDENTITY
    return IDENTITY if plain > best_weight else best


@lru_cache(maxsize=128)
def is_compressible(content_type: str) -> bool:
    """Whether files of that type usually shrink when compressed.

    >>> is_compressible("text/html; charset=utf-8"), is_compressible("image/png")
    (True, False)
    """
    kind = content_type.partition(";")[0].strip(" \t").lower()
    if kind.startswith("text/") or kind.endswith(("+xml", "+json")):
        return True
    return kind in _COMPRESSIBLE


def encoded_etag(etag: str, encoding: str) -> str:
    """The entity tag of a coded answer, which is another than that of the plain one.

    Strong tags promise the same bytes (RFC 9110 §8.8.3.3). Codings are joined
    by a hyphen because Apache does so: clients that compare tags with those of
    a listing, such as ownCloud's, know to cut ``-gzip`` off.

    Args:
        etag: Opaque, without quotes; empty where there is none.

    >>> encoded_etag("a", "gzip"), encoded_etag("a", "identity")
    ('a-gzip', 'a')
    """
    return etag if encoding == IDENTITY or not etag else f"{etag}-{encoding}"


def etag_variants(etag: str) -> tuple[str, ...]:
    """The entity tags of all coded answers with the content of ``etag``.

    >>> etag_variants("a")
    ('a-zstd', 'a-gzip')
    """
    return tuple(encoded_etag(etag, coding) for coding in CODINGS) if etag else ()
