"""The update mode: demonstrations are put together line by line, and only `:commit` changes anything."""

from argparse import Namespace
from pathlib import Path

import pytest
from fakes import FakeMachine, typed
from nano import nano_weights
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, RichLog, Static

from neuralsh.app.app import Phase, ShellApp
from neuralsh.app.evidence_screen import EvidenceScreen
from neuralsh.app.install_screen import InstallScreen
from neuralsh.app.text_screen import TextScreen
from neuralsh.cli import main
from neuralsh.colon import colon_command
from neuralsh.install.mode import InstallMode, Step
from neuralsh.install.teacher import Teacher
from neuralsh.ledger.demonstrations import Demonstration
from neuralsh.ledger.ledger import Ledger
from neuralsh.session import Session


def enter(mode: InstallMode, *lines: str) -> list[str]:
    said = list[str]()
    for line in lines:
        said += mode.enter(line)[0]
    return said


def test_a_demonstration_is_a_command_and_lines_up_to_a_blank_one() -> None:
    mode = InstallMode("greet")
    assert mode.prompt == "command> "
    enter(mode, "greet bob", "hello bob")
    assert mode.prompt == "output> " and not mode.demos
    enter(mode, "")
    enter(mode, "greet anna", "hello", ".", "anna", "", "greet nobody", "")
    assert mode.demos == [
        Demonstration("greet bob", "hello bob"),
        Demonstration("greet anna", "hello\n\nanna"),
        Demonstration("greet nobody", ""),
    ]
    assert mode.demonstrations.name == "greet"


def test_a_command_shown_again_is_shown_anew() -> None:
    mode = InstallMode("greet", fitted=True)
    enter(mode, "greet bob", "hello", "", "greet bob", "hello bob", "")
    assert mode.demos == [Demonstration("greet bob", "hello bob")] and not mode.fitted


def test_a_demonstration_can_stand_behind_another_that_is_not_learned() -> None:
    mode = InstallMode("louder", seen=[Demonstration("greet b", "hi b")])
    assert "no demonstration yet" in enter(mode, ":after")[0]
    enter(mode, "greet a", "hi a", "", ":after", "louder", "HI A", "", ":seen 1", ":after", "louder", "HI B", "")
    first, second = (Demonstration(f"greet {n}", f"hi {n}") for n in "ab")
    assert mode.demos == [Demonstration("louder", "HI A", (first,)), Demonstration("louder", "HI B", (second,))]
    enter(mode, "greet b", "hi b", "", ":after", "louder", "HI B!", "")
    assert mode.demos[-1] == Demonstration("louder", "HI B!", (second,)) and len(mode.demos) == 2


def test_lines_of_the_session_can_be_pointed_at() -> None:
    mode = InstallMode("greet", seen=[Demonstration(f"greet {n}", f"hi {n}") for n in "abc"])
    assert enter(mode, ":seen 0", ":seen x", ":seen") == ["usage: :seen N"] * 3
    enter(mode, ":seen 2")
    assert [demo.command for demo in mode.demos] == ["greet b", "greet c"]
    assert enter(InstallMode("greet"), ":seen 1") == ["no command was seen in this session yet"]


def test_demonstrations_come_from_a_file_and_can_be_taken_back(tmp_path: Path) -> None:
    mode, file = InstallMode("hello", fitted=True), tmp_path / "greet.toml"
    file.write_text('name = "greet"\n[[demo]]\ncommand = "greet bob"\noutput = "hello bob"\n')
    assert enter(mode, ":file") == ["usage: :file FILE"]
    assert "give a demonstration file" in enter(mode, f":file {tmp_path}/none.toml")[0]
    assert mode.fitted and not mode.demos
    assert enter(mode, f":file {file}") == ["demonstration 1: 'greet bob' prints 1 line"]
    assert mode.demonstrations.name == "hello" and not mode.fitted
    assert enter(mode, ":drop 2", ":drop x", ":drop") == ["usage: :drop N, the number of a demonstration"] * 3
    assert enter(mode, ":drop 1") == ["'greet bob' is no demonstration any more; 0 are left"]
    assert mode.demos == []


