"""Writes a suite's result: report.json, report.html, junit.xml, a row a case, timings apart.

Invariant: but for ``timings.json`` two runs on the same data write the same bytes.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from evals.gate import Change
from evals.html_report import page
from evals.result import Result

UNWRITABLE = "\N{REPLACEMENT CHARACTER}"
# What XML has no way to write (https://www.w3.org/TR/xml/#charsets).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_result(folder: Path, result: Result, changed: Sequence[Change] = ()) -> None:
    """Write all files of a result into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    if result.timings:
        _write_json(folder / "timings.json", result)
        return
    if result.pace is not None:
        _write_json(folder / "timings.json", result.pace)
    _write_json(folder / "report.json", result)
    _write(folder / "report.html", _NOT_XML.sub(UNWRITABLE, page(result, changed)))
    _write(folder / "junit.xml", junit(result, changed))
    rows = (json.dumps(_defined(row), ensure_ascii=False) for row in result.rows)
    _write(folder / "rows.jsonl", "".join(f"{row}\n" for row in rows))


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
    # An attribute of a name that a file gave: controls in it would make the whole no XML.
    for element in root.iter():
        for key, value in element.items():
            element.set(key, _NOT_XML.sub(UNWRITABLE, value))
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written.decode() + "\n"


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
    _write(path, text + "\n")


def _defined(value: Any) -> Any:
    """A row as JSON can have it: a number that is not defined is null."""
    if isinstance(value, dict):
        return {key: _defined(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_defined(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _write(path: Path, text: str) -> None:
    """Half a character, which UTF-8 cannot write, becomes an escape; in JSON it means the same."""
    path.write_text(text, encoding="utf-8", errors="backslashreplace")
