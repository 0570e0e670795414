# Made by 'caraway proto build' from spice1.proto; do not edit.
"""Enumerations of Spice."""

from enum import IntEnum, IntFlag


class LinkErr(IntEnum):
    """Result of the link stage, and reason of a disconnect."""

    OK = 0
    ERROR = 1  # anything that has no number of its own
    INVALID_MAGIC = 2  # the first four bytes are not those of SPICE
    INVALID_DATA = 3  # sizes or offsets in the link message contradict each other
    VERSION_MISMATCH = 4  # the major protocol version is not spoken here
    NEED_SECURED = 5  # this channel is only served over TLS: connect again with it
    NEED_UNSECURED = 6  # this channel is only served without TLS
    PERMISSION_DENIED = 7  # wrong password or ticket
    BAD_CONNECTION_ID = 8  # no session has this number
    CHANNEL_NOT_AVAILABLE = 9  # this server has no such channel

class WarnCode(IntEnum):
    """Codes that a notify of severity WARN can carry."""

    WARN_GENERAL = 0  # see the text

class InfoCode(IntEnum):
    """Codes that a notify of severity INFO can carry."""

    INFO_GENERAL = 0  # see the text

class MigrateFlags(IntFlag):
    """What the server wants from a channel before it moves to another host."""

    NEED_FLUSH = 0x1  # the client must send everything it still holds, then migrate_flush_mark
    NEED_DATA_TRANSFER = 0x2  # a migrate_data follows; the client carries it to the new host

class NotifySeverity(IntEnum):
    """How serious a notify is."""

    INFO = 0
    WARN = 1
    ERROR = 2

class NotifyVisibility(IntEnum):
    """How prominently a client should show a notify."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2

class MouseMode(IntFlag):
    """Who moves the pointer."""

    SERVER = 0x1  # client sends movements, the guest draws its pointer
    CLIENT = 0x2  # client sends positions and draws the pointer

class PubkeyType(IntEnum):
    """Kind of the new host's public key."""

    INVALID = 0  # no key
    RSA = 1
    RSA2 = 2
    DSA = 3
    DSA1 = 4
    DSA2 = 5
    DSA3 = 6
    DSA4 = 7
    DH = 8
    EC = 9

class ImageType(IntEnum):
    """How an image is coded."""

    BITMAP = 0  # pixels as they are
    QUIC = 1  # SPICE's own lossless photo codec
    RESERVED = 2  # never sent
    LZ_PLT = 100  # LZ over palette indices
    LZ_RGB = 101  # LZ over pixels
    GLZ_RGB = 102  # LZ over pixels that may refer to earlier images of the session
    FROM_CACHE = 103  # the image that was cached under this id
    SURFACE = 104  # there are no surfaces in this version: not sent

class ImageFlags(IntFlag):
    """What to do with an image besides drawing it."""

    CACHE_ME = 0x1  # keep it under its id

class BitmapFmt(IntEnum):
    """Layout of uncompressed pixels."""

    INVALID = 0
    _1BIT_LE = 1  # palette, leftmost pixel in the lowest bit
    _1BIT_BE = 2  # palette or mask, leftmost pixel in the highest bit
    _4BIT_LE = 3  # palette, leftmost pixel in the low half
    _4BIT_BE = 4  # palette, leftmost pixel in the high half
    _8BIT = 5  # palette
    _16BIT = 6  # 5 bits each of red, green, blue, from bit 14 down
    _24BIT = 7  # bytes blue, green, red
    _32BIT = 8  # bytes blue, green, red, unused
    RGBA = 9  # bytes blue, green, red, alpha

class BitmapFlags(IntFlag):
    """Palette caching and row order of a bitmap."""

    PAL_CACHE_ME = 0x1  # keep the palette under its number
    PAL_FROM_CACHE = 0x2  # the palette is in the cache, only its number is sent
    TOP_DOWN = 0x4  # the first row is the upper one

class ImageScaleMode(IntEnum):
    """How pixels are made when source and destination differ in size."""

    INTERPOLATE = 0
    NEAREST = 1

class PathFlags(IntFlag):
    """Role of a segment in its path."""

    BEGIN = 0x1  # starts a figure
    END = 0x2  # ends the figure
    CLOSE = 0x8  # with END: draw a line back to the figure's first point
    BEZIER = 0x10  # points are triples: two control points and an end point

