"""The LangChain retriever gives the searcher's hits, in order, with their places."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from wordpassages import WordEmbedder, indexed, passage

from index.retriever import GreenroomRetriever
from index.search import Filters, Searcher

CHUNKS = (passage(0, "A warp stalls."), passage(1, "A grid of blocks."), passage(2, "Warp size."))


def test_documents_carry_text_and_place() -> None:
    searcher = Searcher(indexed(CHUNKS), WordEmbedder())
    documents = GreenroomRetriever(searcher=searcher, k=2).invoke("warp")
    hits = searcher.search("warp", k=2).hits
    assert [d.page_content for d in documents] == [hit.quote for hit in hits]
    assert [d.metadata["path"] for d in documents] == [hit.path for hit in hits]
    assert {(d.metadata["start"], d.metadata["end"]) for d in documents} == {(0, 14), (0, 10)}
    assert documents[0].metadata["weak"] is searcher.search("warp", k=2).weak


def test_filters_are_passed_on() -> None:
    only = Filters(document_ids=frozenset({"d1"}))
    searcher = Searcher(indexed(CHUNKS), WordEmbedder())
    documents = GreenroomRetriever(searcher=searcher, filters=only).invoke("warp")
    assert [d.metadata["document_id"] for d in documents] == ["d1"]


def test_k_below_one_is_refused() -> None:
    with pytest.raises(ValidationError):
        GreenroomRetriever(searcher=Searcher(indexed(CHUNKS), WordEmbedder()), k=0)
