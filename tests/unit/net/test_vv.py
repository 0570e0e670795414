"""Connection files: all keys, what is wrong with others, and what is never shown."""

from __future__ import annotations

import pytest

from caraway.errors import UsageError
from caraway.net.endpoint import Endpoint, Proxy, TLSSettings
from caraway.net.vv import MAX_SIZE, ConnectionFile, UsbRule, read_vv

#: As Proxmox hands it out, with other names and keys.
PROXMOX = r"""[virt-viewer]
tls-port=61000
secure-attention=Ctrl+Alt+Ins
delete-this-file=1
proxy=http://node.example:3128
toggle-fullscreen=Shift+F11
title=VM 100 - web
password=0123456789abcdef
release-cursor=Ctrl+Alt+R
host-subject=OU=PVE Cluster Node,O=Proxmox Virtual Environment,CN=node.example
ca=-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n
host=pvespiceproxy:65a1b2c3:100:node::abcdef
type=spice
"""

EVERYTHING = r"""
# made by hand
[virt-viewer]
type = spice
version = 2.0-1
versions = rhev-win64:2.0-160;fedora:2.0
newer-version-url = https://example.com/new
host = [fe80::1]
port = 5900
tls-port=5901
username=me
password=secret
disable-channels=usbredir;
secure-channels=main; inputs
tls-ciphers=DEFAULT
ca=one\ntwo
host-subject=O=a\\,b,CN=c
proxy=http://u:hidden@gate:8080
title=\sA\tB\\C\x
fullscreen=1
toggle-fullscreen=f11
release-cursor=f12
zoom-in=a
zoom-out=b
zoom-reset=c
smartcard-insert=d
smartcard-remove=e
secure-attention=f
usb-device-reset=g
color-depth=32
disable-effects=wallpaper;all
enable-smartcard=true
enable-usbredir=FALSE
enable-usb-autoshare=0
usb-filter=-1,0x1234,-1,-1,1|8,-1,-1,-1,0|
delete-this-file=0
colour=blue

[ovirt]
host=engine.example:443
vm-guid=42
jsessionid=hidden1
sso-token=hidden2
ca=x
admin=1
mood=good
[else]
key=value
"""


def test_proxmox() -> None:
    file = read_vv(PROXMOX)
    assert file.password == "0123456789abcdef"
    assert file.delete_this_file
    assert file.title == "VM 100 - web"
    assert file.unknown == {}
    assert file.endpoint() == Endpoint(
        "pvespiceproxy:65a1b2c3:100:node::abcdef",
        None,
        61000,
        proxy=Proxy("node.example", 3128),
        tls=TLSSettings(
            ca_pem="-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
            host_subject="OU=PVE Cluster Node,O=Proxmox Virtual Environment,CN=node.example",
        ),
    )


def test_every_key() -> None:
    file = read_vv(EVERYTHING)
    assert file == ConnectionFile(
        type="spice",
        version="2.0-1",
        versions=(("rhev-win64", "2.0-160"), ("fedora", "2.0")),
        newer_version_url="https://example.com/new",
        host="[fe80::1]",
        port=5900,
        tls_port=5901,
        username="me",
        password="secret",
        disable_channels=("usbredir",),
        secure_channels=("main", "inputs"),
        tls_ciphers="DEFAULT",
        ca="one\ntwo",
        host_subject=r"O=a\,b,CN=c",
        proxy="http://u:hidden@gate:8080",
        title=" A\tB\\C\\x",
        fullscreen=True,
        toggle_fullscreen="f11",
        release_cursor="f12",
        zoom_in="a",
        zoom_out="b",
        zoom_reset="c",
        smartcard_insert="d",
        smartcard_remove="e",
        secure_attention="f",
        usb_device_reset="g",
        color_depth=32,
        disable_effects=("wallpaper", "all"),
        enable_smartcard=True,
        enable_usbredir=False,
        enable_usb_autoshare=False,
        usb_filter=(
            UsbRule(None, 0x1234, None, None, allows=True),
            UsbRule(8, None, None, None, allows=False),
        ),
        delete_this_file=False,
        ovirt_host="engine.example:443",
        ovirt_vm_guid="42",
        ovirt_jsessionid="hidden1",
        ovirt_sso_token="hidden2",
        ovirt_ca="x",
        ovirt_admin=True,
        unknown={"colour": "blue", "ovirt/mood": "good", "else/key": "value"},
    )
    assert file.endpoint().host == "fe80::1"
    assert file.endpoint().proxy == Proxy("gate", 8080, "u", "hidden")


