"""Certificates read, subjects compared, contexts made, failures explained."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from caraway.errors import TLSError, UsageError
from caraway.net.endpoint import TLSSettings
from caraway.net.tls import (
    check_subject,
    client_context,
    explain,
    format_subject,
    parse_subject,
    read_certificate,
    server_context,
)
from tests.unit.net.certificates import SUBJECT, Made, make_server

CN, ORGANIZATION, COUNTRY = "2.5.4.3", "2.5.4.10", "2.5.4.6"


# Certificates


def test_what_a_certificate_says(authority: Made, server: Made) -> None:
    read = read_certificate(server.der)
    assert read.subject == ((COUNTRY, "IL"), (ORGANIZATION, "Salt, Pepper"), (CN, "vm"))
    assert read.issuer == ((CN, "authority"),)
    assert read.names == ("localhost", "127.0.0.1")
    assert read.public_key == server.public_key
    assert read.describe() == (
        r"subject 'C=IL,O=Salt\, Pepper,CN=vm', made out for localhost, 127.0.0.1,"
        f" issuer 'CN=authority', good from {read.not_before:%Y-%m-%d} to"
        f" {read.not_after:%Y-%m-%d}"
    )
    assert "made out" not in read_certificate(authority.der).describe()


def test_what_is_no_certificate(server: Made) -> None:
    for damaged in (b"", b"\x30\x00", server.der[:-1], server.der[1:]):
        with pytest.raises(TLSError, match="cannot be read"):
            read_certificate(damaged)


# Subjects


SUBJECTS = {
    "CN=vm": ((CN, "vm"),),
    "cn=vm": ((CN, "vm"),),
    "commonName=vm": ((CN, "vm"),),
    "2.5.4.3=vm": ((CN, "vm"),),
    " C=IL, O = x ,CN=": ((COUNTRY, "IL"), (ORGANIZATION, " x "), (CN, "")),
    r"O=a\,b\\c\d": ((ORGANIZATION, r"a,b\cd"),),
    "O=a=b": ((ORGANIZATION, "a=b"),),
}


@pytest.mark.parametrize("text", SUBJECTS)
def test_subjects(text: str) -> None:
    assert parse_subject(text) == SUBJECTS[text]
    assert parse_subject(format_subject(SUBJECTS[text])) == SUBJECTS[text]


@pytest.mark.parametrize("text", ["", "vm", "CN=a,", "CN=a,,O=b", "X=a", "=a", "CN=a\\", "CN\\"])
def test_what_is_no_subject(text: str) -> None:
    with pytest.raises(UsageError, match="the subject"):
        parse_subject(text)


@pytest.mark.parametrize("wanted", [SUBJECT, r"c=il, O=SALT\,  pepper ,CN=VM"])
def test_the_subject_that_is_wanted(server: Made, wanted: str) -> None:
    check_subject(read_certificate(server.der), wanted)


@pytest.mark.parametrize("wanted", ["CN=vm", r"CN=vm,O=Salt\, Pepper,C=IL", "C=IL,O=Salt,CN=vm"])
def test_another_subject(server: Made, wanted: str) -> None:
    with pytest.raises(TLSError) as caught:
        check_subject(read_certificate(server.der), wanted)
    assert SUBJECT in str(caught.value)
    assert wanted in str(caught.value)
    assert "--host-subject" in (caught.value.hint or "")


# Contexts


def test_what_a_client_checks(authority: Made) -> None:
    context = client_context(TLSSettings(ca_pem=authority.pem), verifies=True)
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert len(context.get_ca_certs()) == 1
    for settings in (TLSSettings(host_subject="CN=a"), TLSSettings(verify_host=False)):
        context = client_context(settings, verifies=True)
        assert context.verify_mode == ssl.CERT_REQUIRED
        assert not context.check_hostname
    context = client_context(TLSSettings(ca_pem="Bücher:\n" + authority.pem), verifies=True)
    assert len(context.get_ca_certs()) == 1
    context = client_context(TLSSettings(ca_pem="unused"), verifies=False)
    assert context.verify_mode == ssl.CERT_NONE


def test_authorities_and_ciphers_from_settings(authority: Made, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(authority.pem)
    settings = TLSSettings(ca_file=str(file), ciphers="ECDHE+AESGCM")
    context = client_context(settings, verifies=True)
    assert len(context.get_ca_certs()) == 1
    assert "AES128-SHA" not in {each["name"] for each in context.get_ciphers()}


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        (TLSSettings(ciphers="NONE-SUCH"), "ciphers 'NONE-SUCH'"),
        (TLSSettings(ca_pem="nothing"), "the CA given"),
        (TLSSettings(ca_pem=""), "the CA given"),
        (TLSSettings(ca_pem="bücher"), "the CA given"),
        (TLSSettings(ca_file="/nowhere/ca.pem"), "No such file"),
        (TLSSettings(ca_file=__file__), "no certificate in PEM"),
    ],
)
def test_settings_that_cannot_be_used(settings: TLSSettings, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        client_context(settings, verifies=True)
    assert text in str(caught.value)


def test_what_a_server_needs(server: Made, tmp_path: Path) -> None:
    certificate, key = server.write(tmp_path)
    context = server_context(certificate, key)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    both = tmp_path / "both.pem"
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    server_context(both)


def test_a_key_with_a_password(server: Made, tmp_path: Path) -> None:
    certificate, key = server.write(tmp_path, password="secret")
    server_context(certificate, key, password="secret")
    for wrong in (None, "wrong"):
        with pytest.raises(UsageError, match="cannot be used for TLS"):
            server_context(certificate, key, password=wrong)


def test_a_key_that_is_missing_or_of_another(authority: Made, server: Made, tmp_path: Path) -> None:
    certificate, _ = server.write(tmp_path)
    with pytest.raises(UsageError, match="cannot be used"):
        server_context(certificate)
    with pytest.raises(UsageError, match="with the key"):
        server_context(certificate, tmp_path / "nowhere.pem")
    (tmp_path / "other").mkdir()
    _, key = make_server(authority).write(tmp_path / "other")
    with pytest.raises(UsageError, match="with the key"):
        server_context(certificate, key)


# What failed


def _refused(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "failed")
    error.verify_code, error.verify_message = code, message
    return error


def test_failures_say_what_was_seen_and_what_to_do(server: Made) -> None:
    seen = read_certificate(server.der)
    error = explain(_refused(18, "self-signed certificate"), seen, "vm")
    assert "'vm' is not trusted: self-signed certificate; the certificate: subject" in str(error)
    assert "--ca-file" in (error.hint or "")
    error = explain(_refused(62, "Hostname mismatch, certificate is not valid."), seen, "vm")
    assert str(error).startswith("the certificate is not made out for 'vm'; the certificate:")
    assert "--host-subject" in (error.hint or "")
    error = explain(_refused(10, "certificate has expired"), None, "vm")
    assert str(error) == "the certificate of 'vm' is not good now: certificate has expired"


def test_failures_that_are_not_the_certificate() -> None:
    other = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")
    other.reason = "WRONG_VERSION_NUMBER"
    assert "does not speak TLS" in str(explain(other, None, "vm"))
    other.reason = "NO_PROTOCOLS_AVAILABLE"
    assert str(explain(other, None, "vm")) == "no TLS with 'vm': no protocols available"
    other.reason = None
    assert "wrong version number" in str(explain(other, None, "vm"))
