"""What each system lacks is one clear sentence."""

from caraway.cli.platforms import limitation


def test_linux_lacks_nothing():
    assert limitation("linux") is None


def test_macos_has_the_client_the_compiler_and_the_webdav_server():
    sentence = limitation("darwin")
    assert sentence.startswith("On macOS the client, the protocol compiler and the WebDAV server")


def test_any_other_system_is_named():
    assert limitation("freebsd14").startswith("This system (freebsd14) is not supported")
