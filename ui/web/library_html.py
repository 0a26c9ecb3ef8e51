"""The documents of the Library page as HTML: the table, an upload under way, what came of it.

Invariant: titles, names, reasons and passages come from outside and go through `escape`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.report import printable
from ui.text import one_line
from ui.web.html import escape
from ui.web.reader import LONGEST_NAME, cite_button, file_name

if TYPE_CHECKING:
    from corpus.schema import Removed
    from index.report import IngestRow
    from ui.web.library_documents import Forgotten, Shelved
    from ui.web.library_uploads import Progress

MOST_REMOVED = 200  # passages listed of one document
LONGEST_REMOVED = 160  # characters shown of one
SYMBOLS = {"indexed": "✓", "unchanged": "=", "updated": "↻", "skipped": "–", "failed": "✗"}
NOTHING = (
    "<p>No documents of yours yet. Drop study notes on the field above; until then you are asked "
    "from Greenroom’s own library.</p>"
)
NOTHING_READ_ONLY = "<p>No documents here yet beside Greenroom’s own library.</p>"


def alert_html(problem: str) -> str:
    """Something that did not work, said at once to who listens to the page."""
    return f'<p class="problem" role="alert">{escape(problem)}</p>'


def done_html(text: str) -> str:
    """Something that was done."""
    return f'<p class="done" role="status">{escape(text)}</p>'


def forgotten_html(forgotten: Forgotten) -> str:
    """What was forgotten."""
    told = f"Forgotten: “{one_line(forgotten.title, LONGEST_NAME)}”."
    if forgotten.sessions:
        told += f" What was said on it in {_count(forgotten.sessions, 'interview')} is deleted too."
    return done_html(told)


def progress_html(progress: Progress) -> str:
    """An upload: how far it is, or what became of each file."""
    if progress.problem:
        return alert_html(f"Nothing was taken in: {progress.problem}")
    if progress.rows is not None:
        return report_html(progress.rows)
    items = "".join(_waiting(name, name in progress.read) for name in progress.names)
    total, done = len(progress.names), len(progress.read)
    return (
        f'<p role="status">Reading {total} file{"s"[: total != 1]}… {done} done.</p>'
        f'<progress max="{total}" value="{done}" aria-label="Files read"></progress>'
        f'<ul class="files">{items}</ul>'
    )


def _waiting(name: str, read: bool) -> str:
    sign, word = ("✓", "read") if read else ("…", "waiting or being read")
    return f'<li><span aria-hidden="true">{sign}</span> {escape(name)} <small>{word}</small></li>'


def report_html(rows: Sequence[IngestRow]) -> str:
    """What became of each file of an upload."""
    good = sum(row.state in ("indexed", "updated", "unchanged") for row in rows)
    items = "".join(_outcome(row) for row in rows)
    return (
        f'<p role="status">{good} of {len(rows)} file{"s"[: len(rows) != 1]} taken in.</p>'
        f'<ul class="files">{items}</ul>'
    )


def _outcome(row: IngestRow) -> str:
    name = one_line(Path(printable(row.path)).name, LONGEST_NAME)
    told: str = row.state
    if row.state in ("indexed", "updated", "unchanged"):
        told += f": {_count(row.chunks, 'passage')}, {_count(row.questions, 'question')}"
        if row.removed:
            told += f", {len(row.removed)} kept out"
    told += f": {row.reason}" if row.reason else ""
    other = ""
    if row.duplicate_of:
        other = f" {cite_button('See the other one', row.duplicate_of, 0, 0)}"
    return (
        f'<li class="{row.state}"><span class="symbol" aria-hidden="true">{SYMBOLS[row.state]}'
        f"</span> <b>{escape(name)}</b> <span>{escape(told)}.</span>{other}</li>"
    )


def documents_html(shelved: Iterable[Shelved], *, may_change: bool) -> str:
    """The person's documents as a table, and the library's folded below."""
    every = list(shelved)
    mine = [s for s in every if not s.is_library]
    bundled = [s for s in every if s.is_library]
    if mine:
        shown = _table(mine, "Your documents", may_change)
    else:
        shown = NOTHING if may_change else NOTHING_READ_ONLY
    questions = sum(s.document.questions for s in bundled)
    return (
        f'{shown}<details class="bundled"><summary>Greenroom’s own library: {len(bundled)} topics, '
        f"{questions} questions</summary>{_table(bundled, 'Greenroom’s own library', False)}"
        "</details>"
    )


def _table(shelved: Sequence[Shelved], caption: str, may_change: bool) -> str:
    names = ("Document", "State", "Passages", "Questions", "Kept out", "")
    head = "".join(f'<th scope="col">{name or _UNSEEN_ACTIONS}</th>' for name in names)
    rows = "".join(_row(s, may_change) for s in shelved)
    return (
        f'<table class="documents"><caption class="unseen">{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


_UNSEEN_ACTIONS = '<span class="unseen">Actions</span>'


def _row(shelved: Shelved, may_change: bool) -> str:
    document = shelved.document
    title = one_line(document.title, LONGEST_NAME) or "(no title)"
    where = file_name(printable(document.path))
    name = f'<small class="file">{escape(where)}</small>' if not shelved.is_library else ""
    cells = (
        ("State", _state(shelved)),
        ("Passages", f"{document.chunks:,}"),
        ("Questions", f"{document.questions:,}"),
        ("Kept out", _removed(document.id, shelved.removed)),
    )
    row = "".join(f'<td data-label="{label}">{content}</td>' for label, content in cells)
    actions = _forget(document.id, title) if may_change and not shelved.is_library else ""
    opens = cite_button(title, document.id, 0, 0)
    return f'<tr><th scope="row">{opens}{name}</th>{row}<td class="actions">{actions}</td></tr>'


def _state(shelved: Shelved) -> str:
    if shelved.is_library:
        return "bundled"
    when = f"{shelved.document.ingested_at:%Y-%m-%d}"
    if shelved.state == "file gone":
        return f'indexed {when}<small class="file">its file is gone; the text is kept here</small>'
    return f"indexed {when}"


def _forget(document_id: str, title: str) -> str:
    asks = (
        f"Forget “{title}”? Its text and questions are deleted, with what was said on them in "
        "interviews. This cannot be undone."
    )
    return (
        f'<button type="button" class="small" data-forget="{escape(document_id)}" '
        f'data-asks="{escape(asks)}" '
        f'aria-label="Forget {escape(title)}">Forget</button>'
    )


def _removed(document_id: str, removed: Sequence[Removed]) -> str:
    if not removed:
        return "nothing"
    items = "".join(_passage(document_id, r) for r in removed[:MOST_REMOVED])
    if len(removed) > MOST_REMOVED:
        items += f"<li>… and {len(removed) - MOST_REMOVED:,} more, in the document</li>"
    count = _count(len(removed), "passage")
    return f'<details class="removed"><summary>{count}</summary><ul>{items}</ul></details>'


def _passage(document_id: str, removed: Removed) -> str:
    reason = escape(removed.reason.replace("_", " "))
    shown = one_line(removed.text, LONGEST_REMOVED) or "(blank)"
    return f"<li><b>{reason}</b> {cite_button(shown, document_id, removed.start, removed.end)}</li>"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s'[: number != 1]}"
