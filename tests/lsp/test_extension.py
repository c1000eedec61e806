"""The extension for VS Code, with a stand-in for the editor: nothing is told twice, and why nothing is told at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
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
    assert json.loads(done.stdout) == {"asked": asked, "updated": updated, "errors": []}, done.stderr


def _told(folder: Path, command: list[str]) -> list[str]:
    """The errors that the extension tells where the language service is that command."""
    (folder / "region.yaml").write_text("名称: 市\n", "utf-8")
    script = Path(__file__).with_name("extension.js")
    environment = {**os.environ, "COMMAND": json.dumps(command)}
    done = subprocess.run(
        ["node", str(script), str(folder), "no", "no", "keep"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    errors: list[str] = json.loads(done.stdout)["errors"]
    return errors


def test_what_is_missing_is_said_with_what_to_do(tmp_path: Path) -> None:
    (nothing,) = _told(tmp_path, ["no-such-casemix", "lsp"])
    assert nothing.startswith("Casemix：找不到命令 no-such-casemix") and "pip install 'casemix[lsp]'" in nothing

    old = "import sys; sys.exit('命令行 没有命令 lsp\\n  → 用 casemix --help 看怎么写')"
    (too_old,) = _told(tmp_path, [sys.executable, "-c", old])
    assert "太旧" in too_old and "pip install --upgrade 'casemix[lsp]'" in too_old

    (bare,) = _told(tmp_path, [sys.executable, "-c", "import sys; sys.exit('停止 语言服务要先装 pygls')"])
    assert "没有带语言服务" in bare

    (otherwise,) = _told(tmp_path, [sys.executable, "-c", "import sys; sys.exit('PermissionError: regions')"])
    assert "没有启动（PermissionError: regions）" in otherwise


def test_a_service_that_ends_by_itself_is_started_again_but_not_forever(tmp_path: Path) -> None:
    started = tmp_path / "started"
    server = f"require('fs').appendFileSync({json.dumps(str(started))}, '.');" + SERVER.replace(
        "process.stdout.write(", "setTimeout(() => process.exit(3), 200); process.stdout.write("
    )
    (told,) = _told(tmp_path, ["node", "-e", server])
    assert "停了好几次（退出码 3）" in told
    assert started.read_text() == "." * 4


@pytest.mark.parametrize("typed", ["untouched", "typed"])
def test_a_deleted_file_counts_no_more_though_it_is_on_the_screen_unless_it_was_typed_into(tmp_path, typed):
    (tmp_path / "region.yaml").write_text("名称: 市\n", "utf-8")
    heard = tmp_path / "heard"
    hears = f'process.stdin.on("data", (data) => require("fs").appendFileSync({json.dumps(str(heard))}, data));'
    (tmp_path / "server.js").write_text(hears + SERVER, "utf-8")
    command = ["node", str(Path(__file__).with_name("extension.js")), str(tmp_path), "no", "no", "keep"]
    environment = {**os.environ, "DELETED": typed}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
    told = heard.read_text("utf-8")
    assert ("textDocument/didClose" in told) == (typed == "untouched")
    assert "workspace/didChangeWatchedFiles" in told


BULB = r"""
let heard = "";
process.stdin.setEncoding("utf8").on("data", (data) => {
  require("fs").appendFileSync(process.argv[2], data);
  heard += data;
  for (let asked; heard.endsWith("}") && (asked = /"id":(\d+),"method":"(.*?)"/.exec(heard)); ) {
    heard = heard.slice(asked.index + asked[0].length);
    const [id, method, only] = [Number(asked[1]), asked[2], heard.includes('"only"')];
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 2 } };
    const edit = { changes: { "file:///a.yaml": [{ range, newText: "对" }] } };
    const one = { title: "这一处", kind: "quickfix", diagnostics: [{ range }], edit };
    const every = { title: "都改好", kind: only ? "source.fixAll" : "quickfix", edit };
    const answers = { initialize: { capabilities: {} }, "textDocument/codeAction": only ? [every] : [one, every] };
    const answer = JSON.stringify({ id, result: answers[method] || null });
    process.stdout.write(`Content-Length: ${Buffer.byteLength(answer)}\r\n\r\n${answer}`);
  }
});
"""


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ("any", [["这一处", "quickfix", 1, ["对"]], ["都改好", "quickfix", 0, ["对"]]]),
        ("source.fixAll", [["都改好", "source.fixAll", 0, ["对"]]]),
    ],
)
def test_the_light_bulb_also_offers_what_is_of_no_single_mistake_and_an_editor_may_ask_for_that_when_saving(
    tmp_path, wanted, shown
):
    (tmp_path / "region.yaml").write_text("名称: 市\n", "utf-8")
    (tmp_path / "server.js").write_text(BULB, "utf-8")
    heard = tmp_path / "heard"
    server = [shutil.which("node"), str(tmp_path / "server.js"), str(heard)]
    command = ["node", str(Path(__file__).with_name("extension.js")), str(tmp_path), "no", "no", "keep"]
    environment = {**os.environ, "BULB": wanted, "COMMAND": json.dumps(server)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"kinds": ["quickfix", "source.fixAll"], "shown": shown}
    assert ('"only":["source.fixAll"]' in heard.read_text("utf-8")) == (wanted != "any")
