"""Books (epub): the chapters in reading order, each read as a web page.

Invariant: only files that the book's own spine names are read, and none from outside the archive.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from corpus.readers.archive import member, open_archive
from corpus.readers.html import decode_page, drop_furniture, parse
from corpus.readers.markup import write
from corpus.schema import UnreadableError

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONT_SCRAMBLING = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PAGES = ("application/xhtml+xml", "text/html", "text/x-oeb1-document")


def read_epub(data: bytes) -> tuple[str, str]:
    """The text of an epub as Markdown, and its title from the metadata. Raises UnreadableError."""
    with open_archive(data) as archive:
        _refuse_protection(archive)
        container = _xml(archive, _CONTAINER)
        root = next((e.get("full-path") for e in container.iter("{*}rootfile")), None)
        if not root:
            raise UnreadableError("damaged: the epub does not name its package")
        package = _xml(archive, root)
        title = next((e.text for e in package.iter("{http://purl.org/dc/elements/1.1/}title")), "")
        chapters = [_chapter(archive, name) for name in _spine(package, root, archive)]
    text = "\n\n".join(c for c in chapters if c)
    if not text:
        raise UnreadableError("empty: there is no text in the epub")
    return text, title or ""


def _refuse_protection(archive: zipfile.ZipFile) -> None:
    if _ENCRYPTION not in archive.namelist():
        return
    methods = [
        e.get("Algorithm") or "" for e in _xml(archive, _ENCRYPTION).iter("{*}EncryptionMethod")
    ]
    if any(m not in _FONT_SCRAMBLING for m in methods):
        raise UnreadableError("encrypted: the epub is under copy protection")


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(member(archive, name), parser)
    except etree.LxmlError:
        raise UnreadableError(f"damaged: its part {name!r} is no whole XML") from None


def _spine(package: Any, root: str, archive: zipfile.ZipFile) -> Iterator[str]:
    """The archive's names of the chapters, in reading order, the table of contents left out."""
    here = posixpath.dirname(root)
    items = {e.get("id"): e for e in package.iter("{*}item")}
    present = set(archive.namelist())
    for reference in package.iter("{*}itemref"):
        found = items.get(reference.get("idref"))
        if found is None or "nav" in (found.get("properties") or "").split():
            continue
        name = posixpath.normpath(posixpath.join(here, unquote(found.get("href") or "")))
        if found.get("media-type") in _PAGES and name in present:
            yield name


def _chapter(archive: zipfile.ZipFile, name: str) -> str:
    page = decode_page(member(archive, name))
    if not page.strip():
        return ""
    root = parse(page)
    drop_furniture(root)
    body = root.find("body")
    return write(root if body is None else body)
