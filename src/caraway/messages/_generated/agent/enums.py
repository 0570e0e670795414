# Made by 'caraway proto build' from agent.proto; do not edit.
"""Enumerations of Agent."""

from enum import IntEnum, IntFlag


class AgentCap(IntEnum):
    """What a side can do. Bit numbers: bit n is in word n / 32, at position n % 32."""

    MOUSE_STATE = 0  # agent: mouse_state
    MONITORS_CONFIG = 1  # agent: monitors_config
    REPLY = 2  # agent: answers some messages with reply
    CLIPBOARD = 3  # clipboard that is pushed, without grab and request; obsolete
    DISPLAY_CONFIG = 4  # agent: display_config
    CLIPBOARD_BY_DEMAND = 5  # clipboard_grab, clipboard_request, clipboard_release
    CLIPBOARD_SELECTION = 6  # several selections: level 1
    SPARSE_MONITORS_CONFIG = 7  # agent: monitors of size 0 are off
    GUEST_LINEEND_LF = 8  # agent: lines of text end with LF
    GUEST_LINEEND_CRLF = 9  # agent: lines of text end with CR LF
    MAX_CLIPBOARD = 10  # agent: max_clipboard
    AUDIO_VOLUME_SYNC = 11  # agent: audio_volume_sync
    MONITORS_CONFIG_POSITION = 12  # agent: positions of monitors
    FILE_XFER_DISABLED = 13  # agent: file transfer is switched off
    FILE_XFER_DETAILED_ERRORS = 14  # file_xfer_status has details
    GRAPHICS_DEVICE_INFO = 15  # agent: graphics_device_info
    CLIPBOARD_NO_RELEASE_ON_REGRAB = 16  # a grab replaces the own grab without a release
    CLIPBOARD_GRAB_SERIAL = 17  # grabs are numbered: level 2

class AgentMessageType(IntEnum):
    """Kinds of messages: the numbers of the agent channel below."""

    MOUSE_STATE = 1
    MONITORS_CONFIG = 2
    REPLY = 3
    CLIPBOARD = 4
    DISPLAY_CONFIG = 5
    ANNOUNCE_CAPABILITIES = 6
    CLIPBOARD_GRAB = 7
    CLIPBOARD_REQUEST = 8
    CLIPBOARD_RELEASE = 9
    FILE_XFER_START = 10
    FILE_XFER_STATUS = 11
    FILE_XFER_DATA = 12
    CLIENT_DISCONNECTED = 13
    MAX_CLIPBOARD = 14
    AUDIO_VOLUME_SYNC = 15
    GRAPHICS_DEVICE_INFO = 16

class VdpPort(IntEnum):
    """Whose message a chunk belongs to."""

    CLIENT_PORT = 1  # the client's conversation with the agent
    SERVER_PORT = 2  # the server's own

class MonitorsConfigFlags(IntFlag):
    """What a monitors_config says."""

    USE_POS = 0x1  # positions count
    PHYSICAL_SIZE = 0x2  # sizes in millimetres follow

class DisplayConfigFlags(IntFlag):
    """What a display_config asks for."""

    DISABLE_WALLPAPER = 0x1
    DISABLE_FONT_SMOOTH = 0x2
    DISABLE_ANIMATION = 0x4
    SET_COLOR_DEPTH = 0x8  # "depth" counts

class ReplyError(IntEnum):
    """Result in a reply."""

    SUCCESS = 1
    ERROR = 2

class ClipboardSelection(IntEnum):
    """Which of the selections of X11; other systems only have CLIPBOARD."""

    CLIPBOARD = 0  # copy and paste
    PRIMARY = 1  # marked text
    SECONDARY = 2

class ClipboardType(IntEnum):
    """What a clipboard holds."""

    NONE = 0  # nothing; also the answer to a request that cannot be met
    UTF8_TEXT = 1
    IMAGE_PNG = 2
    IMAGE_BMP = 3
    IMAGE_TIFF = 4
    IMAGE_JPG = 5
    FILE_LIST = 6  # "copy" or "cut", then paths in the shared folder, all ended by NUL, UTF-8

class FileXferResult(IntEnum):
    """How a file transfer stands. All but CAN_SEND_DATA end it."""

    CAN_SEND_DATA = 0  # agent: go on with file_xfer_data
    CANCELLED = 1
    ERROR = 2
    SUCCESS = 3  # agent: the file is complete
    NOT_ENOUGH_SPACE = 4  # agent: the disk is full
    SESSION_LOCKED = 5  # agent: nobody is logged in, or the screen is locked
    VDAGENT_NOT_CONNECTED = 6  # agent: no program to take the file in this session
    DISABLED = 7  # agent: file transfer is switched off

class FileXferErrorType(IntEnum):
    """What the code of an error means."""

    GLIB_IO = 0  # GLib's GIOErrorEnum
