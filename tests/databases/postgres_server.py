"""A private PostgreSQL server for the tests of one process: made in a temporary folder, gone when the process ends.

It sorts texts as people do (ICU, Chinese), so that a query which leaves the order to the database is found out.
"""

from __future__ import annotations

import atexit
import functools
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.databases.private_server import memory_disk, user_of

OWNER = "casemix"
READER, PASSWORD = "reader", "a secret: 50%"
_SETTINGS = (
    "listen_addresses = '127.0.0.1'", "unix_socket_directories = ''", "fsync = off", "synchronous_commit = off",
    "full_page_writes = off", "autovacuum = off", "max_connections = 40", "logging_collector = off",
    "dynamic_shared_memory_type = mmap",
)  # fmt: skip
_ACCESS = f"host all {READER} 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n"


def programs() -> Path | None:
    """The folder with ``initdb`` and ``pg_ctl``: on the path, else the newest of Debian's."""
    found = shutil.which("initdb")
    if found and Path(found).with_name("pg_ctl").exists():
        return Path(found).parent
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda path: float(path.parent.name), default=None)


def why_not() -> str:
    """Why there can be no server here; nothing if there can."""
    if importlib.util.find_spec("psycopg") is None:
        return "no psycopg"
    if programs() is None:
        return "no initdb found"
    if os.getuid() == 0 and _user() is None:
        return "running as root, and there is no user postgres or nobody"
    return ""


def _user() -> str | None:
    return user_of("postgres", "nobody")


@dataclass(frozen=True)
class Server:
    """``guard`` waits for the end of its input, which is ours or that of a process that was killed, and clears up."""

    folder: Path
    port: int
    guard: subprocess.Popen[bytes] = field(repr=False, compare=False)

    def url(self, user: str = OWNER, database: str = "postgres", password: str = "") -> str:
        from urllib.parse import quote

        secret = f":{quote(password, safe='')}" if password else ""
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{database}"

    def control(self, *words: str) -> None:
        _run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), *words)

    def stop(self) -> None:
        self.guard.communicate()


@functools.cache
def server() -> Server:
    """The server of this process, started when it is first asked for."""
    made = start()
    atexit.register(made.stop)
    return made


def url() -> str:
    return server().url()


def start(*settings: str) -> Server:
    """A server of one's own; :meth:`Server.stop` it. ``settings``: more lines of its configuration."""
    folder = Path(tempfile.mkdtemp(prefix="casemix-pg-", dir=memory_disk()))
    if os.getuid() == 0:
        shutil.chown(folder, _user())
    try:
        _run(
            "initdb", "-D", str(folder / "data"), "-U", OWNER, "--auth=trust", "--no-sync", "--encoding=UTF8", *_order()
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as stream:
            stream.write("\n".join([*_SETTINGS, f"port = {port}", *settings, ""]))
        (folder / "data" / "pg_hba.conf").write_text(_ACCESS, "utf-8")
        made = Server(folder, port, _guard(folder))
        made.control("start")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return made


def _order() -> list[str]:
    shown = subprocess.run([_program("initdb"), "--help"], capture_output=True, text=True, check=True).stdout
    return ["--locale-provider=icu", "--icu-locale=zh", "--locale=C"] if "--icu-locale" in shown else ["--locale=C"]


def _program(name: str) -> str:
    folder = programs()
    assert folder is not None
    return str(folder / name)


def _guard(folder: Path) -> subprocess.Popen[bytes]:
    clear = 'cat > /dev/null; "$0" -D "$1/data" -m immediate -w stop; rm -rf "$1"'
    return subprocess.Popen(
        ["sh", "-c", clear, _program("pg_ctl"), str(folder)], cwd="/", stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **_as_user(),
    )  # fmt: skip


def _as_user() -> dict[str, Any]:
    user = _user() if os.getuid() == 0 else None
    return {} if user is None else {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _run(program: str, *words: str) -> None:
    done = subprocess.run(
        [_program(program), *words], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, **_as_user(),
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{program} {' '.join(words[-2:])}: {done.stderr}")
