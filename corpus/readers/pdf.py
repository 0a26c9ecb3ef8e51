"""PDF: lines of text with their place and type size, read with pdfium, page by page.

Invariant: a page's lines come in the order in which the file draws them; nothing is rendered and
no script in the file runs.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.schema import UnreadableError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

_MOST_PAGES = 5_000
_SCANNED = 8  # characters a page on average below which a file with images counts as scanned
_HYPHENS = "\x02\ufffe\u00ad"  # what pdfium gives for a hyphen that it takes for a line's end
_LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
_TRANSLATED = str.maketrans({**_LIGATURES, **dict.fromkeys(_HYPHENS, "-")})
_FIXED_PITCH = 1  # bit of a font descriptor's flags (ISO 32000-1, table 123)
_MONOSPACE = re.compile(r"mono|courier|consol|menlo|typewriter|cmtt", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page. Lengths in points, `y` is its base from the page's lower edge."""

    text: str
    left: float
    right: float
    y: float
    size: float
    code: bool  # set in a fixed-pitch typeface
    bold: bool


def read_pdf(data: bytes) -> tuple[str, str]:
    """The text of a PDF as Markdown, and its title. Raises UnreadableError where it is encrypted,
    scanned, damaged or too long."""
    import pypdfium2

    from corpus.readers.pages import markdown_of

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _cannot_open(error) from None
    try:
        count = len(document)
        if count > _MOST_PAGES:
            raise UnreadableError(f"too long: {count:,} pages, at most {_MOST_PAGES:,} are read")
        pages, images = [], 0
        for page in _pages(document):
            pages.append(_lines(page))
            images += not pages[-1] and _has_image(page)
        title = document.get_metadata_value("Title")
    except pypdfium2.PdfiumError:
        raise UnreadableError("damaged: one of its pages cannot be loaded") from None
    finally:
        document.close()
    _refuse_scan(pages, images)
    return markdown_of(pages, title)


def _cannot_open(error: Exception) -> UnreadableError:
    said = str(error).lower()
    if "password" in said or "security" in said:
        return UnreadableError("encrypted: save the PDF without a password")
    return UnreadableError("damaged: the PDF breaks off or cannot be opened")


def _refuse_scan(pages: list[list[Line]], images: int) -> None:
    characters = sum(len(line.text) for page in pages for line in page)
    if images and characters < _SCANNED * len(pages):
        raise UnreadableError("no text: scanned pages need OCR first")
    if not characters:
        raise UnreadableError("empty: there is no text in the PDF")


def _pages(document: PdfDocument) -> Iterator[PdfPage]:
    for number in range(len(document)):
        page = document.get_page(number)
        try:
            yield page
        finally:
            page.close()


def _has_image(page: PdfPage) -> bool:
    import pypdfium2.raw as raw

    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _lines(page: PdfPage) -> list[Line]:
    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        chars = [raw.FPDFText_GetUnicode(textpage, i) for i in range(count)]
        return [_line(textpage, chars, start, end) for start, end in _breaks(chars)]
    finally:
        textpage.close()


def _breaks(chars: list[int]) -> Iterator[tuple[int, int]]:
    """Ranges of characters that lie on one line and are not blank."""
    start = 0
    for i, code in enumerate([*chars, 10]):
        # pdfium ends a hyphenated line with the hyphen's mark alone.
        mark = code < 0x110000 and chr(code) in _HYPHENS and i < len(chars)
        if code in (10, 13) or mark:
            end = i + mark
            if any(chars[j] > 32 for j in range(start, min(end, len(chars)))):
                yield start, end
            start = i + 1


def _line(textpage: PdfTextPage, chars: list[int], start: int, end: int) -> Line:
    import pypdfium2.raw as raw

    text = "".join(chr(c) for c in chars[start:end] if 0 < c < 0x110000)
    shown = [i for i in range(start, end) if chars[i] > 32]
    first = shown[0]
    last = next(
        (i for i in reversed(shown) if not raw.FPDFText_IsGenerated(textpage, i)), shown[-1]
    )
    left, bottom, _, _ = textpage.get_charbox(first, loose=True)
    _, _, right, _ = textpage.get_charbox(last, loose=True)
    middle = shown[len(shown) // 2]
    code, bold = _typeface(textpage, middle)
    return Line(
        text.translate(_TRANSLATED).strip(),
        left,
        max(right, left),
        bottom,
        _size(textpage, middle),
        code and _typeface(textpage, first)[0],
        bold,
    )


def _size(textpage: PdfTextPage, index: int) -> float:
    """The size as set on the page: the font's size scaled by the text's matrix."""
    import pypdfium2.raw as raw

    size: float = raw.FPDFText_GetFontSize(textpage, index)
    matrix = raw.FS_MATRIX()
    if raw.FPDFText_GetMatrix(textpage, index, matrix):
        scale = (float(matrix.c) ** 2 + float(matrix.d) ** 2) ** 0.5
        size *= scale or 1.0
    return round(size, 1)


def _typeface(textpage: PdfTextPage, index: int) -> tuple[bool, bool]:
    """Whether a character is set in a fixed-pitch typeface, and whether in a bold one."""
    import pypdfium2.raw as raw

    buffer = ctypes.create_string_buffer(128)
    flags = ctypes.c_int(0)
    raw.FPDFText_GetFontInfo(textpage, index, buffer, 128, flags)
    name = buffer.value.decode("utf-8", "replace")
    weight = raw.FPDFText_GetFontWeight(textpage, index)
    code = bool(flags.value & _FIXED_PITCH) or bool(_MONOSPACE.search(name))
    return code, "bold" in name.lower() or weight >= 650
