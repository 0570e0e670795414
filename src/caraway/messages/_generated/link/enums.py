# Made by 'caraway proto build' from link.proto; do not edit.
"""Enumerations of Link."""

from enum import IntEnum, IntFlag


class LinkErr(IntEnum):
    """Result of the link stage."""

    OK = 0
    ERROR = 1  # anything that has no number of its own
    INVALID_MAGIC = 2  # the first four bytes are not "REDQ"
    INVALID_DATA = 3  # sizes or offsets contradict each other
    VERSION_MISMATCH = 4  # the major version is not spoken here
    NEED_SECURED = 5  # this channel is only served over TLS: connect again with it
    NEED_UNSECURED = 6  # this channel is only served without TLS
    PERMISSION_DENIED = 7  # wrong password or ticket
    BAD_CONNECTION_ID = 8  # no session has this number
    CHANNEL_NOT_AVAILABLE = 9  # this server has no such channel

class CommonCap(IntEnum):
    """Capabilities of all channels. These and all capabilities below are bit numbers: bit n is in
    word n / 32 of the list, at position n % 32.
    """

    PROTOCOL_AUTH_SELECTION = 0  # the client chooses how to authenticate, by auth_mechanism
    AUTH_SPICE = 1  # password in a ticket; some clients do it without saying so
    AUTH_SASL = 2  # SASL
    MINI_HEADER = 3  # data headers of 6 bytes instead of 18

class MainCap(IntEnum):
    """Capabilities of the main channel."""

    SEMI_SEAMLESS_MIGRATE = 0  # connects to the new host before a migration ends
    NAME_AND_UUID = 1  # understands name and uuid
    AGENT_CONNECTED_TOKENS = 2  # understands agent_connected_tokens
    SEAMLESS_MIGRATE = 3  # moves to the new host with all channel state

class DisplayCap(IntEnum):
    """Capabilities of a display channel."""

    SIZED_STREAM = 0  # client: stream_data_sized
    MONITORS_CONFIG = 1  # both: monitors_config
    COMPOSITE = 2  # client: draw_composite
    A8_SURFACE = 3  # client: surfaces of alpha only
    STREAM_REPORT = 4  # both: stream_activate_report and stream_report
    LZ4_COMPRESSION = 5  # client: images of type LZ4
    PREF_COMPRESSION = 6  # server: preferred_compression
    GL_SCANOUT = 7  # client: gl_scanout_unix and gl_draw, on Unix sockets only
    MULTI_CODEC = 8  # client: the CODEC bits say which video it decodes; without it, MJPEG
    CODEC_MJPEG = 9  # client: video as MJPEG
    CODEC_VP8 = 10  # client: video as VP8
    CODEC_H264 = 11  # client: video as H.264
    PREF_VIDEO_CODEC_TYPE = 12  # server: preferred_video_codec_type
    CODEC_VP9 = 13  # client: video as VP9
    CODEC_H265 = 14  # client: video as H.265

class InputsCap(IntEnum):
    """Capabilities of the inputs channel."""

    KEY_SCANCODE = 0  # server: key_scancode

class PlaybackCap(IntEnum):
    """Capabilities of the playback channel."""

    CELT_0_5_1 = 0  # no longer used
    VOLUME = 1  # client: volume and mute
    LATENCY = 2  # client: latency
    OPUS = 3  # both: sound as Opus

class RecordCap(IntEnum):
    """Capabilities of the record channel."""

    CELT_0_5_1 = 0  # no longer used
    VOLUME = 1  # client: volume and mute
    OPUS = 2  # both: sound as Opus

class SpicevmcCap(IntEnum):
    """Capabilities of usbredir, port and webdav channels."""

    DATA_COMPRESS_LZ4 = 0  # both: compressed_data of type LZ4
