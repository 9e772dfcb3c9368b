"""What happens in the sandbox stays there, and nothing of it is left."""

import os
import select
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from functools import cache
from itertools import repeat
from pathlib import Path

import pytest

from trainer.casts import Recording
from trainer.record import Limits, RecordError, parse_script, record, record_many
from trainer.record import recorder as recorder_module
from trainer.record.clock import build_library
from trainer.record.sandbox import find_bubblewrap

pytestmark = pytest.mark.skipif(
    not shutil.which("bwrap") or not shutil.which("cc"), reason="recording needs bubblewrap and a C compiler"
)

ROOT = Path(__file__).parents[2]

SCRIPTS = {
    "remove": "rm -rf /\nrm -rf --no-preserve-root /home /tmp /etc 2>&1 | tail -1\necho still here",
    "bomb": ":(){ :|:& };:\necho still here",
    "huge": "head -c 100M /dev/zero > big; stat -c %s big\nfor i in 1 2; do head -c 9M /dev/zero > $i; done; echo here",
    "memory": "python3 -c 'bytearray(4 << 30)' 2>&1 | tail -1",
    "network": "curl -sS https://example.com; wget -q -O- http://1.1.1.1 || echo none; echo here",
    "host": "ls -A /home /root /var; cat /etc/shadow; wc -l < /etc/passwd; cat /proc/1/environ\necho here",
    "who": "whoami; hostname; id -u; pwd; echo $LANG $TERM $SHELL; umask; ls -A\ntouch /x /usr/x /etc/x 2>&1 | wc -l",
    "rise": "unshare -r true; mount -t tmpfs x /mnt; grep CapEff /proc/self/status\necho here",
    "kill": "echo a\nkill -9 $$\necho never",
    "exit": "exit 3\necho never",
    "replace": "exec true\necho never",
    "clock": "head -c 99 /dev/urandom > /run/clock; truncate -s 0 /run/clock\necho never mind\nexec echo x",
    "after": "echo still here",
}


@cache
def recorded() -> dict[str, Recording]:
    scripts = [parse_script(text, seed=1) for text in SCRIPTS.values()]
    return dict(zip(SCRIPTS, record_many(scripts, workers=1, limits=Limits(seconds=3)), strict=True))


def typed(name: str) -> list[str]:
    return [event.data for event in recorded()[name].events if event.code == "i"]


def printed(name: str) -> str:
    return "".join(event.data for event in recorded()[name].events if event.code == "o")


def test_nothing_can_be_removed_but_the_sessions_own() -> None:
    assert "dangerous to operate recursively on '/'" in printed("remove")
    assert "Read-only file system" in printed("remove") and "\r\nstill here\r\n" in printed("remove")
    assert Path("/etc/passwd").exists()


def test_a_fork_bomb_meets_a_limit() -> None:
    assert typed("bomb")[:1] == [":(){ :|:& };:\r"]
    assert "\r\nstill here\r\n" in printed("after")


def test_files_and_memory_meet_a_limit() -> None:
    assert "\r\n16777216\r\n" in printed("huge") and "No space left on device" in printed("huge")
    assert "\r\nhere\r\n" in printed("huge") and "MemoryError" in printed("memory")


def test_there_is_no_network() -> None:
    assert "Could not resolve host" in printed("network") or "command not found" in printed("network")
    assert "\r\nnone\r\n" in printed("network") and "\r\nhere\r\n" in printed("network")


def test_nothing_of_the_host_can_be_read() -> None:
    text = printed("host")
    assert "cat: /etc/shadow: No such file or directory" in text
    assert "/home:\r\nuser\r\n\r\n/root:\r\n\r\n/var:\r\n" in text.replace("\x1b[0m", "").replace("\x1b[01;34m", "")
    assert "\r\n3\r\n" in text and "\r\nhere\r\n" in text
    assert str(ROOT) not in text and "PYTHON" not in text


def test_the_machine_is_always_the_same() -> None:
    lines = printed("who").split("\r\n")
    assert lines[1:7] == ["user", "neuralsh", "1000", "/home/user", "C.UTF-8 xterm-256color /bin/bash", "0022"]
    assert lines[8] == "3"


def test_nobody_rises_to_root() -> None:
    text = printed("rise")
    assert "unshare failed" in text and "0000000000000000" in text and "\r\nhere\r\n" in text


@pytest.mark.parametrize(("name", "count"), [("kill", 2), ("exit", 1), ("replace", 1)])
def test_a_shell_that_goes_ends_the_recording(name: str, count: int) -> None:
    assert len(typed(name)) == count and "never" not in printed(name)


def test_a_session_that_breaks_its_clock_breaks_only_itself() -> None:
    assert typed("clock")[0].startswith("head") and "\r\nstill here\r\n" in printed("after")


def descendants(process: int) -> set[int]:
    found = set()
    # A process may end while it is looked at.
    with suppress(FileNotFoundError, ProcessLookupError):
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            for child in map(int, children.read_text().split()):
                found |= {child} | descendants(child)
    return found


def gone(processes: set[int], seconds: float = 20) -> bool:
    """Whether all end before the time is over."""
    poll, left = select.poll(), {}
    for process in processes:
        try:
            left[os.pidfd_open(process)] = process
        except ProcessLookupError:
            continue
    for watched in left:
        poll.register(watched, select.POLLIN)
    while left:
        ready = poll.poll(seconds * 1000)
        if not ready:
            return False
        for watched, _ in ready:
            poll.unregister(watched)
            os.close(watched)
            del left[watched]
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_recorder_that_is_killed_leaves_no_process(number: signal.Signals) -> None:
    code = (
        "from itertools import chain, repeat\n"
        "from trainer.record import Limits, parse_script, record_many\n"
        "scripts = chain(repeat(parse_script('sleep 500 & sleep 501', 1), 4), repeat(parse_script('echo', 1), 4))\n"
        "made = record_many(sorted(scripts, key=lambda s: len(s.lines[0].text)), workers=1, limits=Limits(60))\n"
        "for _ in range(4): next(made)\n"
        "print('recording', flush=True)\n"
        "next(made)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout and child.stdout.readline() == b"recording\n"
        family = descendants(child.pid)
        child.send_signal(number)
    assert len(family) > 4
    assert gone(family)


def test_leaving_off_early_leaves_no_process() -> None:
    others = descendants(os.getpid())
    recordings = record_many(repeat(parse_script("sleep 0.2", 1)), workers=1)
    next(recordings)
    family = descendants(os.getpid()) - others
    recordings.close()
    assert len(family) > 4 and gone(family)


def test_recording_without_bubblewrap_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(RecordError, match=r"^bubblewrap \(bwrap\) is not installed.*apt install bubblewrap$"):
        find_bubblewrap()


def test_recording_without_a_compiler_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(RecordError, match=r"^no C compiler.*dates would be wrong.*apt install gcc"):
        build_library(tmp_path)


def test_a_sandbox_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "find_bubblewrap", lambda: shutil.which("false"))
    with pytest.raises(RecordError, match=r"^the sandbox does not start"):
        record(parse_script("ls", 1))


def test_a_script_without_lines_records_the_prompt() -> None:
    [event] = record(parse_script("", 1)).events
    assert event.code == "o" and event.data.endswith("$ \x1b]133;B\x07")


def test_less_than_one_worker_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least 1 worker"):
        next(record_many([], workers=0))
