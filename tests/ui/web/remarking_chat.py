"""As `quick_chat`, with a model beside the marks that says two sentences on each, the second late.

Invariant: what it says names the turn that shows the mark.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import quick_chat

from agent.remarks import Remark
from agent.workspace import Workspace

PAUSE = 4.0  # seconds


def _said(self: Workspace, session_id: str, turn_number: int) -> Iterator[Remark]:
    turns = self.interview.turns(session_id)
    marked = next((t.marked for t in turns if t.number == turn_number), None)
    if marked is None or not marked.closed:
        return
    yield Remark("good", f"First on {turn_number}.")
    time.sleep(PAUSE)
    yield Remark("missed", f"Second on {turn_number}.")


if __name__ == "__main__":
    Workspace.remarks_after = _said  # type: ignore[method-assign]
    sys.exit(quick_chat.main())
