"""Gates: whether a routine answers an action. A learned line through what can be said of it.

What can be said of the keys are features: each word at its place from the front and from the back, the kind of sign
each is made of, how many there are, the signs of the shell's grammar. What can be said of the state is what the base
machine makes of the action: the output of the network at the action's head. A feature that no example had says nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

MAX_WORDS = 12
"""Words of a line that are told by themselves."""

STEPS = 60
"""Of L-BFGS."""

_SIGNS = "|&;<>()$`\\\"'*?[]{}~#=!"

_KINDS = (
    ("digits", re.compile(r"\d+")),
    ("lower", re.compile(r"[a-z]+")),
    ("letters", re.compile(r"[A-Za-z]+")),
    ("option", re.compile(r"-.*")),
    ("name", re.compile(r"[\w.-]+")),
    ("path", re.compile(r"[\w./~-]+")),
)


class GateError(ValueError):
    """A gate that cannot be used; the message is one line for the user."""


def features(keys: bytes) -> list[int]:
    """What can be said of a line of keys: 63-bit hashes, sorted."""
    line = keys.decode("utf-8", "replace")
    text = line.rstrip("\r\n")
    words = text.split()
    said = {f"words {min(len(words), MAX_WORDS)}", f"ends {line[len(text) :]!r}", f"spaced {' '.join(words) == text}"}
    said |= {f"sign {sign}" for sign in _SIGNS if sign in text}
    for at, word in enumerate(words[:MAX_WORDS]):
        said |= {f"{at} {word}", f"{at - len(words)} {word}", f"{at} is {_kind(word)}"}
    return sorted(int.from_bytes(blake2b(one.encode(), digest_size=8).digest()) >> 1 for one in said)


def _kind(word: str) -> str:
    return next((name for name, pattern in _KINDS if pattern.fullmatch(word)), "other")


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate.

    Attributes:
        known: int64 (F,), features that count, sorted.
        weights: float32 (F,), of each.
        heard: float32 (D,), weights of what the base machine makes of the action.
        bias: float32 (1,).
    """

    known: Tensor
    weights: Tensor
    heard: Tensor
    bias: Tensor

    def score(self, keys: bytes, heard_D: Tensor) -> float:
        """Above 0: the routine answers."""
        said = torch.tensor(features(keys), dtype=torch.int64)
        has_F = torch.isin(self.known, said)
        return float(self.weights[has_F].sum() + self.heard @ heard_D.float().cpu() + self.bias[0])

    def answers(self, keys: bytes, heard_D: Tensor) -> bool:
        """Whether the routine answers these keys in a state from which the base machine heard this."""
        return self.score(keys, heard_D) > 0


def fit_gate(keys: Sequence[bytes], heard_ND: Tensor, answers: Sequence[bool]) -> Gate:
    """Fit a gate by logistic regression, and put its threshold half way between the nearest of both kinds.

    Args:
        keys: lines.
        heard_ND: float32 (N, D), what the base machine made of each.
        answers: whether the routine is to answer it.

    Raises:
        GateError: if no line through the features tells the two kinds apart.
    """
    said = [features(line) for line in keys]
    counts: dict[int, int] = {}
    for line in said:
        for one in line:
            counts[one] = counts.get(one, 0) + 1
    # What one line alone has, such as its argument, tells that line and not its kind.
    known = torch.tensor(sorted(one for one in counts if counts[one] > 1), dtype=torch.int64)
    x_NF = torch.stack([torch.isin(known, torch.tensor(line)) for line in said]).float()
    y_N = torch.tensor([1.0 if yes else 0.0 for yes in answers])
    even_N = torch.where(y_N > 0, 1 / y_N.sum(), 1 / (1 - y_N).sum())
    w_F = torch.zeros(len(known), requires_grad=True)
    h_D = torch.zeros(heard_ND.shape[1], requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.LBFGS([w_F, h_D, b], lr=1.0, max_iter=STEPS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            x_NF @ w_F + heard_ND @ h_D + b, y_N, weight=even_N, reduction="sum"
        )
        # What the machine hears is many small numbers: it counts where words do not tell.
        loss = loss + 1e-3 * w_F.square().sum() + 1e-1 * h_D.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        score_N = x_NF @ w_F + heard_ND @ h_D
        low, high = float(score_N[y_N == 0].max()), float(score_N[y_N > 0].min())
    if low >= high:
        raise GateError("these command lines cannot be told from others: begin them with a word of their own")
    return Gate(known, w_F.detach(), h_D.detach(), torch.tensor([-(low + high) / 2]))


def save_gate(gate: Gate) -> bytes:
    """A gate as safetensors."""
    return save({name: getattr(gate, name).contiguous() for name in Gate.__slots__})


def load_gate(payload: bytes, width: int) -> Gate:
    """The inverse of `save_gate`, for a machine of this width.

    Raises:
        GateError: if it is not a gate, or not of such a machine.
    """
    try:
        tensors = load(payload)
        gate = Gate(**tensors)
    except (SafetensorError, TypeError, ValueError) as error:
        raise GateError("not a gate; nothing else is loaded") from error
    sound = (
        gate.known.dtype == torch.int64
        and gate.known.shape == gate.weights.shape
        and gate.known.dim() == 1
        and gate.heard.shape == (width,)
        and gate.bias.shape == (1,)
        and all(t.dtype == torch.float32 and bool(t.isfinite().all()) for t in (gate.weights, gate.heard, gate.bias))
    )
    if not sound:
        raise GateError("a gate of another machine, or a damaged one")
    return gate
