"""Media types of files by their names: the same on every machine."""

from __future__ import annotations

from typing import Final

#: Texts that say themselves how they are encoded; what is told of them from outside would prevail.
_SAYS_ITSELF: Final = frozenset({"text/html", "text/xml", "text/rtf"})


def _with_charset(kind: str) -> str:
    """A type as it is told to browsers, which take a text without charset for Windows-1252."""
    is_plain = kind.startswith("text/") and kind not in _SAYS_ITSELF
    return f"{kind};charset=utf-8" if is_plain else kind


_TYPES: Final = {
    extension: _with_charset(f"{kind}/{subtype}")
    for kind, subtypes in {
        "text": "plain=txt,text,log,conf,cfg,ini,list,diff,patch,c,h,cc,cpp,hpp,java,py,pl,rb,"
        "rs,go,sh,bat,ps1,rst,toml,tex html=html,htm css=css csv=csv markdown=md,markdown "
        "javascript=js,mjs xml=xml,xsl vcard=vcf calendar=ics tab-separated-values=tsv "
        "vtt=vtt rtf=rtf",
        "image": "jpeg=jpg,jpeg,jpe png=png gif=gif webp=webp avif=avif svg+xml=svg bmp=bmp "
        "tiff=tif,tiff vnd.microsoft.icon=ico heic=heic heif=heif jxl=jxl",
        "audio": "mpeg=mp3 mp4=m4a,m4b ogg=ogg,oga,opus flac=flac wav=wav aac=aac midi=mid,midi",
        "video": "mp4=mp4,m4v webm=webm x-matroska=mkv quicktime=mov,qt x-msvideo=avi "
        "mpeg=mpg,mpeg ogg=ogv 3gpp=3gp mp2t=ts,m2ts",
        "font": "woff=woff woff2=woff2 ttf=ttf otf=otf",
        "application": "json=json,map pdf=pdf zip=zip gzip=gz,tgz zstd=zst x-tar=tar "
        "x-7z-compressed=7z vnd.rar=rar x-xz=xz x-bzip2=bz2 wasm=wasm yaml=yaml,yml "
        "epub+zip=epub postscript=ps,eps sql=sql x-iso9660-image=iso msword=doc,dot "
        "vnd.ms-excel=xls vnd.ms-powerpoint=ppt vnd.debian.binary-package=deb "
        "x-rpm=rpm java-archive=jar "
        "vnd.openxmlformats-officedocument.wordprocessingml.document=docx "
        "vnd.openxmlformats-officedocument.spreadsheetml.sheet=xlsx "
        "vnd.openxmlformats-officedocument.presentationml.presentation=pptx "
        "vnd.oasis.opendocument.text=odt vnd.oasis.opendocument.spreadsheet=ods "
        "vnd.oasis.opendocument.presentation=odp vnd.oasis.opendocument.graphics=odg",
    }.items()
    for subtype, _, extensions in (each.partition("=") for each in subtypes.split())
    for extension in extensions.split(",")
}


def guess_type(name: str) -> str:
    """The media type of a file by its name, as Content-Type and ``getcontenttype`` have it.

    Of texts it says that they are in UTF-8, as nearly all are; a byte order
    mark in one prevails where it says something else.

    Source: RFC 9110 §8.3.1, for how it is written; RFC 4918 §15.5, for why
    listings have it, too.

    >>> guess_type("Notes.TXT"), guess_type("core")
    ('text/plain;charset=utf-8', 'application/octet-stream')
    """
    _, dot, extension = name.rpartition(".")
    if not dot:
        return "application/octet-stream"
    return _TYPES.get(extension) or _TYPES.get(extension.lower(), "application/octet-stream")
