"""From a file to its text. Owns which format a file is in, and how much of it may be read.

Invariant: what a reader returns is repaired, not blank, and Markdown-like (``## `` headings,
``- `` lists, pipe tables, fenced code), whatever the format, so that one scanner serves all.
"""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from corpus.readers.archive import archive_kind
from corpus.repair import decode, repair
from corpus.schema import Extracted, UnreadableError

MIB = 1 << 20
LARGEST_TEXT = 8 * MIB  # bytes of a text file, and characters of what any reader returns
LARGEST_BINARY = 64 * MIB  # bytes of a file in a format that is parsed
MEDIA_TYPES = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".rst": "text/x-rst",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".epub": "application/epub+zip",
}
_CONTAINERS = {".pdf", ".docx", ".pptx", ".epub"}


def unsupported(path: Path) -> str | None:
    """Why a file of this name is not read, as one clause; None where it is."""
    suffix = path.suffix.lower()
    if suffix in MEDIA_TYPES:
        return None
    kind = f"type {suffix}" if suffix else "type (no suffix)"
    return f"unsupported {kind}: Greenroom reads txt, md, rst, html, pdf, docx, pptx, epub"


def read(path: Path) -> Extracted:
    """The repaired text, title and media type of the file at `path`.

    Raises UnreadableError with one readable clause for everything that stands in the way.
    """
    return extract(load(path), path)


def load(path: Path) -> bytes:
    """The bytes of a file that is not too large for its format.

    Raises UnreadableError: unsupported, vanished, no permission, no regular file, empty, too large.
    """
    reason = unsupported(path)
    if reason:
        raise UnreadableError(reason)
    limit = LARGEST_BINARY if path.suffix.lower() in _CONTAINERS else LARGEST_TEXT
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableError("not a regular file")
        if found.st_size > limit:
            raise _too_large(found.st_size, limit)
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise UnreadableError("vanished: the file is no longer there") from None
    except PermissionError:
        raise UnreadableError("permission denied: make the file readable") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror or error}") from None
    if len(data) > limit:
        raise _too_large(len(data), limit)
    if not data:
        raise UnreadableError("empty: the file holds nothing")
    return data


def extract(data: bytes, path: Path) -> Extracted:
    """What `data`, the bytes of the file at `path`, say. Raises UnreadableError."""
    suffix = path.suffix.lower()
    suffix = _by_content(data, suffix)
    text, title = _reader(suffix)(data)
    text = repair(text)
    if not text.strip():
        raise UnreadableError("empty: there is no text in it")
    if len(text) > LARGEST_TEXT:
        raise UnreadableError(
            f"too long: {len(text):,} characters of text, at most {LARGEST_TEXT:,} are read; "
            "split the document"
        )
    title = " ".join(repair(title).split())[:200] or path.stem
    return Extracted(text, title, MEDIA_TYPES[suffix])


def _too_large(size: int, limit: int) -> UnreadableError:
    return UnreadableError(
        f"too large: {size / MIB:.1f} MiB, at most {limit // MIB} MiB are read of this type; "
        "split the document"
    )


def _by_content(data: bytes, suffix: str) -> str:
    """The suffix whose reader fits the bytes; UnreadableError where name and content disagree."""
    actual = None
    if b"%PDF-" in data[:1024] and (suffix in _CONTAINERS or data.startswith(b"%PDF-")):
        actual = ".pdf"
    elif data.startswith(b"PK\x03\x04"):
        actual = archive_kind(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0") and suffix in _CONTAINERS:
        raise UnreadableError(
            "encrypted or in an old Office format: save it without a password as docx or pptx"
        )
    if suffix in _CONTAINERS:
        if actual is None:
            raise UnreadableError(f"damaged: it does not begin as a {suffix[1:]} file does")
        if actual != suffix:
            raise UnreadableError(f"misnamed: it holds a {actual[1:]} file; rename it")
    elif actual:
        raise UnreadableError(f"not text: it holds a {actual[1:]} file; rename it")
    elif suffix in {".txt", ".text", ".md", ".markdown"} and _is_page(data):
        return ".html"
    return suffix


def _is_page(data: bytes) -> bool:
    head = data[:256].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return head.startswith((b"<!doctype html", b"<html"))


def _reader(suffix: str) -> Callable[[bytes], tuple[str, str]]:
    """The function from bytes to (text, title or ""); its parser is loaded only now."""
    if suffix == ".pdf":
        from corpus.readers.pdf import read_pdf

        return read_pdf
    if suffix == ".docx":
        from corpus.readers.word import read_docx

        return read_docx
    if suffix == ".pptx":
        from corpus.readers.slides import read_pptx

        return read_pptx
    if suffix == ".epub":
        from corpus.readers.epub import read_epub

        return read_epub
    if suffix in {".html", ".htm", ".xhtml"}:
        from corpus.readers.html import read_html

        return read_html
    return _read_text


def _read_text(data: bytes) -> tuple[str, str]:
    from corpus.readers.text import title_of

    text = repair(decode(data))
    return text, title_of(text)
