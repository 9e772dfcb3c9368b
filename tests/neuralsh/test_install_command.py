"""Installing from the command line: taught, recorded, answering in another process, taken back without a trace."""

import io
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from fakes import typed
from nano import nano_weights
from rich.console import Console

from neuralsh.cli import main
from neuralsh.errors import ShellError
from neuralsh.install.command import check_drawn, fitting
from neuralsh.install.files import demonstrations_in
from neuralsh.ledger.demonstrations import Demonstration, Demonstrations
from neuralsh.ledger.ledger import Ledger
from trainer.install.evidence import Shown
from trainer.install.example import Example
from trainer.install.teach import Taught
from trainer.render import render
from trainer.screen import blank_cells

GREET = """\
name = "greet"
description = "says hello"

[[demo]]
command = "greet bob"
output = "hello bob"

[[demo]]
command = "greet anna"
output = "hello anna"
"""


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nano_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def installed(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the routine is installed; tests that change it take a copy."""
    home = tmp_path_factory.mktemp("home")
    file = home / "greet.toml"
    file.write_text(GREET)
    options = ["--model", str(weights), "--home", str(home), "--device", "cpu"]
    with typed(b"y\n"):
        assert main(["install", str(file), *options, "--seconds", "2", "--why", "a test"]) == 0
    return home


@pytest.fixture
def home(installed: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(installed, tmp_path / "home"))


def run(weights: Path, home: Path, *argv: str) -> int:
    return main([*argv, "--model", str(weights), "--home", str(home), "--device", "cpu"])


def states(weights: Path, home: Path, capsys: pytest.CaptureFixture[str], *lines: str) -> list[str]:
    """The hash of the state after each line."""
    capsys.readouterr()
    run(weights, home, "--json", "-c", "\n".join(lines), "--clock", "2026-01-31T12:00:00", "--size", "40x4")
    return [json.loads(line)["state"] for line in capsys.readouterr().out.splitlines()]


def test_the_log_tells_what_was_installed(weights: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(weights, home, "log") == 0
    said = capsys.readouterr().out
    assert "installed greet" in said and "(a test)" in said and len(said.splitlines()) == 1
    assert "neighbours 8/8" in said
    assert run(weights, home, "show", "greet") == 0
    said = capsys.readouterr().out
    assert "$ greet bob\n  hello bob\n" in said
    assert run(weights, home, "show", "1", "--json") == 0
    assert json.loads(capsys.readouterr().out)["figures"]["shown"][1] == 2


def test_it_answers_its_own_lines_in_another_process_and_no_others(
    weights: Path, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    without = tmp_path / "without"
    assert states(weights, home, capsys, "ls", "pwd") == states(weights, without, capsys, "ls", "pwd")
    assert states(weights, home, capsys, "greet zoe") != states(weights, without, capsys, "greet zoe")


def test_reverted_it_leaves_no_trace(
    weights: Path, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(weights, home, "verify") == 0
    base, effective = (line.split()[-1] for line in capsys.readouterr().out.splitlines()[1:])
    assert base != effective
    assert run(weights, home, "revert", "greet", "--why", "enough") == 0
    without = tmp_path / "without"
    assert states(weights, home, capsys, "greet zoe") == states(weights, without, capsys, "greet zoe")
    assert run(weights, home, "verify") == 0
    assert capsys.readouterr().out.splitlines()[1:] == [f"weights {base}", f"with what is installed {base}"]


def test_disabled_it_is_silent_until_enabled(
    weights: Path, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answered = states(weights, home, capsys, "greet zoe")
    assert run(weights, home, "disable", "greet") == 0
    assert states(weights, home, capsys, "greet zoe") != answered
    assert run(weights, home, "enable", "greet") == 0
    assert states(weights, home, capsys, "greet zoe") == answered


def test_two_entries_are_compared(weights: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(weights, home, "disable", "greet") == 0
    capsys.readouterr()
    assert run(weights, home, "diff", "1", "2") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("---") and "installed greet" in said[0]
    assert said[1].startswith("+++") and "disabled  greet" in said[1]
    (before,) = [line for line in said[2:] if line.startswith("-hash")]
    assert before.split()[1] != next(line for line in said[2:] if line.startswith("+hash")).split()[1]
    assert not any("greet bob" in line for line in said if line[0] in "+-")
    assert run(weights, home, "diff", "1", "1") == 0
    assert capsys.readouterr().out == "no difference\n"


def test_a_recording_demonstrates_what_it_shows(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, file = (
        tmp_path / "home",
        recorded(tmp_path / "greet.cast", "~$ ", ("greet bob", "hi bob"), ("greet al", "hi al")),
    )
    with typed(b"y\n"):
        assert run(weights, home, "install", str(file), "--name", "hello", "--seconds", "0.2") == 0
    assert "learning greet <1> -> hi <1>" in capsys.readouterr().err
    assert run(weights, home, "show", "hello") == 0
    assert "$ greet bob\n  hi bob\n$ greet al\n  hi al\n" in capsys.readouterr().out


def recorded(path: Path, prompt: str, *turns: tuple[str, str]) -> Path:
    """An asciicast of a session."""
    events = [[0.1, "o", prompt]]
    for command, output in turns:
        events += [[0.1, "i", f"{command}\r"], [0.1, "o", f"{command}\r\n{output}\r\n{prompt}"]]
    lines = [{"version": 3, "term": {"cols": 60, "rows": 12}}, *events]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.mark.parametrize(
    ("turns", "reason"),
    [
        ([], "shows no command"),
        ([(f"greet {n}", f"hi {n}") for n in range(65)], "more than 64 commands"),
        ([("greet bob", "hi"), ("  ", "")], None),
    ],
)
def test_a_recording_is_as_long_as_demonstrations_may_be(
    tmp_path: Path, turns: list[tuple[str, str]], reason: str | None
) -> None:
    file = recorded(tmp_path / "greet.cast", "~$ ", *turns)
    if reason is None:
        assert demonstrations_in(file) == Demonstrations("greet", "", (Demonstration("greet bob", "hi"),))
        return
    with pytest.raises(ShellError, match=reason) as failure:
        demonstrations_in(file)
    assert "\n" not in str(failure.value)


def test_exported_it_can_be_looked_into_and_imported(
    weights: Path, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, other = tmp_path / "greet.routine", tmp_path / "other"
    assert run(weights, home, "export", "greet", str(file)) == 0
    assert run(weights, home, "export", "greet", str(file)) == 1
    assert capsys.readouterr().err == f"neuralsh: {file}: file exists: name a new file in a folder that is there\n"
    assert run(weights, other, "import", str(file), "--inspect") == 0
    assert GREET in capsys.readouterr().out and not (other / "ledger.db").exists()
    assert run(weights, other, "import", str(file)) == 0
    assert states(weights, other, capsys, "greet zoe") == states(weights, home, capsys, "greet zoe")


def test_a_signed_export_is_imported_only_with_the_key_that_signed_it(
    weights: Path, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, other = tmp_path / "greet.routine", tmp_path / "other"
    keys = {name: ed25519.Ed25519PrivateKey.generate() for name in ("mine", "another")}
    for name, key in keys.items():
        (tmp_path / f"{name}.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (tmp_path / f"{name}.pub").write_bytes(public)
    assert run(weights, home, "export", "greet", str(file), "--sign", str(tmp_path / "mine.pem")) == 0
    assert "greet.routine.dsse.json" in capsys.readouterr().out
    assert run(weights, other, "import", str(file), "--signed-by", str(tmp_path / "another.pub")) == 1
    assert "not by this key" in capsys.readouterr().err and not (other / "ledger.db").exists()
    assert run(weights, other, "import", str(file), "--inspect", "--signed-by", str(tmp_path / "mine.pub")) == 0
    assert capsys.readouterr().out.startswith("signed by key ")
    assert run(weights, other, "import", str(file), "--signed-by", str(tmp_path / "mine.pub")) == 0
    assert "(signed by key " in capsys.readouterr().out
    (tmp_path / "greet.routine.dsse.json").unlink()
    assert run(weights, tmp_path / "third", "import", str(file), "--signed-by", str(tmp_path / "mine.pub")) == 1
    assert "ask for a signed export" in capsys.readouterr().err


def test_what_is_no_export_is_named(weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = recorded(tmp_path / "a.cast", "~$ ")
    assert run(weights, tmp_path / "home", "import", str(file)) == 1
    assert capsys.readouterr().err.startswith(f"neuralsh: {file}: bundle: ")


def test_another_base_does_not_take_it(
    weights: Path, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = nano_weights(tmp_path / "base", seed=4)
    file = tmp_path / "greet.routine"
    assert run(weights, home, "export", "greet", str(file)) == 0
    capsys.readouterr()
    assert run(base, tmp_path / "other", "import", str(file)) == 1
    said = capsys.readouterr().err
    assert "fitted on other weights" in said and said.count("\n") == 1


def test_an_altered_adapter_stops_the_shell_in_one_line(
    weights: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Ledger.open(home) as ledger:
        entry = ledger.find("greet")
    (blob,) = (path for path in (home / "store").rglob("*") if path.name.endswith(entry.adapter[2:]))
    payload = bytearray(blob.read_bytes())
    payload[-1] ^= 1
    blob.chmod(0o600)
    blob.write_bytes(payload)
    assert run(weights, home, "-c", "ls") == 1
    said = capsys.readouterr().err
    assert said.startswith("neuralsh: ") and said.count("\n") == 1
    assert run(weights, home, "verify") == 1
    assert "1" in capsys.readouterr().err


def test_nobody_asked_is_nobody_who_wants_it(weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "greet.toml"
    file.write_text(GREET)
    assert run(weights, tmp_path / "home", "install", str(file), "--seconds", "0.1") == 1
    # It is told before anything is fitted.
    assert capsys.readouterr().err == "neuralsh: nobody to ask: give --yes to install without asking\n"
    assert not (tmp_path / "home" / "ledger.db").exists()


@pytest.mark.parametrize("answer", [b"n\n", b""])
def test_who_is_asked_may_say_no(
    answer: bytes, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "greet.toml").write_text(GREET)
    with typed(answer):
        assert run(weights, tmp_path / "home", "install", str(tmp_path / "greet.toml"), "--seconds", "0.1") == 1
    said = capsys.readouterr()
    assert "not installed: nothing was changed" in said.err and "nan" not in said.out + said.err
    assert not (tmp_path / "home" / "ledger.db").exists()


def test_unseen_nothing_is_installed_that_draws_no_demonstration(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "greet.toml").write_text(GREET)
    argv = ["install", str(tmp_path / "greet.toml"), "--yes", "--seconds", "0.1"]
    assert run(weights, tmp_path / "home", *argv) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "neuralsh: greet: not installed: it draws none of 2 demonstrations; give it more --seconds"
    assert not (tmp_path / "home" / "ledger.db").exists()


@pytest.mark.parametrize(("exact", "told"), [(1, "it draws 1 of 2 demonstrations"), (2, "")])
def test_what_draws_some_demonstrations_is_told_and_what_draws_all_is_not(exact: int, told: str) -> None:
    console = Console(file=io.StringIO(), width=100)
    frame = render(blank_cells(1, 1))
    shown = [Shown(Example("greet bob", ("hi",)), frame, lambda: frame, frame, i < exact) for i in range(2)]
    check_drawn("greet", Taught(b"", b"", shown, [], []), console)
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert told in said and bool(said) == bool(told)


def test_the_bar_tells_no_loss_and_no_time_before_there_are_some() -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    with fitting(console) as report:
        report.tell("absorbing")
    assert isinstance(console.file, io.StringIO)
    first = console.file.getvalue()
    assert "absorbing" in first and not any(word in first for word in ("loss", "nan", "-:--"))
    with fitting(console) as report:
        report(0.5, 0.25)
    assert "loss 0.250" in console.file.getvalue()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name = 1", "name"),
        ("", "name"),
        (GREET + "\n[[demo]]\ncommand = 'greet bob'\noutput = 'x'\n", "different lines"),
    ],
)
def test_a_file_that_cannot_be_taught_is_refused_in_one_line(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    assert run(weights, tmp_path / "home", "install", str(file), "--yes") == 1
    said = capsys.readouterr().err
    assert reason in said and said.count("\n") == 1


def test_what_is_not_there_is_told_in_one_line(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for code, *argv in (
        (2, "install", "no.toml"),
        (2, "install", "no.cast"),
        (1, "diff", "1", "2"),
        (1, "revert", "nothing"),
        (1, "show", "7"),
        (1, "export", "x", "y"),
        (2, "import", "z"),
    ):
        assert run(weights, tmp_path / "home", *map(str, argv)) == code
        said = capsys.readouterr().err
        assert said.startswith("neuralsh: ") and said.count("\n") == 1, said
    assert not (tmp_path / "home").exists()
