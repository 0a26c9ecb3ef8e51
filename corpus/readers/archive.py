"""Zip-based formats: what one holds, and whether it is safe to open.

Invariant: nothing is unpacked to disk, and no member is read before the sizes that the archive
declares (which bound what `zipfile` yields) are within limits.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from corpus.schema import UnreadableError

_MOST_ENTRIES = 10_000
_LARGEST_TOTAL = 256 << 20  # bytes unpacked
_LARGEST_MARKUP = 48 << 20  # bytes of one XML part: the parser needs about ten times as much
_HIGHEST_RATIO = 150  # unpacked to packed; text reaches about 10, sparse tables about 60
_SMALL = 1 << 20  # below this a high ratio does no harm
_ENCRYPTED = 0x1


def archive_kind(data: bytes) -> str:
    """The suffix that fits a zip archive: .docx, .pptx, .epub or .zip. Raises UnreadableError."""
    names = set(_listing(data))
    if "word/document.xml" in names:
        return ".docx"
    if "ppt/presentation.xml" in names:
        return ".pptx"
    if "META-INF/container.xml" in names:
        return ".epub"
    return ".zip"


def check_archive(data: bytes) -> None:
    """Raise UnreadableError where an archive is damaged, encrypted or unpacks to too much."""
    entries = _open(data).infolist()
    if len(entries) > _MOST_ENTRIES:
        raise UnreadableError(
            f"zip bomb: {len(entries):,} entries, at most {_MOST_ENTRIES:,} are read"
        )
    if any(e.flag_bits & _ENCRYPTED for e in entries):
        raise UnreadableError("encrypted: save it without a password")
    total = sum(e.file_size for e in entries)
    if total > _LARGEST_TOTAL:
        raise UnreadableError(
            f"zip bomb: unpacks to {total >> 20:,} MiB, at most {_LARGEST_TOTAL >> 20} are read"
        )
    for entry in entries:
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > _SMALL and ratio > _HIGHEST_RATIO:
            raise UnreadableError(
                f"zip bomb: an entry unpacks to {ratio:,.0f} times its size "
                f"({entry.file_size >> 20:,} MiB)"
            )
        markup = entry.filename.lower().endswith((".xml", ".rels", ".xhtml", ".html", ".opf"))
        if markup and entry.file_size > _LARGEST_MARKUP:
            raise UnreadableError(
                f"too large: a part of it has {entry.file_size >> 20:,} MiB of XML, at most "
                f"{_LARGEST_MARKUP >> 20} are read; split the document"
            )


def open_archive(data: bytes) -> zipfile.ZipFile:
    """A checked archive over `data`. Raises UnreadableError."""
    check_archive(data)
    return _open(data)


def member(archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of one member. Raises UnreadableError where it is missing or damaged."""
    try:
        return archive.read(name)
    except KeyError:
        raise UnreadableError(f"damaged: its part {name!r} is missing") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise UnreadableError(f"damaged: its part {name!r} cannot be unpacked") from None


def _listing(data: bytes) -> list[str]:
    return _open(data).namelist()


def _open(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise UnreadableError("damaged: the file breaks off or is no whole archive") from None
