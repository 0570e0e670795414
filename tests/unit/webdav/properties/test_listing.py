"""Listings of properties: RFC 4918 §9.1."""

from __future__ import annotations

import time

import pytest

from caraway.webdav.properties.listing import Renderer, element_prefix, renderer
from caraway.webdav.properties.live import APACHE, Context
from caraway.webdav.store.interface import Usage
from caraway.webdav.xml.parser import DAV
from caraway.webdav.xml.requests import ALLPROP, Propfind
from tests.unit.webdav.properties.resources import FILE, FOLDER, S, props, shown


def test_found_and_missing_properties_in_the_order_asked_for():  # §9.1.1
    request = props("getetag", ("u", "x"), "resourcetype", ("", "y"))
    assert Renderer(request).render("/a", FOLDER) == (
        "<D:response><D:href>/a</D:href><D:propstat><D:prop>"
        "<D:resourcetype><D:collection/></D:resourcetype></D:prop>"
        "<D:status>HTTP/1.1 200 OK</D:status></D:propstat><D:propstat><D:prop>"
        '<D:getetag/><x xmlns="u"/><y xmlns=""/></D:prop>'
        "<D:status>HTTP/1.1 404 Not Found</D:status></D:propstat></D:response>"
    )


@pytest.mark.parametrize("prefix", ["D:", ""])
def test_nothing_found_is_one_propstat_and_nothing_asked_another(prefix):
    assert shown(props("none"), prefix=prefix) == {404: {"{DAV:}none": []}}
    assert shown(props(), prefix=prefix) == {200: {}}


@pytest.mark.parametrize("prefix", ["D:", ""])
def test_dead_properties_are_shown_as_they_were_set(prefix):
    dead = {("u", "x"): '<q:x xmlns:q="u">1</q:x>', ("", "y"): '<y xmlns="">2</y>'}
    request = props(("u", "x"), ("", "y"), ("u", "z"))
    assert shown(request, context=Context(dead=dead), prefix=prefix) == {
        200: {"{u}x": "1", "y": "2"},
        404: {"{u}z": []},
    }


def test_a_dead_value_replaces_a_live_one_only_where_it_may():
    dead = {
        (DAV, "displayname"): '<D:displayname xmlns:D="DAV:">mine</D:displayname>',
        (DAV, "getetag"): '<D:getetag xmlns:D="DAV:">forged</D:getetag>',
    }
    for request in (props("displayname", "getetag"), ALLPROP):
        found = shown(request, context=Context(dead=dead))[200]
        assert (found["{DAV:}displayname"], found["{DAV:}getetag"]) == ("mine", '"e-1"')


STANDARD = {
    "{DAV:}creationdate", "{DAV:}displayname", "{DAV:}getcontentlength", "{DAV:}getcontenttype",
    "{DAV:}getetag", "{DAV:}getlastmodified", "{DAV:}lockdiscovery", "{DAV:}resourcetype",
    "{DAV:}supportedlock",
}  # fmt: skip


def test_allprop_has_what_rfc_4918_defines_and_all_dead_properties():  # §9.1, §15
    executable = f"{{{APACHE}}}executable"
    dead = Context(dead={("u", "x"): '<x xmlns="u">1</x>'})
    assert set(shown(ALLPROP, FILE, dead)[200]) == STANDARD | {executable, "{u}x"}
    of_files = {"{DAV:}getcontentlength", "{DAV:}getcontenttype", "{DAV:}getetag"}
    found = shown(ALLPROP, FOLDER)
    assert set(found) == {200}
    assert set(found[200]) == STANDARD - of_files


def test_allprop_with_include():  # §9.1, §14.8
    request = Propfind("allprop", ((DAV, "quota-used-bytes"), ("u", "x"), (DAV, "getetag")))
    usage = Context(usage=Usage(1, 2))
    found = shown(request, FOLDER, usage)
    assert found[200]["{DAV:}quota-used-bytes"] == "1"
    assert set(found[404]) == {"{u}x", "{DAV:}getetag"}
    dead = Context(dead={("u", "x"): '<x xmlns="u">1</x>'})
    text = Renderer(request).render("/", FOLDER, dead)
    assert text.count('<x xmlns="u">') == 1


@pytest.mark.parametrize("prefix", ["D:", ""])
def test_propname_has_names_of_what_is_there(prefix):  # §9.1
    dead = {("u", "x"): '<x xmlns="u">1</x>', (DAV, "displayname"): "<displayname>2</displayname>"}
    found = shown(Propfind("propname"), FILE, Context(dead=dead), prefix)
    assert set(found) == {200}
    assert not any(found[200].values())
    names = set(found[200])
    assert names > STANDARD
    assert "{u}x" in names
    assert "{DAV:}quota-used-bytes" not in names
    assert (
        "{DAV:}quota-used-bytes"
        in shown(Propfind("propname"), FOLDER, Context(usage=Usage(1, 2)))[200]
    )


@pytest.mark.parametrize(
    ("request_", "dead", "locks", "usage", "sync_token"),
    [
        (ALLPROP, True, True, False, False),
        (Propfind("propname"), True, False, True, True),
        (props("getetag", "getcontentlength"), False, False, False, False),
        (props("displayname"), True, False, False, False),
        (props(("u", "x")), True, False, False, False),
        (props("lockdiscovery"), False, True, False, False),
        (props("quota-used-bytes"), False, False, True, False),
        (props("quota-available-bytes"), False, False, True, False),
        (props(("u", "quota-used-bytes")), True, False, False, False),
        (props("sync-token"), False, False, False, True),
    ],
)
def test_what_a_listing_needs_to_know(request_, dead, locks, usage, sync_token):
    made = Renderer(request_)
    assert (made.needs_dead, made.needs_locks, made.needs_usage, made.needs_sync_token) == (
        dead,
        locks,
        usage,
        sync_token,
    )


def test_the_same_request_has_the_same_renderer():
    assert renderer(props("getetag"), prefix="") is renderer(props("getetag"), prefix="")
    assert renderer(props("getetag"), prefix="") is not renderer(props("getetag"))


@pytest.mark.parametrize(
    ("user_agent", "prefix"),
    [
        ("Microsoft-WebDAV-MiniRedir/10.0.19045", "D:"),
        ("Microsoft Office Excel 2014", "D:"),
        ("Mozilla/4.0 (compatible; MSOffice 16)", "D:"),
        ("davfs2/1.6.1 neon/0.32.2", ""),
        ("", ""),
    ],
)
def test_microsoft_clients_get_a_prefix(user_agent, prefix):
    assert element_prefix(user_agent) == prefix


def test_an_entry_costs_microseconds():
    # Ten times what it takes on an idle machine, so that only a wrong turn fails.
    listing = Renderer(props("getcontentlength", "getlastmodified", "resourcetype"), prefix="")
    entries = [FILE._replace(mtime_ns=number * S) for number in range(1000)]
    before = time.process_time()
    for entry in entries * 5:
        listing.render("/x", entry)
    assert (time.process_time() - before) / 5000 < 40e-6
