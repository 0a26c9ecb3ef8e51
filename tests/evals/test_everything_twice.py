"""`eval all` on a small data root with the real grader: the same bytes twice, part by part."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from marked import write

from agent.settings import load_settings
from agent.workspace import Workspace
from evals import everything
from evals.asked import Asked, Suite
from evals.everything import PARTS, run_everything
from evals.means import Means
from evals.result import Result
from evals.writing import write_result
from index.embedder import TransformerEmbedder

FACTS = (
    ("What is a mutex?", "A mutex lets one thread enter at a time."),
    ("What is a warp?", "A warp has 32 threads that run the same instruction."),
    ("What is a spring tide?", "A spring tide is the highest tide of the month."),
)
ANSWERS = (("{}", 1.0), ("It has to do with that.", 0.0), ("Nobody knows, I say {}", 0.8))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a file for every suite that reads one."""
    data = tmp_path / "data"
    for name in ("grading", "support", "retrieval/beir", "entailment"):
        (data / name).mkdir(parents=True)
    write(
        data / "grading/made.jsonl",
        [
            {"id": f"{i}{j}", "qid": f"q{i}", "question": question, "reference": fact,
             "answer": said.format(fact), "score": score, "label": "correct" if score else
             "incorrect"}
            for i, (question, fact) in enumerate(FACTS)
            for j, (said, score) in enumerate(ANSWERS)
        ],
    )  # fmt: skip
    write(
        data / "support/claims.jsonl",
        [
            {"id": str(i), "claim": fact, "evidence": [FACTS[i + j][1]],
             "label": "refutes" if j else "supports"}
            for i, (_, fact) in enumerate(FACTS[:2])
            for j in (0, 1)
        ],
    )  # fmt: skip
    write(
        data / "entailment/pairs.jsonl",
        [
            {"id": f"{i}{label}", "premise": fact, "hypothesis": FACTS[(i + j) % 3][1],
             "label": label}
            for i, (_, fact) in enumerate(FACTS)
            for j, label in enumerate(("entailment", "neutral"))
        ],
    )  # fmt: skip
    write(
        data / "retrieval/sentences.jsonl",
        [
            {"qtext": question, "atext": fact, "label": str(int(i == j))}
            for i, (question, _) in enumerate(FACTS)
            for j, (_, fact) in enumerate(FACTS)
        ],
    )
    corpus = [{"_id": str(i), "title": "", "text": fact} for i, (_, fact) in enumerate(FACTS)]
    write(data / "retrieval/beir/corpus.jsonl", corpus)
    asked = [{"_id": str(i), "text": question} for i, (question, _) in enumerate(FACTS)]
    write(data / "retrieval/beir/queries.jsonl", asked)
    judged = "".join(f"{i}\t{i}\t1\n" for i in range(len(FACTS)))
    (data / "retrieval/beir/qrels.tsv").write_text(judged, encoding="utf-8")
    return data


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_two_runs_write_the_same_bytes_and_measure_every_file(
    root: Path, tmp_path: Path, embedder: TransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The whole of these has tests of its own, and takes minutes.
    monkeypatch.setattr(everything, "OWN", (Suite.grading,))
    monkeypatch.setattr(everything, "ATTACKED", 1)
    results: list[Result] = []
    for name in ("one", "two"):
        lines: list[str] = []
        workspace = Workspace(load_settings(home=tmp_path / f"home-{name}"))
        workspace.__dict__["embedder"] = embedder
        asked = Asked(
            grader="embedded", root=root, means=Means(kept=tmp_path / name), most=2,
            say=lines.append,
        )  # fmt: skip
        results.append(run_everything(workspace, asked))
        write_result(tmp_path / name, results[-1])
        workspace.close()
    assert results[0].faults == ()
    one, two = files_of(tmp_path / "one"), files_of(tmp_path / "two")
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
    report = json.loads(one["report.json"])
    measured = {figure["name"].split("/")[0] for figure in report["figures"]}
    ours = {"marks-dev", "marks-plain", "marks-notes", "marks-subjects-dev"}
    assert measured == ours | {"made", "claims", "pairs", "sentences", "beir"}
    assert all("performance" in line for line in report["details"]["not_measured"])
    assert "A fixed draw of 2 of its 9 rows" in one["report.html"].decode()
    assert len([line for line in lines if " of " in line]) == len(results[0].parts)


def test_what_one_suite_found_is_on_the_disk_before_the_next_begins(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[str]] = []

    def suite(_: object, asked: Asked) -> Result:
        seen.append({p.parent.name for p in tmp_path.rglob("report.json")})
        if len(seen) == 3:
            raise KeyboardInterrupt
        return Result("x", "found", (), {}, title=str(len(seen)))

    monkeypatch.setattr(everything, "SUITES", dict.fromkeys(Suite, suite))
    asked = Asked(root=root, means=Means(kept=tmp_path / "out"))
    with pytest.raises(KeyboardInterrupt):
        run_everything(None, asked)  # type: ignore[arg-type]
    assert seen == [set(), {"01-marks"}, {"01-marks", "02-grading"}]
    kept = tmp_path / "out" / PARTS / "02-grading"
    assert {p.name for p in kept.iterdir()} >= {"report.json", "report.html", "rows.jsonl"}
    seen.clear()
    with pytest.raises(KeyboardInterrupt):
        run_everything(None, replace(asked, means=Means()))  # type: ignore[arg-type]
