"""What a database writes to a file, read while it writes: through a named pipe, without the file."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

_BLOCK = 1 << 20


def piped(folder: Path, write: Callable[[Path], None], see: Callable[[bytes], object]) -> None:
    """``write`` writes to the path it is given; ``see`` is given all of it in order, in another thread."""
    path = folder / "pipe"
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    held_open = os.open(path, os.O_WRONLY)  # so that the reader waits until the writer has come
    os.set_blocking(reading, True)
    failed: list[BaseException] = []

    def read() -> None:
        try:
            while block := os.read(reading, _BLOCK):
                see(block)
        except BaseException as error:  # said by the thread that waits
            failed.append(error)
        finally:
            os.close(reading)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        write(path)
    finally:
        os.close(held_open)
        reader.join()
        path.unlink()
    if failed:
        raise failed[0]
