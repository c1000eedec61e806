"""The extension for VS Code, with a stand-in for the editor: nothing is told twice."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("node") is None, reason="needs node")]
SERVER = r"""
process.stdin.on("data", () => {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, result: { capabilities: {} } });
  process.stdout.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
});
"""
OFF = [[what, False, "workspace"] for what in ("validate", "completion", "hover")]


@pytest.mark.parametrize(
    ("installed", "validates", "answer", "asked", "updated"),
    [
        ("yes", "yes", "off", 1, OFF),
        ("yes", "yes", "keep", 1, []),
        ("yes", "no", "off", 0, []),
        ("no", "yes", "off", 0, []),
    ],
)
def test_the_other_checker_of_yaml_is_switched_off_when_the_person_says_so(
    tmp_path, installed, validates, answer, asked, updated
):
    (tmp_path / "region.yaml").write_text("名称: 市\n", "utf-8")
    (tmp_path / "server.js").write_text(SERVER, "utf-8")
    script = Path(__file__).with_name("extension.js")
    command = ["node", str(script), str(tmp_path), installed, validates, answer]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout) == {"asked": asked, "updated": updated}, done.stderr
