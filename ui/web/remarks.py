"""What a language model says after a mark, sentence by sentence, as HTML that grows.

Invariant: it is shown below the mark and changes nothing of it; only the browser's own interviews
are spoken of.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.schema import GreenroomError
from ui.views import citation
from ui.web.html import cite_html, escape
from ui.web.people import Browser

if TYPE_CHECKING:
    from agent.remarks import Remark
    from agent.workspace import Workspace

HEAD = '<p class="head">On the mark above</p>'

_log = logging.getLogger(__name__)


def remarks(workspace: Workspace, stored: object, account: str | None = None) -> Iterator[str]:
    """The remarks so far, each time one more, on the mark that the page shows; none without a
    model. A model that is lost ends them."""
    browser = Browser.of(stored, account)
    if browser.session is None or browser.turn is None:
        return
    record = workspace.interview.history.session(browser.session)
    if record is None or not browser.owns(record.person):
        return
    said: list[str] = []
    try:
        for remark in workspace.remarks_after(browser.session, browser.turn):
            said.append(f"<li>{_sentence(remark)}</li>")
            yield f'<div class="remarks">{HEAD}<ul>{"".join(said)}</ul></div>'
    except GreenroomError as error:
        _log.warning("no more remarks on a mark: %s", error)


def _sentence(remark: Remark) -> str:
    cited = citation(remark.source)
    return escape(remark.line) + (f" {cite_html(cited)}" if cited else "")
