"""Work ahead of its turn: order, bounds, errors."""

from __future__ import annotations

import itertools
import threading

import pytest

from index.threads import in_order


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_come_in_the_order_of_the_items(workers):
    gates = [threading.Event() for _ in range(20)]

    def work(i):
        # The later of two waits for nobody: without order it would overtake.
        if i % 2 == 0 and workers > 1:
            gates[i + 1].wait(5)
        gates[i].set()
        return i

    assert list(in_order(work, range(20), workers)) == list(range(20))


@pytest.mark.parametrize("workers", [1, 3])
def test_an_endless_input_is_read_no_further_than_needed(workers):
    read = itertools.count()
    out = in_order(lambda i: i, read, workers)
    assert list(itertools.islice(out, 10)) == list(range(10))
    assert next(read) <= 10 + 2 * workers + 1
    out.close()


@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_is_raised_after_the_results_before_it(workers):
    def work(i):
        if i == 4:
            raise ValueError("four")
        return i

    out = in_order(work, range(9), workers)
    assert list(itertools.islice(out, 4)) == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="four"):
        next(out)
