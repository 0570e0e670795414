"""PROPFIND and PROPPATCH (RFC 4918 §9.1, §9.2, §15)."""

from __future__ import annotations

import pytest

from tests.conformance.webdav.share import Share, hrefs, propfind, removing, setting


class TestPropfind:
    def test_depth(self, share: Share) -> None:
        """RFC 4918 §10.2; self first, members in the order of their names."""
        everything = ["/", "/a.txt", "/c/", "/c/b.txt"]
        assert hrefs(share.find("/", depth="0")) == everything[:1]
        assert hrefs(share.find("/", depth="1")) == everything[:3]
        assert hrefs(share.find("/", depth="infinity")) == everything
        assert hrefs(share.ask("PROPFIND", "/").body.decode()) == everything
        assert share.status("PROPFIND", "/", {"Depth": "2"}) == 400

    @pytest.mark.parametrize(
        "body",
        [
            "<D:propfind xmlns:D='DAV:'><D:allprop/><D:propname/></D:propfind>",
            "<D:propfind xmlns:D='DAV:'/>",
            "<D:propfind xmlns:D='DAV:'><D:prop>",
            "<D:propfind xmlns:D='DAV:'><x:y/></D:propfind>",
        ],
    )
    def test_a_body_that_asks_nothing_is_400(self, share: Share, body: str) -> None:
        """RFC 4918 §8.2."""
        assert share.status("PROPFIND", "/", {"Depth": "0"}, body) == 400

    def test_an_unknown_property_is_in_a_404_propstat(self, share: Share) -> None:
        """RFC 4918 §9.1."""
        text = share.find("/a.txt", propfind("<x:none/><D:getetag/>"))
        assert "404 Not Found" in text
        assert "200 OK" in text

    def test_the_content_type_is_what_get_says(self, share: Share) -> None:
        """RFC 4918 §15.5."""
        told = share.ask("GET", "/a.txt").headers["content-type"]
        assert told == "text/plain;charset=utf-8"
        listed = share.find("/a.txt", propfind("<D:getcontenttype/>"))
        assert f"getcontenttype>{told}<" in listed

    def test_allprop_and_include(self, share: Share) -> None:
        """RFC 4918 §9.1.5, §14.8."""
        share.patch("/a.txt", setting("<x:c>dead</x:c>"))
        allprop = "<D:propfind xmlns:D='DAV:'><D:allprop/>{}</D:propfind>"
        text = share.find("/a.txt", allprop.format(""))
        for name in (
            "creationdate",
            "getcontentlength",
            "getetag",
            "resourcetype",
            "lockdiscovery",
        ):
            assert name in text
        assert ">dead<" in text
        include = "<D:include><D:quota-used-bytes/></D:include>"
        assert "quota-used-bytes" in share.find("/a.txt", allprop.format(include))

    def test_propname_has_no_values(self, share: Share) -> None:
        """RFC 4918 §9.1.4."""
        text = share.find("/a.txt", "<D:propfind xmlns:D='DAV:'><D:propname/></D:propfind>")
        assert "getetag" in text
        assert share.etag("/a.txt") not in text


class TestProppatch:
    def test_in_document_order(self, share: Share) -> None:
        """RFC 4918 §9.2."""
        share.patch(
            "/a.txt", setting("<x:c>1</x:c>") + removing("<x:c/>") + setting("<x:d>2</x:d>")
        )
        text = share.find("/a.txt", propfind("<x:c/><x:d/>"))
        assert ">1<" not in text
        assert ">2<" in text

    def test_all_or_nothing(self, share: Share) -> None:
        """RFC 4918 §9.2.1: 403 for what is protected, 424 for the rest."""
        text = share.patch("/a.txt", setting("<x:c>1</x:c>") + setting("<D:getetag>x</D:getetag>"))
        assert "403 Forbidden" in text
        assert "424 Failed Dependency" in text
        assert "404" in share.find("/a.txt", propfind("<x:c/>"))

    def test_nested_xml_and_language_are_kept(self, share: Share) -> None:
        """RFC 4918 §4.3."""
        value = '<x:c xml:lang="de"><x:in a="1">t&amp;<x:deep/></x:in> tail</x:c>'
        share.patch("/a.txt", setting(value))
        text = share.find("/a.txt", propfind("<x:c/>"))
        assert 'xml:lang="de"' in text
        assert "t&amp;" in text
        assert " tail<" in text

    def test_properties_of_collections(self, share: Share) -> None:
        share.patch("/c/", setting("<x:c>\U0001f600</x:c>"))
        assert "\U0001f600" in share.find("/c/", propfind("<x:c/>"))

    def test_executable(self, share: Share) -> None:
        """The property of Apache's mod_dav_fs."""
        name = '<a:executable xmlns:a="http://apache.org/dav/props/">{}</a:executable>'
        assert "200 OK" in share.patch("/a.txt", setting(name.format("T")))
        assert share.store.stat(("a.txt",)).executable is True
        assert "200 OK" not in share.patch("/a.txt", setting(name.format("maybe")))

    def test_what_is_missing_is_404(self, share: Share) -> None:
        assert share.status("PROPPATCH", "/none", {}, setting("<x/>")) == 404
