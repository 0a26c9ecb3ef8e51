"""Suites that measure retrieval, grading and speed."""
