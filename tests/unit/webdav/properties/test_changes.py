"""Changes of properties: RFC 4918 §9.2, RFC 5689 §3."""

from __future__ import annotations

import pytest

from caraway.webdav.properties.changes import Plan, plan_changes
from caraway.webdav.properties.live import APACHE, LIVE, MICROSOFT, Context
from caraway.webdav.xml.answers import Propstat
from caraway.webdav.xml.parser import DAV
from caraway.webdav.xml.requests import read_mkcol, read_propertyupdate
from tests.unit.webdav.properties.resources import FILE, FOLDER, S, props, shown


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
