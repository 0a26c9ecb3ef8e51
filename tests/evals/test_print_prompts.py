"""The page of prompts says what is sent."""

from __future__ import annotations

from pathlib import Path

from evals.print_prompts import main, page
from evals.prompt_reasons import REASONS

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_what_the_code_sends():
    written = (ROOT / "docs" / "prompts.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m evals.print_prompts docs/prompts.md"


def test_every_prompt_stands_on_it_with_its_reasons(tmp_path):
    from agent.llm import prompts, question_writer, rewording, word_prompts

    main([str(tmp_path / "page.md")])
    shown = (tmp_path / "page.md").read_text(encoding="utf-8")
    for text in (
        prompts.INSTRUCTIONS, word_prompts.EXPLAIN, word_prompts.EXPLAIN_FORM, word_prompts.PROBE,
        word_prompts.PROBE_FORM, word_prompts.HINT, word_prompts.HINT_FORM, word_prompts.ANSWER,
        word_prompts.ANSWER_FORM, rewording.INSTRUCTIONS, question_writer.INSTRUCTIONS,
    ):  # fmt: skip
        assert text in shown
    for reasons in REASONS.values():
        assert f"## {reasons.title}" in shown
        assert reasons.parts
