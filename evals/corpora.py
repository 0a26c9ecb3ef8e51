"""Passages and queries to measure search with: a folder of documents, or a BEIR-style folder.

Invariant: a query's half, development or test, depends on its id alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpus.blocks import scan
from corpus.chunks import chunk
from corpus.junk import find_junk
from corpus.schema import Chunk, Document, GreenroomError
from evals.json_rows import json_rows
from index.embedder import Embedder
from index.snapshot import IndexedChunk, Snapshot, embed_chunks, snapshot_of

GLOSSARY_QUERIES = Path(__file__).parent / "data" / "glossary_queries.jsonl"
_FRONT_MATTER = re.compile(r"\A---\n(?:.*\n)*?title:[ \t]*[\"']?(.+?)[\"']?[ \t]*\n")
_TEXT_SUFFIXES = {".md", ".txt"}
_TEXTS = ("title", "text", "qtext", "atext")  # the fields of a row that are read as words


class CorpusFileError(GreenroomError):
    """A folder or file of passages and queries cannot be measured on."""


@dataclass(frozen=True, slots=True)
class Query:
    """`relevant` are the paths of the documents that answer; none: no document does."""

    id: str
    text: str
    relevant: frozenset[str]
    style: str = ""


def is_development(query: Query) -> bool:
    """Whether a query may be used to choose between ideas; the others only measure."""
    return hashlib.sha256(query.id.encode()).digest()[0] % 2 == 0


def glossary_queries(folder: Path) -> tuple[Query, ...]:
    """Our own queries about the GPU glossary, whose articles lie in `folder`."""
    rows = (row for _, row in json_rows(GLOSSARY_QUERIES, CorpusFileError))
    root = folder.resolve()
    return tuple(
        Query(
            row["_id"],
            row["text"],
            frozenset(str(root / path) for path in row["relevant"]),
            row["style"],
        )
        for row in rows
    )


def read_folder(folder: Path) -> tuple[Document, ...]:
    """The text files under a folder as documents, in the order of their paths."""
    paths = sorted(p for p in folder.resolve().rglob("*") if p.suffix in _TEXT_SUFFIXES)
    return tuple(_document(str(p), p.read_text(encoding="utf-8"), p.stem) for p in paths)


def chunk_documents(documents: Sequence[Document]) -> tuple[IndexedChunk, ...]:
    """The product's own passages of these documents."""
    found: list[IndexedChunk] = []
    for document in documents:
        blocks = scan(document.text)
        for piece in chunk(document, blocks, find_junk(document, blocks)):
            found.append(IndexedChunk.of(len(found), document, piece))
    return tuple(found)


def folder_snapshot(folder: Path, embedder: Embedder) -> Snapshot:
    """The passages of a folder's text files, indexed in memory."""
    return snapshot(chunk_documents(read_folder(folder)), embedder)


def snapshot(chunks: Sequence[IndexedChunk], embedder: Embedder) -> Snapshot:
    """These passages, indexed in memory."""
    return snapshot_of(chunks, embed_chunks(embedder, chunks), embedder.dimension)


def is_beir(folder: Path) -> bool:
    """Whether a folder holds a corpus, queries and judgements in the layout of BEIR."""
    return (folder / "corpus.jsonl").is_file() and (folder / "qrels.tsv").is_file()


def read_beir(folder: Path) -> tuple[tuple[IndexedChunk, ...], tuple[Query, ...]]:
    """The passages and judged queries of a folder with ``corpus.jsonl`` (``_id``, ``title``,
    ``text``), ``queries.jsonl`` (``_id``, ``text``) and ``qrels.tsv``."""
    chunks = []
    for number, row in enumerate(_rows(folder / "corpus.jsonl", "_id")):
        title, text = row.get("title") or "", row.get("text") or ""
        if not text:
            title, text = "", title
        document = replace(_document(str(row["_id"]), text, ""), title=title)
        piece = Chunk(document.id, 0, 0, len(text), text, "", "prose")
        chunks.append(IndexedChunk.of(number, document, piece))
    relevant = _judgements(folder / "qrels.tsv")
    queries = tuple(
        Query(str(row["_id"]), row["text"], frozenset(relevant[str(row["_id"])]))
        for row in _rows(folder / "queries.jsonl", "_id", "text")
        if str(row["_id"]) in relevant
    )
    if not queries:
        raise CorpusFileError(f"{folder}: qrels.tsv judges no query of queries.jsonl")
    return tuple(chunks), queries


def is_answer_sentences(path: Path) -> bool:
    """Whether a file holds questions with candidate sentences, as `read_answer_sentences` reads."""
    if path.suffix != ".jsonl" or not path.is_file():
        return False
    with path.open(encoding="utf-8") as lines:
        first = next((line for line in lines if line.strip()), "")
    try:
        row = json.loads(first)
    except ValueError:
        return False
    return isinstance(row, dict) and {"qtext", "atext", "label"} <= row.keys()


def read_answer_sentences(path: Path) -> tuple[tuple[IndexedChunk, ...], tuple[Query, ...]]:
    """The sentences of all questions as one corpus, each once, and the questions that one of them
    answers, from rows of ``qtext``, ``atext`` and ``label`` ("1" where the sentence answers)."""
    chunks: dict[str, IndexedChunk] = {}
    relevant: dict[str, set[str]] = {}
    for row in _rows(path, "qtext", "atext", "label"):
        text = row["atext"]
        if text not in chunks:
            document = _document(f"sentence {len(chunks) + 1}", text, "")
            piece = Chunk(document.id, 0, 0, len(text), text, "", "prose")
            chunks[text] = IndexedChunk.of(len(chunks), document, piece)
        right = relevant.setdefault(row["qtext"], set())
        if str(row["label"]) == "1":
            right.add(chunks[text].path)
    queries = tuple(
        Query(f"q{i}", text, frozenset(right))
        for i, (text, right) in enumerate(relevant.items(), 1)
        if right
    )
    return tuple(chunks.values()), queries


def _judgements(path: Path) -> dict[str, set[str]]:
    """The documents that answer each query, from lines of a query, a document and a grade (above 0
    where it answers), or the four columns of TREC; the first line may be a head."""
    relevant: dict[str, set[str]] = {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusFileError(f"{path} is not UTF-8; convert it") from error
    for number, line in enumerate(text.split("\n"), 1):
        fields = line.rstrip("\r").split("\t") if "\t" in line else line.split()
        if not line.strip():
            continue
        try:
            query, document_id, grade = fields[0], fields[-2], float(fields[-1])
        except (IndexError, ValueError) as error:
            if number == 1:
                continue
            raise CorpusFileError(
                f"{path} line {number} is no query, document and grade: {line[:80]!r}"
            ) from error
        if grade > 0:
            relevant.setdefault(query, set()).add(document_id)
    return relevant


def _rows(path: Path, *needed: str) -> Iterator[dict[str, Any]]:
    for number, row in json_rows(path, CorpusFileError):
        given = row if isinstance(row, dict) else {}
        missing = [name for name in needed if not isinstance(given.get(name), str | int)]
        if missing:
            raise CorpusFileError(f"{path} line {number} has no {' and no '.join(missing)}")
        for name in _TEXTS:
            if not isinstance(given.get(name), str | None):
                raise CorpusFileError(f"{path} line {number}: {name} is no string")
        yield given


def _document(path: str, text: str, name: str) -> Document:
    title = _FRONT_MATTER.match(text)
    return Document(
        id=hashlib.sha256(path.encode()).hexdigest()[:16],
        path=path,
        title=title[1] if title else name,
        media_type="text/plain",
        source="user",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
    )
