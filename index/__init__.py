"""Embedding, FAISS, BM25, late interaction, the store of what was read, and search over it."""
