"""A debrief as a file to keep, made for the browser to save.

Invariant: no file is written on the server; only the browser's own interviews are given out.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.export import to_markdown
from agent.export_html import to_html
from ui.web.people import Browser

if TYPE_CHECKING:
    from agent.workspace import Workspace


class _Save(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["save"]
    form: Literal["html", "markdown"]


def kept(workspace: Workspace, stored: object, sent: object, account: str | None = None) -> str:
    """The debrief of the browser's interview as JSON: ``{"name": …, "type": …, "text": …}``; the
    empty text where there is none yet, or it is not this browser's."""
    browser = Browser.of(stored, account)
    try:
        wanted = _Save.model_validate_json(sent) if isinstance(sent, str) else None
    except ValidationError:
        return ""
    interview = workspace.interview
    record = interview.history.session(browser.session) if browser.session else None
    if wanted is None or record is None or not browser.owns(record.person) or record.withheld:
        return ""
    report = interview.report(record.id)
    disagreements = interview.second_look.disagreements(record.id)
    write, ending, media = (
        (to_html, "html", "text/html")
        if wanted.form == "html"
        else (to_markdown, "md", "text/markdown")
    )
    name = f"greenroom-{record.started[:10]}-{record.id}.{ending}"
    return json.dumps({"name": name, "type": media, "text": write(report, disagreements)})
