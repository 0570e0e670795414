"""Image, audio and byte codecs: buffers in, buffers out."""
