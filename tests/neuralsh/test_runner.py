"""The machine's thread: what is stopped, and when."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue

from fakes import FakeMachine

from model.protocol import Frame, Geometry
from neuralsh.app.messages import TurnDone
from neuralsh.app.runner import LineReader, Runner
from neuralsh.reading.cells import frame_lines
from neuralsh.session import Session

SIZE = Geometry(4, 20)


class Bench:
    """A runner over a fake machine that loads for as long as it is let.

    Attributes:
        done: what was told of turns.
        loading, loaded: whether it has begun to load, and whether it may end.
    """

    def __init__(self, reread: LineReader | None = None) -> None:
        self.machine = FakeMachine()
        self.done: Queue[TurnDone] = Queue()
        self.loading, self.loaded = threading.Event(), threading.Event()
        self.runner = Runner(self._load, self._post, reread)

    def _load(self, geometry: Geometry) -> Session:
        self.loading.set()
        assert self.loaded.wait(20)
        return Session(self.machine, geometry)

    def _post(self, message: object) -> None:
        if isinstance(message, TurnDone):
            self.done.put(message)


@contextmanager
def started(bench: Bench) -> Iterator[Runner]:
    """The runner at its first prompt; closed at the end."""
    bench.loaded.set()
    bench.runner.start(SIZE)
    bench.done.get(timeout=20)
    try:
        yield bench.runner
    finally:
        bench.runner.close()


def test_what_is_stopped_before_it_begins_is_stopped() -> None:
    bench = Bench()
    bench.runner.start(SIZE)
    bench.loading.wait(20)
    bench.runner.interrupt()
    bench.loaded.set()
    assert bench.done.get(timeout=20).interrupted
    bench.runner.send(b"echo hi\r", SIZE)
    assert not bench.done.get(timeout=20).interrupted
    bench.runner.close()


def test_what_was_sent_is_not_drawn_once_it_is_closed() -> None:
    bench = Bench()
    bench.runner.start(SIZE)
    bench.loading.wait(20)
    closing = threading.Thread(target=bench.runner.close)
    closing.start()
    # It waits for the thread, which loads.
    closing.join(0.2)
    assert closing.is_alive()
    bench.loaded.set()
    closing.join(20)
    assert not bench.machine.actions


def test_a_turn_that_has_ended_is_not_stopped_while_it_is_read_again() -> None:
    def reread(frame: Frame) -> list[str]:
        bench.runner.interrupt()
        return frame_lines(frame)

    bench = Bench(reread)
    with started(bench) as runner:
        runner.send(b"echo hi\r", SIZE)
        done = bench.done.get(timeout=20)
    assert done.timing.complete and not done.interrupted
