"""What a terminal would obey is shown as something else, in its place."""

import json
import unicodedata

from neuralsh.errors import one_line
from neuralsh.printable import CONTROL, json_line, plain_line, printable

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_what_is_no_text_has_no_place() -> None:
    kinds = {"Cc", "Cs", "Zl", "Zp"}
    every = map(chr, range(0x110000))
    wanted = [one for one in every if unicodedata.category(one) in kinds or one in OVERRIDES]
    assert CONTROL.findall("".join(map(chr, range(0x110000)))) == wanted


def test_places_stay() -> None:
    assert printable("a\x1b[A\u009b\u202eé漢") == "a\ufffd[A\ufffd\ufffdé漢"
    assert plain_line(" a\t\n b\x1b ") == "a b\ufffd"
    assert one_line(FileNotFoundError(2, "No such file", "\x1b]0;x\x07")) == "no such file: \ufffd]0;x\ufffd"


def test_json_keeps_what_it_escapes() -> None:
    line = json_line({"é": "\x1b\u009b\u202e\ud800"})
    assert CONTROL.search(line) is None and "é" in line
    assert json.loads(line) == {"é": "\x1b\u009b\u202e\ud800"}
