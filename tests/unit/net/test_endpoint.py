"""URIs of servers and proxies: what they mean, and which are refused."""

from __future__ import annotations

import pytest

from caraway.errors import UsageError
from caraway.net.endpoint import (
    Endpoint,
    Proxy,
    TLSSettings,
    check_host,
    is_ipv6,
    join_host,
    parse_proxy,
    parse_uri,
    read_host,
    server_name,
)

GOOD = {
    "spice://vm:5900": Endpoint("vm", 5900),
    "spice://vm:5900/": Endpoint("vm", 5900),
    "SPICE://vm:5900": Endpoint("vm", 5900),
    "spice://10.0.0.1:5900": Endpoint("10.0.0.1", 5900),
    "spice://[fe80::1]:5900": Endpoint("fe80::1", 5900),
    "spice://vm:5900?tls-port=5901": Endpoint("vm", 5900, 5901),
    "spice://vm?port=5900&tls-port=5901": Endpoint("vm", 5900, 5901),
    "spice://vm/?port=5900;tls-port=5901": Endpoint("vm", 5900, 5901),
    "spice://vm;port=5900": Endpoint("vm", 5900),
    "spice://vm?tls-port=5901": Endpoint("vm", None, 5901),
    "spice://[::1]?port=%35900": Endpoint("::1", 5900),
    "spice://[fe80::1%25eth0]:5900": Endpoint("fe80::1%eth0", 5900),
    "spice://my%2Dvm:5900": Endpoint("my-vm", 5900),
    "spice://bücher.example:5900": Endpoint("bücher.example", 5900),
    "spice+tls://vm:5901": Endpoint("vm", None, 5901),
    "spice+tls://pvespiceproxy:65a1b2c3:100:node::abcdef:61000": Endpoint(
        "pvespiceproxy:65a1b2c3:100:node::abcdef", None, 61000
    ),
    "spice+unix:///run/vm%20a?b.sock": Endpoint(unix_path="/run/vm%20a?b.sock"),
    "spice+ws://vm:8080/spice?vm=1": Endpoint("vm", 8080, websocket="/spice?vm=1"),
    "spice+ws://vm": Endpoint("vm", 80, websocket="/"),
    "spice+ws://vm:81?token=x": Endpoint("vm", 81, websocket="/?token=x"),
    "spice+wss://vm/a#b": Endpoint("vm", None, 443, websocket="/a"),
}


@pytest.mark.parametrize("text", GOOD)
def test_uri(text: str) -> None:
    assert parse_uri(text) == GOOD[text]


@pytest.mark.parametrize("endpoint", GOOD.values(), ids=lambda each: each.uri())
def test_what_is_described_is_read_again(endpoint: Endpoint) -> None:
    assert parse_uri(endpoint.uri()) == endpoint
    assert endpoint.describe() == endpoint.uri()


BAD = {
    "vm:5900": "no URI",
    "": "no URI",
    "vnc://vm:5900": "scheme 'vnc' is unknown",
    "spice://vm": "has no port",
    "spice://:5900": "no host name",
    "spice://vm:0": "0 is no port",
    "spice://vm:65536": "65536 is no port",
    "spice://vm:59x": "'59x' is no port",
    "spice://vm:+5": "is no port",
    "spice://vm:99999999999999999999": "is no port",
    "spice://::1:5900": "write IPv6 addresses in brackets",
    "spice://[vm]:5900": "'[vm]' is no IPv6 address",
    "spice://[::1]5900": "has '5900' behind its host",
    "spice://[::1:5900": "no IPv6 address",
    "spice://v m:5900": "no host name",
    "spice://vm%0d%0aX: y:5900": "no host name",
    "spice://[fe80::1%25a%0d%0ab]:5900": "no host name",
    "spice://vm:5900/path": "has a path",
    "spice://vm:5900?port=5901": "gives port twice",
    "spice://vm?port=1&port=2": "gives port twice",
    "spice://vm:5900?colour=blue": "'colour=blue' is unknown",
    "spice://vm:5900?tls-port": "'tls-port' is unknown",
    "spice+tls://vm:5900?tls-port=5901": "is unknown in spice+tls://",
    "spice+tls://vm": "has no port",
    "spice://vm:5900?password=secret": "a password in a URI can be read",
    "spice://me:secret@vm:5900": "a password in a URI",
    "spice://me@vm:5900": "a user in a URI",
    "spice+unix://run/vm": "needs an absolute path",
    "spice+unix:///run/\0": "needs an absolute path",
    "spice+ws://vm/a b": "path with blanks",
    "spice+ws://vm/a\r\nX: y": "path with blanks",
    "spice+ws://vm/ü": "path with blanks",
}


