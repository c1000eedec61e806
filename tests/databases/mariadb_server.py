"""A private MariaDB server for the tests of one process: in a temporary folder, reached only by a socket in it; both
are gone when the process ends.

Its own texts are compared without regard to case and to blanks at the end, so that a query which leaves that to the
database is found out.
"""

from __future__ import annotations

import atexit
import functools
import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.databases.private_server import memory_disk, user_of

OWNER = "casemix"
READER, PASSWORD = "reader", "a secret: 50%"
_SETTINGS = (
    "--skip-networking", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=16M", "--innodb-doublewrite=0", "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_general_ci", "--max-connections=40", "--skip-name-resolve", "--performance-schema=OFF",
    "--sql-mode=",
)  # fmt: skip


def why_not() -> str:
    """Why there can be no server here; nothing if there can."""
    if importlib.util.find_spec("pymysql") is None:
        return "no PyMySQL"
    if programs() is None:
        return "no mariadbd found"
    if os.getuid() == 0 and _user() is None:
        return "running as root, and there is no user mysql or nobody"
    return ""


def programs() -> tuple[str, str] | None:
    """``mariadbd`` and ``mariadb-install-db``."""
    found = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin:/usr/local/sbin")
    made = shutil.which("mariadb-install-db")
    return (found, made) if found and made else None


def _user() -> str | None:
    return user_of("mysql", "nobody")


@dataclass(frozen=True)
class Server:
    """``guard`` waits for the end of its input, which is ours or that of a process that was killed, and clears up."""

    folder: Path
    guard: subprocess.Popen[bytes] = field(repr=False, compare=False)

    def url(self, user: str = OWNER, database: str = "casemix", password: str = "") -> str:
        from urllib.parse import quote

        secret = f":{quote(password, safe='')}" if password else ""
        return f"mariadb://{user}{secret}@localhost/{database}?unix_socket={self.folder}/socket"

    def run(self, *statements: str, user: str = OWNER) -> list[tuple[Any, ...]]:
        """The rows of the last statement."""
        import pymysql

        connection = pymysql.connect(unix_socket=f"{self.folder}/socket", user=user, charset="utf8mb4", autocommit=True)
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return list(cursor.fetchall())
        finally:
            connection.close()

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
    """A server of one's own; :meth:`Server.stop` it. ``settings``: more options."""
    folder = Path(tempfile.mkdtemp(prefix="casemix-maria-", dir=memory_disk()))
    user = _user() if os.getuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    programs_here = programs()
    assert programs_here is not None
    daemon, install = programs_here
    as_user = [] if user is None else [f"--user={user}"]
    own = f"--tmpdir={folder}"  # a server that starts takes temporary tables in its tmpdir away, whosever they are
    try:
        _run(
            install, "--no-defaults", f"--datadir={folder}/data", "--auth-root-authentication-method=normal",
            "--skip-test-db", "--skip-name-resolve", "--innodb-log-file-size=16M", own, *as_user,
        )  # fmt: skip
        made = Server(folder, _guard(folder, daemon, [*as_user, own, *_SETTINGS, *settings]))
        _wait_for(made)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    made.run(
        f"CREATE USER {OWNER}@localhost", f"GRANT ALL ON *.* TO {OWNER}@localhost", "CREATE DATABASE casemix",
        f"CREATE USER {READER}@localhost IDENTIFIED BY '{PASSWORD}'",
        f"GRANT SELECT, CREATE TEMPORARY TABLES ON casemix.* TO {READER}@localhost", user="root",
    )  # fmt: skip
    return made


def _guard(folder: Path, daemon: str, options: list[str]) -> subprocess.Popen[bytes]:
    """A shell that runs the server and ends it, and its folder, when our end of its input is gone."""
    own = [f"--datadir={folder}/data", f"--socket={folder}/socket", f"--pid-file={folder}/pid"]
    clear = 'd=$1; shift; "$@" > "$d/log" 2>&1 < /dev/null & s=$!; cat > /dev/null; kill -9 $s; wait $s; rm -rf "$d"'
    return subprocess.Popen(
        ["sh", "-c", clear, "sh", str(folder), daemon, "--no-defaults", *own, *options], cwd="/", stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def _wait_for(made: Server) -> None:
    import pymysql

    until = time.monotonic() + 60
    while time.monotonic() < until and made.guard.poll() is None:
        try:
            made.run("SELECT 1", user="root")
        except pymysql.Error:
            time.sleep(0.1)
        else:
            return
    log = made.folder / "log"
    said = log.read_text("utf-8", errors="replace")[-2000:] if log.exists() else ""
    made.stop()
    raise RuntimeError(f"no MariaDB server: {said}")


def _run(program: str, *words: str) -> None:
    done = subprocess.run(
        [program, *words],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr[-2000:]}")
