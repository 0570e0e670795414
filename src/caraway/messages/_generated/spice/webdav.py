# Made by 'caraway proto build' from spice.proto; do not edit.
"""A folder of the client for the guest: WebDAV connections, framed as in mux.proto, inside data.
Starts when the port opens; when it closes, all connections end.
"""

from __future__ import annotations

from caraway.wire.record import Message
from caraway.messages._generated.spice import port



#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    **port.SERVER,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    **port.CLIENT,
}
