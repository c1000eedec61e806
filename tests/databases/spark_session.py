"""Spark for tests: one session in the process, and a Spark Connect server of one's own for the cluster case."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.databases.interface import Database

TINY = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
"""A few rows are worked out faster than a query is compiled; the regions' years are run as everyone runs them."""

ENOUGH = "3GB"
"""Each worker has a Spark of its own, and none takes half of the machine."""


def why_not() -> str:
    """Why there can be no Spark here; nothing if there can."""
    if importlib.util.find_spec("pyspark") is None:
        return "no pyspark"
    if _java() is None:
        return "no Java"
    return ""


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which(str(Path(home, "bin", "java"))) if home else shutil.which("java")


def open_tiny() -> Database:
    """The database that all tests with a few rows share: its tables are dropped at the end of each, it stays."""
    made = _shared()
    for name, value in TINY.items():
        made.session.conf.set(name, value)
    return made


@functools.cache
def _shared() -> Any:
    from engine.databases.spark.database import Spark

    class Shared(Spark):
        def close(self) -> None:
            self.watch = None
            for name in {*self._views, *self._uploads}:
                self.drop(name)

    made = Shared()
    made.limit(ENOUGH)
    return made


@contextmanager
def connect_server(more: Sequence[str] = ()) -> Iterator[str]:
    """The address of a Spark Connect server on this machine, which is gone after the block."""
    import pyspark

    home = Path(pyspark.__file__).parent
    folder = Path(tempfile.mkdtemp(prefix="casemix-connect-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.driver.extraJavaOptions": "-Xss16m -XX:TieredStopAtLevel=1",
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.ui.enabled": "false",
        **TINY,
        "spark.sql.shuffle.partitions": "2",
    }
    command = [str(home / "bin" / "spark-submit"), "--master", "local[2]", "--class"]
    command += ["org.apache.spark.sql.connect.service.SparkConnectServer", *_conf(settings), *more, "spark-internal"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder)
    try:
        _wait_for(port, server, folder / "log")
        yield f"sc://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _conf(settings: Mapping[str, str]) -> list[str]:
    return [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise RuntimeError(log.read_text("utf-8", errors="replace")[-2000:])
