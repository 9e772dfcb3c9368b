"""Keys for full-screen programs: as bytes, and in the app, where a program is seen from the frame."""

import threading

import pytest
from fakes import FakeMachine
from test_app import app_of, rows, settled, shell, taken, type_line

from neuralsh.app.text_screen import TextScreen
from neuralsh.raw_keys import keys_of


@pytest.mark.parametrize(
    ("key", "character", "sent"),
    [
        ("q", "q", b"q"),
        ("plus", "+", b"+"),
        ("Q", "Q", b"Q"),
        ("é", "é", "é".encode()),
        ("space", " ", b" "),
        ("enter", None, b"\r"),
        ("tab", "\t", b"\t"),
        ("escape", None, b"\x1b"),
        ("backspace", None, b"\x7f"),
        ("shift+tab", None, b"\x1b[Z"),
        ("up", None, b"\x1b[A"),
        ("shift+right", None, b"\x1b[1;2C"),
        ("ctrl+left", None, b"\x1b[1;5D"),
        ("ctrl+shift+end", None, b"\x1b[1;6F"),
        ("pagedown", None, b"\x1b[6~"),
        ("ctrl+delete", None, b"\x1b[3;5~"),
        ("ctrl+x", None, b"\x18"),
        ("ctrl+c", None, b"\x03"),
        ("ctrl+at", None, b"\x00"),
        ("ctrl+underscore", None, b"\x1f"),
        ("alt+b", None, b"\x1bb"),
        ("alt+backspace", None, b"\x1b\x7f"),
        ("alt+ctrl+b", None, b"\x1b\x02"),
        ("ctrl+f13", None, b"\x1b[1;6P"),
        ("ctrl+f25", None, None),
        ("hyper+a", None, None),
        ("f5", None, b"\x1b[15~"),
        ("f10", None, b"\x1b[21~"),
        ("f12", None, b"\x1b[24~"),
        ("ctrl+f6", None, b"\x1b[17;5~"),
        ("ctrl+q", None, b"\x11"),
        ("f1", None, None),
        ("f13", None, b"\x1b[1;2P"),
        ("ctrl+f4", None, b"\x1b[1;5S"),
        ("f17", None, b"\x1b[15;2~"),
        ("f24", None, b"\x1b[24;2~"),
        ("ctrl+f20", None, b"\x1b[19;6~"),
        ("f25", None, None),
    ],
)
def test_a_key_is_sent_as_xterm_sends_it(key: str, character: str | None, sent: bytes | None) -> None:
    assert keys_of(key, character) == sent


async def test_a_program_that_is_drawn_gets_the_keys_until_it_leaves() -> None:
    machine = FakeMachine()
    async with shell(machine, (40, 12)) as pilot:
        await type_line(pilot, "echo before")
        await type_line(pilot, "pager")
        assert rows(pilot)[0] == "line 1"
        assert rows(pilot)[10] == ":"
        assert app_of(pilot).status.status.keys
        await pilot.press("down", "down")
        await taken(pilot, machine, 5)
        await settled(pilot)
        assert rows(pilot)[0] == "line 3"
        await pilot.press("q")
        await taken(pilot, machine, 6)
        await settled(pilot)
        assert [action.keys for action in machine.actions[2:]] == [b"pager\r", b"\x1b[B", b"\x1b[B", b"q"]
        assert not app_of(pilot).status.status.keys
        await type_line(pilot, "echo after")
        assert rows(pilot)[:2] == ["~$ echo after", "after"]


async def test_undo_takes_back_the_whole_program() -> None:
    machine = FakeMachine()
    async with shell(machine, (40, 12)) as pilot:
        await type_line(pilot, "echo before")
        await type_line(pilot, "pager")
        await pilot.press("down", "q")
        await taken(pilot, machine, 5)
        await settled(pilot)
        await type_line(pilot, ":undo")
        assert rows(pilot)[:3] == ["~$ echo before", "before", "~$"]


async def test_keys_pressed_while_it_draws_go_one_by_one_and_what_is_over_is_typed() -> None:
    machine = FakeMachine()
    async with shell(machine, (40, 12)) as pilot:
        await type_line(pilot, "pager")
        machine.hold = threading.Event()
        await pilot.press("down", "q", "l", "s")
        machine.hold.set()
        await taken(pilot, machine, 4)
        await settled(pilot)
        assert [action.keys for action in machine.actions[2:]] == [b"\x1b[B", b"q"]
        assert rows(pilot)[0] == "~$ ls"


async def test_lines_pasted_behind_the_program_are_its_keys() -> None:
    machine = FakeMachine()
    async with shell(machine, (40, 12)) as pilot:
        app_of(pilot).view.post_message(app_of(pilot).view.Pasted("pager\nab\n"))
        await taken(pilot, machine, 5)
        await settled(pilot)
        assert [action.keys for action in machine.actions[1:]] == [b"pager\r", b"a", b"b", b"\r"]
        app_of(pilot).view.post_message(app_of(pilot).view.Pasted("q"))
        await taken(pilot, machine, 6)


async def test_ctrl_c_stops_the_drawing_and_drops_what_waits() -> None:
    machine = FakeMachine()
    async with shell(machine, (40, 12)) as pilot:
        await type_line(pilot, "pager")
        machine.hold = threading.Event()
        await pilot.press("down", "down", "down", "ctrl+c")
        machine.hold.set()
        await settled(pilot)
        assert len(machine.actions) == 3
        await pilot.press("ctrl+c")
        await taken(pilot, machine, 4)
        assert machine.actions[3].keys == b"\x03"


async def test_f4_forces_where_keys_go() -> None:
    machine = FakeMachine()
    async with shell(machine, (40, 12)) as pilot:
        await pilot.press("f4", "x")
        await taken(pilot, machine, 2)
        await settled(pilot)
        assert machine.actions[1].keys == b"x"
        await pilot.press("f4")
        await type_line(pilot, "pager")
        await pilot.press("f4", "x")
        assert app_of(pilot).editor.text == "x"
        await pilot.press("f4", "q")
        await taken(pilot, machine, 4)
        await settled(pilot)
        assert not app_of(pilot).status.status.keys


async def test_ctrl_q_and_function_keys_are_the_programs_and_nothing_to_the_line() -> None:
    machine = FakeMachine()
    async with shell(machine, (40, 12)) as pilot:
        await pilot.press("a", "ctrl+q", "f5", "f12", "b")
        assert app_of(pilot).editor.text == "ab" and app_of(pilot).return_code is None
        await pilot.press("ctrl+u")
        await type_line(pilot, "pager")
        await pilot.press("ctrl+q", "f5", "f12", "f1")
        await taken(pilot, machine, 5)
        assert [action.keys for action in machine.actions[2:]] == [b"\x11", b"\x1b[15~", b"\x1b[24~"]
        assert isinstance(app_of(pilot).screen, TextScreen)
        await pilot.press("ctrl+q")
        assert app_of(pilot).return_code is None


async def test_a_cleared_screen_with_a_prompt_is_no_program() -> None:
    async with shell(FakeMachine(), (40, 12)) as pilot:
        await type_line(pilot, "echo a")
        await type_line(pilot, "clear")
        assert not app_of(pilot).status.status.keys
        await type_line(pilot, "seq 40")
        assert not app_of(pilot).status.status.keys
