"""Files written whole or not at all: what was there keeps its place and its mode, and nothing else is touched."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.files import replace_file, replaced


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("private", "mode"), [(True, 0o600), (False, 0o644)])
def test_a_new_file_is_private_where_it_is_to_be(tmp_path: Path, private: bool, mode: int) -> None:
    replace_file(tmp_path / "a", b"new", private=private)
    assert (tmp_path / "a").read_bytes() == b"new" and mode_of(tmp_path / "a") == mode
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("mode", [0o640, 0o666, 0o600])
def test_a_file_that_was_there_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "a").chmod(mode)
    replace_file(tmp_path / "a", b"new", private=True)
    assert (tmp_path / "a").read_bytes() == b"new" and mode_of(tmp_path / "a") == mode


def test_a_link_stays_and_what_it_points_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there/a")
    for payload in (b"new", b"newer"):
        replace_file(tmp_path / "link", payload)
        assert (tmp_path / "link").is_symlink() and (tmp_path / "there" / "a").read_bytes() == payload


def test_what_is_no_regular_file_is_written_itself(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    replace_file(tmp_path / "pipe", b"new")
    assert os.read(reader, 10) == b"new"
    os.close(reader)
    assert (tmp_path / "pipe").is_fifo()


def test_links_laid_at_the_name_that_once_was_used_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"other")
    (tmp_path / f".a.{os.getpid()}").symlink_to("other")
    replace_file(tmp_path / "a", b"new")
    assert (tmp_path / "other").read_bytes() == b"other"
    with replaced(tmp_path / "a") as one, replaced(tmp_path / "a") as two:
        assert one != two


def test_what_cannot_be_written_leaves_what_was_there_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), replaced(tmp_path / "a") as temporary:
        temporary.write_bytes(b"ne")
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["a"] and (tmp_path / "a").read_bytes() == b"old"
    for path in (tmp_path / "none" / "b", tmp_path / "a" / "b"):
        with pytest.raises(OSError, match=r"/b'$"):
            replace_file(path, b"new")
