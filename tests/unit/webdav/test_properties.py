"""Live properties (RFC 4918 §15, RFC 4331, RFC 6578 §4), listings (§9.1), changes (§9.2)."""

from __future__ import annotations

import time
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from caraway.webdav.locks import Lock
from caraway.webdav.properties import (
    APACHE,
    LIVE,
    MICROSOFT,
    Context,
    Plan,
    Renderer,
    active_locks,
    element_prefix,
    guess_type,
    lock_body,
    plan_changes,
    renderer,
)
from caraway.webdav.store.interface import Entry, Usage
from caraway.webdav.xml import (
    ALLPROP,
    DAV,
    Propfind,
    Propstat,
    parse,
    read_mkcol,
    read_propertyupdate,
)

S = 1_000_000_000
MTIME, CTIME = 784_111_777 * S + 5, 784_111_700 * S
FILE = Entry("a.txt", False, 42, MTIME, CTIME, "e-1", False)
FOLDER = Entry("f&g", True, 0, MTIME, CTIME, "")
LOCK = Lock("urn:x:1", ("a",), "/a", True, True, '<D:owner xmlns:D="DAV:">me</D:owner>',
            None, 60, 100.0)  # fmt: skip


def props(*names):
    """A request for properties of WebDAV, or of other namespaces given with them."""
    return Propfind("prop", tuple((DAV, n) if isinstance(n, str) else n for n in names))


def shown(request, entry=FILE, context=None, prefix="D:", href="/x"):
    """What a response says: for each status, the properties as text or elements inside."""
    text = Renderer(request, prefix=prefix).render(href, entry, context or Context())
    declared = 'xmlns:D="DAV:"' if prefix else 'xmlns="DAV:"'
    response = ElementTree.fromstring(f"<r {declared}>{text}</r>")[0]
    assert response.tag == "{DAV:}response"
    assert response.findtext("{DAV:}href") == href
    found = {}
    for propstat in response.iter("{DAV:}propstat"):
        status = int(propstat.findtext("{DAV:}status").split()[1])
        assert status not in found
        found[status] = {
            each.tag: each.text or [child.tag for child in each]
            for each in propstat.find("{DAV:}prop")
        }
    return found


def value(name, entry=FILE, context=None, namespace=DAV):
    """The value of one property, None where it is missing."""
    found = shown(props((namespace, name)), entry, context)
    assert len(found) == 1
    return found[200][f"{{{namespace}}}{name}"] if 200 in found else None


# Values


