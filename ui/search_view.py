"""Search results: the batch form that scripts read, and the list that a person reads."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from ui.markup import lines
from ui.rows import read_rows
from ui.text import plain
from ui.views import citation, match

if TYPE_CHECKING:
    from rich.console import Console

    from index.search import Results


NOTHING = "Nothing found. Are there documents? greenroom ingest PATH"
NOT_THERE = "Nothing found there. Leave out --topic or --source, or see: greenroom questions"


class BatchQuery(BaseModel):
    """A row of ``search --batch``; other fields are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: StrictStr | StrictInt = Field(alias="_id")
    text: StrictStr


def batch_queries(path: Path) -> list[BatchQuery]:
    """The queries of a file in order. Raises RowsError at the first that is none."""
    return read_rows(path, BatchQuery, '{"_id": "…", "text": "…"}')


def results_json(query_id: str | int, results: Results) -> dict[str, Any]:
    """A row of search output."""
    return {
        "_id": query_id,
        "weak": results.weak,
        "hits": [_hit_json(asdict(hit)) for hit in results.hits],
    }


def _hit_json(hit: dict[str, Any]) -> dict[str, Any]:
    return {**hit, "score": round(float(hit["score"]), 4)}


def print_results(results: Results, console: Console, *, narrowed: bool = False) -> None:
    """The hits as a person reads them; `narrowed`: not all passages might be found."""
    from rich.padding import Padding
    from rich.text import Text

    if not results.hits:
        console.print(NOT_THERE if narrowed else NOTHING)
        return
    if results.weak:
        console.print("Nothing here is likely to answer this. The nearest passages:")

    for number, hit in enumerate(results.hits, 1):
        found = citation(hit.span)
        place = found.place if found else hit.path
        console.print(
            Text.assemble(
                (f"{number}. {plain(place)}", "bold"), f"  {plain(hit.heading)}  {match(hit.score)}"
            )
        )
        quote = Text("\n".join(plain(line) for line in lines(hit.quote)))
        console.print(Padding(quote, (0, 0, 1, 3)))
