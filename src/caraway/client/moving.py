"""Where a virtual machine has moved to: SWITCH_HOST."""

from __future__ import annotations

from caraway.errors import RemoteProtocolError, UsageError
from caraway.messages import main
from caraway.net.endpoint import Endpoint
from caraway.wire.record import text_of


def endpoint_after(endpoint: Endpoint, event: main.ServerMigrateSwitchHost) -> Endpoint:
    """Where the server sends us.

    Args:
        endpoint: Where we are; what is not said stays as it is there.

    Raises:
        RemoteProtocolError: It says no place, or one where we would not be encrypted any more.
    """
    host = text_of(event.host_data or b"")
    subject = text_of(event.cert_subject_data or b"") or None
    try:
        moved = endpoint.moved(
            host=host or None, port=event.port, tls_port=event.sport, subject=subject
        )
    except UsageError as error:
        raise RemoteProtocolError(
            f"the server says that the virtual machine has moved, and not where: {error}"
        ) from None
    if endpoint.has_tls and not moved.has_tls:
        raise RemoteProtocolError(
            f"the server sends us to {moved.describe()}, which is not encrypted as it is",
            hint="connect there by hand, if that is meant",
        )
    return moved
