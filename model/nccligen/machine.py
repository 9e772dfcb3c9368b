"""NCCLIGen at run time: boot and step. h_t = F(h_{t-1}, x_t, u_t), x_{t+1} ~ G(h_t).

`_absorb` is F: it appends clean blocks to the cache and reads off the next address. `_draw` is G: it samples the
latents of one write from noise and decodes them onto the frame. What was drawn is encoded again from its pixels before
F absorbs it: the machine sees its own screen, not its intentions.

Where a routine answers, its adapter draws aside, from the same state, and the base machine absorbs what was drawn as it
absorbs a screen of its own. So the state is always the base machine's: a routine leaves nothing in it but pixels.
"""

import hashlib
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.nccligen.adapter import Adapter
from model.nccligen.address import MAX_ASIDE, SPANS, TOP_OF_SHEET, Address, Head, Kind, behind, item, place
from model.nccligen.autoencoder import CellAutoencoder
from model.nccligen.blocks import Piece, sees_earlier, tokens_of
from model.nccligen.config import NCCLIGenConfig
from model.nccligen.flow import perceived, sample
from model.nccligen.inside import Drawn, Reach, Source
from model.nccligen.memory import attended, kept, recalled, superseded, trimmed
from model.nccligen.network import MATCH, Network, Tokens
from model.nccligen.notes import name_of
from model.nccligen.routine import Routine
from model.nccligen.sources import gifts, shares
from model.nccligen.state import NCCLIGenState, load_state, save_state
from model.nccligen.tokens import (
    CELL,
    HEAD_COLUMN,
    NOISY_CELL,
    NOISY_WRITE,
    WRITE,
    action_blocks,
    steer,
    unsteer,
    write_extras,
)
from model.nccligen.transformer import Cache
from model.nccligen.weights import BUNDLED, WeightsError, load_weights
from model.nccligen.words import word_ids
from model.protocol import CELL_HEIGHT, CELL_WIDTH, MAX_ROWS, Action, ActionError, Frame, Geometry
from model.routines import answering, effective_hash

THREADS = 2
"""On a CPU, whatever it has: another number of threads adds in another order, and the same history must draw the same
pixels in every process."""

SHOWS = 0.5
"""Root mean square distance of a cell's latents from those of a blank, from where on it shows; the code of the
character nearest to a blank is more than twice as far."""

TOGETHER = 512
"""Tokens of recorded writes that are absorbed at once, about."""

_SHOWN = steer(Address(Kind.SCRATCH))
"""Classes of addresses that are not of the scratch sheet; those that are stand behind them."""

SOURCES = 3
"""Tokens that are told of each cell, where it is told what it was drawn from."""

MAX_KEYS = 1024
"""Bytes of keys, or of a caption, that one action can hold."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a write is drawn: `steps` evaluations of the flow."""

    steps: int = 1


