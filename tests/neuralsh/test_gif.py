"""A recording becomes a picture that moves: one picture a change, as long as it stayed, cut where nothing happens."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from model.protocol import Geometry
from neuralsh import gif_command, pictures
from neuralsh.cli import main
from neuralsh.errors import ShellError
from neuralsh.gif_command import shots_of
from neuralsh.pictures import Shot, write_gif, write_mp4, write_strip
from neuralsh.reading.cells import frame_lines
from trainer.casts import Event, Recording, write_cast


def recording(*events: tuple[float, str, str], geometry: Geometry | None = None) -> Recording:
    return Recording(geometry or Geometry(3, 20), None, [Event(*event) for event in events])


TYPED = recording(
    (0.0, "o", "~$ "),
    (0.5, "i", "hi\r"),
    (0.5, "o", "h"),
    (0.51, "o", "i"),
    (0.52, "o", "\r\nhello\r\n~$ "),
    (90.0, "o", "x"),
)


def texts(of: Recording, speed: float = 1.0, pause: float = 1.0) -> list[tuple[list[str], float]]:
    return [(frame_lines(shot.frame()), round(shot.seconds, 3)) for shot in shots_of(of, speed, pause)]


def test_what_is_too_fast_is_one_picture_and_pauses_are_cut() -> None:
    assert texts(TYPED) == [
        (["~$", "", ""], 0.5),
        (["~$ hi", "hello", "~$"], 1.02),
        (["~$ hi", "hello", "~$ x"], 1.0),
    ]
    assert [seconds for _, seconds in texts(TYPED, speed=5.0, pause=0.4)] == [0.1, 0.404, 0.4]


def test_what_does_not_change_the_picture_makes_it_stay() -> None:
    assert texts(recording((0.0, "o", "a"), (0.2, "o", "\x1b[m"), (0.4, "o", "b"))) == [
        (["a", "", ""], 0.4),
        (["ab", "", ""], 1.0),
    ]
    assert texts(recording()) == []


def test_a_file_of_the_largest_size_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cast, out = tmp_path / "a.cast", tmp_path / "a.gif"
    write_cast(recording((0.0, "o", "a"), (0.5, "r", "30x2"), (0.6, "o", "b")), cast)
    assert main(["gif", str(cast), "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}: 1.6 s, {out.stat().st_size} bytes\n"
    with Image.open(out) as picture:
        assert picture.size == (240, 48) and getattr(picture, "n_frames", 1) == 2
        durations = []
        for number in range(2):
            picture.seek(number)
            durations.append(picture.info["duration"])
        last = np.asarray(picture.convert("RGB"))
    assert durations == [600, 1000]
    (shot,) = list(shots_of(recording((0.0, "o", "ab"), geometry=Geometry(2, 30)), 1.0, 1.0))
    assert np.abs(last[:32].astype(int) - shot.frame().pixels).max() <= 8


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["none.cast", "--out", "a.gif"], "none.cast: no such file or folder"),
        (["none.cast", "--out", "none/a.gif"], "no such folder"),
        (["none.cast", "--out", "a.gif", "--speed", "0"], "no number above 0"),
        (["none.cast", "--out", "a.gif", "--pause", "700"], "give at most 600 s"),
        (["none.cast", "--out", "a.webm"], "ends in one of .gif, .mp4, .png"),
        (["empty.cast", "--out", "a.gif"], "shows nothing"),
        (["long.cast", "--out", "a.gif"], "neuralsh: long.cast: more than 23040 pixels in all: cut the recording"),
        (["wide.cast", "--out", "a.gif"], "neuralsh: wide.cast: more than 23040 pixels in all: cut the recording"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], argv: list[str], reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(gif_command, "MAX_PIXELS", 3 * 48 * 160)
    write_cast(recording((0.0, "i", "a")), tmp_path / "empty.cast")
    write_cast(recording(*((float(n), "o", "a") for n in range(5))), tmp_path / "long.cast")
    # All but one are small, but in a picture that moves each takes as much as the largest.
    small = ((float(n), "o", "a") for n in range(2, 5))
    write_cast(recording((0.0, "o", "a"), (1.0, "r", "2x1"), *small), tmp_path / "wide.cast")
    assert main(["gif", *argv]) != 0
    said = capsys.readouterr().err
    assert reason in said and said.count("\n") == 1
    assert not (tmp_path / "a.gif").exists()


def test_a_film_shows_every_picture_as_long_as_it_stayed(tmp_path: Path) -> None:
    cast, out = tmp_path / "a.cast", tmp_path / "a.mp4"
    write_cast(TYPED, cast)
    assert main(["gif", str(cast), "--out", str(out)]) == 0
    shots = list(shots_of(TYPED, 1.0, 1.0))
    with av.open(str(out)) as film:
        frames = [(float(frame.time or 0), frame.to_ndarray(format="rgb24")) for frame in film.decode(video=0)]
    assert [round(time, 2) for time, _ in frames] == [0.0, 0.5, 1.5, 2.5]
    for (_, pixels), shot in zip(frames, shots, strict=False):
        # Colours are stored at half the resolution; letters are light.
        assert np.abs(pixels.mean(2) - shot.frame().pixels.mean(2)).mean() < 3


def test_without_its_library_a_film_is_told_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ShellError, match=r"pip install 'neuralsh\[film\]'"):
        write_mp4(list(shots_of(TYPED, 1.0, 1.0)), tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_strip_holds_the_pictures_that_stayed_the_longest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shots, out = list(shots_of(TYPED, 1.0, 1.0)), tmp_path / "a.png"
    monkeypatch.setattr(pictures, "STRIP", 2)
    write_strip(shots, out)
    with Image.open(out) as strip:
        pixels = np.asarray(strip)
    assert pixels.shape == (2 * 48 + 8, 160, 3)
    assert (pixels[:48] == shots[1].frame().pixels).all() and (pixels[56:] == shots[2].frame().pixels).all()


@pytest.mark.parametrize("write", [write_gif, write_strip])
def test_a_full_disk_leaves_nothing(
    write: Callable[[Sequence[Shot], Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(ShellError, match="cannot be written: no space left"):
        write(list(shots_of(TYPED, 1.0, 1.0)), tmp_path / "a.gif")
    assert list(tmp_path.iterdir()) == []
