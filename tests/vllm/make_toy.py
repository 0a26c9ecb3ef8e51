"""Makes a model of four small layers with random weights: it speaks nonsense, for real.

    .vllm/bin/python make_toy.py FOLDER [SIZE]

With a SIZE (0.6b, 1.7b, 8b, 32b) it has the shape of Qwen3's model of that size and no weights: for
``vllm serve FOLDER --load-format dummy``, which makes them up, where only speed is measured. Its
tokens are then about as long as a real model's, since their number decides the speed. Run by the
interpreter that has vLLM. Invariant: the same seed gives the same model, from nothing that must
be downloaded.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

SEED = 7
LIBRARY = Path(__file__).resolve().parents[2] / "corpus" / "library"
PAIRS = 16000  # tokens of a real size: 4 characters of our prompts each
CONTEXT = 4096
ENDS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
# Words that are to be one token: the labels, and what /v1/systemone answers with.
WHOLE = "covered partial missing opposite yes no"
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


# Hidden size, inner size, layers, heads, heads of keys, size of a head; from the models' cards.
SHAPES = {
    "toy": (128, 256, 4, 4, 2, 64),
    "0.6b": (1024, 3072, 28, 16, 8, 128),
    "1.7b": (2048, 6144, 28, 16, 8, 128),
    "8b": (4096, 12288, 36, 32, 8, 128),
    "32b": (5120, 25600, 64, 64, 8, 128),
}
LARGE = ("8b", "32b")  # these have an output layer of their own
WORDS = 151936  # rows of their table of tokens
LONGEST = 40960  # tokens


def main(folder: Path, size: str = "toy") -> None:
    """Write the model and its tokenizer into the folder."""
    toy = size == "toy"
    texts = [Path(__file__), *(() if toy else sorted(LIBRARY.glob("*.md")))]
    tokenizer = _tokenizer([t.read_text(encoding="utf-8") for t in texts], 600 if toy else PAIRS)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(SEED)
    hidden, inner, layers, heads, of_keys, of_head = SHAPES[size]
    config = Qwen3Config(
        vocab_size=len(tokenizer) if toy else WORDS,
        hidden_size=hidden,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=of_keys,
        head_dim=of_head,
        max_position_embeddings=CONTEXT if toy else LONGEST,
        tie_word_embeddings=size not in LARGE,
        eos_token_id=_id(tokenizer, "<|im_end|>"),
        bos_token_id=None,
        pad_token_id=_id(tokenizer, "<|endoftext|>"),
    )
    if toy:
        torch.set_default_dtype(torch.bfloat16)
        Qwen3ForCausalLM(config).save_pretrained(folder)
    else:
        config.architectures = ["Qwen3ForCausalLM"]
        config.dtype = "bfloat16"
        config.save_pretrained(folder)


def _id(tokenizer: PreTrainedTokenizerFast, token: str) -> int:
    return int(tokenizer.vocab[token])


def _tokenizer(texts: list[str], size: int) -> PreTrainedTokenizerFast:
    """Byte-level pairs: every text has tokens, whatever it was trained on."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(ENDS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator([*texts, *WHOLE.split() * 50], trainer)
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=made, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    tokenizer.chat_template = TEMPLATE
    return tokenizer


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
