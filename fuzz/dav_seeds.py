"""Seeds for the targets of the WebDAV server: what clients send, and what only tests do."""

from __future__ import annotations

NS = 'xmlns:D="DAV:" xmlns:x="urn:x"'
PROPFIND = f"<D:propfind {NS}><D:prop><D:getetag/><x:p/><D:lockdiscovery/></D:prop></D:propfind>"
ALLPROP = '<propfind xmlns="DAV:"><allprop/><include><acl/></include></propfind>'
UPDATE = (
    f'<D:propertyupdate {NS}><D:set><D:prop><x:p xml:lang="de">a<b/>&lt;</x:p>'
    "<D:getlastmodified>Sun, 06 Nov 1994 08:49:37 GMT</D:getlastmodified></D:prop></D:set>"
    "<D:remove><D:prop><x:q/></D:prop></D:remove></D:propertyupdate>"
)
PROTECTED = (
    f"<D:propertyupdate {NS}><D:set><D:prop><D:getetag>1</D:getetag></D:prop></D:set>"
    "</D:propertyupdate>"
)
MKCOL = (
    f"<D:mkcol {NS}><D:set><D:prop><D:resourcetype><D:collection/></D:resourcetype>"
    "<x:p>kept</x:p></D:prop></D:set></D:mkcol>"
)
LOCKINFO = (
    f"<D:lockinfo {NS}><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/>"
    "</D:locktype><D:owner><D:href>mailto:me</D:href></D:owner></D:lockinfo>"
)
SEARCH = (
    f"<D:searchrequest {NS}><D:basicsearch><D:select><D:allprop/></D:select><D:from><D:scope>"
    "<D:href>/</D:href><D:depth>infinity</D:depth></D:scope></D:from><D:where><D:and>"
    "<D:gt><D:prop><D:getcontentlength/></D:prop><D:literal>1</D:literal></D:gt>"
    '<D:like caseless="yes"><D:prop><D:displayname/></D:prop><D:literal>%a_\\%</D:literal></D:like>'
    "<D:not><D:contains>inside</D:contains></D:not></D:and></D:where><D:orderby><D:order><D:prop>"
    "<D:getlastmodified/></D:prop><D:descending/></D:order></D:orderby><D:limit><D:nresults>2"
    "</D:nresults></D:limit></D:basicsearch></D:searchrequest>"
)
SYNC = (
    f"<D:sync-collection {NS}><D:sync-token/><D:sync-level>infinite</D:sync-level><D:limit>"
    "<D:nresults>3</D:nresults></D:limit><D:prop><D:getetag/></D:prop></D:sync-collection>"
)
BOMB = '<!DOCTYPE a [<!ENTITY b "bb">]><propfind xmlns="DAV:"><prop>&b;</prop></propfind>'

#: By the parsers of ``fuzz_dav``, in their order.
DAV = (
    (PROPFIND, BOMB, '<a xmlns:b="u:"><b:c b:d="&#10;" xml:lang="x">t</b:c></a>'),
    (PROPFIND, ALLPROP, '<propfind xmlns="DAV:"><propname/></propfind>', ""),
    (UPDATE, PROTECTED),
    (MKCOL,),
    (LOCKINFO, LOCKINFO.replace("exclusive", "shared"), ""),
    (
        '(<urn:x:1> ["e"])',
        '</a> (Not <DAV:no-lock>) <http://h/b/> (<urn:x:2>) ([W/"e"])',
        '(Not ["e"]) (<urn:x:1>)',
    ),
    ('"e"\n*\nSun, 06 Nov 1994 08:49:37 GMT\nSunday, 06-Nov-94 08:49:37 GMT', 'W/"e", "f"\n"e"'),
    ("/a%20b/c", "http://h/a", "http://other/a", "http://u@h:80/a?q#f", "/a/../b", "//h/a"),
    ("Second-100", "Infinite, Second-4100000000", "<urn:x:1>"),
    (SEARCH, f"<D:query-schema-discovery {NS}/>"),
    (SYNC, SYNC.replace("<D:sync-token/>", "<D:sync-token>urn:x</D:sync-token>")),
)

