"""The cell autoencoder, in the role of the VAE: 8x16x3 pixels <-> one latent.

Its stride is one cell, so a glyph is never cut in two. The decoder draws as a terminal does: a coverage mask between a
background and a foreground colour. It is trained with noise on its latents (`trainer/fit_cells.py`), so that codes
stand apart and a slightly wrong latent decodes to the right pixels: passing a frame through it snaps it.

The paper's VAE stops at 40.77 dB at 13 px (table 3); this one is measured by the suite `clean`.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.nccligen.config import CellConfig
from model.protocol import CELL_HEIGHT, CELL_WIDTH

MASK = CELL_HEIGHT * CELL_WIDTH
PIXELS = MASK * 3


def hidden(inputs: int, width: int) -> nn.Sequential:
    """Two hidden layers."""
    return nn.Sequential(nn.Linear(inputs, width), nn.GELU(), nn.Linear(width, width), nn.GELU())


class CellAutoencoder(nn.Module):
    """Encoder and decoder of single cells; N cells at a time, Z numbers a latent."""

    blank: Tensor
    """The code of an empty cell in the default colours, set when training ends: what a blank screen is made of."""

    def __init__(self, config: CellConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = nn.Sequential(hidden(MASK + 6, config.width), nn.Linear(config.width, config.latent))
        self.shape = nn.Sequential(hidden(config.latent, config.width), nn.Linear(config.width, MASK))
        self.colour = nn.Sequential(hidden(config.latent, config.width // 4), nn.Linear(config.width // 4, 6))
        self.register_buffer("blank", torch.zeros(config.latent))

    def encode(self, pixels: Tensor) -> Tensor:
        """Pixels, uint8 (N, 16, 8, 3), to latents, float32 (N, Z), each of root mean square 1."""
        return F.rms_norm(self.encoder(contrast(pixels)), (self.config.latent,))

    def draw(self, latents_NZ: Tensor) -> Tensor:
        """Latents to pixels in 0..1, float32 (N, 128, 3); differentiable."""
        low, high = self.colour(latents_NZ).sigmoid().chunk(2, dim=-1)
        return torch.lerp(low[:, None], high[:, None], self.shape(latents_NZ).sigmoid()[..., None])

    def decode(self, latents_NZ: Tensor) -> Tensor:
        """Latents, any finite (N, Z), to pixels, uint8 (N, 16, 8, 3)."""
        # Codes have root mean square 1; a latent the flow predicted need not.
        pixels = self.draw(F.rms_norm(latents_NZ, (self.config.latent,)))
        return (pixels * 255).round().to(torch.uint8).view(-1, CELL_HEIGHT, CELL_WIDTH, 3)


def contrast(pixels: Tensor) -> Tensor:
    """A cell as its two extreme colours and the pattern between them, float32 (N, 6 + 128) in -1..1.

    A terminal's cell lies on a line between two colours, so this loses nothing, and a glyph looks the same in every
    pair of colours. The extremes are those of the channel that varies most.

    Args:
        pixels: uint8 (N, 16, 8, 3).
    """
    x = pixels.flatten(1, 2).float() / 255
    low, high = x.amin(1), x.amax(1)
    channel = (high - low).argmax(1)
    pattern = x.gather(2, channel[:, None, None].expand(-1, x.shape[1], 1))[..., 0]
    at_low, at_high = pattern.argmin(1), pattern.argmax(1)
    each = torch.arange(len(x), device=x.device)
    darkest, span = pattern[each, at_low, None], (pattern[each, at_high] - pattern[each, at_low])[:, None]
    # A cell of one colour has no pattern.
    pattern = torch.where(span > 0, (pattern - darkest) / span.clamp(min=1 / 255), 0)
    return torch.cat((x[each, at_low], x[each, at_high], pattern), 1) * 2 - 1
