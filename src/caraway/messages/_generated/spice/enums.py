# Made by 'caraway proto build' from spice.proto; do not edit.
"""Enumerations of Spice."""

from enum import IntEnum, IntFlag


class DataCompressionType(IntEnum):
    """How the payload of compressed_data is packed."""

    NONE = 0  # not compressed; real servers refuse this and expect a data message
    LZ4 = 1  # one LZ4 block without a frame; capability DATA_COMPRESS_LZ4

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
    """Who moves the pointer; both bits together in fields that list what is possible."""

    SERVER = 0x1  # client sends movements, the guest draws its pointer
    CLIENT = 0x2  # client sends positions and draws the pointer; needs an agent or a tablet device

class ImageType(IntEnum):
    """How an image is coded."""

    BITMAP = 0  # pixels as they are
    QUIC = 1  # SPICE's own lossless photo codec
    RESERVED = 2  # never sent
    LZ_PLT = 100  # LZ over palette indices
    LZ_RGB = 101  # LZ over pixels
    GLZ_RGB = 102  # LZ over pixels that may refer to earlier images of the session
    FROM_CACHE = 103  # the image that was cached under this id
    SURFACE = 104  # the content of an off-screen surface
    JPEG = 105  # a JPEG file, lossy
    FROM_CACHE_LOSSLESS = 106  # as FROM_CACHE, but wait for the lossless version
    ZLIB_GLZ_RGB = 107  # GLZ_RGB packed once more with zlib
    JPEG_ALPHA = 108  # a JPEG file and an LZ image with the alpha channel
    LZ4 = 109  # LZ4 blocks of rows; display capability LZ4_COMPRESSION

class ImageCompression(IntEnum):
    """Which coding the server is to prefer; it is also a setting of the server."""

    INVALID = 0
    OFF = 1  # send pixels as they are
    AUTO_GLZ = 2  # choose for each image, GLZ where LZ is good
    AUTO_LZ = 3  # choose for each image, without GLZ
    QUIC = 4
    GLZ = 5
    LZ = 6
    LZ4 = 7

class ImageFlags(IntFlag):
    """What to do with an image besides drawing it."""

    CACHE_ME = 0x1  # keep it under its id
    HIGH_BITS_SET = 0x2  # the unused byte of each pixel is to be 255
    CACHE_REPLACE_ME = 0x4  # keep it in place of the lossy version cached under its id

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
    _8BIT_A = 10  # alpha only

class BitmapFlags(IntFlag):
    """Palette caching and row order of a bitmap."""

    PAL_CACHE_ME = 0x1  # keep the palette under its number
    PAL_FROM_CACHE = 0x2  # the palette is in the cache, only its number is sent
    TOP_DOWN = 0x4  # the first row is the upper one; otherwise the lowest

class JpegAlphaFlags(IntFlag):
    """Row order of the JPEG_ALPHA parts."""

    TOP_DOWN = 0x1  # the first alpha row is the upper one

class ImageScaleMode(IntEnum):
    """How pixels are made when source and destination differ in size."""

    INTERPOLATE = 0
    NEAREST = 1

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

class PathFlags(IntFlag):
    """Role of a segment in its path."""

    BEGIN = 0x1  # starts a figure
    END = 0x2  # ends the figure
    CLOSE = 0x8  # with END: draw a line back to the figure's first point
    BEZIER = 0x10  # points are triples: two control points and an end point

class LineFlags(IntFlag):
    """How a line is drawn."""

    START_WITH_GAP = 0x4  # a styled line starts with a gap instead of a dash
    STYLED = 0x8  # dashes and gaps follow

class StringFlags(IntFlag):
    """Depth and row order of glyphs. One RASTER_A bit is set; the first one in this order counts."""

    RASTER_A1 = 0x1  # 1 bit for a pixel
    RASTER_A4 = 0x2  # 4 bits for a pixel
    RASTER_A8 = 0x4  # 8 bits for a pixel
    RASTER_TOP_DOWN = 0x8  # the first row is the upper one; known receivers do not support it

class AlphaFlags(IntFlag):
    """How constant alpha and the alpha channels of both surfaces meet."""

    DEST_HAS_ALPHA = 0x1
    SRC_SURFACE_HAS_ALPHA = 0x2

