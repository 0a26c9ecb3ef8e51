"""What stands in the answer box, read ahead by a language model while the person thinks.

Invariant: nothing is kept, nothing is shown, and no language model is looked for: only one that
already answers is told, and only of the browser's own interview.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from corpus.schema import GreenroomError
from ui.web.asked import LONGEST_ANSWER
from ui.web.people import Browser

if TYPE_CHECKING:
    from agent.workspace import Workspace

_log = logging.getLogger(__name__)


def read_ahead(workspace: Workspace, stored: object, text: str, account: str | None = None) -> bool:
    """Let the model read the draft of the answer that the page waits for; whether it does."""
    browser = Browser.of(stored, account)
    if browser.session is None or not workspace.language_model.known:
        return False
    if not text.strip() or len(text) > LONGEST_ANSWER:
        return False
    record = workspace.interview.history.session(browser.session)
    if record is None or not browser.owns(record.person):
        return False
    try:
        return workspace.warm_draft(browser.session, text)
    except GreenroomError as error:
        _log.info("a draft was not read ahead: %s", error)
        return False
