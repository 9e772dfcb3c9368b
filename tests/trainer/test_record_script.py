"""Scripts and tapes become the keys that their text says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.record import Line, Script, ScriptError, parse_script, parse_tape
from trainer.record.script import MAX_LINE
from trainer.record.wire import decode_script, encode_script


def keys(script: Script) -> list[str]:
    return [line.keys for line in script.lines]


def test_plain_lines_are_typed_as_they_are() -> None:
    script = parse_script("echo hi\n# a comment\n\n  ls # here\n#?none\nlast", seed=3)
    assert keys(script) == ["echo hi\r", "# a comment\r", "\r", "  ls # here\r", "#?none\r", "last\r"]
    assert script.seed == 3 and not script.answers


def test_marks_belong_to_the_next_command_alone() -> None:
    script = parse_script("#@ echo\n#? The answer is 12\necho $((5+7))\nls\n", seed=0)
    assert script.lines == (Line("echo $((5+7))", "echo", "The answer is 12"), Line("ls"))


@pytest.mark.parametrize("text", ["echo a\r\nls\r\n", "\ufeffecho a\nls", "echo a\nls\n"])
def test_line_ends_and_byte_order_marks_are_not_typed(text: str) -> None:
    assert keys(parse_script(text, 0)) == ["echo a\r", "ls\r"]


def test_other_line_separators_are_characters() -> None:
    assert keys(parse_script("echo a\x0cb\u2028c", 0)) == ["echo a\x0cb\u2028c\r"]


@pytest.mark.parametrize(
    ("text", "message"),
    [("ls\necho a\x00b", "line 2: character '\\x00'"), (f"{'x' * (MAX_LINE + 1)}", "line 1: 65537 characters")],
)
def test_what_cannot_be_typed_is_an_error_that_names_the_line(text: str, message: str) -> None:
    with pytest.raises(ScriptError, match=r"^line") as error:
        parse_script(text, 0)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)


@given(st.lists(st.text(st.characters(exclude_characters="\n\r\x00\ufeff", exclude_categories=["Cs"]), min_size=1)))
def test_every_line_comes_back_from_a_script_and_over_the_wire(lines: list[str]) -> None:
    script = parse_script("\n".join(lines), seed=1)
    typed = [line for line in lines if not line.startswith(("#? ", "#@ "))]
    assert [line.text for line in script.lines] == typed
    assert decode_script(encode_script(7, script).encode()) == (7, script)


TAPES = {
    'Type "ls -la"\nEnter': ["ls -la\r"],
    "Type 'a' Enter": ["a\r"],
    'Type `say "it"`\nSleep 500ms\nEnter 2': ['say "it"\r', "\r"],
    'Type@50ms "a" "b"\nSpace 2\nType "c"\nEnter@1s': ["a b  c\r"],
    'Type "cat"\nEnter\nCtrl+D': ["cat\r", "\x04"],
    'Type "ec"\nTab\nEnter': ["ec", "\t", "\r"],
    "Up 2\nDown@10ms 1\nLeft\nRight": ["\x1b[A\x1b[A", "\x1b[B", "\x1b[D", "\x1b[C"],
    "Backspace 3\nDelete\nInsert": ["\x7f\x7f\x7f", "\x1b[3~", "\x1b[2~"],
    "Escape\nPageUp\nPageDown\nHome\nEnd": ["\x1b", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F"],
    "Ctrl+C\nctrl": None,
    "Ctrl+r": ["\x12"],
    "Ctrl+Left\nCtrl+Shift+Up\nShift+Delete": ["\x1b[1;5D", "\x1b[1;6A", "\x1b[3;2~"],
    "Alt+.\nAlt+b\nCtrl+Alt+A\nShift+Tab\nAlt+Enter": ["\x1b.", "\x1bb", "\x1b\x01", "\x1b[Z", "\x1b\r"],
    'Copy "pasted"\nPaste\nEnter': ["pasted\r"],
    'Output demo.gif\nRequire ls\nSet FontSize 14\nSet Theme { "name": "x" }\nSet Shell bash\nHide\nShow': [],
    'Screenshot a.png\nWait+Screen@5s /done/\nWait\n# Type "no"\n  # nor this\nType "yes" # nor this\nEnter': ["yes\r"],
    'Type "left"': ["left"],
    "Frobnicate": None,
    'Type "open\nEnter': None,
    "Type": None,
    '"ls"': None,
    "Sleep soon": None,
    "Set Colour red": None,
    "Set FontSize": None,
    "Set Shell fish": None,
    "Source other.tape": None,
    "Require no-such-program-here": None,
    'Env "A B" c': None,
    "Up 99999999999": None,
    "Hyper+A": None,
    "Ctrl+é": None,
    "Ctrl+1": None,
    "Ctrl+Enter": None,
    'Type@fast "a"': None,
}


@pytest.mark.parametrize(("tape", "expected"), [(tape, typed) for tape, typed in TAPES.items() if typed is not None])
def test_tape(tape: str, expected: list[str]) -> None:
    assert keys(parse_tape(tape, 0)) == expected


@pytest.mark.parametrize("tape", [tape for tape, typed in TAPES.items() if typed is None])
def test_what_is_no_tape_is_an_error_that_names_the_line(tape: str) -> None:
    with pytest.raises(ScriptError, match=r"^line \d+: ") as error:
        parse_tape(f"# first\n{tape}", 0)
    assert "\n" not in str(error.value) and not str(error.value).startswith("line 1:")


def test_sleep_gives_the_command_before_it_more_time() -> None:
    script = parse_tape('Type "make" Sleep 9s Enter Sleep 3s Sleep 500ms\nType "top" Enter Wait@2s Sleep 900s', 0)
    assert [line.pause for line in script.lines] == [4, 60]


def test_tape_sets_variables_and_marks() -> None:
    script = parse_tape('Env NAME "some value"\n#@ echo\n#? Hi\nType "echo $NAME"\nEnter', 0)
    assert script.environment == (("NAME", "some value"),) and script.answers
    assert script.lines == (Line("echo $NAME", "echo", "Hi"),)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_breaks_the_parser_of_tapes(text: str) -> None:
    try:
        script = parse_tape(text, 0)
    except ScriptError as error:
        assert str(error).startswith("line ")
    else:
        assert decode_script(encode_script(0, script).encode()) == (0, script)
