"""Reading many texts at once gives what the transformers library gives, each text on its own."""

from __future__ import annotations

from typing import Any

import pytest

LENGTHS = (7, 1, 23, 2, 16, 23)


@pytest.fixture(scope="module")
def tiny() -> Any:
    """A plain BERT with random weights that make every token and place count."""
    return network()


def network(**changes: Any) -> Any:
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(1)
    sizes: dict[str, Any] = {
        "vocab_size": 40, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3,
        "intermediate_size": 48, "max_position_embeddings": 23, "initializer_range": 0.5,
    }  # fmt: skip
    return BertModel(BertConfig(**{**sizes, **changes}), add_pooling_layer=False).eval()


def texts() -> list[list[int]]:
    return [[(5 * n + 3 * i) % 40 for i in range(n)] for n in LENGTHS]


def alone(model: Any, text: list[int], kind: list[int]) -> Any:
    import torch

    with torch.inference_mode():
        read = model(input_ids=torch.tensor([text]), token_type_ids=torch.tensor([kind]))
    return read.last_hidden_state[0]


@pytest.mark.parametrize("with_kinds", [True, False])
def test_each_text_is_read_as_transformers_reads_it_alone(tiny, with_kinds):
    import torch

    from index.packed import Packed

    kinds = [[int(with_kinds and i > n // 2) for i in range(n)] for n in LENGTHS]
    read = Packed(tiny)(texts(), kinds if with_kinds else None)
    wanted = [alone(tiny, text, kind) for text, kind in zip(texts(), kinds, strict=True)]
    assert [len(rows) for rows in read] == list(LENGTHS)
    for own, want in zip(read, wanted, strict=True):
        torch.testing.assert_close(own, want, rtol=1e-4, atol=1e-5)
    # Random weights that no text could tell apart would prove nothing.
    assert float((read[2][:7] - read[0]).abs().max()) > 0.1


def test_what_is_no_plain_bert_is_read_with_padding(tiny):
    import torch

    from index.packed import Packed, Padded, reader_of

    assert isinstance(reader_of(tiny, 0), Packed)
    other = network(hidden_act="relu")
    reader = reader_of(other, 0)
    assert isinstance(reader, Padded)
    for own, text in zip(reader(texts()), texts(), strict=True):
        torch.testing.assert_close(own, alone(other, text, [0] * len(text)), rtol=1e-4, atol=1e-5)


def test_in_bfloat16_a_text_gets_the_same_bits_whatever_stands_beside_it() -> None:
    import torch

    from index.packed import Packed

    wide = network(
        hidden_size=384, intermediate_size=1536, num_hidden_layers=1, max_position_embeddings=200
    )
    read = Packed(wide.to(torch.bfloat16))
    many = [[(5 * n + 3 * i) % 40 for i in range(n)] for n in (7, 139, 192, 1, 33, 200)]
    assert sum(map(len, many)) > 384  # rows from which oneDNN adds up in another order
    for text, found in zip(many, read(many), strict=True):
        assert torch.equal(read([text])[0], found)