def test_what_is_shown_has_no_secrets() -> None:
    file = read_vv(EVERYTHING)
    rows = dict(file.rows())
    text = repr(file) + repr(rows)
    assert "secret" not in text.replace("secure", "")
    assert "hidden1" not in text
    assert "hidden2" not in text
    assert "u:hidden" not in text
    assert rows["proxy"] == "http://gate:8080"
    assert rows["usb-filter"] == "allow any:0x1234:any:any, deny 0x8:any:any:any"
    assert rows["ca"] == "0 certificates"
    assert rows["fullscreen"] == "yes"
    assert rows["delete-this-file"] == "no"
    assert rows["versions"] == "rhev-win64 2.0-160, fedora 2.0"
    assert rows["disable-effects"] == "wallpaper, all"
    assert rows["colour (unknown)"] == "blue"
    assert rows["ovirt/jsessionid"] == "(hidden)"
    assert "zoom-in" not in dict(read_vv(PROXMOX).rows())


def test_unix_sockets() -> None:
    file = read_vv("[virt-viewer]\ntype=spice\nunix-path=/run/vm.sock\n")
    assert file.endpoint() == Endpoint(unix_path="/run/vm.sock")


def test_windows_line_ends_marks_and_empty_values() -> None:
    text = "\ufeff[virt-viewer]\r\ntype=spice\r\nhost=vm\r\nport=5900\r\nproxy=\r\ntls-port=-1\r\n"
    file = read_vv(text.encode())
    assert file.endpoint() == Endpoint("vm", 5900)
    assert read_vv(text.removeprefix("\ufeff")) == file


def test_groups_may_come_in_pieces() -> None:
    text = "[virt-viewer]\ntype=spice\n[ovirt]\nadmin=0\n[virt-viewer]\nhost=vm\nport=1\n"
    assert read_vv(text).endpoint() == Endpoint("vm", 1)


GOOD = "[virt-viewer]\ntype=spice\n"
BAD = {
    "": "without the group [virt-viewer]",
    "[ovirt]\nhost=a\n": "without the group [virt-viewer]",
    "[virt-viewer]\nhost=a\n": "without type",
    "[virt-viewer]\ntype=\n": "without type",
    "type=spice\n": "line 1 of the connection file is no KEY=VALUE in a group",
    GOOD + "\nca=-----BEGIN\nMIIB\n": "line 5 of the connection file is no KEY=VALUE",
    GOOD + "=a": "line 3",
    GOOD + "[a": "line 3 of the connection file is no [group]",
    GOOD + "[]": "line 3 of the connection file is no [group]",
    GOOD + "type=spice": "line 3 of the connection file gives 'type' again",
    GOOD + "a=1\na=2": "line 4 of the connection file gives 'a' again",
    GOOD + "port=x": "line 3 of the connection file: port is 'x', wanted is a port from 1 to 65535",
    GOOD + "tls-port=70000": "tls-port is '70000'",
    GOOD + "fullscreen=yes": "fullscreen is 'yes', wanted is 1, 0, true or false",
    GOOD + "color-depth=deep": "color-depth is 'deep', wanted is a number",
    GOOD + "versions=a": "versions is 'a', wanted is SYSTEM:VERSION",
    GOOD + "usb-filter=1,2": "usb-filter is '1,2', wanted is CLASS",
    GOOD + "usb-filter=a,b,c,d,e": "wanted is CLASS",
    GOOD + "title=" + "a" * MAX_SIZE: f"the limit is {MAX_SIZE}",
}


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[-20:])
def test_files_that_are_wrong(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_vv(text)
    assert BAD[text] in str(caught.value)


def test_a_file_that_is_no_text() -> None:
    with pytest.raises(UsageError, match="line 3 of the connection file is not UTF-8"):
        read_vv(GOOD.encode() + b"title=\xff\n")


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ("type=vnc\nhost=a\nport=1", "for 'vnc'"),
        ("type=spice\nport=1", "without host"),
        ("type=spice\nhost=a", "without port or tls-port"),
        ("type=spice\nhost=a b\nport=1", "no host name"),
        ("type=spice\nunix-path=/a\nport=1", "unix-path and a host or port"),
        ("type=spice\nhost=a\nport=1\nsecure-channels=all", "without tls-port"),
        ("type=spice\nhost=a\nport=1\nproxy=socks://b", "socks"),
    ],
)
def test_files_that_lead_nowhere(lines: str, text: str) -> None:
    file = read_vv(f"[virt-viewer]\n{lines}\n")
    with pytest.raises(UsageError) as caught:
        file.endpoint()
    assert text in str(caught.value)


def test_truncated_anywhere_it_is_read_or_refused() -> None:
    for size in range(len(PROXMOX)):
        try:
            read_vv(PROXMOX[:size].encode()).endpoint()
        except UsageError:
            continue
