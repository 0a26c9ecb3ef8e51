"""Web pages: which part of a page is its content, and that part as Markdown.

trafilatura finds the main text; the smallest element that holds nearly all of it is then written
out whole, so that code, nested lists and tables inside it survive. Invariant: where nothing better
is found, the whole body is written out; a page with text never comes out empty.
"""

from __future__ import annotations

import codecs
import logging
import re
from copy import deepcopy
from typing import Any

from corpus.readers.markup import write
from corpus.repair import decode, repair
from corpus.schema import UnreadableError

_log = logging.getLogger(__name__)

_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w:-]+)"""
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DROPPED = (
    "script style noscript template svg iframe object embed canvas audio video form button input "
    "select textarea nav footer dialog link meta head map"
).split()
_DROPPED_ROLES = "navigation banner contentinfo complementary search dialog alert menu".split()
_DROPPED_NAMES = frozenset(
    """comments comment-list commentlist comments-area comment-section disqus_thread cookie-banner
    cookie-consent cookie-notice newsletter newsletter-signup share-buttons social-share sharedaddy
    related-posts breadcrumb breadcrumbs js-vote-count votecell""".split()
)
_CONTAINERS = "div section article main center form table tbody tr td".split()
_ENOUGH = 200  # characters of main text below which trafilatura found little
_SHARE = 0.3  # of the body's text, likewise
_HELD = 0.9  # share of the main text's lines that the chosen element must hold
_DEEPEST = 150  # elements in elements that keep their structure


def read_html(data: bytes) -> tuple[str, str]:
    """The main content of a page as Markdown, and its title: its h1, else ``<title>``.

    Raises UnreadableError where there is no text in it or it is nested absurdly deep.
    """
    root = parse(repair(decode_page(data)))
    title = " ".join((root.findtext(".//title") or "").split())
    main = _main_text(root)
    drop_furniture(root)
    body = root.find("body")
    content = _main_element(main, root if body is None else body)
    text = write(content)
    text = _with_headline(text, root)
    first = re.search(r"^# (.+)$", text, re.M) or re.search(r"^#{2,6} (.+)$", text, re.M)
    chief = first is not None and first[0].startswith("# ")
    return text, first[1] if first and (chief or not title) else title


def decode_page(data: bytes) -> str:
    """The text of a page: as UTF-8, else in the encoding that it names, else by a guess."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        named = _CHARSET.search(data[:4096])
    if named:
        try:
            codec = codecs.lookup(named[1].decode("ascii", "replace"))
            return codec.decode(data, "strict")[0]
        except (LookupError, UnicodeError, TypeError):
            _log.info("a page is not in the encoding %r that it names", named[1])
    return decode(data)


def parse(page: str) -> Any:
    """The root element of a page. Raises UnreadableError where it holds no element, or is nested
    too deep."""
    from lxml import etree, html

    parser = html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        root = html.document_fromstring(_DECLARATION.sub("", page, count=1), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        raise UnreadableError("empty: there is no text in the page") from None
    # The parser drops what lies deeper than 2,048 elements; nothing is lost in silence.
    if any("Excessive depth" in entry.message for entry in parser.error_log):
        raise UnreadableError("nested too deeply: thousands of elements inside one another")
    _flatten(root)
    return root


def _flatten(root: Any) -> None:
    """Dissolve the elements below a depth that no page written for reading needs."""
    from lxml import etree

    depth, deepest = 0, []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start" and depth == _DEEPEST:
            deepest.append(element)
    for element in deepest:
        etree.strip_tags(element, "*")


def drop_furniture(root: Any) -> None:
    """Take out what is no content on any page: scripts, forms, navigation, hidden elements."""
    body = root.find("body")
    for element in list((root if body is None else body).iter()):
        if element.getparent() is not None and _is_furniture(element):
            element.drop_tree()


def _is_furniture(element: Any) -> bool:
    if not isinstance(element.tag, str):
        return True
    if element.tag in _DROPPED or element.get("role") in _DROPPED_ROLES:
        return True
    if element.tag not in ("html", "body") and _names(element) & _DROPPED_NAMES:
        return True
    if element.tag in ("header", "aside"):  # the site's, unless they are an article's own
        return not any(a.tag in ("article", "main", "section") for a in element.iterancestors())
    style = (element.get("style") or "").replace(" ", "").lower()
    hidden = element.get("hidden") is not None or "display:none" in style
    # Formulas are hidden from readers of the screen, not from those of the page.
    return hidden or (element.get("aria-hidden") == "true" and not element.text_content().strip())


def _names(element: Any) -> set[str]:
    """The classes and the id by which a page calls an element."""
    return set(f"{element.get('class') or ''} {element.get('id') or ''}".lower().split())


def _main_element(main: str, body: Any) -> Any:
    """The smallest element that holds nearly all of the main text; `body` where there is none."""
    whole = len(_squeezed(body.text_content()))
    if len(main) < max(_ENOUGH, _SHARE * whole):
        return _marked_element(body, whole)
    lines = [s for line in main.split("\n") if len(s := _squeezed(line)) >= 30]
    element = body
    while True:
        inner = [c for c in element if c.tag in _CONTAINERS and _holds(c, lines)]
        if not inner or element.tag in ("article", "main"):
            return element
        element = inner[0]


def _holds(element: Any, lines: list[str]) -> bool:
    text = _squeezed(element.text_content())
    return sum(len(line) for line in lines if line in text) >= _HELD * sum(map(len, lines))


def _main_text(root: Any) -> str:
    """What trafilatura takes for the main text; "" where it finds none or cannot be used."""
    try:
        import trafilatura
    except ImportError as error:
        reason = str(error).partition("\n")[0]
        _log.warning("trafilatura cannot be loaded (%s): whole pages are read", reason)
        return ""
    found = trafilatura.extract(
        deepcopy(root),
        output_format="txt",
        include_comments=False,
        include_tables=True,
        favor_recall=True,
    )
    return found or ""


def _marked_element(body: Any, whole: int) -> Any:
    """The element that the page itself marks as its content, if most of its text is there."""
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = body.findall(path)
        if len(found) == 1 and len(_squeezed(found[0].text_content())) >= 0.5 * whole:
            return found[0]
    return body


def _with_headline(text: str, root: Any) -> str:
    """Put the page's one h1 before a content that stands apart from it."""
    headlines = [" ".join(h.text_content().split()) for h in root.iter("h1")]
    if len(headlines) == 1 and headlines[0] and not re.search(r"^# ", text, re.M):
        return f"# {headlines[0]}\n\n{text}"
    return text


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
