"""Demonstration files: read as they were written, and refused with one line that says where."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralsh.ledger.demonstrations import (
    MAX_BYTES,
    Demonstration,
    Demonstrations,
    decode_demonstrations,
    read_demonstrations,
    write_demonstrations,
)
from neuralsh.ledger.errors import LedgerError

DEMO = '[[demo]]\ncommand = "greet bob"\noutput = "hello bob"\n'
BEFORE = '{ command = "a", output = "b" }'

LINE = st.text(
    st.characters(
        exclude_categories=["Cc", "Cs", "Zl", "Zp"],
        exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    )
)
COMMAND, OUTPUT = LINE.filter(lambda line: bool(line.strip())), st.lists(LINE, max_size=4).map("\n".join)
DEMOS = st.builds(
    Demonstration, COMMAND, OUTPUT, st.lists(st.builds(Demonstration, COMMAND, OUTPUT), max_size=2).map(tuple)
)
ALL = st.builds(
    Demonstrations,
    st.from_regex(r"[A-Za-z0-9_.-]{1,40}", fullmatch=True),
    LINE,
    st.lists(DEMOS, min_size=1, max_size=5).map(tuple),
)


def test_a_file_that_a_person_writes() -> None:
    read = read_demonstrations(
        'name = "greet"\n# a comment\n' + DEMO + '[[demo]]\ncommand="g"\noutput="""\na\n\nb\n"""'
    )
    assert (read.name, read.description) == ("greet", "")
    assert read.demos[0] == Demonstration("greet bob", "hello bob")
    assert read.demos[1].lines == ["a", "", "b"]


def test_a_line_break_at_the_end_starts_no_line() -> None:
    assert [Demonstration("x", output).lines for output in ("", "a", "a\n", "\n", "\na")] == [
        [],
        ["a"],
        ["a"],
        [""],
        ["", "a"],
    ]


@settings(max_examples=60, deadline=None)
@given(ALL)
def test_what_is_written_is_read_back(demonstrations: Demonstrations) -> None:
    assert read_demonstrations(write_demonstrations(demonstrations)) == demonstrations


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = ", "not TOML"),
        ("x = " + "[" * 5000, "nested too deeply"),
        (DEMO, "name is missing"),
        ('name = "greet"', "no [[demo]]"),
        ('name = "a b"\n' + DEMO, "name 'a b'"),
        ('name = ""\n' + DEMO, "name ''"),
        (f'name = "{"x" * 41}"\n' + DEMO, "1 to 40"),
        ('name = "x\\n"\n' + DEMO, "name 'x\\n'"),
        ("name = 3\n" + DEMO, "name is not text"),
        ('name = "x"\nnmae = "x"\n' + DEMO, "unknown key 'nmae'"),
        ('name = "x"\ndescription = "a\\nb"\n' + DEMO, "description holds U+000A"),
        ('name = "x"\n[demo]\ncommand = "a"\noutput = "b"', "demo is not a list"),
        ('name = "x"\ndemo = [1]', "demo 1: not a table"),
        ('name = "x"\n' + DEMO + '[[demo]]\ncommand = "a"', "demo 2: output is missing"),
        ('name = "x"\n' + DEMO + '[[demo]]\noutput = "a"', "demo 2: command is missing"),
        ('name = "x"\n' + DEMO + "outputs = 1", "demo 1: unknown key 'outputs'"),
        ('name = "x"\n[[demo]]\ncommand = "a"\noutput = ["b"]', "demo 1: output is not text"),
        ('name = "x"\n[[demo]]\ncommand = " "\noutput = "b"', "demo 1: command is blank"),
        ('name = "x"\n[[demo]]\ncommand = "a\\nb"\noutput = "b"', "demo 1: command has a line break"),
        ('name = "x"\n[[demo]]\ncommand = "a"\noutput = "\\u001b[31m"', "demo 1: output holds U+001B"),
        ('name = "x"\n[[demo]]\ncommand = "a\\tb"\noutput = ""', "demo 1: command holds U+0009"),
        ('name = "x"\n[[demo]]\ncommand = "a"\noutput = "\\u202Eb"', "demo 1: output holds U+202E"),
        ('name = "x"\n' + DEMO * 65, "65 demos: give at most 64"),
        ('name = "x"\n' + DEMO + "before = 1", "demo 1: before is not a list"),
        ('name = "x"\n' + DEMO + "before = [1]", "demo 1: before holds no table"),
        ('name = "x"\n' + DEMO + 'before = [{ command = "a" }]', "demo 1: output is missing"),
        (
            'name = "x"\n' + DEMO + f"before = [{', '.join([BEFORE] * 5)}]",
            "demo 1: 5 commands before it: give at most 4",
        ),
        (
            'name = "x"\n' + DEMO + 'before = [{ command = "a", output = "b", before = [] }]',
            "demo 1: unknown key 'before'",
        ),
        ("#" * (MAX_BYTES + 1), "bytes: give at most"),
    ],
)
def test_refused_with_one_line(text: str, told: str) -> None:
    with pytest.raises(LedgerError) as caught:
        read_demonstrations(text)
    assert told in str(caught.value)
    assert str(caught.value).startswith("demonstrations: ")
    assert "\n" not in str(caught.value)


def test_other_encodings_are_refused() -> None:
    with pytest.raises(LedgerError, match="not UTF-8"):
        decode_demonstrations(b'name = "\xff"')


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from('name=demo[]"\\u00#\n {},.1e'), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_demonstrations(text)
    except LedgerError as error:
        assert "\n" not in str(error)
