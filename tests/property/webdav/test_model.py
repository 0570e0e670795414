"""Random sequences of requests: over each store the server does what the model allows."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path as File

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.interface import Store
from caraway.webdav.store.memory import MemoryStore
from caraway.webdav.store.several import Root, SeveralStore
from tests.property.effort import examples
from tests.property.webdav.model import Model, is_protected
from tests.property.webdav.requests import Ask, Path
from tests.property.webdav.rules import FRESH_S, Lock, Node, partial
from tests.property.webdav.shares import Seen, Share, listed, timeout_of
from tests.property.webdav.walk import Walk
from tests.unit.webdav.server.memory import Answer

#: Refusals from which a server must not come half way; the end of the walk tells of others.
HARMLESS = (400, 404, 405, 409, 412)


class Comparison:
    """The model and servers, which are asked the same."""

    def __init__(self, shares: list[Share], seed: int, roots: tuple[str, ...] = ()) -> None:
        self.model = Model(roots)
        self.walk = Walk(seed, self.model, roots[:1])
        self.shares = shares
        self.story: list[str] = []
        self._contents: list[dict[tuple[Path, str], bytes]] = [{} for _ in shares]

    def play(self, places: Sequence[int]) -> None:
        """The furniture, and the steps at some places of the walk."""
        try:
            for ask in self.walk.furniture():
                self._ask(ask)
            for place in places:
                step = self.walk.step(place)
                if isinstance(step, float):
                    self._wait(step)
                else:
                    self._ask(step)
            self._compare()
            self._read_all()
        except AssertionError as error:
            # What was asked up to here tells more than where this code is.
            raise AssertionError("\n".join([*self.story, str(error)])) from error

    def _wait(self, seconds: float) -> None:
        self.story.append(f"wait {seconds} s")
        self.model.wait(seconds)
        for share in self.shares:
            share.wait(seconds)
        self._compare()

    def _ask(self, ask: Ask) -> None:
        self.story.append(_brief(ask))
        expected = self.model.expect(ask)
        answers = [share.ask(ask, self.model) for share in self.shares]
        statuses = [answer.status for answer in answers]
        self.story[-1] += f" -> {statuses}"
        allowed = expected.successes | expected.refusals
        assert set(statuses) <= allowed, f"allowed: {sorted(allowed)}\n{answers[0]}"
        assert len(set(statuses)) == 1, "the stores do not agree"
        if statuses[0] in expected.successes and expected.effect is not None:
            before = len(self.model.made)
            expected.effect()
            if len(self.model.made) > before:
                self._learn(answers)
        if ask.method not in ("GET", "HEAD", "PROPFIND") and statuses[0] not in HARMLESS:
            self._compare()
        if statuses[0] in expected.successes:
            self._check(ask, answers)
        if statuses[0] == 423:
            # RFC 4918 §16.
            condition = (b"lock-token-submitted", b"no-conflicting-lock")
            assert all(any(each in answer.body for each in condition) for answer in answers)

    def _learn(self, answers: list[Answer]) -> None:
        """The servers' names for a new lock."""
        tokens = (answer.headers["lock-token"].strip("<>") for answer in answers)
        self.model.made[-1].tokens = tuple(tokens)

    def _renew(self, ask: Ask, lock: Lock, answers: list[Answer], *, is_sure: bool) -> None:
        """How long a lock lasts: what was asked for, or what the server says."""
        times = {timeout_of(*each) for each in zip(answers, lock.tokens, strict=True)}
        assert len(times) == 1
        given = times.pop()
        if is_sure and ask.timeout in ("Second-100", "Second-1000"):
            assert given == float(ask.timeout.removeprefix("Second-"))
        lock.expires = self.model.now + given

    def _check(self, ask: Ask, answers: list[Answer]) -> None:
        """What an answer says, beyond its status."""
        node = self.model.nodes.get(ask.path)
        for share, answer in zip(self.shares, answers, strict=True):
            match ask.method:
                case "GET" if node is not None and not node.is_collection and answer.status != 416:
                    part = slice(None)
                    if answer.status == 206 and ask.range is not None:
                        part = partial(ask.range, len(node.content))[1]
                    assert answer.body == node.content[part]
                    assert answer.headers["etag"] == share.etag(ask.path)
                case "HEAD" if node is not None and not node.is_collection:
                    assert answer.headers["content-length"] == str(len(node.content))
                    assert answer.headers["etag"] == share.etag(ask.path)
                case "PUT":
                    assert answer.headers["etag"] == share.etag(ask.path)
                case "PROPFIND":
                    assert listed(answer) == self.model.listed(ask)
                case "PROPPATCH":
                    assert (b" 403 " in answer.body) is is_protected(ask)
                    assert (b" 200 " in answer.body) is not is_protected(ask)
                case "DELETE" if answer.status == 207:
                    assert listed(answer) <= set(self.model.nodes)
        if ask.method == "LOCK":
            renewed = self.model.refreshed(ask) if ask.scope is None else self.model.made[-1:]
            for lock in renewed:
                # Of several tokens, the server may take one (RFC 4918 §9.10.2).
                self._renew(ask, lock, answers, is_sure=len(renewed) == 1)

    def _compare(self) -> None:
        """Every resource, its properties and locks."""
        looks = [share.look() for share in self.shares]
        for number, seen in enumerate(looks):
            gone = [
                lock
                for lock in self.model.doubtful
                if lock.tokens[number] not in seen[lock.root].tokens
            ]
            self.model.locks = [each for each in self.model.locks if each not in gone]
        self.model.doubtful = []
        for number, seen in enumerate(looks):
            assert set(seen) == set(self.model.nodes), "another tree"
            for path, node in self.model.nodes.items():
                self._compare_resource(number, path, node, seen[path])

    def _compare_resource(self, number: int, path: Path, node: Node, found: Seen) -> None:
        assert found.is_collection is node.is_collection, path
        assert found.properties == node.properties, path
        tokens = {each.tokens[number] for each in self.model.covering(path)}
        assert found.tokens == tokens, f"locks of {path}"
        if not node.is_collection:
            assert found.size == len(node.content), path
            # RFC 9110 §8.8.1: a strong entity tag stands for one content, in each store.
            key = path[: len(self.walk.base)], found.etag
            content = self._contents[number].setdefault(key, node.content)
            assert content == node.content, f"{found.etag} stands for another content, too"
            assert node.mtime_s in (None, FRESH_S, found.mtime_s), path

    def _read_all(self) -> None:
        for path, node in self.model.nodes.items():
            if not node.is_collection:
                for share in self.shares:
                    answer = share.ask(Ask("GET", path), self.model)
                    assert answer.body == node.content


