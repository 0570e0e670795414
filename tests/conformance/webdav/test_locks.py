"""Locks and the If header (RFC 4918 §6, §7, §9.10, §9.11, §10.4)."""

from __future__ import annotations

import pytest

from tests.conformance.webdav.share import CONTENT, Share, hrefs, lockinfo, propfind

CHANGES: list[tuple[str, str, dict[str, str]]] = [
    ("PUT", "/a.txt", {}),
    ("DELETE", "/a.txt", {}),
    ("MOVE", "/a.txt", {"Destination": "/n"}),
    ("COPY", "/c/b.txt", {"Destination": "/a.txt"}),
]


class TestLocks:
    @pytest.mark.parametrize(("method", "target", "fields"), CHANGES)
    def test_a_lock_stands_against_every_change(
        self, share: Share, method: str, target: str, fields: dict[str, str]
    ) -> None:
        """RFC 4918 §7, §16: 423 with lock-token-submitted; with the token it goes on."""
        token = share.lock("/a.txt")
        answer = share.ask(method, target, fields)
        assert answer.status == 423
        assert b"lock-token-submitted" in answer.body
        held = {**fields, "If": f"</a.txt> (<{token}>)"}
        assert share.status(method, target, held) < 300

    def test_exclusive_and_shared(self, share: Share) -> None:
        """RFC 4918 §6.2."""
        share.lock("/a.txt", scope="shared")
        share.lock("/a.txt", scope="shared")
        answer = share.ask("LOCK", "/a.txt", {}, lockinfo("exclusive"))
        assert answer.status == 423
        assert b"no-conflicting-lock" in answer.body

    def test_indirect_conflicts_both_ways(self, share: Share) -> None:
        """RFC 4918 §7.4, §9.10.3."""
        token = share.lock("/c/")
        assert share.status("LOCK", "/c/b.txt", {}, lockinfo()) == 423
        assert share.status("PUT", "/c/new", {}, b"x") == 423
        assert share.status("UNLOCK", "/c/", {"Lock-Token": f"<{token}>"}) == 204
        share.lock("/c/b.txt")
        assert share.status("LOCK", "/c/", {"Depth": "infinity"}, lockinfo()) == 207
        assert share.status("LOCK", "/c/", {"Depth": "0"}, lockinfo()) == 200
        assert share.status("LOCK", "/c/", {"Depth": "1"}, lockinfo()) == 400

    def test_depth_0_protects_the_members_but_not_their_content(self, share: Share) -> None:
        """RFC 4918 §7.4."""
        share.lock("/c/", depth="0")
        assert share.status("PUT", "/c/b.txt", {}, b"new") == 204
        assert share.status("PUT", "/c/new", {}, b"new") == 423
        assert share.status("DELETE", "/c/b.txt") == 423

    def test_an_unmapped_name_becomes_an_empty_file(self, share: Share) -> None:
        """RFC 4918 §7.3, §9.10.4."""
        answer = share.ask("LOCK", "/n", {}, lockinfo())
        assert answer.status == 201
        assert share.content("/n") == b""
        assert share.status("LOCK", "/none/n", {}, lockinfo()) == 409

    def test_timeout_and_refresh(self, share: Share) -> None:
        """RFC 4918 §6.6, §9.10.2, §10.7."""
        answer = share.ask("LOCK", "/a.txt", {"Timeout": "Second-100"}, lockinfo())
        assert b"Second-100" in answer.body
        held = {"If": f"({answer.headers['lock-token']})", "Timeout": "Second-50"}
        refreshed = share.ask("LOCK", "/a.txt", held)
        assert (refreshed.status, b"Second-50" in refreshed.body) == (200, True)
        assert "lock-token" not in refreshed.headers
        assert share.status("LOCK", "/a.txt") == 400
        assert share.status("LOCK", "/a.txt", {"If": "(<urn:uuid:none>)"}) == 412

    def test_lockdiscovery(self, share: Share) -> None:
        """RFC 4918 §15.8."""
        token = share.lock("/c/")
        text = share.find("/c/b.txt", propfind("<D:lockdiscovery/>"))
        assert token in text
        assert "<lockroot><href>/c/</href></lockroot>" in text
        assert "me" in text

    def test_unlock(self, share: Share) -> None:
        """RFC 4918 §9.11."""
        token = share.lock("/a.txt")
        assert share.status("UNLOCK", "/a.txt") == 400
        assert share.status("UNLOCK", "/a.txt", {"Lock-Token": "<urn:uuid:none>"}) == 409
        assert share.status("UNLOCK", "/c/b.txt", {"Lock-Token": f"<{token}>"}) == 409
        assert share.status("UNLOCK", "/a.txt", {"Lock-Token": f"<{token}>"}) == 204
        assert share.status("PUT", "/a.txt", {}, b"new") == 204

    def test_a_lock_ends_with_what_it_locks(self, share: Share) -> None:
        """RFC 4918 §9.6."""
        token = share.lock("/a.txt")
        assert share.status("DELETE", "/a.txt", {"If": f"(<{token}>)"}) == 204
        assert share.status("PUT", "/a.txt", {}, b"new") == 201

    def test_a_locked_child_survives_its_parent(self, share: Share) -> None:
        """RFC 4918 §9.6.1."""
        share.ask("PUT", "/c/free", {}, b"x")
        share.lock("/c/b.txt")
        answer = share.ask("DELETE", "/c/")
        assert answer.status == 207
        assert b"/c/b.txt" in answer.body
        assert b"423 Locked" in answer.body
        assert (share.content("/c/b.txt"), share.content("/c/free")) == (b"inside", None)

    def test_the_token_of_a_shallow_lock_is_not_enough_for_a_tree(self, share: Share) -> None:
        """RFC 4918 §7.4, §9.6.1: another's deep lock still covers the members."""
        deep = share.lock("/c/", scope="shared", depth="infinity")
        shallow = share.lock("/c/", scope="shared", depth="0")
        assert share.status("DELETE", "/c/", {"If": f"(<{shallow}>)"}) == 423
        over = {"Destination": "/c/", "If": f"</c/> (<{shallow}>)"}
        assert share.status("COPY", "/a.txt", over) == 423
        assert share.content("/c/b.txt") == b"inside"
        assert share.status("DELETE", "/c/", {"If": f"(<{deep}>)"}) == 204

    def test_a_locked_child_is_named_once(self, share: Share) -> None:
        """RFC 4918 §14.24: whatever number of shared locks it has."""
        share.lock("/c/b.txt", scope="shared")
        share.lock("/c/b.txt", scope="shared")
        for answer in (share.ask("DELETE", "/c/"), share.ask("LOCK", "/c/", {}, lockinfo())):
            assert answer.status == 207
            assert hrefs(answer.body.decode()).count("/c/b.txt") == 1