@pytest.mark.parametrize("text", BAD)
def test_uri_that_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_uri(text)
    assert BAD[text] in str(caught.value)
    assert "secret" not in str(caught.value)


def test_errors_show_no_password() -> None:
    for text in ("vnc://me:secret@vm:1", "me:secret@vm", "spice://vm/p?password=secret"):
        with pytest.raises(UsageError) as caught:
            parse_uri(text)
        assert "secret" not in str(caught.value)


def test_errors_show_nothing_that_moves_the_cursor() -> None:
    with pytest.raises(UsageError) as caught:
        parse_uri("spice://vm\x1b[2J:5900")
    assert "\x1b" not in str(caught.value)


def test_what_an_endpoint_has() -> None:
    assert (parse_uri("spice://vm:1").has_plain, parse_uri("spice://vm:1").has_tls) == (True, False)
    assert parse_uri("spice+tls://vm:1").has_tls
    assert not parse_uri("spice+tls://vm:1").has_plain
    assert parse_uri("spice+unix:///a").has_plain


def test_a_proxy_is_described_without_its_password() -> None:
    endpoint = Endpoint("vm", 5900, proxy=Proxy("gate", 3128, "me", "secret"))
    assert endpoint.describe() == "spice://vm:5900 through http://gate:3128"
    assert "secret" not in repr(endpoint)


def test_moved() -> None:
    proxy = Proxy("gate", 3128)
    tls = TLSSettings(ca_pem="ca", host_subject="CN=a")
    here = Endpoint("a", 5900, 5901, proxy=proxy, tls=tls)
    there = here.moved(host="[::1]", port=0, tls_port=5903, subject="CN=b")
    assert there == Endpoint(
        "::1", None, 5903, proxy=proxy, tls=TLSSettings(ca_pem="ca", host_subject="CN=b")
    )
    assert here.moved(host=None, port=1, tls_port=0, subject=None) == Endpoint(
        "a", 1, proxy=proxy, tls=TLSSettings(ca_pem="ca")
    )


def test_moved_by_qemu_which_says_65535_for_none() -> None:
    here = Endpoint("a", 5900)
    assert here.moved(host="b", port=65535, tls_port=5901, subject=None) == Endpoint(
        "b", None, 5901
    )
    assert here.moved(host="b", port=5901, tls_port=65535, subject=None) == Endpoint("b", 5901)
    assert here.moved(host="b", port=65535, tls_port=65535, subject=None).port == 65535


@pytest.mark.parametrize(
    ("host", "port", "tls_port"), [("b", 0, 0), ("b\r\n", 1, 0), ("", 1, 0), ("b", 70000, 0)]
)
def test_moved_to_nowhere(host: str, port: int, tls_port: int) -> None:
    with pytest.raises(UsageError):
        Endpoint("a", 1).moved(host=host, port=port, tls_port=tls_port, subject=None)


def test_hosts() -> None:
    assert is_ipv6("::1")
    assert not is_ipv6("pvespiceproxy:65a1b2c3:100:node::abcdef")
    assert join_host("::1", 1) == "[::1]:1"
    assert join_host("a:b", 1) == "a:b:1"
    assert join_host("::1", None) == "[::1]"
    assert read_host("[::1]") == "::1"
    assert read_host("vm") == "vm"
    assert check_host("a:b") == "a:b"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("vm.example.", "vm.example."),
        ("10.0.0.1", "10.0.0.1"),
        ("::1", "::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("pvespiceproxy:65a1b2c3:100", None),
        ("a..b", None),
        ("a" * 64, None),
    ],
)
def test_what_tls_asks_for(host: str, name: str | None) -> None:
    assert server_name(host) == name


PROXIES = {
    "http://gate:3128": Proxy("gate", 3128),
    "http://gate": Proxy("gate", 3128),
    "https://gate/": Proxy("gate", 3129, tls=True),
    "gate": Proxy("gate", 3128),
    "gate:8080": Proxy("gate", 8080),
    "http://[::1]:8080": Proxy("::1", 8080),
    "http://me:p%40ss@gate:1": Proxy("gate", 1, "me", "p@ss"),
    "http://me:p@ss@gate:1": Proxy("gate", 1, "me", "p@ss"),
    "http://me@gate:1": Proxy("gate", 1, "me"),
}


@pytest.mark.parametrize("text", PROXIES)
def test_proxy(text: str) -> None:
    assert parse_proxy(text) == PROXIES[text]


@pytest.mark.parametrize(
    "text", ["socks://gate:1080", "http://", "http://gate:x", "http://gate/a", "http://a b:1"]
)
def test_proxy_that_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_proxy(text)


def test_proxies_are_described_by_their_url() -> None:
    assert parse_proxy("https://me:secret@[::1]:1").describe() == "https://[::1]:1"
