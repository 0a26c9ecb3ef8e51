"""What a language model says after a mark, sentence by sentence, as HTML.

On the newest mark the sentences are shown below the transcript while they come; on earlier ones
they stand with the mark. Invariant: they change nothing of a mark, stand with no other, and only
the browser's own interviews are spoken of.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from agent.said_remarks import SaidRemarks
from ui.reasons import FAULTS
from ui.views import citation
from ui.web.html import cite_html, escape
from ui.web.people import Browser

if TYPE_CHECKING:
    from agent.remarks import Remark
    from agent.workspace import Workspace

HEAD = '<p class="head">On the mark above</p>'
MOST_PAGES = 1_000  # of which it is kept what they show

_log = logging.getLogger(__name__)


class WebRemarks:
    """The remarks of one workspace, for all browsers."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._said = SaidRemarks(
            lambda session_id, number: workspace.remarks_after(session_id, number),
            lambda session_id: workspace.interview.history.session(session_id) is not None,
        )
        self._lock = threading.Lock()
        self._shown: OrderedDict[str, tuple[str | None, int | None]] = OrderedDict()

    def turn(self, page: str, browser: Browser) -> None:
        """A page shows another interview, another turn of it, or none; `page` is its name."""
        with self._lock:
            self._shown[page] = browser.session, browser.turn
            self._shown.move_to_end(page)
            while len(self._shown) > MOST_PAGES:
                self._shown.popitem(last=False)

    def stream(self, stored: object, account: str | None = None, page: str = "") -> Iterator[str]:
        """The remarks so far, each time one more, on the mark that the page shows; none without a
        model. A model that is lost ends them, and so does whatever the page shows next: they would
        stand below another mark."""
        browser = Browser.of(stored, account)
        if browser.session is None or browser.turn is None:
            return
        session, number = here = browser.session, browser.turn
        history = self._workspace.interview.history

        def wanted() -> bool:
            last = history.last_turn(session)
            shown = self._shown.get(page, here)
            return shown == here and last is not None and last.number == number

        said: list[Remark] = []
        try:
            record = history.session(session)
            if record is None or not browser.owns(record.person):
                return
            for remark in self._said.follow(session, number, wanted):
                said.append(remark)
                yield _listed(said)
        except FAULTS as error:
            _log.warning("no more remarks on a mark: %s", error)

    def kept(self, session_id: str) -> dict[int, str]:
        """What was said so far on the marks of a session, by the turns that show them."""
        return {number: _listed(said) for number, said in self._said.kept(session_id).items()}


def _listed(said: Sequence[Remark]) -> str:
    items = "".join(f"<li>{_sentence(remark)}</li>" for remark in said)
    return f'<div class="remarks">{HEAD}<ul>{items}</ul></div>'


def _sentence(remark: Remark) -> str:
    cited = citation(remark.source)
    return escape(remark.line) + (f" {cite_html(cited)}" if cited else "")