class TestIfHeader:
    """RFC 4918 §10.4."""

    @pytest.mark.parametrize(
        "template",
        [
            "(<{token}>)",
            "</a.txt> (<{token}>)",
            "<http://dav.test/a.txt> (<{token}>)",
            "(<{token}> [{etag}])",
            '(["other"]) (<{token}>)',
            "(Not <DAV:no-lock> <{token}>)",
            "(<urn:uuid:other>) (Not <DAV:no-lock> <{token}>)",
            "</c/> (Not <DAV:no-lock>) </a.txt> (<{token}>)",
        ],
    )
    def test_one_that_holds(self, share: Share, template: str) -> None:
        value = template.format(token=share.lock("/a.txt"), etag=share.etag("/a.txt"))
        assert share.status("PUT", "/a.txt", {"If": value}, b"new") == 204

    @pytest.mark.parametrize(
        "template",
        [
            "(<DAV:no-lock>)",
            '(<{token}> ["other"])',
            "(Not <{token}>)",
            "(<urn:uuid:other>)",
        ],
    )
    def test_one_that_does_not(self, share: Share, template: str) -> None:
        value = template.format(token=share.lock("/a.txt"))
        assert share.status("PUT", "/a.txt", {"If": value}, b"new") in (412, 423)
        assert share.content("/a.txt") == CONTENT

    @pytest.mark.parametrize(
        "value", ["", "nonsense", "(", "()", "(<a>", "<a> <b>", "(Not)", "([x])", "(<t>) x"]
    )
    def test_bad_syntax_is_400(self, share: Share, value: str) -> None:
        assert share.status("PUT", "/a.txt", {"If": value}, b"new") == 400
        assert share.content("/a.txt") == CONTENT
