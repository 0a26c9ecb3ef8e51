"""The Library page: documents, coverage, search and review, and what their components do.

Invariant: whether an account may change documents is asked at every event that does, not only when
the page is drawn.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr
from gradio.context import get_render_context

from ui.reasons import FAULTS, in_words
from ui.web.frame import Frame, person_of
from ui.web.library_coverage import Coverage
from ui.web.library_documents import Shelf
from ui.web.library_html import alert_html, documents_html, done_html, forgotten_html, progress_html
from ui.web.library_map_html import BUNDLED, LOOKING, MINE, PLANS, rows_html
from ui.web.library_page import components
from ui.web.library_review import decide, review_html
from ui.web.library_search import Where, search_html
from ui.web.library_uploads import Progress

AT_ONCE = 8  # events that run side by side
ASKED = "() => [window.greenroomLibrary.asked()]"
BUSY = "(...values) => { window.greenroomLibrary.begin(); return values; }"
DONE = "() => { window.greenroomLibrary.end(); }"


def add(frame: Frame) -> None:
    """Place the page in the tab that is open."""
    tab: Any = get_render_context()
    page = components()
    actions = Actions(frame)
    drawn = [page.add, page.again, page.documents]
    for selected in (tab, page.documents_tab):
        _on(selected.select, actions.documents, [], drawn)
    _on(page.files.upload, actions.take, [page.files], [page.files, page.report, page.documents])
    _on(page.again.click, actions.read_again, [], [page.report, page.documents])
    mapped = [page.looking, page.plans, page.coverage, page.folded, page.bundled]
    _on(page.coverage_tab.select, actions.coverage, [], mapped)
    _on(page.folded.expand, actions.bundled, [], [page.bundled])
    for trigger in (page.find.click, page.query.submit, page.where.input):
        _on(trigger, actions.search, [page.query, page.where], [page.found], js=BUSY)
    _on(page.review_tab.select, actions.review, [], [page.told, page.review])
    told = [page.report, page.documents]
    _on(page.forget.click, actions.forget, [page.request], told, js=ASKED)
    _on(page.decide.click, actions.decide, [page.request], [page.told, page.review], js=ASKED)


def _on(
    trigger: Any,
    action: Callable[..., Any],
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    js: str | None = None,
) -> None:
    """Wire an action, which gets the account and the inputs; one that yields draws each time."""

    def stream(request: gr.Request, *values: Any) -> Iterator[Any]:
        yield from action(request.username, *values)

    def once(request: gr.Request, *values: Any) -> Any:
        return action(request.username, *values)

    run: Any = stream if inspect.isgeneratorfunction(action) else once
    # Annotations are text in this module; Gradio looks for the class itself.
    run.__annotations__ = {"request": gr.Request}
    trigger(
        run,
        inputs,
        outputs,
        js=js,
        concurrency_limit=AT_ONCE,
        show_progress="hidden",
        api_visibility="private",
    ).then(None, js=DONE)


class Actions:
    """What the page's events do, for an account; each draws a problem that a person can act on."""

    def __init__(self, frame: Frame) -> None:
        self._workspace = frame.workspace
        self._shelf = Shelf(frame.workspace, frame.access)
        self._coverage = Coverage(frame.workspace)

    def documents(self, account: str | None) -> list[Any]:
        """Whether files may be added, and the table."""
        may = gr.update(visible=self._shelf.may_change(account))
        return [may, may, self._table(account)]

    def take(self, account: str | None, files: Sequence[str] | None) -> Iterator[list[Any]]:
        """Take uploaded files in; the field for files is free again at once."""
        for drawn in self._followed(lambda: self._shelf.take(files or (), account), account):
            yield [None, *drawn]

    def read_again(self, account: str | None) -> Iterator[list[Any]]:
        """Read the files of all documents again."""
        yield from self._followed(lambda: self._shelf.read_again(account), account)

    def forget(self, account: str | None, document_id: str) -> list[Any]:
        """Forget a document, and say what went with it."""
        try:
            told = forgotten_html(self._shelf.forget(document_id, account))
        except FAULTS as error:
            told = alert_html(in_words(error))
        return [told, self._table(account)]

    def coverage(self, account: str | None) -> Iterator[list[Any]]:
        """The parts of the map, each sent as soon as it is known: the rows of documents, of study
        plans, and the former again where sources turn out to disagree."""
        person, same = person_of(account), gr.skip()
        found = self._coverage.rows(person)
        mine = bool(found.documents)
        # The library is drawn when it is unfolded; for one without documents it is all there is.
        drawn = rows_html(MINE, found.documents) or rows_html(BUNDLED, found.library)
        folded = gr.update(visible=mine, open=False)
        yield [LOOKING if mine else "", same, drawn, folded, ""]
        if not mine:
            return
        try:
            plans = rows_html(PLANS, self._coverage.plan(person))
            yield [same, plans, same, same, same]
            if self._coverage.look_for_disputes():
                drawn = rows_html(MINE, self._coverage.rows(person).documents)
                plans = rows_html(PLANS, self._coverage.plan(person))
                yield ["", plans, drawn, same, same]
            else:
                yield ["", same, same, same, same]
        except FAULTS as error:
            yield [alert_html(in_words(error)), same, same, same, same]

    def bundled(self, account: str | None) -> str:
        """The rows of the library."""
        return rows_html("", self._coverage.rows(person_of(account)).library)

    def search(self, _account: str | None, query: str, where: Where) -> str:
        """The passages that are found."""
        try:
            return search_html(self._workspace, query, where)
        except FAULTS as error:
            return alert_html(in_words(error))

    def review(self, account: str | None, told: str = "") -> list[Any]:
        """What was done, and the questions that wait."""
        may_change = self._shelf.may_change(account)
        try:
            return [told, review_html(self._workspace, may_change=may_change)]
        except FAULTS as error:
            return [told, alert_html(in_words(error))]

    def decide(self, account: str | None, request: str) -> list[Any]:
        """Keep, reject or edit a question that waits."""
        try:
            self._shelf.check(account)
            told = done_html(decide(self._workspace, request))
        except FAULTS as error:
            told = alert_html(in_words(error))
        return self.review(account, told)

    def _followed(
        self, begin: Callable[[], Iterator[Progress]], account: str | None
    ) -> Iterator[list[Any]]:
        """How far it is, and the table once all are read."""
        try:
            for progress in begin():
                table = gr.skip() if progress.rows is None else self._table(account)
                yield [progress_html(progress), table]
        except FAULTS as error:
            yield [alert_html(in_words(error)), gr.skip()]

    def _table(self, account: str | None) -> str:
        may_change = self._shelf.may_change(account)
        try:
            return documents_html(self._shelf.documents(), may_change=may_change)
        except FAULTS as error:
            return alert_html(in_words(error))
