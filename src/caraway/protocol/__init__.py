"""The SPICE protocol as state machines: no I/O, no clock. Bytes in, events and bytes out."""
