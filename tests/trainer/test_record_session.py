"""What a recorded session holds: prompts waited for, limits, one clock for all, the same again, nothing of another."""

import re
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

import pytest

from model.protocol import Geometry
from trainer.casts import Event, Recording, read_cast, write_cast
from trainer.record import Limits, Line, Script, parse_script, parse_tape, record_many

pytestmark = pytest.mark.skipif(
    not shutil.which("bwrap") or not shutil.which("cc"), reason="recording needs bubblewrap and a C compiler"
)

PROMPT = "\x1b]133;A\x07\x1b[32m~\x1b[0m$ \x1b]133;B\x07"
LIMITS = Limits(seconds=2, output=40_000)

SCRIPTS = {
    "plain": "echo hi\nX=5\necho $X; false\necho $?\nmkdir a; cd a\nnosuchcommand",
    "marks": "#@ echo\n#? Says hi\necho hi\nls",
    "continued": "for i in 1 2\ndo echo $i\ndone\necho 'a\nb'\necho c\\\nd",
    "python": "python3\n1+1\nfor i in range(2):\n  print(i)\n\nexit()\necho $?",
    "clock": (
        "date +'%F %T'\ntouch a; date -r a +'%F %T'\npython3 -c 'import datetime; print(datetime.datetime.now())'\n"
        "printf '%(%F %T)T\\n'\nstat -c %y a\nsleep 1.5; date +'%F %T'; touch b; date -r b +'%F %T'\n"
        "python3 -c 'import time, datetime; time.sleep(1); print(datetime.datetime.now())'\n"
        "ls -l --time-style=+'%F %T' a | cut -d' ' -f6-7\ntouch -d '2001-02-03 04:05:06' c; date -r c +'%F %T'\n"
        "cp -p a d; date -r d +'%F %T'\ntime sleep 0.25"
    ),
    "late": "sleep 100\necho $?\ncat\nread x\necho [$x]\nyes\necho ok",
    "slow": "while sleep 0.4; do echo a; done\necho ok",
    "deaf": "trap '' INT; cat\necho ok\nless /etc/passwd\necho ok",
    "own prompt": "PS1='% '\necho a\nbash\necho b",
    "random": "echo $RANDOM\npython3 -c 'print(set(\"abc\"), object())'\nshuf -i 1-99 -n 3\ntouch a; ls -i",
    "bytes": "printf '\\xff\\n'\nprintf 'h\\xc3'; printf '\\xa9\\n'\necho é",
    "long": f"echo {'x' * 10_000}",
    "leaves": "echo secret > ~/left; echo secret > /tmp/left; sleep 77 &",
    "finds": "ls -A ~ /tmp\nps -e -o args --no-headers",
    "jobs": "sleep 50 &\njobs\nkill %1; wait; echo done",
}

TAPE = """
Type "cat > note" Enter Type "text" Enter Ctrl+D
Type "ech" Tab Type "abc" Left Backspace Enter
Type "sleep 60" Enter Sleep 1s Ctrl+C
Type "read x" Enter Type "val" Enter Type "echo $x" Enter Up Enter
"""


def scripts() -> dict[str, Script]:
    made = {name: parse_script(text, seed=5) for name, text in SCRIPTS.items()}
    made["tape"] = parse_tape(TAPE, seed=5)
    made["small"] = Script((Line("tput cols; tput lines; echo $COLUMNS"),), 5, Geometry(10, 33), (("A", "b c"),))
    return made


@cache
def recorded() -> dict[str, Recording]:
    """Every script, recorded in one go."""
    asked = scripts()
    return dict(zip(asked, record_many(asked.values(), workers=1, limits=LIMITS), strict=True))


def answers(recording: Recording) -> list[tuple[str, str]]:
    """Each input with the output up to the next, marks and colours taken out."""
    found: list[tuple[str, str]] = []
    for event in recording.events:
        if event.code == "i":
            found.append((event.data, ""))
        elif event.code == "o" and found:
            plain = re.sub(r"\x1b\][^\x07]*\x07|\x1b\[[0-9;]*m", "", event.data)
            found[-1] = (found[-1][0], found[-1][1] + plain)
    return found


def answer(name: str, number: int) -> str:
    return answers(recorded()[name])[number][1]


def said(name: str, number: int) -> list[str]:
    """Lines between the command and the next prompt."""
    return answer(name, number).split("\r\n")[1:-1]


def moments(recording: Recording) -> list[str]:
    """The session's time at each input."""
    start = recording.timestamp or 0
    times = [datetime.fromtimestamp(start + event.time, UTC) for event in recording.events if event.code == "i"]
    return [f"{time:%F %T}" for time in times]