class ClipType(IntEnum):
    """How a drawing is clipped."""

    NONE = 0  # not at all
    RECTS = 1  # to the union of some boxes

class BrushType(IntEnum):
    """What a shape is filled with."""

    NONE = 0  # nothing: the part drawn with this brush is left out
    SOLID = 1  # one colour
    PATTERN = 2  # an image, repeated

class MaskFlags(IntFlag):
    """How a mask is read."""

    INVERS = 0x1  # draw where the mask is 0 instead of where it is 1

class Ropd(IntFlag):
    """How source, brush and destination are combined. Exactly one OP_ bit; the INVERS_ bits negate
    an operand or the result.
    """

    INVERS_SRC = 0x1
    INVERS_BRUSH = 0x2
    INVERS_DEST = 0x4
    OP_PUT = 0x8  # the source as it is
    OP_OR = 0x10
    OP_AND = 0x20
    OP_XOR = 0x40
    OP_BLACKNESS = 0x80  # 0, without any operand
    OP_WHITENESS = 0x100  # 1, without any operand
    OP_INVERS = 0x200  # the negated destination
    INVERS_RES = 0x400

class LineFlags(IntFlag):
    """How a line is drawn."""

    START_WITH_GAP = 0x4  # a styled line starts with a gap instead of a dash
    STYLED = 0x8  # the dashes are given

class LineCap(IntEnum):
    """How an open figure ends. Not used: lines are one pixel wide."""

    ROUND = 0
    SQUARE = 1
    BUTT = 2

class LineJoin(IntEnum):
    """How lines meet. Not used: lines are one pixel wide."""

    ROUND = 0
    BEVEL = 1
    MITER = 2

class StringFlags(IntFlag):
    """Depth and row order of glyphs. One RASTER_A bit is set; the first one in this order counts."""

    RASTER_A1 = 0x1  # 1 bit for a pixel
    RASTER_A4 = 0x2  # 4 bits for a pixel
    RASTER_A8 = 0x4  # 8 bits for a pixel
    RASTER_TOP_DOWN = 0x8  # the first row is the upper one

class ResourceType(IntEnum):
    """Kinds of things that inval_list can name."""

    INVALID = 0
    PIXMAP = 1  # an image

class VideoCodecType(IntEnum):
    """How a video stream is coded."""

    MJPEG = 1  # JPEG files

class StreamFlags(IntFlag):
    """Row order of a video stream."""

    TOP_DOWN = 0x1  # the first row of a frame is the upper one

class KeyboardModifierFlags(IntFlag):
    """State of the lock keys."""

    SCROLL_LOCK = 0x1
    NUM_LOCK = 0x2
    CAPS_LOCK = 0x4

class MouseButton(IntEnum):
    """One button. The wheel is two of them."""

    INVALID = 0
    LEFT = 1
    MIDDLE = 2
    RIGHT = 3
    UP = 4  # wheel away from the user
    DOWN = 5  # wheel towards the user

class MouseButtonMask(IntFlag):
    """Buttons that are down."""

    LEFT = 0x1
    MIDDLE = 0x2
    RIGHT = 0x4

class CursorType(IntEnum):
    """Pixel layout of a pointer. From COLOR4 on, a mask of 1 bit for a pixel comes last."""

    ALPHA = 0  # bytes blue, green, red, alpha; premultiplied
    MONO = 1  # 1 bit AND mask, then 1 bit XOR mask; rows start on a byte
    COLOR4 = 2  # 4-bit indices, 16 palette entries of 32 bits
    COLOR8 = 3  # 8-bit indices, 256 palette entries of 32 bits
    COLOR16 = 4  # 5 bits each of red, green, blue
    COLOR24 = 5  # bytes blue, green, red
    COLOR32 = 6  # bytes blue, green, red, unused

class CursorFlags(IntFlag):
    """Where the shape of a pointer comes from."""

    NONE = 0x1  # there is no shape; the header is all zeros
    CACHE_ME = 0x2  # keep it under its number
    FROM_CACHE = 0x4  # it is in the cache, only the header is sent

class AudioDataMode(IntEnum):
    """How sound is coded."""

    INVALID = 0
    RAW = 1  # samples as they are
    CELT_0_5_1 = 2  # no longer used

class AudioFmt(IntEnum):
    """Layout of a sample."""

    INVALID = 0
    S16 = 1  # signed 16 bits, channels in turns
