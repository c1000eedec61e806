"""A database server that cuts the connection, or goes away, at many moments of a settlement on it."""

from __future__ import annotations

import shutil
import time
from typing import Any

from tests.databases import postgres_server
from tests.faults.city import City
from tests.faults.judge import Outcome, judged


def cut(city: City, times: int) -> Outcome:
    """``--engine postgresql://…``: in turn all sessions are terminated, and the server stopped at once and started."""
    reason = postgres_server.why_not()
    if reason:
        return Outcome(skipped=reason)
    server, outcome, out = postgres_server.start(), Outcome(), city.work / "server"
    try:
        begun = time.monotonic()
        first = city.started(city.settling(city.data, out, "--engine", server.url()))
        attempt = judged("undisturbed", first, out, [city.digests])
        whole = time.monotonic() - begun
        outcome.attempts.append(attempt)
        shutil.rmtree(out, ignore_errors=True)
        for number in range(times):
            process = city.started(city.settling(city.data, out, "--engine", server.url()))
            moment = whole * (number + 0.5) / times
            time.sleep(moment)
            stopping = number % 2 == 1
            _stop(server) if stopping else _terminate(server)
            label = f"{'server stopped' if stopping else 'sessions terminated'} after {moment:.1f} s"
            outcome.attempts.append(judged(label, process, out, [city.digests]))
            shutil.rmtree(out, ignore_errors=True)
            if stopping:
                server.control("start")
    finally:
        server.stop()
    return outcome


def _terminate(server: postgres_server.Server) -> None:
    import psycopg

    others: Any = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'casemix' and pid <> %s"
    with psycopg.connect(server.url()) as connection:
        connection.execute(others, [connection.info.backend_pid])


def _stop(server: postgres_server.Server) -> None:
    server.control("-m", "immediate", "stop")