def test_nothing_is_committed_that_was_not_fitted() -> None:
    mode = InstallMode("greet")
    assert mode.enter(":fit") == (["no demonstration yet: see :help"], Step.NOTHING)
    enter(mode, "greet bob", "hello bob", "")
    assert mode.enter(":commit")[1] is mode.enter(":look")[1] is Step.NOTHING
    assert mode.enter(":fit") == ([], Step.FIT)
    mode.fitted = True
    assert mode.enter(":look") == ([], Step.LOOK)
    assert mode.enter(":commit") == ([], Step.COMMIT)
    enter(mode, "greet anna", "hello anna", "")
    assert mode.enter(":commit")[1] is Step.NOTHING
    assert mode.enter(":abort")[1] is Step.ABORT
    assert "no command of this mode" in mode.enter(":quit")[0][0]


def test_what_no_screen_shows_is_no_demonstration() -> None:
    mode = InstallMode("greet")
    assert "U+001B" in enter(mode, "greet bob", "\x1b[31mred", "")[0]
    assert not mode.demos


@pytest.mark.parametrize(
    "line", [":installer", "echo :install x", ":install", ":install x y z", "install x", ": install"]
)
def test_ordinary_text_opens_no_update(line: str) -> None:
    command = colon_command(line)
    assert command is None or command.usage is not None or command.argument == "x y z"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nano_weights(tmp_path_factory.mktemp("weights"))


def app_over(weights: Path, home: Path) -> ShellApp:
    options = Namespace(home=str(home), model=str(weights), device="cpu")
    return ShellApp(lambda geometry: Session(FakeMachine(), geometry), teacher=Teacher(options, seconds=0.5))


async def shell_waits(pilot: Pilot[str | None]) -> None:
    app = pilot.app
    assert isinstance(app, ShellApp)
    while app.phase is not Phase.WAITING or isinstance(app.screen, InstallScreen | TextScreen):
        await pilot.pause(0.01)


async def type_line(pilot: Pilot[str | None], line: str) -> None:
    await pilot.press(*[{" ": "space", ":": "colon"}.get(c, c) for c in line], "enter")
    await pilot.pause()


def text_of(screen: Screen[None], name: str) -> str:
    return str(screen.query_one(f"#{name}", Static).render())


def said(app: ShellApp) -> str:
    return "\n".join(strip.text for strip in app.screen.query_one(RichLog).lines)


async def test_a_routine_is_taught_committed_and_taken_back(weights: Path, tmp_path: Path) -> None:
    app = app_over(weights, tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await shell_waits(pilot)
        await type_line(pilot, "echo hi")
        await shell_waits(pilot)
        await type_line(pilot, ":install greet")
        screen = app.screen
        assert isinstance(screen, InstallScreen)
        assert screen.mode.seen == [Demonstration("echo hi", "hi")]
        for line in ("greet bob", "hello bob", "", "greet anna", "hello anna", "", ":fit"):
            await type_line(pilot, line)
        while not isinstance(app.screen, EvidenceScreen):
            await pilot.pause(0.01)
        await pilot.pause()
        evidence = app.screen
        assert [turn.about.split(",")[0] for turn in evidence.turns] == (
            ["demonstration"] * 2 + ["another argument"] * 12 + ["another command"] * 8
        )
        assert text_of(evidence, "about").startswith(" 1 of 22: demonstration")
        await pilot.press("left")
        assert text_of(evidence, "about").startswith(" 22 of 22: another command, the same: ")
        assert (evidence.turns[-1].before().pixels == evidence.turns[-1].drawn.pixels).all()
        await pilot.press("escape")
        await pilot.pause()
        assert "learning greet <1> -> hello <1>" in said(app) and "of 2 exact" in said(app)
        with Ledger.open(tmp_path) as ledger:
            assert ledger.entries() == []
        await type_line(pilot, ":commit")
        await shell_waits(pilot)
        with Ledger.open(tmp_path) as ledger:
            (entry,) = ledger.entries()
        assert entry.name == "greet" and f"installed greet ({entry.hash[:12]})" in app.status.status.notice
        await type_line(pilot, ":revert greet")
        await shell_waits(pilot)
        assert "reverted  greet" in app.status.status.notice
        await type_line(pilot, ":revert greet")
        await shell_waits(pilot)
        assert "not installed" in app.status.status.notice


@pytest.fixture
def installed(weights: Path, tmp_path: Path) -> ShellApp:
    """An app over a home in which `greet` is installed."""
    file = tmp_path / "greet.toml"
    file.write_text('name = "greet"\n[[demo]]\ncommand = "greet bob"\noutput = "hello bob"\n')
    where = ["--model", str(weights), "--device", "cpu", "--home", str(tmp_path)]
    with typed(b"y\n"):
        assert main(["install", str(file), "--seconds", "0.1", *where]) == 0
    return app_over(weights, tmp_path)


async def test_the_log_is_read_over_the_shell(installed: ShellApp) -> None:
    async with installed.run_test(size=(100, 30)) as pilot:
        await shell_waits(pilot)
        for line, said in (
            (":log", "installed greet"),
            (":show greet", "$ greet bob"),
            (":diff 1 greet", "no difference"),
            (":verify", "1 entries hold"),
        ):
            await type_line(pilot, line)
            while not isinstance(installed.screen, TextScreen):
                assert not installed.status.status.notice
                await pilot.pause(0.01)
            assert any(said in one for one in installed.screen.lines), line
            assert installed.screen.title_line == line
            await pilot.press("escape")
            await shell_waits(pilot)


async def test_routines_are_kept_silent_given_away_and_taken_in(installed: ShellApp, tmp_path: Path) -> None:
    file = tmp_path / "given away.routine"
    async with installed.run_test(size=(120, 30)) as pilot:
        await shell_waits(pilot)
        for line, said in (
            (":disable greet", "disabled  greet"),
            (":enable greet", "enabled   greet"),
            (f":export greet {file}", "bytes"),
            (":revert 1", "reverted  greet"),
            (f":import {file}", "installed greet"),
            (f":import {file}", "greet is installed"),
            (":show 77", "77"),
            (":diff 1", "usage: :diff ID ID"),
        ):
            await type_line(pilot, line)
            await shell_waits(pilot)
            assert said in installed.status.status.notice, line
    with Ledger.open(tmp_path) as ledger:
        assert [entry.kind for entry in ledger.entries()] == ["install", "disable", "enable", "revert", "install"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (":export greet my file", ["greet", "my file"]),
        (":save my file", ["my file"]),
        (":log", []),
        (":diff 1 2", ["1", "2"]),
    ],
)
def test_only_a_last_file_has_blanks(line: str, words: list[str]) -> None:
    command = colon_command(line)
    assert command is not None and command.usage is None and command.words == words


