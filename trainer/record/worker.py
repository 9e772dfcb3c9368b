"""Records many sessions at a time: ``python -m trainer.record.worker BWRAP ETC SESSIONS SECONDS BYTES``.

Scripts come in as JSON lines on standard input; recordings go out as JSON lines on standard output as they are done.
While one session waits for its shell, the others go on.
"""

import asyncio
import signal
import sys
from pathlib import Path

from trainer.record.errors import RecordError
from trainer.record.sandbox import drop_privileges, fix_addresses
from trainer.record.script import Script
from trainer.record.session import Limits, record_session
from trainer.record.wire import decode_script, encode_error, encode_recording

TRIES = 3
"""A busy host may be out of processes or namespaces for a moment: how often a session is begun."""

_LINE_BYTES = 64 * 2**20


async def _serve(bubblewrap: str, etc: Path, sessions: int, limits: Limits) -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=_LINE_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, sys.stdout)
    writer = asyncio.StreamWriter(transport, protocol, reader, loop)
    room = asyncio.Semaphore(sessions)

    async def record(number: int, script: Script) -> None:
        async with room:
            for tries in range(TRIES):
                try:
                    reply = encode_recording(number, await record_session(script, bubblewrap, etc, limits))
                    break
                except (RecordError, OSError) as error:
                    reply = encode_error(number, str(error))
                    await asyncio.sleep(tries)
        writer.write(reply.encode() + b"\n")

    tasks: set[asyncio.Task[None]] = set()
    async with asyncio.TaskGroup() as group:
        while line := await reader.readline():
            task = group.create_task(record(*decode_script(line)))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        # Nobody waits for what is still running: the recorder has closed the pipe, or is dead.
        for task in tasks:
            task.cancel()


def main(arguments: list[str]) -> None:
    """Serves until standard input ends."""
    bubblewrap, etc, *numbers = arguments
    sessions, seconds, output = map(int, numbers)
    # Ctrl-C is for the recorder, which then closes the pipe. Not SIG_IGN: the shells would inherit that.
    signal.signal(signal.SIGINT, lambda *_: None)
    drop_privileges()
    fix_addresses()
    asyncio.run(_serve(bubblewrap, Path(etc), sessions, Limits(seconds, output)))


if __name__ == "__main__":
    main(sys.argv[1:])
