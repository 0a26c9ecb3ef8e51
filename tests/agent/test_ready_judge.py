"""A network that is ready to judge gives what it gave in training, without padding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tinyjudge import save_tiny

from agent.judge import Pair

MOST = (40, 41)  # word pieces, of which every letter is one: an even room and an odd one
LETTERS = (
    (3, 9), (0, 5), (5, 0), (18, 19), (19, 19), (80, 80), (81, 80), (20, 200), (200, 20), (18, 90),
)  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A tiny network, its head made to matter."""
    import torch

    from agent.judge_network import JudgeNetwork

    base = save_tiny(tmp_path_factory.mktemp("tiny"), ("a", "b"))
    network = JudgeNetwork(base).eval()
    torch.nn.init.normal_(network.head.weight, generator=torch.Generator().manual_seed(3))
    return base, network


def pair(point: int, passage: int) -> Pair:
    return Pair(
        *(
            " ".join(said[i % 5] for i in range(n))
            for said, n in zip(("abcde", "vwxyz"), (point, passage), strict=True)
        )
    )


def ready(base: Path, network: Any, most: int) -> Any:
    from agent.judge_network import ReadyJudge, load_tokenizer

    return ReadyJudge(network, load_tokenizer(base), most)


@pytest.mark.parametrize("most", MOST)
def test_it_gives_the_logits_of_training_also_where_texts_are_cut(trained, most):
    import torch

    from agent.judge_network import encode, load_tokenizer

    base, network = trained
    pairs = [pair(*letters) for letters in LETTERS]
    with torch.inference_mode():
        wanted = network(**encode(load_tokenizer(base), pairs, most))
    given = ready(base, network, most)(pairs)
    torch.testing.assert_close(given, wanted, rtol=1e-4, atol=1e-4)
    assert float((wanted[0] - wanted[3]).abs().max()) > 0.1


def test_a_pair_is_judged_the_same_whatever_stands_beside_it(trained):
    import torch

    judge = ready(*trained, 40)
    first, others = pair(3, 9), [pair(30, 60), pair(3, 9), pair(9, 3)]
    together = judge([*others, first])
    torch.testing.assert_close(together[3], judge([first])[0], rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(together[3], together[1])


def test_half_a_surrogate_pair_is_judged(trained):
    given = ready(*trained, 40)([Pair("a \ud800 b", "c \udfff")])
    assert given.isfinite().all()
