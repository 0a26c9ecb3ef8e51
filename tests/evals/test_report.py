"""Reports: what is written is complete, inert, the same twice, and a regression does not pass."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

from evals.gate import changes
from evals.html_plots import INK, places, svg
from evals.html_report import page
from evals.result import Figure, Line, Plot, Result, Table, joined, noted
from evals.writing import junit, write_result

NASTY = "<script>alert('x')</script> & \"quotes\" \N{GRINNING FACE}"
FIGURES = (
    Figure("good/r", 0.8, 0.7, 0.9, "high", 0.6),
    Figure("bad/empty", 0.3, goal="low", limit=0.2),
    Figure("none/r", math.nan, goal="high"),
    Figure("bias", -0.1),
)
PLOT = Plot("A <b>", NASTY, "x", "y", "lines", (Line("one", ((0.0, 0.0), (1.0, 0.5))),), True)
BARS = Plot(
    "Bars", NASTY, "", "y", "bars", (Line(NASTY, ((0.0, 0.2), (1.0, 0.5))),), ticks=("$x", NASTY),
    limits=(0.3,),
)  # fmt: skip
DOTS = Plot("Dots", NASTY, "x", "y", "dots", (Line("a", ((0.5, 0.5), (0.5, 0.5))),))
TABLE = Table("Table & more", NASTY, ("what", "n"), ((NASTY, 3), (None, 0.25)))
FOLDED = Table("Folded", NASTY, ("what",), ((NASTY * 3,),), folded=True)
RESULT = Result(
    "grading", NASTY, FIGURES, {"note": NASTY}, ({"answer": NASTY},), (PLOT, BARS, DOTS), (NASTY,),
    tables=(TABLE, FOLDED),
)  # fmt: skip


class Tags(HTMLParser):
    """Which elements a page has, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.sections: list[str | None] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.sections += [dict(attrs).get("id")] if tag == "section" else []
        assert all(name not in {"src", "onload", "onclick"} for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_all_files_are_written_and_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    names = ["junit.xml", "report.html", "report.json", "rows.jsonl"]
    for folder in (tmp_path / "a", tmp_path / "b"):
        write_result(folder, RESULT)
        assert sorted(p.name for p in folder.iterdir()) == names
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    report = json.loads((tmp_path / "a/report.json").read_text(encoding="utf-8"))
    assert report["figures"][2] == {
        "name": "none/r", "value": None, "low": None, "high": None, "goal": "high", "limit": None
    }  # fmt: skip
    assert report["faults"] == [NASTY]


def test_times_go_to_a_file_of_their_own(tmp_path: Path) -> None:
    write_result(tmp_path, Result("performance", "", (), {"ms": 3}, timings=True))
    assert [p.name for p in tmp_path.iterdir()] == ["timings.json"]


def test_the_page_runs_nothing_and_shows_what_there_is() -> None:
    seen = Tags(page(RESULT, changes(FIGURES, {"good/r": 0.9})))
    assert "script" not in seen.tags
    assert {"svg", "table", "figure"} <= seen.tags
    for shown in (NASTY, "good/r", "0.800", "0.700 to 0.900", "at least 0.6", "not defined"):
        assert shown in seen.text
    assert "baseline" in seen.text
    for shown in ("Table & more", "0.25", "–", "Folded", NASTY * 3, "$x"):
        assert shown in seen.text


def test_a_page_in_parts_has_a_section_and_a_link_for_each() -> None:
    whole = joined(
        "all", (replace(RESULT, title="a <set>"), Result("dialogue", "well", (), {})), "end"
    )
    text = page(replace(whole, details={"not_measured": [NASTY]}))
    seen = Tags(text)
    assert seen.sections == ["part0", "part1"]
    assert text.index("part1") < text.index("<section")
    assert "grading: a <set>" in seen.text
    assert seen.text.count(f"Not measured{NASTY}") == 1


def test_a_page_in_parts_begins_with_what_says_most_of_each() -> None:
    broken = replace(RESULT, title="set")
    fine = Result(
        "dialogue", "well", (Figure("a/interviews that end", 1.0, goal="high", limit=1),), {}
    )
    seen = Tags(page(joined("all", (broken, fine))))
    assert "r with the markers' mark: 0.80 [0.70, 0.90]" in seen.text
    assert "interviews that end: 1.00" in seen.text
    assert "1 of 2 broken, 1 to mend" in seen.text
    assert "1 kept" in seen.text


def test_what_a_reader_has_to_know_stands_with_the_figures() -> None:
    result = noted(RESULT, NASTY, "A fixed draw.")
    assert Tags(page(result)).text.count("A fixed draw.") == 2  # and as the terminal shows it
    assert result.as_json()["notes"] == [NASTY, "A fixed draw."]
    assert "notes" not in RESULT.as_json()


def test_dots_on_a_line_show_how_much_they_rest_on() -> None:
    line = Line("a", ((0.2, 0.1), (0.8, 0.9)), (3, 300))
    plot = Plot("P", "N", "x", "y", "lines", (line,), True, unit=True)
    drawn = svg(plot)
    assert drawn == svg(plot)
    assert drawn != svg(replace(plot, series=(replace(line, counts=(300, 3)),)))
    assert drawn.startswith('<svg role="img" aria-label="P. N"')


def test_plots_take_their_ink_from_the_page() -> None:
    for plot in (PLOT, BARS, DOTS):
        drawn = svg(plot)
        assert "currentColor" in drawn
        assert INK not in drawn
        assert "#000000" not in drawn
        assert drawn == svg(plot)


def test_equal_dots_are_one_larger_dot() -> None:
    assert places(((0.5, 0.5), (0.501, 0.5), (0.3, 0.3))) == {(0.5, 0.5): 2, (0.3, 0.3): 1}


def test_junit_fails_what_breaks_a_limit_or_gets_worse() -> None:
    tree = ElementTree.fromstring(junit(RESULT, changes(FIGURES, {"good/r": 0.9})))
    failed = {c.get("name") for c in tree.iter("testcase") if c.find("failure") is not None}
    assert failed == {"good/r", "bad/empty", NASTY}
    assert (tree.get("tests"), tree.get("failures")) == ("4", "3")
    assert "bias" not in {c.get("name") for c in tree.iter("testcase")}


def test_junit_has_a_suite_for_each_part() -> None:
    parts = (replace(RESULT, title="one"), Result("dialogue", "", (), {}, faults=("broke",)))
    tree = ElementTree.fromstring(junit(joined("all", parts)))
    assert [suite.get("name") for suite in tree] == ["grading one", "dialogue"]
    assert (tree.get("tests"), tree.get("failures")) == ("5", "3")
