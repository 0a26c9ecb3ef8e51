"""Search on the Library page: passages with the words of the query marked, each open in the reader.

Invariant: a search that found nothing likely to answer says so before it shows anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from agent.words import content_words, stem
from corpus.schema import GreenroomError
from ui.text import one_line
from ui.views import citation, match
from ui.web.html import escape
from ui.web.reader import LONGEST_NAME, cite_button
from ui.web.text_html import Shade, text_html

if TYPE_CHECKING:
    from agent.workspace import Workspace
    from index.search import Hit

Where = Literal["all", "user", "library"]
FOUND = 8  # passages
LONGEST_QUERY = 2_000  # characters
LONGEST_HEADING = 120
EMPTY = "<p>Write what you look for: a term, or a whole question.</p>"
NOTHING = "<p>Nothing was found here.</p>"
WEAK = (
    '<p class="remark" role="status">Nothing here is likely to answer this. The nearest passages:'
    "</p>"
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def search_html(workspace: Workspace, query: str, where: Where) -> str:
    """What is found for a query, as HTML. Raises GreenroomError where search cannot be used."""
    query = query.encode(errors="replace").decode().strip()
    if not query:
        return EMPTY
    if len(query) > LONGEST_QUERY:
        raise GreenroomError(
            f"the query has {len(query):,} characters; take at most {LONGEST_QUERY:,}"
        )
    filters = workspace.filters(source=None if where == "all" else where)
    found = workspace.searcher().search(query, k=FOUND, filters=filters)
    if not found.hits:
        return NOTHING
    stems = frozenset(content_words(query))
    items = "".join(_hit(hit, stems) for hit in found.hits)
    head = WEAK if found.weak else f'<p role="status">{len(found.hits)} passages, best first.</p>'
    return f'{head}<ol class="hits">{items}</ol>'


def _hit(hit: Hit, stems: frozenset[str]) -> str:
    cited = citation(hit.span)
    place = one_line(cited.place if cited else hit.path, LONGEST_NAME)
    heading = f"<small>{escape(one_line(hit.heading, LONGEST_HEADING))}</small>"
    opens = cite_button(place, hit.document_id, hit.start, hit.end)
    return (
        f'<li><p>{opens} {heading}</p><blockquote class="drawn">{marked(hit.quote, stems)}'
        f"</blockquote><small>{match(hit.score).capitalize()}</small></li>"
    )


def marked(text: str, stems: frozenset[str]) -> str:
    """The text as HTML, each word with one of these stems marked."""
    return text_html(text, 0, len(text), list(_shades(text, stems)))


def _shades(text: str, stems: frozenset[str]) -> Iterator[Shade]:
    for word in _WORD.finditer(text):
        if stem(word.group().lower().replace("’", "'")) in stems:
            yield Shade(word.start(), word.end(), "<mark>", "</mark>")
