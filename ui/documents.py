"""Commands on documents: ingest, questions, search, show, forget."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.schema import GreenroomError
from ui import options, output
from ui.text import one_line, plain
from ui.workspaces import open_workspace

if TYPE_CHECKING:
    from corpus.schema import Question, Source
    from index.report import IngestReport


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(ingest)
    app.command()(questions)
    app.command()(search)
    app.command()(show)
    app.command()(forget)


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done.")] = False,
    json: options.Json = False,
    home: options.Home = None,
    device: options.Device = None,
) -> None:
    """Read documents (txt, md, html, pdf, docx, pptx, epub) and make them askable."""
    workspace = open_workspace(home, device)
    report = workspace.ingest(paths, dry_run=dry_run, on_progress=_progress)
    if json:
        output.write_json(report.as_json())
    else:
        _print_report(report)
    if report.failed:
        raise typer.Exit(1)


def _progress(done: int, total: int, name: str) -> None:
    output.note(f"[{done}/{total}] {name}")


def _print_report(report: IngestReport) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("document", "state", "chunks", "questions", "kept out", "note", box=None)
    for row in report.as_json()["documents"]:
        table.add_row(
            Text(one_line(row["title"] or Path(row["path"]).name), overflow="fold"),
            row["state"],
            str(row["chunks"]),
            str(row["questions"]),
            str(len(row["removed"])),
            Text(one_line(row["reason"] or ""), overflow="fold"),
        )
    console = output.console()
    console.print(table)
    totals = report.as_json()["totals"]
    console.print(
        f"{totals['documents']} documents, {totals['chunks']} passages, "
        f"{totals['questions']} questions."
        + (" Next: greenroom quiz" if totals["questions"] else "")
    )


def questions(
    topic: options.Topic = None,
    document: options.DocumentRef = None,
    source: options.SourceOption = options.SourceChoice.all,
    json: options.Json = False,
    home: options.Home = None,
) -> None:
    """List the question bank (with --json: JSON Lines)."""
    from ui.contracts import question_json

    workspace = open_workspace(home)
    found = workspace.questions(topic=topic, document=document, source=_source(source))
    if json:
        output.write_rows(question_json(question) for question in found)
        return
    if not found:
        output.note("No questions there. See them all: greenroom questions")
    _print_questions(found)


def _print_questions(found: Sequence[Question]) -> None:
    last = None
    console = output.console()
    for question in found:
        if question.topic != last:
            last = question.topic
            console.print(f"\n{one_line(last)}", style="bold", markup=False)
        mark = "" if question.reference or question.key_points else "  (no answer in the document)"
        console.print(f"  {one_line(question.question)}{mark}", markup=False)
        console.print(
            f"    {question.id} · {question.kind} · difficulty {question.difficulty}",
            style="dim",
            markup=False,
        )


def _source(choice: options.SourceChoice) -> Source | None:
    match choice:
        case options.SourceChoice.user:
            return "user"
        case options.SourceChoice.library:
            return "library"
        case _:
            return None


def search(
    query: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", help='JSON Lines of {"_id", "text"}.')
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    mode: Annotated[options.ModeChoice, typer.Option("--mode")] = options.ModeChoice.hybrid,
    by: Annotated[options.ByChoice, typer.Option("--by")] = options.ByChoice.passage,
    source: options.SourceOption = options.SourceChoice.all,
    topic: options.Topic = None,
    document: options.DocumentRef = None,
    json: options.Json = False,
    home: options.Home = None,
    device: options.Device = None,
) -> None:
    """Find the passages that speak to a query (JSON Lines with --json or --batch)."""
    from ui.search_view import batch_queries, print_results, results_json

    if (query is None) == (batch is None):
        raise typer.BadParameter("give a QUERY or --batch FILE, one of them")
    queries = batch_queries(batch) if batch is not None else []
    workspace = open_workspace(home, device)
    searcher = workspace.searcher()
    filters = workspace.filters(source=_source(source), topic=topic, document=document)

    def find(text: str) -> Any:
        text = text.encode(errors="replace").decode()  # halves of characters cannot be looked for
        return searcher.search(text, k=k, mode=mode.value, by=by.value, filters=filters)

    if batch is not None:
        output.write_rows(results_json(q.id, find(q.text)) for q in queries)
    elif json:
        output.write_rows([results_json("1", find(query or ""))])
    else:
        print_results(find(query or ""), output.console())


def show(
    document: Annotated[str, typer.Argument(help="A document's id or path.")],
    json: options.Json = False,
    home: options.Home = None,
) -> None:
    """Print the text of a document, as every offset counts in it."""
    from ui.contracts import document_json

    found = open_workspace(home).document(document)
    if json:
        output.write_json(document_json(found))
    elif sys.stdout.isatty():
        sys.stdout.write(plain(found.text) + "\n")
    else:
        sys.stdout.write(found.text)


def forget(
    target: Annotated[
        str | None, typer.Argument(help="A document (id or path) or a session (id).")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All documents, sessions and history.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: options.Json = False,
    home: options.Home = None,
) -> None:
    """Really delete a document, a session, or everything."""
    if (target is None) != everything:
        raise typer.BadParameter("give a document or a session, or --all")
    from agent.forgetting import forget as forget_one
    from agent.forgetting import forget_everything

    workspace = open_workspace(home)
    what = f"everything in {workspace.home}" if everything else str(target)
    # Off a terminal nobody can be asked, and whoever wrote the command has said what to delete.
    asks = not yes and output.may_ask()
    if asks and not typer.confirm(f"Forget {plain(what)}? This cannot be undone.", err=True):
        raise GreenroomError("nothing was forgotten")
    forgotten = forget_everything(workspace) if everything else forget_one(workspace, str(target))
    if json:
        output.write_json(forgotten)
    else:
        output.note(", ".join(f"{count} {noun}" for noun, count in forgotten.items()) + " deleted")