def test_a_session_begins_with_a_prompt_and_each_output_ends_with_one() -> None:
    events = [event for event in recorded()["plain"].events if event.code != "m"]
    assert events[0] == Event(0.0, "o", PROMPT)
    assert [event.code for event in events] == ["o"] + ["i", "o"] * 6
    assert events[2].data == f"echo hi\r\nhi\r\n{PROMPT}"
    assert all(event.data.endswith("$ \x1b]133;B\x07") for event in events[2::2])
    assert answer("plain", 3) == "echo $?\r\n1\r\n~$ "
    assert answer("plain", 5) == "nosuchcommand\r\nbash: nosuchcommand: command not found\r\n~/a$ "


def test_markers_stand_right_before_their_input() -> None:
    events = recorded()["marks"].events
    assert [(event.code, event.data) for event in events[1:4]] == [
        ("m", "family:echo"),
        ("m", "caption:Says hi"),
        ("i", "echo hi\r"),
    ]
    assert [event.code for event in events[4:]] == ["o", "i", "o"]
    assert events[1].time == events[3].time


def test_unfinished_lines_come_back_with_a_continuation_prompt() -> None:
    assert [text.split("\r\n")[1:] for _, text in answers(recorded()["continued"])] == [
        ["> "], ["> "], ["1", "2", "~$ "], ["> "], ["a", "b", "~$ "], ["> "], ["cd", "~$ "],
    ]  # fmt: skip


def test_prompts_of_python_count() -> None:
    texts = [text.split("\r\n")[1:] for _, text in answers(recorded()["python"])]
    assert texts[0][0].startswith("Python 3.") and texts[0][-1] == ">>> "
    assert texts[1:] == [["2", ">>> "], ["... "], ["... "], ["0", "1", ">>> "], ["~$ "], ["0", "~$ "]]


def test_what_is_told_of_the_time_agrees_with_the_recording() -> None:
    recording = recorded()["clock"]
    at = moments(recording)
    assert recording.timestamp is not None and 2020 <= datetime.fromtimestamp(recording.timestamp, UTC).year <= 2035
    assert said("clock", 0) == [at[0]]
    assert said("clock", 1) == [at[1]]
    assert said("clock", 2)[0].split(".")[0] == at[2]
    assert said("clock", 3) == [at[3]]
    assert said("clock", 4)[0].split(".")[0] == at[1]
    assert said("clock", 7) == [at[1]]
    assert said("clock", 8) == ["2001-02-03 04:05:06"]
    assert said("clock", 9) == [at[1]]
    assert said("clock", 10)[1] == "real\t0m0.250s"


def test_time_passes_while_programs_sleep() -> None:
    recording = recorded()["clock"]
    second = {moment: number for number, moment in enumerate(moments(recording))}
    for number, seconds in ((5, 1.5), (6, 1.0)):
        typed = [event for event in recording.events if event.code == "i"][number]
        later = datetime.fromtimestamp((recording.timestamp or 0) + typed.time + int(seconds), UTC)
        assert said("clock", number)[0].split(".")[0] == f"{later:%F %T}"
        assert any(event.code == "o" and event.time == typed.time + seconds for event in recording.events)
    assert said("clock", 5)[0] == said("clock", 5)[1]
    assert len(second) == 11


def test_actions_stand_at_whole_seconds_one_to_120_apart() -> None:
    times = [event.time for event in recorded()["plain"].events if event.code == "i"]
    assert all(time == int(time) for time in times)
    assert all(1 <= after - before <= 120 for before, after in zip([0, *times], times, strict=False))


def test_what_never_ends_is_interrupted() -> None:
    found = answers(recorded()["late"])
    typed = "sleep 100, ^C, echo $?, cat, ^C, read x, ^C, echo [$x], yes, ^C, echo ok"
    assert ", ".join(keys.replace("\x03", "^C").rstrip("\r") for keys, _ in found) == typed
    assert found[1][1] == "^C\r\n~$ " and found[2][1] == "echo $?\r\n130\r\n~$ "
    assert found[7][1] == "echo [$x]\r\n[]\r\n~$ " and found[10][1] == "echo ok\r\nok\r\n~$ "


def test_what_prints_on_and_on_is_interrupted_by_its_own_clock() -> None:
    typed = next(event.time for event in recorded()["slow"].events if event.code == "i")
    events = [(round(event.time - typed, 6), event.data) for event in recorded()["slow"].events[3:9]]
    assert events == [*((round(0.4 * n, 6), "a\r\n") for n in range(1, 6)), (3, "\x03")]


