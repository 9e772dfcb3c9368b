"""The line editor: readline's keys, and what holds for any sequence of them."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from neuralsh.line_editor import KEYS, LineEditor, press


def typed(keys: str, *names: str, history: tuple[str, ...] = ()) -> LineEditor:
    editor = LineEditor(history=history)
    editor.insert(keys)
    for name in names:
        assert press(editor, name, None)
    return editor


def shown(editor: LineEditor) -> str:
    return editor.text[: editor.cursor] + "|" + editor.text[editor.cursor :]


@pytest.mark.parametrize(
    ("keys", "names", "result"),
    [
        ("echo hi", (), "echo hi|"),
        ("echo hi", ("left", "left", "backspace"), "echo|hi"),
        ("echo hi", ("ctrl+a", "delete"), "|cho hi"),
        ("echo hi", ("home", "right", "ctrl+d"), "e|ho hi"),
        ("echo hi", ("left", "end"), "echo hi|"),
        ("cp a/b c/d", ("ctrl+w",), "cp a/b |"),
        ("cp a/b c/d", ("alt+backspace",), "cp a/b c/|"),
        ("cp a/b c/d", ("ctrl+a", "alt+d"), "| a/b c/d"),
        ("cp a/b c/d", ("alt+b", "alt+b"), "cp a/b |c/d"),
        ("cp a/b c/d", ("ctrl+a", "alt+f", "alt+f"), "cp a|/b c/d"),
        ("one two", ("ctrl+w", "ctrl+a", "ctrl+y"), "two|one "),
        ("one two", ("ctrl+a", "ctrl+k", "ctrl+y", "ctrl+y"), "one twoone two|"),
        ("one two", ("alt+b", "ctrl+u"), "|two"),
        ("ab", ("ctrl+t",), "ba|"),
        ("ab", ("left", "ctrl+t"), "ba|"),
        ("", ("backspace", "delete", "ctrl+k", "ctrl+y", "ctrl+t", "alt+b", "up", "down"), "|"),
    ],
)
def test_keys(keys: str, names: tuple[str, ...], result: str) -> None:
    assert shown(typed(keys, *names)) == result


def test_history_keeps_the_line_being_typed() -> None:
    editor = typed("dra", "up", "up", history=("first", "second"))
    assert editor.text == "first"
    editor.insert("!")
    press(editor, "down", None)
    assert editor.text == "second"
    press(editor, "up", None)
    assert editor.text == "first!"
    for _ in range(3):
        press(editor, "down", None)
    assert shown(editor) == "dra|"
    assert editor.history == ("first", "second")


def test_clear_gives_the_line_and_leaves_the_history() -> None:
    editor = typed("x", "up", history=("first",))
    assert editor.clear() == "first"
    assert shown(editor) == "|"
    press(editor, "up", None)
    assert editor.text == "first"


def test_control_characters_are_not_typed() -> None:
    editor = LineEditor()
    editor.insert("a\tb\x1b[A\x07\n")
    assert editor.text == "a b[A"
    assert not press(editor, "f5", None)
    assert not press(editor, "ctrl+g", "\x07")


steps = st.one_of(
    st.sampled_from(sorted(KEYS)),
    st.text(string.ascii_letters + " /-é漢", min_size=1, max_size=8).map(lambda text: f"type:{text}"),
)


@given(st.lists(steps, max_size=60), st.lists(st.text("ab ", max_size=5), max_size=4))
def test_any_keys_keep_the_cursor_in_the_line(actions: list[str], history: list[str]) -> None:
    editor = LineEditor(history=tuple(history))
    for action in actions:
        before = editor.text
        if action.startswith("type:"):
            editor.insert(action.removeprefix("type:"))
            assert len(editor.text) == len(before) + len(action) - 5
        else:
            assert press(editor, action, None)
        assert 0 <= editor.cursor <= len(editor.text)
        assert editor.text.isprintable()
    assert editor.history == tuple(history)


@given(st.text("abc /", max_size=20), st.integers(0, 20))
def test_cut_and_yank_give_the_line_back(text: str, back: int) -> None:
    for name in ("ctrl+k", "ctrl+u", "ctrl+w", "alt+d", "alt+backspace"):
        editor = typed(text, *["left"] * back)
        press(editor, name, None)
        press(editor, "ctrl+y", None)
        assert editor.text == text


def test_undo_takes_back_words_typed_and_single_cuts() -> None:
    editor = LineEditor()
    for character in "echo hi":
        assert press(editor, character, character)
    press(editor, "ctrl+w", None)
    press(editor, "X", "X")
    seen = []
    for _ in range(4):
        seen.append(shown(editor))
        press(editor, "ctrl+underscore", None)
    assert seen == ["echo X|", "echo |", "echo hi|", "|"]
    assert shown(editor) == "|"


@given(st.lists(steps, max_size=30))
@example(["type:a", "type:AA", "ctrl+t"])
@example(["type:AA", "ctrl+t"])
def test_undo_gives_every_line_back_to_the_first(actions: list[str]) -> None:
    editor = LineEditor()
    for action in actions:
        if action.startswith("type:"):
            editor.insert(action.removeprefix("type:"))
        else:
            press(editor, action, None)
    while editor.undone:
        before = (editor.text, editor.cursor)
        editor.undo()
        assert (editor.text, editor.cursor) != before
    assert editor.text == ""


def test_the_latest_line_that_begins_alike_is_suggested_and_taken() -> None:
    editor = typed("echo", history=("echo one", "echo two", "ls"))
    assert editor.suggestion == " two"
    press(editor, "left", None)
    assert editor.suggestion == ""
    press(editor, "right", None)
    assert shown(editor) == "echo|"
    press(editor, "end", None)
    assert shown(editor) == "echo two|"
    press(editor, "ctrl+underscore", None)
    assert shown(editor) == "echo|"
    assert LineEditor(history=("ls",)).suggestion == ""