class CompositeFlags(IntFlag):
    """Bit fields of draw_composite. Bits 0 to 7 are the X Render operator, the filters 0 nearest and
    up, the repeats 0 none, 1 normal, 2 pad, 3 reflect.
    """

    OP0 = 0x1  # operator, lowest bit
    OP1 = 0x2
    OP2 = 0x4
    OP3 = 0x8
    OP4 = 0x10
    OP5 = 0x20
    OP6 = 0x40
    OP7 = 0x80  # operator, highest bit
    SRC_FILTER0 = 0x100  # filter of the source, lowest bit
    SRC_FILTER1 = 0x200
    SRC_FILTER2 = 0x400
    MASK_FILTER0 = 0x800  # filter of the mask, lowest bit
    MASK_FITLER1 = 0x1000  # sic: SPICE spells it so
    MASK_FILTER2 = 0x2000
    SRC_REPEAT0 = 0x4000  # repeat of the source, lowest bit
    SRC_REPEAT1 = 0x8000
    MASK_REPEAT0 = 0x10000  # repeat of the mask, lowest bit
    MASK_REPEAT1 = 0x20000
    COMPONENT_ALPHA = 0x40000  # the mask has alpha for each colour
    HAS_MASK = 0x80000  # mask_bitmap is there
    HAS_SRC_TRANSFORM = 0x100000  # src_transform is there
    HAS_MASK_TRANSFORM = 0x200000  # mask_transform is there
    SOURCE_OPAQUE = 0x400000  # ignore the alpha of the source
    MASK_OPAQUE = 0x800000  # ignore the alpha of the mask
    DEST_OPAQUE = 0x1000000  # ignore the alpha of the destination

class SurfaceFlags(IntFlag):
    """Purpose of a surface."""

    PRIMARY = 0x1  # the visible one; at most one exists on a channel
    STREAMING_MODE = 0x2  # it is covered by a video stream; display capability MULTI_CODEC

class SurfaceFmt(IntEnum):
    """Pixel layout of a surface. The low 6 bits are its bits for a pixel."""

    INVALID = 0
    _1_A = 1  # mask
    _8_A = 8  # alpha; display capability A8_SURFACE
    _16_555 = 16
    _32_XRGB = 32
    _16_565 = 80
    _32_ARGB = 96  # alpha is premultiplied

class ResourceType(IntEnum):
    """Kinds of things that inval_list can name."""

    INVALID = 0
    PIXMAP = 1  # an image

class VideoCodecType(IntEnum):
    """How a video stream is coded."""

    MJPEG = 1  # JPEG files
    VP8 = 2  # display capabilities MULTI_CODEC and CODEC_VP8
    H264 = 3  # display capabilities MULTI_CODEC and CODEC_H264
    VP9 = 4  # display capabilities MULTI_CODEC and CODEC_VP9
    H265 = 5  # display capabilities MULTI_CODEC and CODEC_H265

class StreamFlags(IntFlag):
    """Row order of a video stream."""

    TOP_DOWN = 0x1  # the first row of a frame is the upper one

class GlScanoutFlags(IntFlag):
    """Orientation of a shared graphics buffer."""

    Y0TOP = 0x1  # the first row is the upper one

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
    SIDE = 6
    EXTRA = 7

class MouseButtonMask(IntFlag):
    """Buttons that are down."""

    LEFT = 0x1
    MIDDLE = 0x2
    RIGHT = 0x4
    UP = 0x8
    DOWN = 0x10
    SIDE = 0x20
    EXTRA = 0x40

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

    NONE = 0x1  # there is no shape, and no header
    CACHE_ME = 0x2  # keep it under its number
    FROM_CACHE = 0x4  # it is in the cache, only the header is sent

class AudioDataMode(IntEnum):
    """How sound is coded."""

    INVALID = 0
    RAW = 1  # samples as they are
    CELT_0_5_1 = 2  # no longer used
    OPUS = 3  # 48000 Hz, frames of 480 samples; capability OPUS of playback or record

class AudioFmt(IntEnum):
    """Layout of a sample."""

    INVALID = 0
    S16 = 1  # signed 16 bits, channels in turns

class VscMessageType(IntEnum):
    """What a smartcard message is; the items are spelled as libcacard has them."""

    INIT = 1
    ERROR = 2
    READER_ADD = 3
    READER_REMOVE = 4
    ATR = 5
    CARD_REMOVE = 6
    APDU = 7
    FLUSH = 8
    FLUSH_COMPLETE = 9
