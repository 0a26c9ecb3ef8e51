"""Text from outside as HTML, and the buttons by which it leads on.

Invariant: whatever a person, a document, a model or a file name says goes through `escape`, after
which neither HTML nor Markdown can be made of it.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping

from ui.markup import readable
from ui.text import one_line, plain
from ui.views import Citation

LONGEST = 1500  # characters of an answer shown at once
LONGEST_QUOTE = 400  # characters of a source shown at once; the reader shows the rest
_MARKDOWN = {ord(c): f"&#{ord(c)};" for c in "*_`~[]()#+-=!|$\\{}:@/."}


def escape(text: str) -> str:
    """Text that is shown as it stands; line breaks are kept."""
    shown = html.escape(plain(text)).replace("&#x27;", "'").translate(_MARKDOWN)
    return shown.replace("\n", "<br>")


def data(values: Mapping[str, object]) -> str:
    """Values as JSON within a double-quoted attribute."""
    written = html.escape(json.dumps(values, ensure_ascii=True))
    return written.replace("&#x27;", "'").translate(_MARKDOWN)


def act_html(label: str, request: Mapping[str, object], kind: str = "") -> str:
    """A button that asks the server for something; page.js hands the request over."""
    classes = f"act {kind}".rstrip()
    return f'<button type="button" class="{classes}" data-act="{data(request)}">{label}</button>'


def cite_html(cited: Citation) -> str:
    """A place in a source; it opens the reader there."""
    place = {"document": cited.document_id, "start": cited.start, "end": cited.end}
    return (
        f'<button type="button" class="cite" data-reader="{data(place)}">'
        f"{escape(one_line(cited.place))}</button>"
    )


def source_html(cited: Citation, label: str = "Source", beside: str = "") -> str:
    """The words of a source, and its place; the place alone where they stand `beside` it."""
    quote = readable(cited.quote)
    if quote.casefold() == " ".join(beside.split()).casefold():
        return f'<div class="quote source">Word for word in {cite_html(cited)}</div>'
    shown = escape(one_line(quote, LONGEST_QUOTE))
    return f'<div class="quote source">{escape(label)}: “{shown}” {cite_html(cited)}</div>'


def folded_html(summary: str, content: str, kind: str = "") -> str:
    """Content that opens on a click; the summary is ours."""
    return f'<details class="more {kind}"><summary>{summary}</summary>{content}</details>'


def answer_html(text: str) -> str:
    """What the candidate wrote; the end of a very long answer opens on a click."""
    shown = escape(text[:LONGEST]) or "<i>(nothing)</i>"
    if len(text) > LONGEST:
        more = f"<summary>… {len(text) - LONGEST:,} more characters</summary>"
        shown += f"<details>{more}{escape(text[LONGEST:])}</details>"
    return f'<div class="said">{shown}</div>'
