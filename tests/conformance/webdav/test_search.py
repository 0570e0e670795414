"""SEARCH (RFC 5323) and REPORT sync-collection (RFC 6578)."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conformance.webdav.share import SHARES, Share, hrefs, propfind, setting
from tests.unit.webdav.server.memory import put_file

NAME = "<D:prop><D:displayname/></D:prop>"
LENGTH = "<D:prop><D:getcontentlength/></D:prop>"


def basic(where: str = "", *, scope: str = "/", depth: str = "infinity", more: str = "") -> str:
    condition = f"<D:where>{where}</D:where>" if where else ""
    return (
        '<D:searchrequest xmlns:D="DAV:" xmlns:x="urn:x"><D:basicsearch>'
        f"<D:select>{LENGTH}</D:select><D:from><D:scope><D:href>{scope}</D:href>"
        f"<D:depth>{depth}</D:depth></D:scope></D:from>{condition}{more}"
        "</D:basicsearch></D:searchrequest>"
    )


def compare(operator: str, prop: str, literal: str, attributes: str = "") -> str:
    return f"<D:{operator}{attributes}>{prop}<D:literal>{literal}</D:literal></D:{operator}>"


def found(share: Share, body: str) -> list[str]:
    answer = share.ask("SEARCH", "/", {"Content-Type": "application/xml"}, body)
    assert answer.status == 207, answer
    return hrefs(answer.body.decode())


class TestDiscovery:
    def test_options(self, share: Share) -> None:
        """RFC 5323 §3.2."""
        headers = share.ask("OPTIONS", "/").headers
        assert headers["dasl"] == "<DAV:basicsearch>"
        assert {"SEARCH", "REPORT"} <= set(headers["allow"].split(", "))

    def test_grammars(self, share: Share) -> None:
        """RFC 5323 §3.3.1; never in allprop."""
        text = share.find("/", propfind("<D:supported-query-grammar-set/>"))
        assert "basicsearch/>" in text
        assert "supported-query-grammar-set" not in share.find("/")

    def test_schema(self, share: Share) -> None:
        """RFC 5323 §4."""
        body = (
            '<D:query-schema-discovery xmlns:D="DAV:"><D:basicsearch><D:from><D:scope>'
            "<D:href>/</D:href><D:depth>infinity</D:depth></D:scope></D:from></D:basicsearch>"
            "</D:query-schema-discovery>"
        )
        tree = ElementTree.fromstring(share.ask("SEARCH", "/", {}, body).body)
        assert tree.find(".//{DAV:}basicsearchschema/{DAV:}properties") is not None
        assert tree.find(".//{DAV:}basicsearchschema/{DAV:}operators") is not None
        assert share.status("SEARCH", "/", {}, body.replace("basicsearch", "sql")) == 422

    def test_reports(self, share: Share) -> None:
        """RFC 6578 §3.2, RFC 3253 §3.1.5."""
        body = propfind("<D:supported-report-set/>")
        assert "sync-collection/>" in share.find("/c", body)
        assert "sync-collection/>" not in share.find("/a.txt", body)


class TestSearch:
    def test_scopes(self, share: Share) -> None:
        """RFC 5323 §5.4."""
        assert found(share, basic()) == ["/", "/a.txt", "/c/", "/c/b.txt"]
        assert found(share, basic(depth="1")) == ["/", "/a.txt", "/c/"]
        assert found(share, basic(depth="0", scope="/c")) == ["/c/"]
        assert share.status("SEARCH", "/", {}, basic(depth="2")) == 400

    @pytest.mark.parametrize("scope", ["/none", "http://other.example/", "%"])
    def test_a_scope_that_is_not_here_is_409(self, share: Share, scope: str) -> None:
        """RFC 5323 §2.4."""
        answer = share.ask("SEARCH", "/", {}, basic(scope=scope))
        assert answer.status == 409
        assert b"search-scope-valid" in answer.body

    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            (compare("eq", NAME, "a.txt"), ["/a.txt"]),
            (compare("eq", NAME, "A.TXT"), []),
            (compare("eq", NAME, "A.TXT", ' caseless="yes"'), ["/a.txt"]),
            (compare("lt", LENGTH, "10"), ["/c/b.txt"]),
            (compare("gte", LENGTH, "10"), ["/a.txt"]),
            (compare("like", NAME, "_.t%"), ["/a.txt", "/c/b.txt"]),
            (compare("like", NAME, r"\_.t%"), []),
            ("<D:is-collection/>", ["/", "/c/"]),
            ("<D:contains>INSIDE</D:contains>", ["/c/b.txt"]),
            ("<D:is-defined><D:prop><x:c/></D:prop></D:is-defined>", ["/a.txt"]),
            (f"<D:not>{compare('eq', '<D:prop><x:c/></D:prop>', 'other')}</D:not>", ["/a.txt"]),
            (
                f"<D:or>{compare('eq', NAME, 'c')}{compare('eq', NAME, 'a.txt')}</D:or>",
                ["/a.txt", "/c/"],
            ),
            (
                "<D:and><D:not><D:is-collection/></D:not>"
                "<D:language-matches><D:prop><x:c/></D:prop><D:literal>de</D:literal>"
                "</D:language-matches></D:and>",
                ["/a.txt"],
            ),
            (compare("gt", "<D:prop><D:getlastmodified/></D:prop>", "2000-01-01T00:00:00Z"), None),
        ],
    )
    def test_conditions(self, share: Share, where: str, expected: list[str] | None) -> None:
        """RFC 5323 §5.5 to §5.16; None for everything."""
        share.patch("/a.txt", setting('<x:c xml:lang="de-AT">v</x:c>'))
        everything = ["/", "/a.txt", "/c/", "/c/b.txt"]
        assert found(share, basic(where)) == (everything if expected is None else expected)

    @pytest.mark.parametrize(
        ("where", "status"),
        [
            ("<D:near/>", 422),
            ("<x:eq/>", 422),
            ("<D:eq/>", 400),
            ("<D:not/>", 400),
            (compare("like", NAME, r"\x"), 400),
            (f"<D:eq>{NAME}<D:literal><D:x/></D:literal></D:eq>", 400),
        ],
    )
    def test_a_condition_that_means_nothing(self, share: Share, where: str, status: int) -> None:
        """RFC 5323 §2.4, §5.5."""
        assert share.status("SEARCH", "/", {}, basic(where)) == status

    def test_order_and_limit(self, share: Share) -> None:
        """RFC 5323 §5.6, §5.17."""
        order = f"<D:orderby><D:order>{LENGTH}<D:descending/></D:order></D:orderby>"
        assert found(share, basic(more=order))[:2] == ["/a.txt", "/c/b.txt"]
        limit = "<D:limit><D:nresults>1</D:nresults></D:limit>"
        assert found(share, basic(more=order + limit)) == ["/a.txt", "/"]
        assert share.status("SEARCH", "/", {}, basic(more=limit.replace("1", "x"))) == 400

    @pytest.mark.parametrize(
        "body", ["", "<x", "<x/>", "<D:searchrequest xmlns:D='DAV:'/>", "<!DOCTYPE x []><x/>"]
    )
    def test_a_body_that_asks_nothing_is_400(self, share: Share, body: str) -> None:
        """RFC 5323 §2.2.2, RFC 4918 §8.2."""
        assert share.status("SEARCH", "/", {}, body) == 400

    def test_an_unknown_grammar_is_422(self, share: Share) -> None:
        """RFC 5323 §2.4: the condition search-grammar-supported."""
        answer = share.ask(
            "SEARCH", "/", {}, "<D:searchrequest xmlns:D='DAV:'><x/></D:searchrequest>"
        )
        assert answer.status == 422
        assert b"search-grammar-supported" in answer.body


def sync(token: str = "", *, level: str = "infinite", more: str = "") -> str:
    return (
        f'<D:sync-collection xmlns:D="DAV:"><D:sync-token>{token}</D:sync-token>'
        f"<D:sync-level>{level}</D:sync-level>{more}<D:prop><D:getetag/></D:prop>"
        "</D:sync-collection>"
    )


def synced(share: Share, body: str, target: str = "/") -> tuple[list[str], str]:
    """The resources that a report names, and its token."""
    answer = share.ask("REPORT", target, {}, body)
    assert answer.status == 207, answer
    text = answer.body.decode()
    return hrefs(text), ElementTree.fromstring(text).findtext("{DAV:}sync-token", "")


class TestSync:
    def test_first_and_later(self, share: Share) -> None:
        """RFC 6578 §3.4, §3.5."""
        names, token = synced(share, sync())
        assert names == ["/a.txt", "/c/", "/c/b.txt"]
        assert synced(share, sync(token)) == ([], token)
        share.ask("PUT", "/new", {}, b"x")
        share.ask("PUT", "/a.txt", {}, b"other")
        share.ask("DELETE", "/c")
        answer = share.ask("REPORT", "/", {}, sync(token)).body.decode()
        assert hrefs(answer) == ["/c/", "/a.txt", "/new"]
        assert answer.count("404 Not Found") == 1

    def test_changes_behind_the_servers_back(self, share: Share) -> None:
        _, token = synced(share, sync())
        put_file(share.store, ("c", "b.txt"), b"changed")
        assert synced(share, sync(token))[0] == ["/c/b.txt"]

    def test_level_1(self, share: Share) -> None:
        """RFC 6578 §3.3, §6.3."""
        assert synced(share, sync(level="1"))[0] == ["/a.txt", "/c/"]
        assert share.status("REPORT", "/", {}, sync(level="2")) == 400

    def test_pages(self, share: Share) -> None:
        """RFC 6578 §3.6, §3.7."""
        limit = "<D:limit><D:nresults>2</D:nresults></D:limit>"
        names, token = synced(share, sync(more=limit))
        assert names == ["/a.txt", "/c/", "/"]
        assert synced(share, sync(token, more=limit))[0] == ["/c/b.txt"]

    @pytest.mark.parametrize("token", ["urn:uuid:0", "data:,caraway-sync-0", "x"])
    def test_an_unknown_token_is_403(self, share: Share, token: str) -> None:
        """RFC 6578 §3.2: the condition valid-sync-token."""
        answer = share.ask("REPORT", "/", {}, sync(token))
        assert answer.status == 403
        assert b"valid-sync-token" in answer.body

    def test_the_token_of_another_collection_is_403(self, share: Share) -> None:
        _, token = synced(share, sync(), "/c/")
        assert share.status("REPORT", "/", {}, sync(token)) == 403

    def test_what_cannot_be_synchronised_is_403(self, share: Share) -> None:
        """RFC 3253 §3.6: the condition supported-report."""
        other = "<D:expand-property xmlns:D='DAV:'/>"
        for target, body in (("/a.txt", sync()), ("/", other)):
            answer = share.ask("REPORT", target, {}, body)
            assert answer.status == 403
            assert b"supported-report" in answer.body

    def test_depth_is_0(self, share: Share) -> None:
        """RFC 6578 §3.2."""
        assert share.status("REPORT", "/", {"Depth": "0"}, sync()) == 207
        assert share.status("REPORT", "/", {"Depth": "1"}, sync()) == 400

    def test_as_a_condition(self, share: Share) -> None:
        """RFC 6578 §5."""
        _, token = synced(share, sync())
        fields = {"If": f"</> (<{token}>)"}
        assert share.status("PUT", "/first", fields, b"x") == 201
        assert share.status("PUT", "/second", fields, b"x") == 412
        assert share.content("/second") is None

    def test_the_property(self, share: Share) -> None:
        """RFC 6578 §4: the token of a report; never in allprop."""
        _, token = synced(share, sync())
        assert token in share.find("/", propfind("<D:sync-token/>"))
        assert "sync-token" not in share.find("/")
        assert "403 Forbidden" in share.patch("/", setting("<D:sync-token>x</D:sync-token>"))


@pytest.mark.parametrize("name", sorted(SHARES))
def test_read_only_shares_are_searched_and_synchronised(name: str, tmp_path: Path) -> None:
    store = SHARES[name](tmp_path).store
    share = Share(store, read_only=True)
    assert found(share, basic("<D:is-collection/>")) == ["/", "/c/"]
    assert synced(share, sync())[0] == ["/a.txt", "/c/", "/c/b.txt"]
