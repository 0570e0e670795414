"""PROPPATCH: set and remove properties, all of them or none (RFC 4918 §9.2)."""

from __future__ import annotations

from caraway.webdav.call import Call
from caraway.webdav.http.message import Response
from caraway.webdav.paths import Path
from caraway.webdav.properties import Plan, plan_changes
from caraway.webdav.store.interface import Store
from caraway.webdav.xml import (
    CONTENT_TYPE,
    read_propertyupdate,
    write_multistatus,
    write_response,
)


def proppatch(call: Call) -> Response:
    """Carry out the changes in document order; one that cannot be undoes all."""
    entry = call.existing()
    changes = read_propertyupdate(call.request.body)
    call.check_conditions()
    call.check_locks(call.path)
    plan = plan_changes(changes, entry)
    if not plan.refused:
        carry_out(call.store, call.path, plan)
    response = write_response(call.href(call.path, entry), plan.propstats())
    body = b"".join(write_multistatus([response]))
    return Response(207, [("Content-Type", CONTENT_TYPE)], body)


def carry_out(store: Store, path: Path, plan: Plan) -> None:
    """Do what a plan without refusals says.

    Raises:
        StoreError: The store cannot; dead properties, which can fail for want
            of room, come first, so that nothing else has been changed then.
    """
    if plan.dead:
        store.set_properties(path, plan.dead)
    if plan.executable is not None:
        store.set_executable(path, plan.executable)
    if plan.mtime_ns is not None or plan.ctime_ns is not None:
        store.set_times(path, mtime_ns=plan.mtime_ns, ctime_ns=plan.ctime_ns)
