"""``python -m engine`` and the program ``casemix``: the command line in a process of its own."""

from __future__ import annotations

import atexit
import os
import sys


class _End:
    """Ends the process with ``status`` when all is told that wants to be told of the end: registered before everything
    else, it is called last.

    Python would go on to look for rings among all objects and let go of each, a tenth of a short run and more; the
    system takes the memory anyway.
    """

    status: int | None = None

    def __call__(self) -> None:
        if self.status is None:
            return
        try:
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:  # it was closed, >&-
                    stream.flush()
        except (OSError, ValueError):  # Python says so itself
            return
        os._exit(self.status)


def run() -> None:
    """One command. Raises :class:`SystemExit`."""
    end = _End()
    atexit.register(end)
    try:
        _run()
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            end.status = ended.code or 0
        raise


def _run() -> None:
    try:
        from engine.cli import main

        main(prog_name="casemix")
    except KeyboardInterrupt:  # while Python still imports
        sys.stderr.write("已取消 没有写完的结果不会留下\n")
        sys.exit(130)


if __name__ == "__main__":
    run()
