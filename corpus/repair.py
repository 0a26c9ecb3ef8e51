"""Text as its author meant it: bytes are decoded, mojibake is undone, invisible characters go.

Invariant: ``repair(repair(text)) == repair(text)``, and what comes out holds no control character
but ``\\n`` and ``\\t``. Every offset in Greenroom counts the code points of such a text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus.schema import UnreadableError

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

# Signatures that no text starts with, and those that a text could (they count only when the bytes
# are no valid UTF-8 or hold NULs).
_MAGIC = {
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "an empty zip archive",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"\x7fELF": "a program",
    b"\xd0\xcf\x11\xe0": "an old or encrypted Office file",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"\x1f\x8b": "a gzip archive",
    b"\xfd7zXZ": "an xz archive",
    b"SQLite format 3\x00": "an SQLite database",
    b"{\\rtf": "an RTF file",
}
_LIKELY_MAGIC = {
    b"%PDF-": "a PDF",
    b"GIF8": "a GIF image",
    b"MZ": "a program",
    b"BZh": "a bzip2 archive",
    b"RIFF": "a RIFF media file",
    b"OggS": "an Ogg media file",
    b"ID3": "an MP3 file",
    b"GGUF": "model weights",
}
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_CONTROL_BYTES = bytes(b for b in range(32) if b not in b"\t\n\v\f\r\x1b")
_MOST_CONTROLS = 0.05  # share of control bytes above which a file counts as binary
_WESTERN = "cp1252"


def decode(data: bytes) -> str:
    """The text in `data`: by byte-order mark, as UTF-8, else by a guess at the encoding.

    Raises UnreadableError for bytes that are no text (a known binary signature, many control
    bytes, or no encoding in which they make sense).
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strictly(data[len(bom) :], encoding)
    name = next((n for magic, n in _MAGIC.items() if data.startswith(magic)), None)
    if name:
        raise UnreadableError(f"not text: it is {name}")
    wide = _wide_encoding(data)
    if wide:
        return _strictly(data, wide)
    _refuse_binary(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        name = next((n for magic, n in _LIKELY_MAGIC.items() if data.startswith(magic)), None)
        if name:
            raise UnreadableError(f"not text: it is {name}") from None
    return _mostly_utf8(data) or _guess(data)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"damaged: it says it is {encoding} text but breaks off or goes wrong at byte "
            f"{error.start}"
        ) from None


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a byte-order mark: nearly every other byte is NUL."""
    head = data[:4096]
    half = len(head) // 2
    if half < 2:
        return None
    even, odd = head[0::2].count(0) / half, head[1::2].count(0) / half
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else None


def _refuse_binary(data: bytes) -> None:
    controls = len(data) - len(data.translate(None, _CONTROL_BYTES))
    if controls <= max(2, len(data) * _MOST_CONTROLS):
        return
    name = next((n for magic, n in _LIKELY_MAGIC.items() if data.startswith(magic)), "binary data")
    raise UnreadableError(f"not text: it is {name} ({100 * controls // len(data)}% control bytes)")


def _mostly_utf8(data: bytes) -> str | None:
    """UTF-8 with a few stray bytes of a Western encoding in it, as pasted notes have."""
    text = data.decode("utf-8", "surrogateescape")
    strays = sum("\udc80" <= c <= "\udcff" for c in text)
    proper = sum(c > "\x7f" for c in text) - strays
    if proper < 2 * strays:
        return None
    return re.sub("[\udc80-\udcff]", _western, text)


def _western(stray: re.Match[str]) -> str:
    return bytes([ord(stray[0]) - 0xDC00]).decode(_WESTERN, "replace")


def _guess(data: bytes) -> str:
    # A Western text has few high bytes, and next to all of them are letters or typography.
    western = data.decode(_WESTERN, "replace")
    high = [c for c in western if c > "\x7f"]
    odd = sum(not (c.isalpha() or c in "–—‘’“”„…•€°§«»¿¡·©®™±²³µ¼½¾×÷\xa0") for c in high)
    if len(high) <= max(6, 0.15 * len(western)) and odd <= 0.05 * len(high):
        return western
    from charset_normalizer import from_bytes

    best = from_bytes(data[: 1 << 20]).best()
    if best is None:
        raise UnreadableError("not text: no known encoding makes sense of it; save it as UTF-8")
    return data.decode(best.encoding, "replace")


# The escape sequences of a terminal (ECMA-48: control sequences and operating system commands).
_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
# Never needed to read a text: bidi embeddings, overrides and isolates, zero-width spaces, soft
# hyphens, byte-order marks, invisible operators, annotation marks, noncharacters.
_INVISIBLE = re.compile(
    "[\u202a-\u202e\u2066-\u2069\u200b\u00ad\ufeff\u2060-\u2064\u206a-\u206f"
    "\ufff9-\ufffb\ufffe\uffff\ufdd0-\ufdef]"
)
# Needed in some company only: joiners, direction marks, variation selectors, tags.
_CONDITIONAL = re.compile("[\u200c-\u200f\u061c\ufe00-\ufe0f\U000e0000-\U000e01ef]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Two characters beyond ASCII in a row, or a lead byte whose no-break space became a space: without
# either there is no mojibake to undo.
_SUSPECT = re.compile("[^\x00-\x7f]{2}|[ÃÂ] |[\x80-\x9f]")
# Scripts that shape their letters with joiners: Arabic, Syriac, N'Ko, Indic, Tibetan, Myanmar,
# Khmer, Mongolian.
_JOINING = re.compile("[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ufb50-\ufefc]")
_EMOJI = re.compile("[\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]")


def repair(text: str) -> str:
    """`text` with ``\\n`` line ends, in NFC, mojibake undone, invisible characters removed.

    Typographic quotes, emoji, code and all scripts stay. Mojibake is found by ftfy, line by line,
    with its settings for typography and HTML switched off.
    """
    if text.isascii() and not _CONTROL.search(text) and not _LINE_END.search(text):
        return text
    # One pass can bring another to light (mojibake of mojibake); each one shortens the text.
    for _ in range(16):
        once = _repair_once(text)
        if once == text:
            break
        text = once
    return text


def _repair_once(text: str) -> str:
    text = _LINE_END.sub("\n", _SURROGATE.sub("\ufffd", text))
    if _SUSPECT.search(text):
        text = "\n".join(
            _undo_mojibake(line) if _SUSPECT.search(line) else line for line in text.split("\n")
        )
    text = _LINE_END.sub("\n", text)
    text = _CONTROL.sub("", _TERMINAL.sub("", text))
    text = _INVISIBLE.sub("", text)
    text = _CONDITIONAL.sub(_keep_in_company, text)
    return unicodedata.normalize("NFC", text)


def _keep_in_company(match: re.Match[str]) -> str:
    """A joiner, direction mark, selector or tag where its neighbours need it; else nothing."""
    mark, text = match[0], match.string
    before = text[match.start() - 1] if match.start() else ""
    after = text[match.end()] if match.end() < len(text) else ""
    if mark in "\u200c\u200d":
        script = _JOINING.match(before) is not None
        emoji = mark == "\u200d" and bool(_EMOJI.match(after)) and _ends_emoji(before)
        keep = script or emoji
    elif mark in "\u200e\u200f\u061c":
        keep = any(c and unicodedata.bidirectional(c) in {"R", "AL"} for c in (before, after))
    elif "\ufe00" <= mark <= "\ufe0f":
        keep = bool(before) and (not before.isspace()) and not _CONDITIONAL.match(before)
    elif mark >= "\U000e0100":
        keep = bool(before) and unicodedata.name(before, "").startswith("CJK")
    else:  # tags spell a region after a black flag, and nothing else
        keep = before == "\U0001f3f4" or "\U000e0020" <= before < "\U000e007f"
    return mark if keep else ""


def _ends_emoji(char: str) -> bool:
    return char == "\ufe0f" or _EMOJI.match(char) is not None


def _undo_mojibake(line: str) -> str:
    import ftfy

    return ftfy.fix_text(line, _settings())


@lru_cache(maxsize=1)
def _settings() -> TextFixerConfig:
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )
