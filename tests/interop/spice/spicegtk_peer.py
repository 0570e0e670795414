"""spice-gtk without a window, for Debian's own Python: a client that does what it is told.

Its argument is a JSON object with the properties of the session. What happens
is a line of JSON on standard output; lines of JSON on standard input are
commands, and the end of them ends it.
"""

import ctypes
import json
import os
import sys

import gi

gi.require_version("SpiceClientGLib", "2.0")
from gi.repository import GLib, GObject  # noqa: E402
from gi.repository import SpiceClientGLib as Spice  # noqa: E402

UUID_SIZE = 16


def on(source, signal, take):
    """Session.connect and Channel.connect are SPICE's, not GObject's."""
    GObject.Object.connect(source, signal, take)


def tell(event, **details):
    """Report what has happened."""
    print(json.dumps({"event": event, **details}), flush=True)


class Peer:
    """A session."""

    def __init__(self, properties):
        self.loop = GLib.MainLoop()
        self.ports = {}
        self.received = b""
        self.writing = b""
        self.session = Spice.Session()
        for name, value in properties.items():
            if name == "verify":
                value = Spice.SessionVerify(value)
            elif name in ("ca", "pubkey"):
                value = GLib.ByteArray.new_take(list(bytes.fromhex(value)))
            self.session.set_property(name, value)
        # Nothing else is looked for on this machine.
        for name in ("enable-audio", "enable-usbredir", "enable-smartcard"):
            self.session.set_property(name, False)
        on(self.session, "channel-new", self.add_channel)
        on(self.session, "channel-destroy", lambda _, each: tell("destroyed", channel=key(each)))
        on(self.session, "disconnected", lambda _: tell("disconnected"))
        on(self.session, "notify::name", self.tell_name)
        on(self.session, "notify::uuid", self.tell_uuid)
        conditions = GLib.IOCondition.IN | GLib.IOCondition.HUP
        GLib.io_add_watch(0, GLib.PRIORITY_DEFAULT, conditions, self.read_commands)

    def tell_name(self, *_):
        tell("name", name=self.session.get_property("name"))

    def tell_uuid(self, *_):
        # An untyped pointer, which Python gets as a number.
        address = self.session.get_property("uuid")
        tell("uuid", uuid=ctypes.string_at(address, UUID_SIZE).hex() if address else None)

    def add_channel(self, _, channel):
        tell("channel", channel=key(channel), kind=type(channel).__name__)
        on(channel, "channel-event", self.tell_channel)
        if isinstance(channel, Spice.PortChannel):
            on(channel, "notify::port-opened", self.tell_port)
            on(channel, "port-event", lambda each, code: tell("port-event", code=code))
            on(channel, "port-data", self.tell_data)
        if not isinstance(channel, Spice.MainChannel):
            Spice.Channel.connect(channel)

    def tell_channel(self, channel, event):
        error = Spice.Channel.get_error(channel)
        reason = error.message if error else None
        tell("channel-event", channel=key(channel), what=event.value_nick, error=reason)

    def tell_port(self, channel, _):
        name, is_open = (channel.get_property(each) for each in ("port-name", "port-opened"))
        if name is None:
            return
        self.ports[name] = channel
        tell("port", name=name, open=is_open)

    def tell_data(self, channel, data, size):
        name = channel.get_property("port-name")
        tell("data", name=name, data=ctypes.string_at(data, size).hex())

    def read_commands(self, *_):
        data = os.read(0, 1 << 16)
        if not data:
            self.loop.quit()
            return False
        self.received += data
        while b"\n" in self.received:
            line, _, self.received = self.received.partition(b"\n")
            self.obey(**json.loads(line))
        return True

    def obey(self, command, **details):
        if command == "connect":
            Spice.Session.connect(self.session)
        elif command == "disconnect":
            # The session is disconnected once nobody has any of its channels.
            self.ports.clear()
            Spice.Session.disconnect(self.session)
        elif command == "write":
            channel = self.ports[details["name"]]
            # It is written later and not copied: somebody has to keep it.
            self.writing = bytes.fromhex(details["data"])
            Spice.PortChannel.write_async(channel, self.writing, None, self.tell_written)
        elif command == "send-event":
            Spice.PortChannel.event(self.ports[details["name"]], details["code"])

    def tell_written(self, channel, result):
        tell("written", size=Spice.PortChannel.write_finish(channel, result))

    def run(self):
        tell("started", version=Spice.util_get_version_string())
        Spice.Session.connect(self.session)
        self.loop.run()


def key(channel):
    """Which channel it is, such as "10:0"."""
    return f"{channel.get_property('channel-type')}:{channel.get_property('channel-id')}"


if __name__ == "__main__":
    Peer(json.loads(sys.argv[1])).run()
