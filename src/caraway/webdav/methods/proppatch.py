"""PROPPATCH: set and remove properties, all of them or none (RFC 4918 §9.2)."""

from __future__ import annotations

import contextlib

from caraway.webdav.call import Call
from caraway.webdav.errors import NotFound, StoreError
from caraway.webdav.http.message import Response
from caraway.webdav.paths import Path
from caraway.webdav.properties.changes import Plan, plan_changes
from caraway.webdav.properties.live import APACHE
from caraway.webdav.store.interface import Entry, Store
from caraway.webdav.xml.answers import CONTENT_TYPE, write_multistatus, write_response
from caraway.webdav.xml.requests import read_propertyupdate


def proppatch(call: Call) -> Response:
    """Carry out the changes in document order; one that cannot be undoes all."""
    entry = call.existing()
    changes = read_propertyupdate(call.request.body)
    call.check_conditions()
    call.check_locks(call.path)
    plan = plan_changes(changes, entry)
    if not plan.refused:
        carry_out(call.store, call.path, plan, entry)
    response = write_response(call.href(call.path, entry), plan.propstats())
    body = b"".join(write_multistatus([response]))
    return Response(207, [("Content-Type", CONTENT_TYPE)], body)


def carry_out(store: Store, path: Path, plan: Plan, entry: Entry) -> None:
    """Do what a plan without refusals says, or nothing.

    Args:
        plan: What the store cannot do becomes a refusal in it.
        entry: The resource as it is before.

    Raises:
        NotFound: The resource is gone.
    """
    dead = frozenset(plan.dead)
    mode = frozenset({(APACHE, "executable")} if plan.executable is not None else ())
    under_way = dead
    try:
        with contextlib.ExitStack() as undo:
            if plan.dead:
                kept = store.properties(path)
                store.set_properties(path, plan.dead)
                undo.callback(store.set_properties, path, {name: kept.get(name) for name in dead})
            if plan.executable is not None:
                under_way = mode
                store.set_executable(path, plan.executable)
                undo.callback(store.set_executable, path, entry.executable is True)
            if plan.mtime_ns is not None or plan.ctime_ns is not None:
                under_way = frozenset(plan.names) - dead - mode or dead
                store.set_times(path, mtime_ns=plan.mtime_ns, ctime_ns=plan.ctime_ns)
            undo.pop_all()
    except NotFound:
        raise
    except StoreError as error:
        plan.refused.update(dict.fromkeys(under_way, (error.status, None)))