class NCCLIGen:
    """The bundled machine. Implements `model.protocol.NeuralComputer`.

    Attributes:
        base_hash: SHA-256 over the weights and their configuration, in hex, without routines.
        routines: what is installed and enabled, in the order of its install; each may answer.
        watch: is told of every write as it is drawn; None: nobody watches.
        traces: whether who watches is told where each cell was drawn from, which takes longer.
    """

    def __init__(
        self,
        config: NCCLIGenConfig,
        network: Network,
        autoencoder: CellAutoencoder,
        weights_hash: str,
        device: str = "cpu",
        sampling: Sampling | None = None,
    ) -> None:
        self.config = config
        self.network = network.to(device).eval().requires_grad_(False)
        self.autoencoder = autoencoder.to(device).eval().requires_grad_(False)
        self.sampling = sampling or Sampling()
        self.base_hash = weights_hash
        self.routines: tuple[Routine, ...] = ()
        self.watch: Callable[[Drawn], None] | None = None
        self.traces = False
        self._device = device

    @property
    def name(self) -> str:
        """Such as ``nccligen-tiny``."""
        return f"nccligen-{self.config.name}"

    @property
    def device(self) -> str:
        """``cpu`` or ``cuda``."""
        return self._device

    @property
    def weights_hash(self) -> str:
        """SHA-256 over the weights and the routines that may answer, in hex."""
        return effective_hash(self.base_hash, [(one.adapter_hash, one.gate_hash) for one in self.routines])

    @torch.inference_mode()
    def boot(self, frame: Frame | None, geometry: Geometry) -> NCCLIGenState:
        """h_0. See `NeuralComputer.boot`. A first frame is absorbed row by row, down to its last row that shows."""
        config = self.config
        shape = (config.layers, config.heads, 0, config.width // config.heads)
        empty = torch.zeros(shape, device=self._device)
        blank = self._blank(geometry)
        nothing = Cache(empty, empty, torch.zeros(0, MATCH, device=self._device))
        heads = Head(0, 0), 0, TOP_OF_SHEET
        state = NCCLIGenState((), nothing, blank, *heads, (), (), 0, 0, 0, 0, b"", False, bytes(32), "")
        if frame is not None:
            if frame.geometry != geometry:
                raise ValueError(f"a first frame of {frame.geometry} cannot boot a terminal of {geometry}")
            self.absorb(state, Action(b""), _rows_as_writes(frame, blank))
            state.frame = frame
        return state

    @torch.inference_mode()
    def step(self, state: NCCLIGenState, action: Action) -> Generator[Frame, None, None]:
        """F, then G. See `NeuralComputer.step`."""
        aside = state.fork()
        heard_D = self._begin(state, action)
        routine = answering(self.routines, action.keys, heard_D)
        try:
            if routine is None:
                yield from self._draw_turn(state, heard_D)
            else:
                yield from self._answer(state, aside, action, routine)
        finally:
            _rest(state)

    def _draw_turn(self, state: NCCLIGenState, heard_D: Tensor) -> Generator[Frame, None, None]:
        """G write by write, each absorbed (F) before the next."""
        address = self._address(state, heard_D)
        while address.kind != Kind.YIELD:
            cells_N = self._draw(state, address)
            try:
                if not address.kind.is_aside:
                    yield state.frame
            finally:
                # A closed iterator still absorbs what it showed: the state stays sound.
                address = self._absorb_write(state, address, cells_N)

    def _answer(
        self, state: NCCLIGenState, aside: NCCLIGenState, action: Action, routine: Routine
    ) -> Generator[Frame, None, None]:
        """G with the adapter of a routine, on a state of its own; F of the base machine, as ever.

        Args:
            state: has absorbed the action; advances in place.
            aside: the state before the action.
            action: what the routine answers.
            routine: answers.
        """
        adapter = routine.adapter
        state.routine = routine.name
        state.chain = hashlib.sha256(state.chain + bytes.fromhex(routine.adapter_hash)).digest()
        heard_D = self._begin(aside, action, adapter)
        aside.chain = state.chain
        address = self._address(aside, heard_D, adapter)
        drawn = list[Piece]()
        try:
            while address.kind != Kind.YIELD:
                cells_N = self._draw(aside, address, adapter)
                state.frame = aside.frame
                try:
                    if not address.kind.is_aside:
                        yield state.frame
                finally:
                    if address.kind.is_aside:
                        self._take_in(state, drawn)
                        self._absorb_write(state, address, cells_N)
                    else:
                        drawn.append(self._behind_head(state, address, cells_N))
                    address = self._absorb_write(aside, address, cells_N, adapter)
        finally:
            self._take_in(state, drawn)

    def _take_in(self, state: NCCLIGenState, drawn: list[Piece]) -> None:
        """F of what a routine has drawn, all at once: nothing is drawn from it before the next action."""
        if drawn:
            self._absorb(state, drawn)
            drawn.clear()

    @torch.inference_mode()
    def absorb(
        self,
        state: NCCLIGenState,
        action: Action,
        writes: Sequence[tuple[Address, NDArray[np.uint8]]],
        frame: Frame | None = None,
    ) -> None:
        """F alone: take in a turn as it was recorded instead of drawing it (teacher forcing).

        Args:
            state: advances in place.
            action: the recorded action.
            writes: addresses and their cells, uint8 (length, 16, 8, 3). Those on the scratch sheet are left out: the
                machine makes its own notes of what it sees.
            frame: at the end of the turn; not asked, since the writes draw it.
        """
        out_D = self._begin(state, action)
        pieces = list[Piece]()
        for address, cells in writes:
            if address.kind.is_aside:
                continue
            latents_NZ = self.autoencoder.encode(torch.from_numpy(np.ascontiguousarray(cells)).to(self._device))
            self._paste(state, address, cells)
            pieces.append(self._behind_head(state, address, latents_NZ))
            if sum(len(piece.symbols) for piece in pieces) > TOGETHER:
                out_D = self._absorb(state, pieces)
                pieces = []
        if pieces:
            out_D = self._absorb(state, pieces)
        address = self._address(state, out_D)
        if address.kind.is_note:
            while address.kind.is_aside:
                address = self._absorb_write(state, address, self._draw(state, address))
        _rest(state)

    @torch.inference_mode()
    def hear(self, state: NCCLIGenState, action: Action) -> Tensor:
        """F of the action alone: what a gate is told of the state, (D,). `state` advances in place."""
        return self._begin(state, action)

    @torch.inference_mode()
    def hear_each(self, state: NCCLIGenState, actions: Sequence[Action]) -> Tensor:
        """What `hear` gives for each of some actions, (N, D), from one state, which stays as it is."""
        held = sum(turn.tokens for turn in state.memory) + state.ongoing
        if held > self.config.window or any(action.geometry is not None for action in actions):
            return torch.stack([self.hear(state.fork(), action) for action in actions])
        context = self.context(state, actions[0])
        rows = [_spoken(action, state.frame.geometry) for action in actions]
        tokens = self._tokens(state, rows, [action.keys for action in actions], 0)
        out_BLD, _ = self.network(tokens, sees_earlier(tokens.block, context.tokens), context)
        heads = [sum(len(piece.symbols) for piece in row[:-1]) for row in rows]
        heard_ND: Tensor = out_BLD[torch.arange(len(rows)), torch.tensor(heads)]
        return heard_ND

    @torch.no_grad()
    def context(self, state: NCCLIGenState, action: Action) -> Cache:
        """What an action is answered from; the state stays as it is."""
        fork = state.fork()
        self._recall(fork, action)
        return fork.cache

    def reach(self, state: NCCLIGenState) -> Reach:
        """What a state holds and what its last action was answered from."""
        memory, attended = state.memory, self._attended(state)
        latest = len(memory)
        while latest - 1 in attended:
            latest -= 1
        return Reach(
            turns=len(memory) + 1,
            tokens=sum(turn.tokens for turn in memory) + state.ongoing,
            megabytes=sum(state.parts().values()) / 1e6,
            attended=sum(memory[at].tokens for at in attended) + state.ongoing,
            recalled=tuple(memory[at].block for at in attended if at < latest),
        )

    def _attended(self, state: NCCLIGenState) -> list[int]:
        """Which turns of the memory the last action is answered from."""
        return attended(state.memory, word_ids(state.action), self.config.window)

    @torch.inference_mode()
    def reconstruct(self, frame: Frame) -> Frame:
        """A frame through the cell autoencoder and back."""
        cells = np.ascontiguousarray(frame.cells())
        pixels = torch.from_numpy(cells.reshape(-1, *cells.shape[2:])).to(self._device)
        return _from_cells(self.autoencoder.decode(self.autoencoder.encode(pixels)).cpu().numpy(), frame.geometry)

    def save(self, state: NCCLIGenState, path: Path) -> None:
        """See `NeuralComputer.save`."""
        save_state(state, self.base_hash, path)

    def restore(self, path: Path) -> NCCLIGenState:
        """See `NeuralComputer.restore`."""
        return load_state(path, self.base_hash, self._device)

    def _blank(self, geometry: Geometry) -> Frame:
        """A screen of empty cells, as the autoencoder draws them."""
        cell = self.autoencoder.decode(self.autoencoder.blank[None]).cpu().numpy()
        return _from_cells(np.repeat(cell, geometry.rows * geometry.columns, axis=0), geometry)

    def _begin(self, state: NCCLIGenState, action: Action, adapter: Adapter | None = None) -> Tensor:
        """Absorb an action and return what the machine makes of it, (D,): the output at the head of its keys."""
        for what, payload in (("line", action.keys), ("caption", (action.caption or "").encode())):
            if len(payload) > MAX_KEYS:
                raise ActionError(f"the {what} is {len(payload)} bytes long: the machine reads at most {MAX_KEYS}")
        if action.geometry is not None and action.geometry != state.frame.geometry:
            self._resize(state, action.geometry)
        state.chain = hashlib.sha256(state.chain + repr(action).encode()).digest()
        self._recall(state, action)
        state.routine = ""
        return self._absorb(state, _spoken(action, state.frame.geometry), adapter)

    def _beside(self, adapter: Adapter | None) -> AbstractContextManager[None]:
        """Holds an adapter beside the network; nothing for None."""
        return nullcontext() if adapter is None else adapter.beside(self.network)

    def _draw(self, state: NCCLIGenState, address: Address, adapter: Adapter | None = None) -> Tensor:
        """G: draw a write onto the frame; returns the latents of its pixels, (N, Z)."""
        count, Z = address.length, self.config.cell.latent
        start, scroll = _place(state, address)
        if count == 0:
            pixels = np.empty((0, CELL_HEIGHT, CELL_WIDTH, 3), np.uint8)
            if not address.kind.is_aside:
                self._paste(state, address, pixels)
            nothing = torch.empty(0, Z, device=self._device)
            self._tell(address, start, scroll, pixels, nothing, nothing, [])
            return nothing
        seed = hashlib.sha256(state.chain + state.absorbed.to_bytes(8, "big")).digest()
        generator = torch.Generator().manual_seed(int.from_bytes(seed[:8], "big", signed=True))
        noise = torch.randn(count, Z, generator=generator).to(self._device)
        extras = write_extras(address, item(address, start, state.item))
        noisy = Piece([NOISY_WRITE] + [NOISY_CELL] * count, start.column - 1, extras)
        tokens = self._tokens(state, [[noisy]], [state.action], state.ongoing)

        def predict(x_NZ: Tensor, time: float) -> Tensor:
            tokens.time.fill_(time)
            tokens.latent[0, 1:] = perceived(x_NZ, tokens.time[0, 1:, None])
            with self._beside(adapter):
                out_BLD, _ = self.network(tokens, None, state.cache)
                clean: Tensor = self.network.clean(out_BLD[0, 1:])
            return clean

        traced = self.traces and self.watch is not None
        with gifts(self.network) if traced else nullcontext(list[Tensor]()) as given:
            meant_NZ = sample(predict, noise, self.sampling.steps)
        decoded = self.autoencoder.decode(meant_NZ)
        pixels = decoded.cpu().numpy()
        latents_NZ = self.autoencoder.encode(decoded)
        origins = self._origins(state, given[-self.config.layers :]) if traced else []
        self._tell(address, start, scroll, pixels, meant_NZ, latents_NZ, origins)
        if not address.kind.is_aside:
            self._paste(state, address, pixels)
            latents_NZ[max(0, state.frame.geometry.columns - start.column) :] = self.autoencoder.blank
        return latents_NZ

    def _tell(
        self,
        address: Address,
        start: Head,
        scroll: int,
        pixels: NDArray[np.uint8],
        meant_NZ: Tensor,
        latents_NZ: Tensor,
        origins: list[list[Source]],
    ) -> None:
        """Tell who watches."""
        if self.watch is not None:
            doubt_N = (meant_NZ - latents_NZ).square().mean(1).sqrt()
            latents, doubt = latents_NZ.cpu().numpy().copy(), doubt_N.cpu().numpy()
            self.watch(Drawn(address, start, scroll, pixels, latents, doubt, origins))

    def _origins(self, state: NCCLIGenState, given: list[Tensor]) -> list[list[Source]]:
        """Of each cell of a write, the tokens of the cache that gave most."""
        shares_LP = shares(given, state.cache.tokens)[1:]
        turns = [state.memory[at] for at in self._attended(state)]
        spans = [(turn.block, turn.tokens) for turn in turns] + [(state.opened, state.ongoing)]
        cut = any(turn.tokens >= self.config.window for turn in turns)
        if cut or sum(tokens for _, tokens in spans) != state.cache.tokens:
            # A turn that goes on and on has pushed its own beginning out.
            return []
        places = [(block, token) for block, tokens in spans for token in range(tokens)]
        best = shares_LP.topk(min(SOURCES, len(places)), dim=1)
        return [
            [Source(places[at][0], places[at][1], share) for share, at in zip(*row, strict=True)]
            for row in zip(best.values.tolist(), best.indices.tolist(), strict=True)
        ]

    def _paste(self, state: NCCLIGenState, address: Address, cells: NDArray[np.uint8]) -> None:
        """Put the cells of a write, uint8 (N, 16, 8, 3), on the frame."""
        geometry = state.frame.geometry
        start, scroll = _place(state, address)
        pixels = state.frame.pixels
        if address.kind == Kind.CLEAR:
            pixels = self._blank(geometry).pixels
        elif scroll:
            pixels = np.concatenate((pixels[CELL_HEIGHT:], self._blank(Geometry(1, geometry.columns)).pixels))
        else:
            pixels = pixels.copy()
        frame = Frame(pixels, geometry)
        visible = max(0, min(len(cells), geometry.columns - start.column))
        frame.cells()[start.row, start.column : start.column + visible] = cells[:visible]
        state.frame = frame

    def _absorb_write(
        self, state: NCCLIGenState, address: Address, latents_NZ: Tensor, adapter: Adapter | None = None
    ) -> Address:
        """Absorb a write that was drawn, move its head behind it, and return the next address."""
        if address.kind.is_aside:
            if address.kind.is_note:
                pixels = self.autoencoder.decode(latents_NZ).cpu().numpy()
                state.noted += (name_of(pixels, address.kind == Kind.NOTE),)
            state.aside += ((state.absorbed, 1 + address.length, len(state.noted)),)
        return self._address(
            state, self._absorb(state, [self._behind_head(state, address, latents_NZ)], adapter), adapter
        )

    def _behind_head(self, state: NCCLIGenState, address: Address, latents_NZ: Tensor) -> Piece:
        """The clean block of a write that was drawn; its head moves behind it."""
        start, _ = _place(state, address)
        shows_N = (latents_NZ - self.autoencoder.blank).square().mean(1).sqrt() > SHOWS
        head = behind(start, address.length, int(shows_N.nonzero().max()) + 1 if shows_N.any() else 0)
        number = item(address, start, state.item)
        if address.kind.is_aside:
            state.sheet = head
        else:
            state.head, state.item = head, number
        extras = write_extras(address, number)
        state.typed = state.typed and address.kind.is_typed
        if state.typed:
            return Piece([WRITE], start.column - 1, extras)
        return Piece([WRITE] + [CELL] * address.length, start.column - 1, extras, latents_NZ)

    def _absorb(self, state: NCCLIGenState, pieces: Sequence[Piece], adapter: Adapter | None = None) -> Tensor:
        """F: append clean blocks to the cache; returns the output of the last one's head token, (D,)."""
        tokens = self._tokens(state, [pieces], [state.action], state.ongoing)
        mask = None if len(pieces) == 1 else sees_earlier(tokens.block, state.cache.tokens)
        with self._beside(adapter):
            out_BLD, kept = self.network(tokens, mask, state.cache)
        keys = torch.stack([k[0] for k, _ in kept])
        values = torch.stack([v[0] for _, v in kept])
        state.cache = state.cache.followed_by(keys, values, self.network.said(tokens)[0])
        state.blocks += len(pieces)
        state.absorbed += tokens.symbol.shape[1]
        state.ongoing += tokens.symbol.shape[1]
        # A turn that goes on and on forgets what it was answered from, then its own beginning.
        if state.cache.tokens > 2 * self.config.window:
            state.cache = state.cache.without(state.cache.tokens - self.config.window)
            state.ongoing = min(state.ongoing, state.cache.tokens)
        head: Tensor = out_BLD[0, -len(pieces[-1].symbols)]
        return head

    def _address(self, state: NCCLIGenState, out_D: Tensor, adapter: Adapter | None = None) -> Address:
        """The most likely next address."""
        with self._beside(adapter):
            likely = self.network.steer(out_D)
        if len(state.aside) >= MAX_ASIDE:
            likely = likely[:_SHOWN]
        kind, length = unsteer(int(likely.argmax()))
        if kind.is_aside:
            return Address(kind, length, place(Address(kind), state.sheet, 0)[0].row)
        if kind != Kind.GOTO:
            return Address(kind, length)
        logits = self.network.goto(out_D)
        return Address(kind, length, int(logits[:MAX_ROWS].argmax()), int(logits[MAX_ROWS:].argmax()))

    def _tokens(
        self, state: NCCLIGenState, rows: Sequence[Sequence[Piece]], keys: Sequence[bytes], ongoing: int
    ) -> Tokens:
        """The next blocks; see `tokens_of`."""
        return tokens_of(rows, keys, state.blocks, ongoing, self.config.cell.latent, self._device)

    def _recall(self, state: NCCLIGenState, action: Action) -> None:
        """Close the turn, and put in front of the network what an action is answered from."""
        if state.ongoing:
            turn, notes = state.turn()
            # Of a turn that went on and on no more is ever recalled.
            lost = max(0, turn.tokens - self.config.window)
            notes = tuple(replace(note, first=note.first - lost) for note in notes if note.first >= lost)
            words, blocks = word_ids(state.action), state.blocks - state.opened
            spoken = kept(turn.without(lost), words, state.opened, blocks, notes)
            before = superseded(state.memory, [note.name for note in notes])
            state.memory = trimmed((*before, spoken), self.config.memory)
            rotary = self.network.transformer.rotary
            state.cache = recalled(state.memory, word_ids(action.keys), self.config.window, rotary, state.blocks)
        state.opened, state.ongoing, state.action, state.typed = state.blocks, 0, action.keys, bool(action.keys)
        state.item, state.sheet, state.aside, state.noted = 0, TOP_OF_SHEET, (), ()

    def _resize(self, state: NCCLIGenState, geometry: Geometry) -> None:
        """Give the frame a new size; what fits stays, and the head's row stays on screen."""
        old, new = state.frame, self._blank(geometry)
        lift = max(0, state.head.row + 1 - geometry.rows)
        kept = old.cells()[lift : lift + geometry.rows, : geometry.columns]
        new.cells()[: kept.shape[0], : kept.shape[1]] = kept
        state.frame = new
        row, *columns = state.head
        state.head = Head(row - lift, *(min(column, geometry.columns) for column in columns))


def _spoken(action: Action, geometry: Geometry) -> list[Piece]:
    """The blocks of an action; the last is that of its keys."""
    blocks = action_blocks(action, geometry)
    return [Piece([block.head, *block.body], HEAD_COLUMN, block.extras) for block in blocks]


def _rest(state: NCCLIGenState) -> None:
    """Let go of what a turn was answered from: the next action recalls what it needs, and states are kept to undo."""
    state.cache = state.cache.without(state.cache.tokens - state.ongoing)


def _place(state: NCCLIGenState, address: Address) -> tuple[Head, int]:
    """Where a write starts, and how many rows the screen scrolls up before it."""
    return place(address, state.sheet if address.kind.is_aside else state.head, state.frame.geometry.rows)


def _from_cells(cells: NDArray[np.uint8], geometry: Geometry) -> Frame:
    """Cells, uint8 (rows * columns, 16, 8, 3), as a frame."""
    grid = cells.reshape(geometry.rows, geometry.columns, CELL_HEIGHT, CELL_WIDTH, 3)
    return Frame(np.ascontiguousarray(grid.swapaxes(1, 2)).reshape(*geometry.pixels, 3), geometry)


def _rows_as_writes(frame: Frame, blank: Frame) -> list[tuple[Address, NDArray[np.uint8]]]:
    """A frame as the writes that would draw it on a blank screen, down to the last row that shows anything."""
    cells, empty = frame.cells(), blank.cells()
    shows = (cells != empty).any(axis=(2, 3, 4))
    writes: list[tuple[Address, NDArray[np.uint8]]] = []
    for row in range(int(shows.any(axis=1).nonzero()[0].max(initial=-1)) + 1):
        end = int(shows[row].nonzero()[0].max(initial=-1)) + 1
        kind = Kind.NEXT if row else Kind.SAME
        for start in range(0, end, 8) if end else [0]:
            length = next(span for span in SPANS if span >= min(end - start, 8))
            tile = np.repeat(empty[:1, 0], length, axis=0)
            visible = cells[row, start : start + length]
            tile[: len(visible)] = visible
            writes.append((Address(kind, length), tile))
            kind = Kind.CONTINUE
    return writes


def load(path: Path | None = None, device: str | None = None) -> NCCLIGen:
    """The machine of a folder of weights, the bundled one by default.

    Args:
        path: a folder `save_weights` wrote.
        device: ``cpu`` or ``cuda``; None: a GPU if there is one.

    Raises:
        WeightsError: if the weights cannot be used, or the device is not there.
    """
    if device is None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device not in ("cpu", "cuda") or (device == "cuda" and not torch.cuda.is_available()):
        raise WeightsError(f"device {device!r} is not here; use --device cpu")
    if device == "cpu":
        torch.set_num_threads(THREADS)
    config, network, autoencoder, total = load_weights(path or BUNDLED)
    if network is None:
        raise WeightsError(f"{path or BUNDLED}: holds a cell autoencoder alone; train a machine on it first")
    return NCCLIGen(config, network, autoencoder, total, device)
