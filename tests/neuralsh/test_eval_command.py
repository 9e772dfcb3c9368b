"""`neuralsh eval`: its options, and the readers it hands to the suites."""

import json
from pathlib import Path

import pytest
from fakes import FakeMachine

from model.protocol import Action, Geometry
from neuralsh.cli import main
from neuralsh.errors import UsageError
from neuralsh.eval_command import eval_parser, read_turn, run_eval, startup_of
from trainer.render import render
from trainer.screen import blank_cells


def test_an_unknown_suite_is_a_usage_error_that_lists_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "dirty"]) == 2
    assert (
        capsys.readouterr().err
        == "neuralsh: dirty: no such suite; there are clean, world, arithmetic, captions, horizon, latency, install, "
        "general\n"
    )


def test_an_unknown_folder_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        run_eval(["clean", "--json", str(tmp_path / "absent" / "a.json")])
    (tmp_path / "config.json").write_text(json.dumps({"machine": "nccligen"}))
    assert main(["eval", "clean", "--casts", str(tmp_path), "--model", str(tmp_path)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("words", [["--sessions", "-1"], ["--sessions", "x"], ["--tesseract-frames", "1.5"]])
def test_numbers_must_be_whole_and_not_negative(words: list[str]) -> None:
    with pytest.raises(UsageError):
        eval_parser().parse_args(words)


def test_a_fresh_shell_gets_the_same_machine() -> None:
    options = eval_parser().parse_args(["latency", "--model", "weights", "--device", "cpu"])
    assert startup_of(options)[1:] == ["-m", "neuralsh", "--model", "weights", "--device", "cpu"]


def test_turns_are_read_with_the_prompt_where_it_starts() -> None:
    machine = FakeMachine()
    state = machine.boot(None, Geometry(8, 30))
    blank = render(blank_cells(8, 30))
    first = read_turn(blank, 0, "", machine.step(state, Action(b"")))
    assert (first.output, first.start) == ([], 0)
    before = state.frame
    second = read_turn(before, first.start, "echo -n hi", machine.step(state, Action(b"echo -n hi\r")))
    assert (second.echo, second.output, second.start) == (["~$ echo -n hi"], ["hi"], 2)
    before = state.frame
    third = read_turn(before, second.start, "seq 12", machine.step(state, Action(b"seq 12\r")))
    assert third.echo == ["~$ seq 12"]
    assert third.output == [str(number) for number in range(1, 13)]
    assert third.screen[-1] == "~$"
