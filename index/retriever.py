"""Greenroom's search as a LangChain retriever.

Invariant: a returned document's metadata locates its text: `quote == text[start:end]` of the
document named by `document_id`.
"""

from __future__ import annotations

from dataclasses import asdict

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from index.search import ANY, By, Filters, Mode, Searcher


class GreenroomRetriever(BaseRetriever):
    """Finds passages with a `Searcher`; each comes as a document whose metadata are the hit's
    fields and `weak`, the verdict on the whole search."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    searcher: Searcher
    k: int = Field(default=10, ge=1)
    mode: Mode = "hybrid"
    by: By = "passage"
    filters: Filters = ANY

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        results = self.searcher.search(query, self.k, self.mode, self.by, self.filters)
        return [
            Document(
                page_content=hit.quote,
                id=f"{hit.document_id}:{hit.start}-{hit.end}",
                metadata={**asdict(hit), "weak": results.weak},
            )
            for hit in results.hits
        ]
