"""Resources for tests, and what a listing says of them."""

from __future__ import annotations

from xml.etree import ElementTree

from caraway.webdav.locks.lock import Lock
from caraway.webdav.properties.listing import Renderer
from caraway.webdav.properties.live import Context
from caraway.webdav.store.interface import Entry
from caraway.webdav.xml.parser import DAV
from caraway.webdav.xml.requests import Propfind

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
    declared = 'xmlns:D="DAV:"' if prefix else 'xmlns="DAV:" xmlns:A="http://apache.org/dav/props/"'
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
