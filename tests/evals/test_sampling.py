"""What is drawn of a long file: always the same, of every question, said in the report."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from evals.sampling import part_of, spread


@given(st.lists(st.sampled_from("abcde"), max_size=40), st.integers(1, 45))
def test_a_draw_is_in_order_and_as_even_as_its_groups_allow(groups: list[str], most: int) -> None:
    items = list(enumerate(groups))
    drawn = spread(items, most, lambda item: item[1])
    assert len(drawn) == min(most, len(items))
    assert drawn == sorted(drawn)
    have, taken = Counter(groups), Counter(group for _, group in drawn)
    # Nobody has two more than another who had some left to give.
    short = [taken[g] for g in have if taken[g] < have[g]]
    assert all(taken[g] <= count + 1 for g in have for count in short)


def test_a_draw_does_not_depend_on_the_run_and_is_no_prefix() -> None:
    items = [f"row {i}" for i in range(100)]
    drawn = spread(items, 10, lambda item: item)
    assert drawn == spread(items, 10, lambda item: item)
    assert drawn != items[:10]
    assert spread(items, None, lambda item: item) == items


def test_a_larger_draw_holds_the_smaller() -> None:
    items = [(i, i % 7) for i in range(90)]
    small, large = (set(spread(items, n, lambda item: str(item[1]))) for n in (20, 50))
    assert small < large


def test_a_part_says_of_how_many() -> None:
    assert part_of(5, 5) == ()
    assert part_of(600, 3941) == ("A fixed draw of 600 of its 3,941 rows.",)
    assert "all of its questions" in part_of(1, 2, "questions")[0]
