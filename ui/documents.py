"""Commands on documents: ingest, questions, search, show, forget."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.schema import GreenroomError
from ui import options, output, questions
from ui.text import one_line, plain
from ui.workspaces import LOCAL, open_workspace

if TYPE_CHECKING:
    from rich.console import Console

    from agent.workspace import Workspace
    from index.report import IngestReport


TABLE_FROM = 76  # columns from which a table has room


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(ingest)
    questions.register(app)
    app.command()(search)
    app.command()(show)
    app.command()(forget)


def ingest(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files or folders.", parser=options.place, metavar="PATHS..."),
    ],
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
    output.note(f"[{done}/{total}] {one_line(name)}")


def _print_report(report: IngestReport) -> None:
    found = report.as_json()
    console = output.console()
    if console.width < TABLE_FROM:
        _print_lines(console, found["documents"])
    else:
        _print_table(console, found["documents"])
    totals = found["totals"]
    console.print(
        f"{totals['documents']} documents, {totals['chunks']} passages, "
        f"{totals['questions']} questions."
        + (" Next: greenroom quiz" if totals["questions"] else "")
    )


def _print_table(console: Console, rows: list[dict[str, Any]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("document", "state", "chunks", "questions", "kept out", "note", box=None)
    for row in rows:
        table.add_row(
            Text(_name(row), overflow="fold"),
            row["state"],
            str(row["chunks"]),
            str(row["questions"]),
            str(len(row["removed"])),
            Text(one_line(row["reason"] or ""), overflow="fold"),
        )
    console.print(table)


def _print_lines(console: Console, rows: list[dict[str, Any]]) -> None:
    """A table would cut its words and numbers short here."""
    from ui.terminal import print_wrapped

    for row in rows:
        print_wrapped(console, f"{_name(row)}: {row['state']}", style="bold")
        counts = f"{row['chunks']} passages, {row['questions']} questions"
        out = f", {len(row['removed'])} kept out" if row["removed"] else ""
        print_wrapped(console, counts + out, indent=2)
        if row["reason"]:
            print_wrapped(console, one_line(row["reason"]), indent=2)


def _name(row: dict[str, Any]) -> str:
    return one_line(row["title"] or Path(row["path"]).name)


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
    if query is not None and not query.strip():
        raise typer.BadParameter("the QUERY is empty; say what to look for")
    queries = batch_queries(batch) if batch is not None else []
    workspace = open_workspace(home, device)
    searcher = workspace.searcher()
    filters = workspace.filters(source=questions.source_of(source), topic=topic, document=document)

    def find(text: str) -> Any:
        text = text.encode(errors="replace").decode()  # halves of characters cannot be looked for
        return searcher.search(text, k=k, mode=mode.value, by=by.value, filters=filters)

    if batch is not None:
        output.write_rows(results_json(q.id, find(q.text)) for q in queries)
    elif json:
        output.write_rows([results_json("1", find(query or ""))])
    else:
        narrowed = source is not options.SourceChoice.all or topic is not None
        print_results(find(query or ""), output.console(), narrowed=narrowed)


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
    cv: Annotated[bool, typer.Option("--cv", help="The CV that quiz --cv kept.")] = False,
    job: Annotated[bool, typer.Option("--job", help="The job description.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: options.Json = False,
    home: options.Home = None,
) -> None:
    """Really delete a document, a session, a CV or job description, or everything."""
    if [target is not None, everything, cv or job].count(True) != 1:
        raise typer.BadParameter("give a document or a session, or --cv, --job, or --all")
    workspace = open_workspace(home)
    papers = " and ".join(name for name, on in (("your CV", cv), ("the job", job)) if on)
    what = f"everything in {workspace.home}" if everything else papers or str(target)
    # Off a terminal nobody can be asked, and whoever wrote the command has said what to delete.
    asks = not yes and output.may_ask()
    if asks and not typer.confirm(f"Forget {plain(what)}? This cannot be undone.", err=True):
        raise GreenroomError("nothing was forgotten")
    forgotten = _forgotten(workspace, target, everything, cv, job)
    if json:
        output.write_json(forgotten)
    else:
        output.note(", ".join(f"{count} {noun}" for noun, count in forgotten.items()) + " deleted")


def _forgotten(
    workspace: Workspace, target: str | None, everything: bool, cv: bool, job: bool
) -> dict[str, int]:
    """Deletes what was named; what it was, counted by noun."""
    from agent.forgetting import forget as forget_one
    from agent.forgetting import forget_everything

    if everything:
        return forget_everything(workspace)
    if target is not None:
        return forget_one(workspace, target)
    profiles = workspace.profiles
    counted = {}
    if cv:
        counted["CVs"] = int(profiles.forget(LOCAL, "cv"))
    if job:
        counted["job descriptions"] = int(profiles.forget(LOCAL, "job"))
    return counted
