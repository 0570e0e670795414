"""Runs ``caraway share`` until somebody presses Ctrl-C, or sharing has ended."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

from caraway.cli.connecting import Target, Where, read_target
from caraway.cli.folders.application import open_application, tell_folders
from caraway.cli.folders.course import run_course
from caraway.cli.folders.options import Logging, Sharing
from caraway.cli.folders.report import Report, reporting
from caraway.cli.folders.shares import refuse_to_share
from caraway.cli.folders.status import Status
from caraway.cli.passwords import attempt_with_password
from caraway.cli.share.account import Account
from caraway.client import Session, connect
from caraway.errors import (
    CarawayError,
    ConnectError,
    DeadlineExceeded,
    TakenOver,
    TLSError,
    UsageError,
)
from caraway.net.dial import Stage
from caraway.share.embedded import machine
from caraway.share.lasting import LastingShare
from caraway.webdav.application import Application

__all__ = ["Way", "run"]

#: Names that programs in a virtual machine have for it, besides localhost.
_HOSTS: Final = ("*.local",)


class Way:
    """Begins sessions with a server, and knows whether there can be another one."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._was_shown = False

    @property
    def is_spent(self) -> bool:
        """The password was good for once, and the server has seen it."""
        return self._target.is_ticket and self._was_shown

    async def connect(self) -> Session:
        """A session; other ports than that of shared folders are left to others.

        Raises:
            CarawayError: It did not come about.
        """

        async def attempt(password: str) -> Session:
            session = await connect(
                self._target.endpoint,
                password=password,
                user=self._target.user,
                timeout_s=self._target.timeout_s,
                wanted_ports=lambda kind: kind == "webdav",
                on_stage=self._note,
            )
            # Asked for once.
            self._target = replace(self._target, password=password or self._target.password)
            return session

        return await attempt_with_password(self._target, attempt)

    def follow(self, session: Session) -> None:
        """The virtual machine has moved: the next session begins where it is now."""
        self._target = replace(self._target, endpoint=session.endpoint)

    def _note(self, stage: Stage) -> None:
        if stage.name == "authentication":
            self._was_shown = True


def run(
    sharing: Sharing,
    where: Where | None,
    logging: Logging,
    *,
    insists: bool,
    allow_host: tuple[str, ...],
) -> int:
    """Share until SIGINT or SIGTERM has come.

    Args:
        where: None to share with programs of this machine.

    Returns:
        The exit code: 0, or that of an interruption where transfers were cut off.

    Raises:
        UsageError: The options make no sense together, or a secret would be shared.
        ActionFailed: A folder or the log cannot be used.
        CarawayError: Why sharing has ended for good.
    """
    if where is not None:
        refuse_to_share((where.password_file,), sharing)
    elif insists:
        raise UsageError("--insist needs --to", hint="say where to connect to")
    with (
        reporting(logging, "caraway.webdav", "caraway.mux") as report,
        open_application(sharing, hosts=(*_HOSTS, *allow_host)) as application,
    ):
        # A connection file may be deleted by being read: everything else is right by now.
        target = None if where is None else read_target(where)
        tell_folders(report, sharing)
        if target is None:
            return asyncio.run(_share_here(application, report))
        return asyncio.run(_share(target, application, report, insists=insists))


async def _share_here(application: Application, report: Report) -> int:
    async with machine() as here:
        report.event("listening", here.url, url=here.url)
        account = Account(report, "the server in this process")
        share = LastingShare(
            lambda: connect(here.uri),
            application,
            on_event=account.take,
            on_exchange=report.exchange,
        )
        return await _run(share, report, account)


async def _share(target: Target, application: Application, report: Report, *, insists: bool) -> int:
    way = Way(target)
    account = Account(report, target.endpoint.describe(), on_moved=way.follow)
    share = LastingShare(
        way.connect,
        application,
        insists=insists,
        is_spent=lambda: way.is_spent,
        on_event=account.take,
        on_exchange=report.exchange,
    )
    try:
        return await _run(share, report, account)
    except CarawayError as error:
        _advise(error, way, insists=insists)
        raise


async def _run(share: LastingShare, report: Report, account: Account) -> int:
    status = Status(share, report, state=lambda: account.state(takes_credits=share.takes_credits))
    return await run_course(share, report=report, status=status, work=share.start())


def _advise(error: CarawayError, way: Way, *, insists: bool) -> None:
    """Say what to do about what has ended it."""
    if way.is_spent:
        error.hint = "the password of a connection file is good for once: get a new connection file"
    elif isinstance(error, TakenOver) and not insists:
        error.hint = "--insist takes the session back, from the other client in turn"
    elif (
        isinstance(error, ConnectError | DeadlineExceeded)
        and not isinstance(error, TLSError)
        and not insists
    ):
        advice = "--insist keeps trying"
        error.hint = f"{advice}; {error.hint}" if error.hint else advice
