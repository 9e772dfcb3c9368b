"""Training: the loss falls, a stopped training goes on as if it had not been, and nothing held out is trained on."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from sessions import echo_session, echo_traces

from model.font.cells import BACKGROUND, CELL, FOREGROUND
from model.nccligen.address import Address, Kind
from model.nccligen.autoencoder import CellAutoencoder
from model.nccligen.config import PRESETS
from model.nccligen.machine import load
from model.nccligen.network import Network
from model.nccligen.tokens import steer
from model.nccligen.transformer import TAPS
from model.nccligen.weights import save_weights
from model.protocol import Geometry
from trainer.batches import batches, collate
from trainer.casts import Event, Recording, write_cast
from trainer.checkpoint import FILE, CheckpointError, Progress, resume, save_checkpoint
from trainer.corpus import Index, Piece, build
from trainer.fit import GAIN_RATE, DivergedError, FitConfig, codes_of, optimizers_of, train_step
from trainer.fit_cells import CellFit, fit_cells, pixel_batches, psnr
from trainer.fit_cells import loss as cell_loss
from trainer.fit_command import main
from trainer.objective import Objective, ObjectiveConfig
from trainer.precision import half_is_fast
from trainer.reading import Reading, TrainError, sessions_of
from trainer.render import render_cells
from trainer.split import held_out_session, session_hash
from trainer.targets import trace

NANO = PRESETS["nano"]
CONFIG = FitConfig(rows=2, length=384, compile=False, half=False, warmup=2)


@pytest.fixture(scope="module")
def autoencoder() -> CellAutoencoder:
    torch.manual_seed(0)
    return CellAutoencoder(NANO.cell)


def objective_of(autoencoder: CellAutoencoder, index: Index) -> Objective:
    torch.manual_seed(1)
    return Objective(Network(NANO), codes_of(autoencoder, index.table()), ObjectiveConfig())


def test_the_loss_falls(autoencoder: CellAutoencoder) -> None:
    index = Index()
    sessions = build(echo_traces(20), 384, index)
    objective = objective_of(autoencoder, index)
    optimizers, data = optimizers_of(objective, CONFIG), batches(sessions, 2, 384, 0)
    losses = [float(train_step(objective, optimizers, next(data), half=False)[0]) for _ in range(25)]
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])


def test_a_batch_that_draws_no_cells_teaches_its_addresses_alone(autoencoder: CellAutoencoder) -> None:
    events = [Event(0.0, "o", "me@pc$ "), Event(1.0, "i", "true\r"), Event(1.1, "o", "true\r\nme@pc$ ")]
    index = Index()
    sessions = build([trace(Recording(Geometry(), None, events))], 384, index, rehearse=0.0, seen=1)
    objective = objective_of(autoencoder, index)
    batch = next(batches(sessions, 2, 384, 0))
    assert not len(batch.cell_at) and len(batch.address_at)
    outcome = objective(batch)
    assert outcome.cells == 0 and torch.isfinite(outcome.addresses) and outcome.addresses > 0
    assert torch.isfinite(train_step(objective, optimizers_of(objective, CONFIG), batch, half=False)).all()
    assert all(parameter.isfinite().all() for parameter in objective.parameters())


def test_a_loss_that_is_no_number_is_not_saved(tmp_path: Path) -> None:
    write_cast(echo_session(1), tmp_path / "a.cast")
    broken = Network(NANO)
    torch.nn.init.constant_(broken.steer.weight, float("nan"))
    save_weights(tmp_path / "broken", NANO, broken, CellAutoencoder(NANO.cell), {})
    argv = [str(tmp_path / "a.cast"), "--out", str(tmp_path / "out"), "--preset", "nano", "--no-compile", "--full"]
    argv += ["--cells", str(tmp_path / "broken"), "--init", str(tmp_path / "broken"), "--max-minutes", "0.0001"]
    with pytest.raises(DivergedError, match="no finite number"):
        main([*argv, "--rows", "1", "--length", "512", "--device", "cpu"])
    assert not (tmp_path / "out").exists()


def test_the_noisy_copy_is_not_shown_what_it_draws(autoencoder: CellAutoencoder) -> None:
    """Changing the true cells of a write changes no prediction of that write at time 0, nor of any before it."""
    index = Index()
    (stream,) = build([*echo_traces(1)], 384, index)
    objective = objective_of(autoencoder, index)
    for parameter in objective.network.parameters():
        if parameter.ndim == 2 and not parameter.any():
            torch.nn.init.normal_(parameter, std=0.2)
    last = int(stream.block[stream.noisy == 1].max())
    outputs = []
    for change in (0, 1):
        batch = collate([stream], [[Piece(0, len(stream))]], 384)
        changed = (batch.block == last) & (batch.cell >= 0) & (batch.session == 0)
        batch.cell[changed] = (batch.cell[changed] + change) % len(index.cells)
        predicted: list[torch.Tensor] = []
        hook = objective.network.clean.register_forward_hook(lambda m, i, out, kept=predicted: kept.append(out))
        torch.manual_seed(5)
        objective(batch, torch.where(batch.noisy.bool(), 0.0, 1.0))
        hook.remove()
        outputs.append(predicted[0])
    assert torch.equal(outputs[0], outputs[1])


def test_the_end_of_a_turn_counts_as_often_as_it_is_said_to(autoencoder: CellAutoencoder) -> None:
    index = Index()
    sessions = build(echo_traces(4), 384, index)
    batch = collate(sessions, [[Piece(i, len(stream))] for i, stream in enumerate(sessions)], 384)
    codes, network = codes_of(autoencoder, index.table()), Network(NANO)
    sums, weights = list[float](), list[float]()
    for ends in (1.0, 2.0, 5.0):
        config = ObjectiveConfig(ends=ends, addresses=1.0)
        outcome = Objective(network, codes, config)(batch, torch.where(batch.noisy.bool(), 0.0, 1.0))
        weights.append(float(outcome.addresses_weight))
        sums.append(float(outcome.addresses.detach()) * weights[-1])
    turns = int((batch.steer == steer(Address(Kind.YIELD))).sum())
    assert turns > 10
    assert weights == [weights[0], weights[0] + turns, weights[0] + 4 * turns]
    assert sums[1] > sums[0] + 1
    assert sums[2] - sums[0] == pytest.approx(4 * (sums[1] - sums[0]), rel=1e-4)


def test_only_cells_on_screen_are_seen_mistaken(autoencoder: CellAutoencoder) -> None:
    index = Index()
    (stream,) = build([*echo_traces(1)], 384, index)
    stream.aside[: len(stream) // 2] = 1
    batch = collate([stream], [[Piece(0, len(stream))]], 384)
    time = torch.where(batch.noisy.bool(), 0.5, 1.0)
    seen, codes = list[torch.Tensor](), codes_of(autoencoder, index.table())
    for slips in (0.0, 0.0, 1.0):
        objective = Objective(Network(NANO), codes, ObjectiveConfig(slips=slips, garbled=0.0))
        torch.manual_seed(5)
        seen.append(objective.tokens(batch, time, slips=True).latent)
    assert torch.equal(seen[0], seen[1])
    changed = (seen[0] != seen[2]).any(2)
    can = (batch.cell > 0) & (batch.noisy == 0) & (batch.aside == 0)
    # One cell in so many is mistaken for itself; the noise of noisy copies is drawn after the slips.
    assert 0.5 < changed[can].float().mean() <= 1
    assert not changed[~can & (batch.noisy == 0)].any()


def test_turns_are_garbled_as_a_whole_and_the_others_not_at_all(autoencoder: CellAutoencoder) -> None:
    index = Index()
    sessions = build(echo_traces(12), 384, index)
    objective = Objective(Network(NANO), codes_of(autoencoder, index.table()), ObjectiveConfig(slips=0.0, garbled=0.5))
    batch = collate(sessions, [[Piece(i, len(stream))] for i, stream in enumerate(sessions)], 384)
    can = (batch.cell > 0) & (batch.noisy == 0) & (batch.aside == 0)
    torch.manual_seed(0)
    mistaken = objective.mistaken(batch)
    assert not mistaken[~can].any()
    turns = [mistaken[can & (batch.number == number)] for number in set(batch.number[can].tolist())]
    shares = torch.tensor([float(of_turn.float().mean()) for of_turn in turns if len(of_turn) > 3])
    assert 0.2 < (shares == 0).float().mean() < 0.8
    assert 0.3 < shares[shares > 0].mean() < 0.7


def test_a_resumed_training_equals_one_that_was_not_stopped(autoencoder: CellAutoencoder, tmp_path: Path) -> None:
    index = Index()
    sessions = build(echo_traces(12), 384, index)

    def run(objective: Objective, optimizers: list[torch.optim.Optimizer], start: int, stop: int) -> list[float]:
        data = batches(sessions, 2, 384, 0, start=start)
        losses = []
        for step in range(start, stop):
            torch.manual_seed(step)
            losses.append(float(train_step(objective, optimizers, next(data), half=False)[0]))
        return losses

    whole = objective_of(autoencoder, index)
    losses = run(whole, optimizers_of(whole, CONFIG), 0, 6)
    stopped = objective_of(autoencoder, index)
    optimizers = optimizers_of(stopped, CONFIG)
    run(stopped, optimizers, 0, 3)
    save_checkpoint(tmp_path, stopped, optimizers, Progress(3, 1.5), "me")
    resumed = objective_of(autoencoder, index)
    optimizers = optimizers_of(resumed, CONFIG)
    progress = resume(tmp_path, resumed, optimizers, "me")
    assert (progress.step, progress.seconds) == (3, 1.5)
    assert run(resumed, optimizers, 3, 6) == losses[3:]


def test_a_checkpoint_of_another_training_or_a_broken_one_is_refused(
    autoencoder: CellAutoencoder, tmp_path: Path
) -> None:
    objective = objective_of(autoencoder, Index())
    assert resume(tmp_path, objective, [], "me") == Progress()
    save_checkpoint(tmp_path, objective, [], Progress(), "me")
    with pytest.raises(CheckpointError, match="another training"):
        resume(tmp_path, objective, [], "you")
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes()[:200])
    with pytest.raises(CheckpointError, match="broken"):
        resume(tmp_path, objective, [], "me")


def test_the_command_trains_from_casts_and_its_weights_run(tmp_path: Path) -> None:
    for i in range(6):
        write_cast(echo_session(i), tmp_path / f"{i}.cast")
    torch.manual_seed(0)
    save_weights(tmp_path / "cells", NANO, None, CellAutoencoder(NANO.cell), {})
    out = tmp_path / "out"
    options = ["--out", str(out), "--preset", "nano", "--cells", str(tmp_path / "cells"), "--no-compile", "--full"]
    options += ["--max-minutes", "0.02", "--rows", "1", "--length", "512", "--device", "cpu"]
    assert main([str(tmp_path), *options]) == 0
    machine = load(out, "cpu")
    assert machine.name == "nccligen-nano"
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    assert lines[-1]["seconds"] >= 1.2
    assert [line["step"] for line in lines] == list(range(1, len(lines) + 1))
    with pytest.raises(TrainError, match="no such file"):
        main([str(tmp_path / "nowhere"), *options])


def test_a_checkpoint_is_of_the_files_weights_and_options_it_began_with(tmp_path: Path) -> None:
    (tmp_path / "casts").mkdir()
    for i in range(6):
        write_cast(echo_session(i), tmp_path / "casts" / f"{i}.cast")
    write_cast(echo_session(9), tmp_path / "apart.cast")
    for name, seed in (("cells", 0), ("others", 1)):
        torch.manual_seed(seed)
        save_weights(tmp_path / name, NANO, Network(NANO), CellAutoencoder(NANO.cell), {})
    argv = [str(tmp_path / "casts"), "--out", str(tmp_path / "out"), "--preset", "nano", "--no-compile", "--full"]
    argv += ["--max-minutes", "0.001", "--rows", "1", "--length", "512", "--device", "cpu"]
    argv += ["--cells", str(tmp_path / "cells")]
    assert main(argv) == 0
    made = (tmp_path / "out" / FILE).read_bytes()
    others = [["--cells", str(tmp_path / "others")], ["--init", str(tmp_path / "cells")]]
    others += [["--validate", str(tmp_path / "apart.cast")], ["--no-captions"], ["--no-notes"], ["--hide", "me"]]
    for other in others:
        with pytest.raises(CheckpointError, match="another training"):
            main([*argv, *other])
    # More time is the same training.
    assert main([*argv, "--max-minutes", "0.05"]) == 0
    assert (tmp_path / "out" / FILE).read_bytes() != made


def test_bfloat16_is_used_where_the_processor_multiplies_tiles_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True, "amx_bf16": False})
    assert half_is_fast("cuda") and not half_is_fast("cpu")
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": True})
    assert half_is_fast("cpu")


def test_only_the_gains_of_mixing_and_of_matches_have_a_rate_of_their_own(autoencoder: CellAutoencoder) -> None:
    objective = objective_of(autoencoder, Index())
    muon, adam = optimizers_of(objective, CONFIG)
    rest, gains = adam.param_groups
    assert {p.shape for p in gains["params"]} == {(len(TAPS), NANO.width), (NANO.heads, 1, 1)}
    assert len(gains["params"]) == 2 * NANO.layers
    assert gains["lr"] == GAIN_RATE * CONFIG.rate and rest["lr"] == CONFIG.rate
    grouped = [p for group in (*muon.param_groups, rest, gains) for p in group["params"]]
    assert {id(p) for p in grouped} == {id(p) for p in objective.parameters()} and len(grouped) == len(set(grouped))


def test_held_out_sessions_are_not_trained_on(tmp_path: Path) -> None:
    kept_apart = 0
    for i in range(80):
        write_cast(echo_session(i), tmp_path / f"{i:02}.cast")
        keys = [event.data.encode() for event in echo_session(i).events if event.code == "i"]
        kept_apart += held_out_session(session_hash(keys))
    assert kept_apart
    files = sorted(tmp_path.glob("*.cast"))
    sessions = sessions_of(files, [], Reading(512))
    assert (len(sessions.training), len(sessions.held_out)) == (80 - kept_apart, kept_apart)
    named = sessions_of(files, files[:40], Reading(512))
    assert len(named.training) + len(named.held_out) == 80
    assert len(named.held_out) >= 40


def test_the_cell_autoencoder_learns() -> None:
    torch.manual_seed(0)
    autoencoder = CellAutoencoder(NANO.cell)
    optimizer = torch.optim.AdamW(autoencoder.parameters(), lr=2e-3)
    data, held_out = pixel_batches(np.random.default_rng(0), 128), next(pixel_batches(np.random.default_rng(1), 200))
    untrained = psnr(autoencoder, held_out)
    for _ in range(60):
        optimizer.zero_grad()
        torch.autograd.backward(cell_loss(autoencoder, next(data), 0.2))
        optimizer.step()
    assert psnr(autoencoder, held_out) > untrained + 3


def test_the_blank_is_the_code_of_an_empty_cell() -> None:
    autoencoder = fit_cells(NANO.cell, CellFit(batch=64, minutes=0.005))
    blank = np.zeros(1, CELL)
    blank["glyph"], blank["fg"], blank["bg"] = 32, FOREGROUND, BACKGROUND
    with torch.no_grad():
        assert torch.equal(autoencoder.encode(torch.from_numpy(render_cells(blank)))[0], autoencoder.blank)