def test_output_is_cut_at_the_limit() -> None:
    text = answer("late", 8)
    assert text.startswith("yes\r\ny\r\ny\r\n") and text.endswith("y\r\n")
    assert LIMITS.output - 3 <= len(text) <= LIMITS.output


def test_what_ignores_ctrl_c_is_killed() -> None:
    found = answers(recorded()["deaf"])
    assert [keys for keys, _ in found] == ["trap '' INT; cat\r", "\x03", "echo ok\r", "less /etc/passwd\r", "\x03", "echo ok\r"]  # fmt: skip # noqa: E501
    assert found[1][1] == "^CKilled\r\n~$ " and found[2][1] == found[5][1] == "echo ok\r\nok\r\n~$ "


def test_prompts_of_the_sessions_own_making_are_seen() -> None:
    texts = [text for _, text in answers(recorded()["own prompt"])]
    assert texts == ["PS1='% '\r\n% ", "echo a\r\na\r\n% ", "bash\r\n~$ ", "echo b\r\nb\r\n~$ "]


def test_a_tape_answers_programs_and_edits_lines() -> None:
    found = answers(recorded()["tape"])
    assert found[2] == ("\x04", "~$ ")
    assert [keys for keys, _ in found[3:8]] == ["ech", "\t", "abc", "\x1b[D", "\x7f"]
    assert found[8] == ("\r", "\r\nac\r\n~$ ")
    assert found[9:11] == [("sleep 60\r", "sleep 60\r\n"), ("\x03", "^C\r\n~$ ")]
    assert found[13:] == [("echo $x\r", "echo $x\r\nval\r\n~$ "), ("\x1b[A", "echo $x"), ("\r", "\r\nval\r\n~$ ")]


def test_the_terminal_has_the_size_asked_for() -> None:
    assert recorded()["small"].geometry == Geometry(10, 33)
    assert said("small", 0) == ["33", "10", "33"]


def test_bytes_that_are_no_text_are_replaced_and_characters_stay_whole() -> None:
    assert said("bytes", 0) == ["\ufffd"] and said("bytes", 1) == ["hé"] and said("bytes", 2) == ["é"]


def test_a_line_of_ten_thousand_characters() -> None:
    assert answer("long", 0).replace("\r\n", "").replace(" \r", "").count("x") == 20_000


def test_a_session_sees_nothing_of_another() -> None:
    assert said("finds", 0) == ["/home/user:", "", "/tmp:"]
    assert all("sleep" not in line for line in said("finds", 1)) and len(said("finds", 1)) == 3


def test_jobs_are_controlled() -> None:
    assert said("jobs", 1) == ["[1]+  Running                 sleep 50 &"]
    assert said("jobs", 2)[-1] == "done"


def test_a_script_and_its_seed_record_the_same_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    names = [name for name in scripts() if name not in ("deaf", "late")]
    again = dict(zip(names, record_many([scripts()[name] for name in names], workers=2, limits=LIMITS), strict=True))
    folder = tmp_path_factory.mktemp("casts")
    for name, recording in again.items():
        write_cast(recorded()[name], folder / "first.cast")
        write_cast(recording, folder / "second.cast")
        assert (folder / "first.cast").read_bytes() == (folder / "second.cast").read_bytes(), name


def test_another_seed_is_another_clock_and_other_chances() -> None:
    [other] = record_many([parse_script(SCRIPTS["random"], seed=6)], workers=1)
    ours = recorded()["random"]
    assert other.timestamp != ours.timestamp and answers(other)[0] != answers(ours)[0]
    assert [keys for keys, _ in answers(other)] == [keys for keys, _ in answers(ours)]


def test_a_recording_is_an_asciicast(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("cast") / "session.cast"
    write_cast(recorded()["clock"], path)
    assert path.read_text().startswith('{"version": 3, "term": {"type": "xterm-256color", "cols": 80, "rows": 24}')
    again = read_cast(path)
    assert (again.geometry, again.timestamp) == (Geometry(24, 80), recorded()["clock"].timestamp)
    assert again.events == recorded()["clock"].events


def test_recordings_come_in_the_order_of_their_scripts() -> None:
    def made() -> Iterable[Script]:
        for number in range(40):
            yield parse_script(f"sleep 0.{9 - number % 10}; echo {number}" if number < 20 else f"echo {number}", number)

    got = [answers(recording)[0][1] for recording in record_many(made(), workers=2)]
    assert [int(text.split("\r\n")[-2]) for text in got] == list(range(40))