PATHS = (
    "G/file\nG/up/secret\nG/absolute/secret\nF/absolute/\nF/up\nG/d/chain",
    "P/file\nP/up/fresh\nP/dangling\nP/absolute/secret\nA/absolute/secret\nA/file",
    "D/up/secret\nD/absolute/\nD/up\nD/file\nD/d/\nM/up/fresh\nM/absolute/fresh",
    "C/a /absolute/fresh\nC/d/ /up/share-not\nC/absolute/ /fresh\nC/up/outside /d/fresh",
    "V/a /up/fresh\nV/absolute/secret /fresh\nV/up /d/x\nV/d /absolute\nV/a /file\nV/in /out",
    "S/file\nS/absolute/secret\nS/up\nL/absolute/fresh\nL/dangling\nL/file\nL/up/fresh",
    "G/../secret\nG/%2e%2e/secret\nG/d/%2e%2e%2fsecret\nG/..%5csecret\nG/%00\nG/%c0%ae%c0%ae/secret",
    "G//secret\nGhttp://h/../secret\nG/./d/e/b\nG/loop\nG/in/b\nP/in/new\nG/a/b\nG/%ff%fe",
    "C/a http://h/%2e%2e/secret\nC/a /..%2fsecret\nV/a //h/x\nC/in /two\nC/d /three\nG/three/up",
)


def _asked(method: str, target: str, *fields: str, body: str = "") -> str:
    head = "".join(f"{field}\r\n" for field in ("Host: h", *fields))
    if body:
        head += f"Content-Length: {len(body.encode())}\r\n"
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n{body}"


#: Streams of requests for ``fuzz_stream``.
STREAMS = (
    _asked("OPTIONS", "*") + _asked("GET", "/a") + _asked("HEAD", "/d/") + _asked("GET", "/d/"),
    _asked("PUT", "/n", "Expect: 100-continue", body="new")
    + _asked("GET", "/n", "Range: bytes=1-"),
    _asked("PUT", "/n", "Transfer-Encoding: chunked")
    + "3\r\nnew\r\n2;x=y\r\n!!\r\n0\r\nT: x\r\n\r\n"
    + _asked("GET", "/n", "Range: bytes=0-0,-1", "Accept-Encoding: gzip, zstd;q=0.5"),
    _asked("PROPFIND", "/", "Depth: 1", body=PROPFIND) + _asked("PROPFIND", "/d", body=ALLPROP),
    _asked("PROPPATCH", "/a", body=UPDATE) + _asked("PROPPATCH", "/d/", body=PROTECTED),
    _asked("MKCOL", "/m/") + _asked("MKCOL", "/k", "Content-Type: text/xml", body=MKCOL),
    _asked("LOCK", "/a", "Depth: 0", "Timeout: Second-9", body=LOCKINFO)
    + _asked("PUT", "/a", body="x")
    + _asked("PUT", "/a", "If: (<urn:uuid:0>)", body="y")
    + _asked("LOCK", "/a", "If: (<urn:uuid:0>)")
    + _asked("UNLOCK", "/a", "Lock-Token: <urn:uuid:0>"),
    _asked("LOCK", "/d/", body=LOCKINFO)
    + _asked("DELETE", "/d/e/b", "If: </d/> (<urn:uuid:0>)")
    + _asked("DELETE", "/d/"),
    _asked("COPY", "/d/", "Destination: /k", "Depth: 0")
    + _asked("MOVE", "/a", "Destination: http://h/d/e/b", "Overwrite: F")
    + _asked("MOVE", "/a", "Destination: /d", 'If-Match: "m1"'),
    _asked("GET", "/a", 'If-None-Match: "m1"', 'If-Range: "m1"', "Range: bytes=0-1")
    + _asked("PUT", "/a", "Content-Range: bytes 2-3/*", body="zz")
    + _asked(
        "PATCH",
        "/a",
        "Content-Type: application/x-sabredav-partialupdate",
        "X-Update-Range: append",
        body="tail",
    ),
    _asked("SEARCH", "/", "Content-Type: text/xml", body=SEARCH)
    + _asked("REPORT", "/", "Content-Type: text/xml", body=SYNC),
    _asked("GET", "/file") + _asked("PUT", "/up/fresh", body="x") + _asked("GET", "/d/chain"),
    "GET /a HTTP/1.0\r\n\r\n",
    _asked("GET", "/a", "Connection: close") + _asked("DELETE", "/a"),
    _asked("PUT", "/n", "Content-Length: 5", body="hello")[:-2],
    _asked("BREW", "/pot") + _asked("GET", "/a"),
)
