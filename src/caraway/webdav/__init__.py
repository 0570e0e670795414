"""A WebDAV server (RFC 4918) that runs over any byte stream.

It stands alone: nothing here knows SPICE or imports the rest of caraway.
"""
