"""A random walk: what is asked next, by what there is."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from tests.property.webdav.model import Model
from tests.property.webdav.requests import (
    DATE,
    DATES,
    ODD_NAMES,
    PROPERTIES,
    PROTECTED,
    Ask,
    Clause,
    Condition,
    Kind,
    Path,
)
from tests.property.webdav.rules import Lock

#: How often each is asked, compared with the others.
METHODS = {
    "PUT": 3,
    "GET": 1,
    "HEAD": 1,
    "DELETE": 2,
    "MKCOL": 3,
    "COPY": 3,
    "MOVE": 3,
    "PROPFIND": 1,
    "PROPPATCH": 2,
    "LOCK": 4,
    "UNLOCK": 1,
}
RANGES = ("0-1", "2-", "-3", "9-9", "3-1", "-0", "x", "0-")
TEXTS = ("", "text", "<&]]>\"'", " blanks\n", "\U0001f600\u00e9", "x" * 300)
#: Seconds that pass. No sum of them is a timeout that is asked for.
WAITS = (51.0, 501.0)
DEEPEST = 4

#: What there is before anything is asked at random; for ``abc`` the walk's names.
FURNITURE = (
    Ask("PUT", ("a",), body=b"first", mtime_s=DATES[1]),
    Ask("MKCOL", ("b",)),
    Ask("PUT", ("b", "a"), body=b"second"),
    Ask("MKCOL", ("b", "b")),
    Ask("PUT", ("b", "b", "c"), body=b"third"),
    Ask("PROPPATCH", ("b", "b"), changes=(("x:p", "kept"),)),
)


class Walk:
    """Makes up the steps of one walk.

    Args:
        seed: The same makes up the same.
        base: Where there is furniture.
    """

    def __init__(self, seed: int, model: Model, base: Path = ()) -> None:
        self._seed = seed
        self.base = base
        self._model = model
        self._random = random.Random(seed)
        names = list("abc") if self._chance(3) else self._random.sample(ODD_NAMES, 3)
        self.names = dict(zip("abc", names, strict=True))

    def furniture(self) -> list[Ask]:
        return [
            replace(ask, path=tuple(self.names[each] for each in ask.path)) for ask in FURNITURE
        ]

    def step(self, number: int) -> Ask | float:
        """The request, or the seconds to wait, that come at a place of the walk.

        Each depends on its place and on what there is, not on the steps before
        it: leaving some out leaves the others much as they were.
        """
        self._random = random.Random(f"{self._seed}.{number}")
        if self._chance(14):
            return self._random.choice(WAITS)
        [method] = self._random.choices(list(METHODS), list(METHODS.values()))
        return self._conditional(Ask(method, self._target(method), **self._fields(method)))

    def _chance(self, of: int) -> bool:
        return self._random.randrange(of) == 0

    def _maybe(self, *values: Any) -> Any:
        return self._random.choice((None, *values))

    # Places

    def _target(self, method: str) -> Path:
        if method in ("MKCOL", "PUT") and not self._chance(3):
            return self._new()
        if method == "UNLOCK" and self._model.locks and not self._chance(3):
            return self._random.choice(self._model.locks).root
        if method in ("DELETE", "MOVE") and self._model.locks and self._chance(3):
            return self._around_a_lock()
        return self._new() if self._chance(5) else self._there()

    def _around_a_lock(self) -> Path:
        """What is locked, or holds that."""
        root = self._random.choice(self._model.locks).root
        return root[: self._random.randint(1, len(root))] if root else self._there()

    def _there(self) -> Path:
        """Something that is there; the root is seldom meant."""
        path = self._random.choice(list(self._model.nodes))
        return path if path or self._chance(4) else self._random.choice(list(self._model.nodes))

    def _new(self) -> Path:
        """A member of a collection, mostly, which is there or not."""
        nodes = self._model.nodes
        above = [each for each in nodes if self._model.is_collection(each) or self._chance(8)]
        path = self._random.choice([each for each in above if len(each) < DEEPEST])
        more = (self._name(),) if self._chance(12) else ()
        return (*path, self._name(), *more)

    def _name(self) -> str:
        return self._random.choice(list(self.names.values()))

    # What methods take

    def _fields(self, method: str) -> dict[str, Any]:
        pick = self._random.choice
        slash = self._chance(3)
        match method:
            case "GET" | "HEAD":
                unit = "items" if self._chance(8) else "bytes"
                part = self._maybe(f"{unit}={pick(RANGES)}")
                judge = self._maybe("own", "weak", "other")
                return {"slash": slash, "range": part, "if_range": judge if part else None}
            case "PUT":
                body = self._random.randbytes(self._random.randrange(8))
                offset = self._random.randrange(9) if body and self._chance(5) else None
                return {"body": body, "offset": offset, "mtime_s": self._maybe(*DATES[1:3])}
            case "COPY" | "MOVE":
                forms = ["path"] * 12 + ["uri"] * 5 + ["elsewhere", "nonsense", "none"]
                return {
                    "slash": slash,
                    "destination": self._destination(),
                    "destination_form": pick(forms),
                    "overwrite": pick([None] * 4 + ["T"] * 4 + ["F", "x"]),
                    "depth": pick([None] * 8 + ["infinity"] * 4 + ["0"] * 3 + ["1"]),
                }
            case "PROPFIND":
                depths = (None, "0", "1", "infinity", "2")
                return {"slash": slash, "depth": pick(depths)}
            case "PROPPATCH":
                return {"changes": tuple(self._change() for _ in range(pick((1, 1, 2, 3))))}
            case "LOCK":
                return {
                    "scope": pick(["exclusive"] * 3 + ["shared"] * 3 + [None]),
                    "depth": pick([None] * 4 + ["0"] * 6 + ["infinity"] * 3 + ["1"]),
                    "timeout": pick((None, "Second-100", "Second-1000", "Infinite")),
                }
            case "UNLOCK":
                return {"token": None if self._chance(8) else self._token()}
            case "DELETE":
                return {"slash": slash, "depth": pick([None] * 8 + ["infinity", "0"])}
        return {}

    def _destination(self) -> Path:
        if self._model.locks and self._chance(4):
            return self._around_a_lock()
        return self._there() if self._chance(2) else self._new()

    def _change(self) -> tuple[str, str | None]:
        if self._chance(6):
            return DATE, str(self._random.choice(DATES[1:3]))
        name = self._random.choice(PROTECTED if self._chance(8) else PROPERTIES)
        return name, self._maybe(*TEXTS)

    # Preconditions

    def _conditional(self, ask: Ask) -> Ask:
        """The request with an If header or preconditions, or as it is."""
        if ask.method == "UNLOCK":
            return ask
        if ask.method == "LOCK" and ask.scope is None and not self._chance(4):
            return replace(ask, clauses=(Clause((self._named_token(),)),))
        clauses = range(self._random.choice((1, 1, 2)))
        match self._random.randrange(12):
            case 0 | 1 | 2 | 3:
                return replace(ask, holding=True)
            case 4 | 5:
                return replace(ask, clauses=tuple(self._held(each) for each in self._some_locks()))
            case 6:
                return replace(ask, clauses=tuple(self._clause() for _ in clauses))
            case 7:
                tagged = (
                    replace(self._clause(), tag=self._there(), is_absolute=self._chance(2))
                    for _ in clauses
                )
                return replace(ask, clauses=tuple(tagged))
            case 8 | 9 if ask.method not in ("PROPFIND", "LOCK"):
                return replace(ask, preconditions=self._preconditions())
        return ask

    def _some_locks(self) -> list[Lock]:
        locks = self._model.locks
        return self._random.sample(locks, self._random.randint(1, len(locks))) if locks else []

    def _held(self, lock: Lock) -> Clause:
        token = Condition("token", self._model.made.index(lock))
        return Clause((token,), lock.root, self._chance(2))

    def _clause(self) -> Clause:
        return Clause(tuple(self._condition() for _ in range(self._random.choice((1, 1, 2, 3)))))

    def _condition(self) -> Condition:
        kinds: list[Kind] = ["token", "token", "token", "own", "own", "other", "no-lock", "weak"]
        return Condition(self._random.choice(kinds), self._token(), self._chance(3))

    def _named_token(self) -> Condition:
        return Condition("token", self._token())

    def _token(self) -> int:
        """The number of a lock, mostly of one that is there."""
        if self._model.locks and not self._chance(4):
            return self._model.made.index(self._random.choice(self._model.locks))
        return self._random.randrange(1 + len(self._model.made))

    def _preconditions(self) -> tuple[tuple[str, str], ...]:
        tags = ("*", "own", "own", "weak", "several", "other")
        fields = [
            ("If-Match", self._random.choice(tags)),
            ("If-None-Match", self._random.choice(tags)),
            ("If-Modified-Since", str(self._random.choice(DATES))),
            ("If-Unmodified-Since", str(self._random.choice(DATES))),
        ]
        return tuple(self._random.sample(fields, self._random.choice((1, 1, 2))))