def _brief(ask: Ask) -> str:
    """A request without what it does not have."""
    plain = Ask(ask.method, ask.path)
    extra = {
        name: getattr(ask, name)
        for name in Ask.__dataclass_fields__
        if getattr(ask, name) != getattr(plain, name)
    }
    return f"{ask.method} {ask.path} {extra or ''}"


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with asyncio.Runner() as runner:
        yield runner.get_loop()


def folder_store(base: str, name: str) -> FolderStore:
    folder = File(base, name)
    folder.mkdir()
    return FolderStore(folder, state=File(base, "state"))


seeds = st.integers(0, 1 << 32)
#: Failures are made smaller by leaving steps out.
places = st.lists(st.booleans(), min_size=70, max_size=70).map(
    lambda taken: [place for place, is_taken in enumerate(taken) if is_taken]
)


@examples(80)
@given(seed=seeds, places=places)
def test_servers_do_what_the_rfcs_say(
    seed: int, places: list[int], loop: asyncio.AbstractEventLoop
) -> None:
    with (
        tempfile.TemporaryDirectory() as base,
        contextlib.closing(folder_store(base, "share")) as store,
    ):
        shares = [Share(MemoryStore(), 0, loop), Share(store, 1, loop)]
        Comparison(shares, seed).play(places)


@examples(40)
@given(seed=seeds, places=places)
def test_several_stores_are_one_server(
    seed: int, places: list[int], loop: asyncio.AbstractEventLoop
) -> None:
    """Between them, a move is a copy and a removal; nobody may see that."""
    with (
        tempfile.TemporaryDirectory() as base,
        contextlib.closing(folder_store(base, "share")) as folder,
    ):
        stores: list[dict[str, Store]] = [
            {"one": MemoryStore(), "two": MemoryStore()},
            {"one": folder, "two": MemoryStore()},
        ]
        shares = [
            Share(SeveralStore({name: Root(each, True) for name, each in roots.items()}), n, loop)
            for n, roots in enumerate(stores)
        ]
        Comparison(shares, seed, ("one", "two")).play(places)
