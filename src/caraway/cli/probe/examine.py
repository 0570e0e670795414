"""Goes the way to a session stage by stage, and notes what it finds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

from caraway.cli.connecting import Target
from caraway.cli.passwords import attempt_with_password
from caraway.cli.probe.report import Report
from caraway.client.opener import Opener
from caraway.client.session import Session
from caraway.errors import CarawayError
from caraway.messages import SPICE, enums
from caraway.messages.link import enums as link_enums
from caraway.net.dial import Stage
from caraway.net.tls import Certificate, format_subject
from caraway.protocol.link import MAJOR, Linked

__all__ = ["examine", "fingerprint"]


async def examine(target: Target, report: Report, *, may_authenticate: Callable[[], bool]) -> None:
    """Go as far as it goes; nothing is left open.

    Two connections are made: the first ends before authentication, and
    disconnects nobody.

    Args:
        report: Gets what was found, and the error where it fails.
        may_authenticate: Asked when the server has answered to the first one.
    """

    def take(stage: Stage) -> None:
        if stage.found is None and stage.certificate is not None:
            lines, facts = _describe_certificate(stage.certificate)
            report.refuse(stage.name, stage.certificate, *lines, **facts)
        elif stage.found is None:
            report.begin(stage.name)
        elif stage.certificate is not None:
            how = stage.found.removesuffix(stage.certificate.describe()).rstrip("; ")
            lines, facts = _describe_certificate(stage.certificate)
            report.settle(stage.name, how, *lines, found=how, **facts)
        elif stage.name != "link":
            report.settle(stage.name, stage.found, found=stage.found)

    opener = Opener(target.endpoint, timeout_s=target.timeout_s, on_stage=take)
    try:
        _settle_link(report, await opener.ask())
        if not may_authenticate():
            report.stop()
            return
        report.begin("authentication")
        await attempt_with_password(target, lambda password: _hold(target, password, report))
    except CarawayError as error:
        report.fail(error)


async def _hold(target: Target, password: str, report: Report) -> None:
    """Have a session, just long enough to see what there is."""

    def take(stage: Stage) -> None:
        if stage.name not in ("authentication", "main", "channels"):
            return
        if stage.found is None:
            report.begin(stage.name)
        elif stage.name == "authentication":
            _settle_authentication(report, target, password)
        else:
            report.time(stage.name)
            if stage.name == "channels":
                _settle_main(report, session)
                _settle_channels(report, session)
                report.begin("ports")

    opener = Opener(target.endpoint, password, target.user, target.timeout_s, take)
    session = Session(opener, wanted_ports=lambda kind: True)
    await session.begin()
    try:
        _settle_ports(report, session)
    finally:
        await session.aclose()


def _settle_link(report: Report, linked: Linked) -> None:
    offered = linked.peer
    version = f"{MAJOR}.{linked.minor_version}"
    common = _names(link_enums.CommonCap, offered.common)
    channel = _names(link_enums.MainCap, offered.channel)
    report.settle(
        "link",
        f"SPICE protocol {version}",
        f"for all channels: {', '.join(common) or 'nothing'}",
        f"for the main channel: {', '.join(channel) or 'nothing'}",
        protocol=version,
        common_capabilities=common,
        main_capabilities=channel,
    )


def _names(
    kind: type[link_enums.CommonCap | link_enums.MainCap], bits: frozenset[int]
) -> list[str]:
    known = {each.value: each.name for each in kind}
    return [known.get(bit, str(bit)) for bit in sorted(bits)]


def _settle_authentication(report: Report, target: Target, password: str) -> None:
    by = "none" if not password else "user and password" if target.user else "password"
    found = "accepted without a password" if by == "none" else f"{by} accepted"
    report.settle("authentication", found, accepted=by)


def _settle_main(report: Report, session: Session) -> None:
    init = session.init
    supported = [each for each in enums.MouseMode if init.supported_mouse_modes & each]
    modes = [_mode(each) for each in supported]
    name = "no name" if session.name is None else f"'{session.name}'"
    uuid = "no uuid" if session.uuid is None else f"uuid {session.uuid}"
    report.settle(
        "main",
        f"{name}, {uuid}, mouse mode {_mode(session.mouse_mode)} of {', '.join(modes) or 'none'}",
        vm_name=session.name,
        uuid=None if session.uuid is None else str(session.uuid),
        mouse_mode=_mode(session.mouse_mode),
        mouse_modes=modes,
    )


def _mode(mode: int) -> str:
    known = {each.value: str(each.name).lower() for each in enums.MouseMode}
    return known.get(mode, str(mode))


def _settle_channels(report: Report, session: Session) -> None:
    listed = [(SPICE.channel_name(kind) or str(kind), number) for kind, number in session.channels]
    report.settle(
        "channels",
        ", ".join(f"{kind}:{number}" for kind, number in listed) or "none but main",
        channels=[{"kind": kind, "number": number} for kind, number in listed],
    )
    report.begin("agent")
    is_there = session.is_agent_connected
    found = "runs in the virtual machine" if is_there else "none runs in the virtual machine"
    report.settle("agent", found, connected=is_there)


def _settle_ports(report: Report, session: Session) -> None:
    ports = sorted(session.ports.values(), key=lambda port: (port.kind, port.number))
    shown = [f"{port.name} ({'open' if port.is_open else 'closed'})" for port in ports]
    report.settle(
        "ports",
        *(shown or ["none"]),
        ports=[{"name": port.name, "kind": port.kind, "open": port.is_open} for port in ports],
    )


def fingerprint(public_key: bytes) -> str:
    """What a public key is recognized by.

    >>> fingerprint(b"key")[:19]
    'SHA256:2c70e12b7a06'
    """
    return f"SHA256:{hashlib.sha256(public_key).hexdigest()}"


def _describe_certificate(certificate: Certificate) -> tuple[list[str], dict[str, object]]:
    days = (certificate.not_after - datetime.now(UTC)).days
    subject, issuer = map(format_subject, (certificate.subject, certificate.issuer))
    key = fingerprint(certificate.public_key)
    lines = [
        f"subject {subject}, made out for {', '.join(certificate.names) or 'no host'}",
        f"issuer {issuer}",
        f"good until {certificate.not_after:%Y-%m-%d}, {days} days from now",
        f"public key {key}",
    ]
    facts: dict[str, object] = {
        "subject": subject,
        "issuer": issuer,
        "names": list(certificate.names),
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "public_key": key,
    }
    return lines, facts
