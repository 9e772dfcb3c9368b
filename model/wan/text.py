"""A caption as the transformer is told it: the outputs of the text encoder, byte for byte what was typed.

The pipeline's own way cleans texts first: it unescapes HTML and joins blanks, which are what a command line is made of.
"""

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

TOKENS = 512
"""Tokens of a text. Wan's attention takes what stands before the last 512 for features of the first frame."""


@torch.no_grad()
def embedded(encoder: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, text: str) -> Tensor:
    """A text as embeddings, zero behind its end.

    Args:
        encoder: of UMT5.
        tokenizer: of the encoder.
        text: the caption; cut if longer.

    Returns:
        (1, `TOKENS`, width of the encoder), in its precision.
    """
    read = tokenizer([text], padding="max_length", max_length=TOKENS, truncation=True, return_tensors="pt")
    ids, mask = read.input_ids.to(encoder.device), read.attention_mask.to(encoder.device)
    out: Tensor = encoder(ids, mask).last_hidden_state
    zeroed: Tensor = out * mask[..., None].to(out.dtype)
    return zeroed
