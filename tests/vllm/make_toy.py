"""Makes a model of four small layers with random weights: it speaks nonsense, for real.

    .vllm/bin/python make_toy.py FOLDER

Run by the interpreter that has vLLM. Invariant: the same seed gives the same model, from nothing
that must be downloaded.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

SEED = 7
CONTEXT = 4096
ENDS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def main(folder: Path) -> None:
    """Write the model and its tokenizer into the folder."""
    tokenizer = _tokenizer(Path(__file__).read_text(encoding="utf-8"))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(SEED)
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=64,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        eos_token_id=_id(tokenizer, "<|im_end|>"),
        bos_token_id=None,
        pad_token_id=_id(tokenizer, "<|endoftext|>"),
    )
    torch.set_default_dtype(torch.bfloat16)
    Qwen3ForCausalLM(config).save_pretrained(folder)


def _id(tokenizer: PreTrainedTokenizerFast, token: str) -> int:
    return int(tokenizer.vocab[token])


def _tokenizer(text: str) -> PreTrainedTokenizerFast:
    """Byte-level pairs: every text has tokens, whatever it was trained on."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=list(ENDS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    labels = "covered partial missing contradicted " * 50
    made.train_from_iterator([text, labels], trainer)
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=made, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    tokenizer.chat_template = TEMPLATE
    return tokenizer


if __name__ == "__main__":
    main(Path(sys.argv[1]))
