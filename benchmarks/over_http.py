"""``python -m benchmarks over-http``: how many cases a second the workbench prices for a program, on one core.

A client in this process posts one case a request over one connection, for a while; what counts is the time that the
processor worked for the *server* (user and system), so that neither the client nor a busy machine is in the figure.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REGION, PERIOD, DATA = "yunxi-demo", "2025-01", "示例数据"
ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


def worked(pid: int) -> float:
    """Seconds of the processor that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks over-http", description=__doc__)
    parser.add_argument("--requests", type=int, default=2000)
    told = parser.parse_args(arguments)
    with (ROOT / "regions" / REGION / DATA / "病例.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    unknown = ("患者标识", "年龄", "主要手术")
    case = {name: text for name, text in row.items() if text and name not in unknown}
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "engine", "workbench", str(ROOT), "--no-browser"], cwd=ROOT, stdout=log
        )
        try:
            found = None
            while found is None:
                if server.poll() is not None:
                    sys.exit(f"the workbench ended by itself ({server.returncode}) before it could be asked")
                time.sleep(0.1)
                found = re.search(r"127\.0\.0\.1:(\d+)/enter\?token=(\S+)", Path(log.name).read_text("utf-8"))
            asked = {"region": REGION, "period": PERIOD, "data": [DATA]}
            print("| | requests | prices | a second of one core | µs a price |\n|---|---:|---:|---:|---:|")
            for title, body, each in (
                ("one case a request", {**asked, "case": case}, 1),
                ("100 cases a request", {**asked, "cases": [case] * 100}, 100),
            ):
                count = max(1, told.requests // each)
                seconds = _took(server.pid, int(found[1]), found[2], json.dumps(body).encode(), count)
                rate = count * each / seconds
                print(f"| {title} | {count:,} | {count * each:,} | {rate:,.0f} | {1e6 / rate:,.0f} |")
        finally:
            server.terminate()
            server.wait()


def _took(pid: int, port: int, token: str, body: bytes, count: int) -> float:
    """Seconds of the server for so many requests, after a few that open the region."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask() -> None:
        connection.request("POST", "/api/price", body, headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        assert answer.status == 200, told

    for _ in range(5):
        ask()
    begun = worked(pid)
    for _ in range(count):
        ask()
    return worked(pid) - begun
