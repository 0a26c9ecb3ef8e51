"""Writes a suite's result: report.json, report.html, junit.xml, a row a case, timings apart.

Invariant: but for ``timings.json`` two runs on the same data write the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from evals.gate import Change
from evals.html_report import page
from evals.result import Result


def write_result(folder: Path, result: Result, changed: Sequence[Change] = ()) -> None:
    """Write all files of a result into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    if result.timings:
        _write_json(folder / "timings.json", result)
        return
    if result.pace is not None:
        _write_json(folder / "timings.json", result.pace)
    _write_json(folder / "report.json", result)
    (folder / "report.html").write_text(page(result, changed), encoding="utf-8")
    (folder / "junit.xml").write_text(junit(result, changed), encoding="utf-8")
    with (folder / "rows.jsonl").open("w", encoding="utf-8") as stream:
        for row in result.rows:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def junit(result: Result, changed: Sequence[Change] = ()) -> str:
    """The result as JUnit XML: a suite for each part, in it a test for each figure that can fail
    and one for each fault."""
    worse = {change.figure.name: change for change in changed if change.worse}
    root = ElementTree.Element("testsuites", name=result.suite)
    for part in result.parts or (result,):
        _suite(root, part, worse)
    for key in ("tests", "failures"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: ElementTree.Element, result: Result, worse: dict[str, Change]) -> None:
    failures: dict[str, str | None] = {}
    for figure in result.figures:
        if figure.limit is None and figure.goal is None:
            continue
        failures[figure.name] = None
        if not figure.kept:
            failures[figure.name] = f"{figure.value:.4f}, to reach {figure.limit}"
        elif figure.name in worse:
            failures[figure.name] = str(worse[figure.name])
    failures |= {fault: fault for fault in result.faults}
    failed = sum(reason is not None for reason in failures.values())
    name = " ".join(filter(None, (result.suite, result.title)))
    suite = ElementTree.SubElement(
        root, "testsuite", name=name, tests=str(len(failures)), failures=str(failed)
    )
    for figure_name, reason in failures.items():
        case = ElementTree.SubElement(suite, "testcase", classname=name, name=figure_name)
        if reason is not None:
            ElementTree.SubElement(case, "failure", message=reason)


def _write_json(path: Path, result: Result) -> None:
    text = json.dumps(result.as_json(), ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
