"""The data engine on Ray: the same recordings and clips in the same order, and a killed process loses none."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from killing import kill

from model.protocol import Geometry
from trainer import clip_table
from trainer.casts import Event, Recording, write_cast
from trainer.clip_table import build_clips
from trainer.record import Script, on_ray, parse_script, record_many

TASK = "ray::MapBatches"


@pytest.fixture(autouse=True, scope="module")
def ended() -> Iterator[None]:
    """One Ray for all: it takes long to start."""
    ray = pytest.importorskip("ray")
    yield
    ray.shutdown()


def scripts(count: int) -> Iterator[Script]:
    for number in range(count):
        yield parse_script(f"sleep 0.1; echo {number}", number)


def busy(seed: int) -> Recording:
    """A session that prints now and then."""
    r, time, events = Random(seed), 0.0, list[Event]()
    for number in range(200):
        time += r.choice((0.1, 0.5, 3.0))
        events.append(Event(time, "o", f"{number} {r.randint(0, 99)}\r\n"))
    return Recording(Geometry(10, 40), None, events)


@pytest.mark.skipif(
    not shutil.which("bwrap") or not shutil.which("cc"), reason="recording needs bubblewrap and a C compiler"
)
def test_scripts_are_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_ray, "BATCH", 4)
    monkeypatch.setattr(on_ray, "PART", 16)
    with ThreadPoolExecutor() as pool:
        killed = pool.submit(kill, TASK)
        found = list(on_ray.record_on_ray(scripts(20)))
        assert killed.result()
    assert [one.events for one in found] == [one.events for one in record_many(scripts(20))]


def test_clips_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clip_table, "RECORDINGS", 2)
    files = [tmp_path / f"{seed}.cast" for seed in range(12)]
    for seed, path in enumerate(files):
        write_cast(busy(seed), path)
    with ThreadPoolExecutor() as pool:
        killed = pool.submit(kill, TASK)
        found = build_clips(files, tmp_path / "ray", on_ray=True)
        assert killed.result()
    assert found == build_clips(files, tmp_path / "here") and found["clips"] > len(files)
