"""Who is asking: Digest and Basic authentication (RFC 7616, RFC 7617) without I/O.

An :class:`~caraway.webdav.authentication.authenticator.Authenticator` is handed
to the application, which asks it before a body is read. What it knows of people
comes from the text of password files; reading those is the server's part
(:mod:`caraway.webdav.server.passwords`).
"""
