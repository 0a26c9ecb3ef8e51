"""The command ``library check``: is the bundled library sound, and what does the grader say of it?

Invariant: faults decide the exit code; the grader's marks are reported and decide nothing.
"""

from __future__ import annotations

from collections import Counter
from statistics import mean
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui import options, output
from ui.workspaces import open_workspace

if TYPE_CHECKING:
    from rich.console import Console

    from agent.bank_marks import BankMarks
    from agent.workspace import Workspace
    from corpus.schema import Digest
    from corpus.soundness import Fault

LEAST_QUESTIONS = 380  # of the whole library
TOO_ALIKE = 0.93  # cosine of two questions
SHOWN_ALIKE = 10
UNSOUND = 1

library = typer.Typer(help="The bundled library.", no_args_is_help=True)


@library.callback()
def _library() -> None:
    """The bundled library."""


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.add_typer(library, name="library")


@library.command()
def check(
    marks: Annotated[
        bool, typer.Option("--marks/--no-marks", help="Have the grader mark what the library says.")
    ] = True,
    json: options.Json = False,
    home: options.Home = None,
    device: options.Device = None,
) -> None:
    """Check the bundled library; exit 1 where something has to be mended."""
    from corpus.library import load_library

    topics = load_library()
    workspace = open_workspace(home, device)
    faults, alike = _faults(topics, workspace)
    marked = _marks(topics, workspace) if marks else None
    report = _report(topics, faults, alike, marked)
    if json:
        output.write_json(report)
    else:
        _print(output.console(), report, faults)
    if faults:
        raise typer.Exit(UNSOUND)


def _faults(
    topics: tuple[Digest, ...], workspace: Workspace
) -> tuple[list[Fault], list[dict[str, Any]]]:
    """What is to be mended, and the questions that are most alike."""
    from corpus.soundness import Fault, faults
    from index.findability import AMONG, most_alike, not_found

    questions = [question for digest in topics for question in digest.questions]
    found = list(faults(topics))
    if len(questions) < LEAST_QUESTIONS:
        found.append(Fault("library", "", f"{len(questions)} questions of {LEAST_QUESTIONS}"))
    alike = most_alike(questions, workspace.embedder, SHOWN_ALIKE)
    for pair in alike:
        if pair.cosine >= TOO_ALIKE:
            text = f"asks nearly the same as {pair.second.id} ({pair.cosine:.2f}); tell them apart"
            found.append(Fault(_slug(pair.first.document_id), pair.first.id, text))
    found += _loose_wordings(topics)
    output.note("Searching for every question's own prose…")
    for question in not_found(questions, workspace.searcher(), workspace.filters("library")):
        text = f"its prose is not among the first {AMONG} passages found for it"
        found.append(Fault(_slug(question.document_id), question.id, text))
    pairs = [
        {"first": p.first.id, "second": p.second.id, "cosine": round(p.cosine, 3)} for p in alike
    ]
    return found, pairs


def _loose_wordings(topics: tuple[Digest, ...]) -> list[Fault]:
    """Disagreements that a document's sentence could only match by chance."""
    from agent.disputes import LEAST_WORDS, essential_words
    from corpus.soundness import Fault

    return [
        Fault(_slug(d.document.id), entry.id, f"its wordings share fewer than {LEAST_WORDS} words")
        for d in topics
        for entry in d.disagreements
        if len(essential_words(entry)) < LEAST_WORDS
    ]


def _marks(topics: tuple[Digest, ...], workspace: Workspace) -> dict[str, BankMarks]:
    from agent.bank_marks import bank_marks

    output.note("Marking every model answer and every misconception…")
    grader = workspace.embedded_grader
    return {d.document.id: bank_marks(d.questions, grader) for d in topics}


def _slug(document_id: str) -> str:
    return document_id.removeprefix("library-")


def _report(
    topics: tuple[Digest, ...],
    faults: list[Fault],
    alike: list[dict[str, Any]],
    marked: dict[str, BankMarks] | None,
) -> dict[str, Any]:
    rows = [_row(digest, marked) for digest in topics]
    counted = ("questions", "key_points", "misconceptions", "disagreements", "words")
    return {
        "topics": rows,
        "totals": {"topics": len(rows)} | {k: sum(row[k] for row in rows) for k in counted},
        "faults": [{"topic": f.topic, "place": f.place, "text": f.text} for f in faults],
        "most_alike": alike,
    }


def _row(digest: Digest, marked: dict[str, BankMarks] | None) -> dict[str, Any]:
    from corpus.soundness import lix

    questions = digest.questions
    row: dict[str, Any] = {
        "topic": _slug(digest.document.id),
        "questions": len(questions),
        "difficulty": dict(sorted(Counter(q.difficulty for q in questions).items())),
        "kinds": dict(sorted(Counter(q.kind for q in questions).items())),
        "key_points": sum(len(q.key_points) for q in questions),
        "misconceptions": sum(len(q.misconceptions) for q in questions),
        "disagreements": len(digest.disagreements),
        "words": len(digest.document.text.split()),
        "lix": round(lix(digest.document.text), 1),
    }
    if marked is not None:
        marks = marked[digest.document.id]
        row["model_answers"] = round(mean(m.score for m in marks.model_answers), 3)
        row["misconceptions_score"] = round(mean(m.score for m in marks.misconceptions), 3)
    return row


def _print(console: Console, report: dict[str, Any], faults: list[Fault]) -> None:
    from rich.table import Table

    table = Table("Topic", box=None, pad_edge=False)
    columns = {
        "questions": "Questions",
        "key_points": "Points",
        "disagreements": "Disputes",
        "words": "Words",
        "lix": "LIX",
        "model_answers": "Model answers",
        "misconceptions_score": "Misconceptions",
    }
    shown = {key: title for key, title in columns.items() if key in report["topics"][0]}
    for title in shown.values():
        table.add_column(title, justify="right")
    for row in report["topics"]:
        table.add_row(row["topic"], *(str(row[key]) for key in shown))
    console.print(table)
    totals = ", ".join(
        f"{count} {name.replace('_', ' ')}" for name, count in report["totals"].items()
    )
    console.print(f"\n{totals[0].upper()}{totals[1:]}")
    for pair in report["most_alike"][:3]:
        console.print(f"Most alike: {pair['first']} and {pair['second']} ({pair['cosine']:.2f})")
    for fault in faults:
        console.print(f"To mend: {fault}", style="red")
    if not faults:
        console.print("Sound: nothing to mend.", style="green")