@pytest.mark.parametrize("line", [":show", ":show a b", ":diff 1", ":diff 1 2 3", ":export greet", ":import"])
def test_what_is_written_otherwise_is_told_how(line: str) -> None:
    command = colon_command(line)
    assert command is not None and (command.usage or "").startswith("usage: :")


async def test_an_aborted_update_changes_nothing_and_lines_that_wait_go_on(weights: Path, tmp_path: Path) -> None:
    app = app_over(weights, tmp_path)
    async with app.run_test(size=(60, 16)) as pilot:
        await shell_waits(pilot)
        await type_line(pilot, ":install greet")
        for line in ("greet bob", "hello bob", "", ":abort"):
            await type_line(pilot, line)
        await shell_waits(pilot)
        await type_line(pilot, "echo on")
        await shell_waits(pilot)
    assert not any(tmp_path.iterdir())


async def test_without_a_teacher_nothing_is_taken() -> None:
    app = ShellApp(lambda geometry: Session(FakeMachine(), geometry))
    async with app.run_test(size=(60, 16)) as pilot:
        await shell_waits(pilot)
        await type_line(pilot, ":install greet")
        assert app.status.status.notice == "this machine takes no routines"
        await type_line(pilot, ":install ../greet")
        assert not isinstance(app.screen, InstallScreen)


async def test_ctrl_c_clears_drops_and_says_how_to_leave_and_ctrl_d_leaves(weights: Path, tmp_path: Path) -> None:
    app = app_over(weights, tmp_path)
    async with app.run_test(size=(60, 24)) as pilot:
        await shell_waits(pilot)
        await type_line(pilot, ":install greet")
        screen = app.screen
        assert isinstance(screen, InstallScreen)
        line = screen.query_one(Input)
        await pilot.press(*"greet", "ctrl+c")
        assert line.value == "" and screen.mode.prompt == "command> "
        await pilot.press("ctrl+c")
        assert ":abort or Ctrl-D leaves" in said(app)
        await type_line(pilot, "greet bob")
        assert line.border_title == "output>"
        await pilot.press("ctrl+c")
        assert "'greet bob' is not taken" in said(app) and line.border_title == "command>"
        assert not app._notifications
        await pilot.press(*"ab", "home", "ctrl+d")
        assert line.value == "b"
        screen._busy(True)
        await pilot.press("ctrl+d", "ctrl+c")
        assert screen._stop.is_set() and screen.is_current
        screen._busy(False)
        await pilot.press("ctrl+c", "ctrl+d")
        await shell_waits(pilot)
        assert not screen.is_current
    assert not any(tmp_path.iterdir())
