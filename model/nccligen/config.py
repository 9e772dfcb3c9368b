"""Sizes of NCCLIGen, in one place."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class CellConfig:
    """The cell autoencoder.

    Attributes:
        latent: numbers a cell's latent has.
        width: hidden units of encoder and decoder.
    """

    latent: int = 24
    width: int = 512

    def __post_init__(self) -> None:
        _check_sizes(latent=self.latent, width=self.width)


@dataclass(frozen=True, slots=True)
class NCCLIGenConfig:
    """The machine.

    Attributes:
        name: of the preset, for the status line and file names.
        width: of the residual stream; a multiple of `heads` * 4.
        layers: transformer blocks.
        heads: attention heads.
        window: tokens of context an action is answered from; see `memory`.
        memory: tokens the machine remembers; the oldest turns are forgotten beyond it.
        cell: the cell autoencoder.
    """

    name: str
    width: int
    layers: int
    heads: int
    window: int = 640
    memory: int = 16_384
    cell: CellConfig = field(default_factory=CellConfig)

    def __post_init__(self) -> None:
        _check_sizes(width=self.width, layers=self.layers, heads=self.heads, window=self.window, memory=self.memory)
        if self.width % (self.heads * 4):
            raise ValueError(f"width {self.width} is not a multiple of 4 * {self.heads} heads")

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "NCCLIGenConfig":
        """The inverse of `to_dict`. Raises ValueError or TypeError on unknown or missing fields."""
        return cls(**{**values, "cell": CellConfig(**values["cell"])})


def _check_sizes(**sizes: int) -> None:
    """Raises ValueError if one of these, as read from a file, is no whole number from 1."""
    for name, size in sizes.items():
        if not isinstance(size, int) or size < 1:
            raise ValueError(f"{name} {size!r} is no whole number from 1")


PRESETS = {
    config.name: config
    for config in (
        NCCLIGenConfig("nano", width=64, layers=3, heads=2),
        NCCLIGenConfig("tiny", width=192, layers=6, heads=4),
        NCCLIGenConfig("small", width=192, layers=9, heads=4),
        NCCLIGenConfig("base", width=384, layers=7, heads=6),
    )
}
"""`nano` for tests, `tiny` and `small` for two cores, `base` for a GPU."""