@pytest.mark.parametrize(
    ("name", "of_file", "of_folder"),
    [
        ("creationdate", "1994-11-06T08:48:20Z", "1994-11-06T08:48:20Z"),  # §15.1
        ("displayname", "a.txt", "f&g"),  # §15.2
        ("getcontentlanguage", None, None),  # §15.3
        ("getcontentlength", "42", None),  # §15.4
        ("getcontenttype", "text/plain", None),  # §15.5
        ("getetag", '"e-1"', None),  # §15.6
        ("getlastmodified", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("lockdiscovery", [], []),  # §15.8
        ("resourcetype", [], ["{DAV:}collection"]),  # §15.9
        ("supportedlock", ["{DAV:}lockentry"] * 2, ["{DAV:}lockentry"] * 2),  # §15.10
        ("quota-available-bytes", None, None),  # RFC 4331
        ("quota-used-bytes", None, None),
        ("sync-token", None, None),  # RFC 6578 §4
        ("supported-report-set", [], ["{DAV:}supported-report"]),  # RFC 3253 §3.1.5
        ("ishidden", "0", "0"),
        ("lastmodified", "784111777", "784111777"),
        ((APACHE, "executable"), "F", None),
        ((MICROSOFT, "Win32LastModifiedTime"), "Sun, 06 Nov 1994 08:49:37 GMT",
         "Sun, 06 Nov 1994 08:49:37 GMT"),
        ((MICROSOFT, "Win32CreationTime"), "Sun, 06 Nov 1994 08:48:20 GMT",
         "Sun, 06 Nov 1994 08:48:20 GMT"),
        ((MICROSOFT, "Win32FileAttributes"), None, None),
        (("", "unknown"), None, None),
    ],
)  # fmt: skip
def test_values(name, of_file, of_folder):
    namespace, local = (DAV, name) if isinstance(name, str) else name
    if not namespace:
        assert shown(props(name)) == {404: {local: []}}
        return
    assert value(local, FILE, namespace=namespace) == of_file
    assert value(local, FOLDER, namespace=namespace) == of_folder


def test_values_that_depend_on_the_context():
    context = Context(usage=Usage(used=5, available=7), sync_token="urn:s&1")
    assert value("quota-used-bytes", FOLDER, context) == "5"
    assert value("quota-available-bytes", FOLDER, context) == "7"
    assert value("quota-used-bytes", FILE, context) is None
    assert value("quota-available-bytes", FILE, context) is None
    assert value("sync-token", FOLDER, context) == "urn:s&1"


def test_values_that_depend_on_the_entry():
    assert value("executable", FILE._replace(executable=True), namespace=APACHE) == "T"
    assert value("executable", FILE._replace(executable=None), namespace=APACHE) is None
    assert value("ishidden", FILE._replace(name=".a")) == "1"
    assert value("displayname", FOLDER._replace(name="")) == []
    assert value("displayname", FILE._replace(name="a\nb\udcff<\x01")) == "a\nb�<�"
    assert value("getetag", FILE._replace(etag="<&>")) == '"<&>"'


def test_locks_are_shown_whole():  # §14.1, §15.8
    shared = replace(LOCK, token="urn:x:<2>", href="/a%20", is_exclusive=False, is_deep=False,
                     owner="")  # fmt: skip
    root = parse(lock_body([LOCK, shared], now=90.4))
    assert root.name == (DAV, "prop")
    first, second = root.find("lockdiscovery").children
    assert first.find("locktype").children[0].name == (DAV, "write")
    assert first.find("lockscope").children[0].name == (DAV, "exclusive")
    assert second.find("lockscope").children[0].name == (DAV, "shared")
    assert [each.find("depth").text for each in (first, second)] == ["infinity", "0"]
    assert first.find("owner").text == "me"
    assert second.find("owner") is None
    assert first.find("timeout").text == "Second-9"
    assert second.find("locktoken").find("href").text == "urn:x:<2>"
    assert second.find("lockroot").find("href").text == "/a%20"
    assert active_locks([], now=0) == ""


@pytest.mark.parametrize("prefix", ["D:", ""])
def test_a_listing_shows_locks(prefix):
    context = Context(locks=[LOCK], now=0)
    found = shown(props("lockdiscovery"), FILE, context, prefix)
    assert found == {200: {"{DAV:}lockdiscovery": ["{DAV:}activelock"]}}


# Listings


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


# Changes


def changes(*instructions):
    """The changes of a PROPPATCH: ``(name, content)``, or ``(name, None)`` to remove."""
    body = "".join(
        f"<D:remove><D:prop><{name}/></D:prop></D:remove>"
        if content is None
        else f"<D:set><D:prop><{name}>{content}</{name}></D:prop></D:set>"
        for name, content in instructions
    )
    return read_propertyupdate(
        f'<D:propertyupdate xmlns:D="DAV:" xmlns:A="{APACHE}" xmlns:M="{MICROSOFT}" xmlns:u="u">'
        f"{body}</D:propertyupdate>".encode()
    )


def plan(*instructions, entry=FILE):
    return plan_changes(changes(*instructions), entry)


def refusal(name, content, entry=FILE):
    made = plan((name, content), entry=entry)
    assert len(made.refused) <= 1
    return next(iter(made.refused.values()), None)


PROTECTED = (403, "cannot-modify-protected-property")


@pytest.mark.parametrize("name", sorted(name for name in LIVE if LIVE[name].is_protected))
@pytest.mark.parametrize("content", ["x", None])
def test_protected_properties_are_refused(name, content):  # §15, §16
    assert name[0] == DAV
    assert refusal(f"D:{name[1]}", content) == PROTECTED
    assert refusal(f"D:{name[1]}", content, FOLDER) == PROTECTED


@pytest.mark.parametrize("name", ["D:getlastmodified", "D:lastmodified", "M:Win32LastModifiedTime"])
@pytest.mark.parametrize(
    ("content", "mtime_ns"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777 * S),
        (" Sun Nov  6 08:49:37 1994\n", 784_111_777 * S),
        ("1994-11-06T08:49:37Z", 784_111_777 * S),
        ("1994-11-06T09:49:37.5+01:00", 784_111_777 * S + S // 2),
        ("784111777", 784_111_777 * S),
        ("0", 0),
    ],
)
def test_the_time_of_change_can_be_set(name, content, mtime_ns):
    made = plan((name, content))
    assert made == Plan(made.names, mtime_ns=mtime_ns)


@pytest.mark.parametrize(
    "name",
    ["D:getlastmodified", "D:lastmodified", "M:Win32LastModifiedTime", "M:Win32CreationTime"],
)
@pytest.mark.parametrize(
    "content", ["", "now", "-1", "1.5", "123456789012", "٣", "Sunday, 06-Nov-94 08:49:37 GMT",
                "Sun, 31 Feb 1994 08:49:37 GMT"]
)  # fmt: skip
def test_what_is_no_time_is_409(name, content):  # §9.2.1
    assert refusal(name, content) == (409, None)


def test_the_time_of_creation_is_set_and_kept():
    made = plan(("M:Win32CreationTime", "Sun, 06 Nov 1994 08:49:37 GMT"))
    name = (MICROSOFT, "Win32CreationTime")
    assert made.ctime_ns == 784_111_777 * S
    assert "Sun, 06 Nov 1994 08:49:37 GMT" in made.dead[name]
    assert shown(props(name), context=Context(dead=made.dead))[200] == {
        f"{{{MICROSOFT}}}Win32CreationTime": "Sun, 06 Nov 1994 08:49:37 GMT"
    }
    assert plan(("M:Win32CreationTime", None)) == Plan((name,), dead={name: None})


def test_what_cannot_be_removed():
    assert refusal("D:getlastmodified", None) == PROTECTED
    assert refusal("A:executable", None) == PROTECTED


@pytest.mark.parametrize(("content", "executable"), [("T", True), ("F", False), (" T\n", True)])
def test_executable(content, executable):
    made = plan(("A:executable", content))
    assert made == Plan(made.names, executable=executable)


@pytest.mark.parametrize(
    ("content", "entry", "expected"),
    [
        ("yes", FILE, (409, None)),
        ("", FILE, (409, None)),
        ("T", FOLDER, PROTECTED),
        ("T", FILE._replace(executable=None), PROTECTED),
    ],
)
def test_executable_refused(content, entry, expected):
    assert refusal("A:executable", content, entry) == expected


def test_windows_attributes_are_kept():
    made = plan(("M:Win32FileAttributes", "00000020"), ("M:Win32LastAccessTime", "x"))
    assert [name[1] for name in made.dead] == ["Win32FileAttributes", "Win32LastAccessTime"]
    assert plan(("M:Win32FileAttributes", None)).dead == {(MICROSOFT, "Win32FileAttributes"): None}
    for wrong in ("", "xyz", "123456789"):
        assert refusal("M:Win32FileAttributes", wrong) == (409, None)


def test_a_display_name_is_kept_like_any_dead_property():
    made = plan(("D:displayname", "mine"), ("u:x", "<u:y/>"), ("D:unknown", None))
    assert made.dead == {
        (DAV, "displayname"): '<D:displayname xmlns:D="DAV:">mine</D:displayname>',
        ("u", "x"): '<u:x xmlns:u="u"><u:y/></u:x>',
        (DAV, "unknown"): None,
    }


def test_changes_count_in_document_order():  # §9.2
    made = plan(("u:x", "1"), ("u:y", "1"), ("u:x", None), ("u:y", "2"))
    assert made.names == (("u", "x"), ("u", "y"))
    assert made.dead == {("u", "x"): None, ("u", "y"): '<u:y xmlns:u="u">2</u:y>'}
    assert made.propstats() == [Propstat(200, ('<x xmlns="u"/>', '<y xmlns="u"/>'))]
    assert [each.status for each in made.propstats(507)] == [507]


def test_one_refusal_fails_all_others():  # §9.2.1
    made = plan(("u:x", "1"), ("D:getetag", "1"), ("D:getlastmodified", "?"), ("D:getetag", None),
                ("u:z", None))  # fmt: skip
    assert made.propstats() == [
        Propstat(424, ('<x xmlns="u"/>', '<z xmlns="u"/>')),
        Propstat(403, ("<D:getetag/>",), "cannot-modify-protected-property"),
        Propstat(409, ("<D:getlastmodified/>",)),
    ]


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ("<D:collection/>", None),
        ("", (403, "valid-resourcetype")),
        ('<D:collection/><x xmlns="u"/>', (403, "valid-resourcetype")),
        ('<calendar xmlns="u"/>', (403, "valid-resourcetype")),
    ],
)
def test_the_type_of_a_new_collection(types, expected):  # RFC 5689 §3.1, §3.3
    body = (
        '<D:mkcol xmlns:D="DAV:"><D:set><D:prop><D:resourcetype>'
        f"{types}</D:resourcetype></D:prop></D:set></D:mkcol>"
    ).encode()
    listed = read_mkcol(body)
    made = plan_changes(listed, FOLDER, is_new=True)
    assert made.refused == ({(DAV, "resourcetype"): expected} if expected else {})
    assert made.dead == {}
    assert plan_changes(listed, FOLDER).refused == {(DAV, "resourcetype"): PROTECTED}
    removed = changes(("D:resourcetype", None))
    assert plan_changes(removed, FOLDER, is_new=True).refused


# Media types


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", "text/plain"),
        ("A.JPG", "image/jpeg"),
        ("x.tar.gz", "application/gzip"),
        (".html", "text/html"),
        ("zip", "application/octet-stream"),
        ("a.", "application/octet-stream"),
        ("a.unknown", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_media_types(name, expected):
    assert guess_type(name) == expected
