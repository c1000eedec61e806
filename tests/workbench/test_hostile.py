"""What comes from outside (files dropped, names, notes, data) does no harm: each tried (docs/workbench/security.md)."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import openpyxl
import pytest

from engine.api import run
from engine.files.errors import DataError
from engine.workbench.pages.settle.choice import out_folder
from engine.workbench.pages.settle.dropped import file_in
from engine.workbench.workplace import Workplace
from tests.workbench.served import REGION, ROOT, Served, Tab, copied, serving_apart

RUNS = "window.reached = 1"
IMAGE = f'<img src=x onerror="{RUNS}">'
SCRIPT = f"<script>{RUNS}</script>"
TEMPLATE = f"{{{{constructor.constructor('{RUNS}')()}}}}"
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1,1)", "=HYPERLINK(1)")
CITY = "x"
SETTLE = f"/r/{CITY}/settle"


@pytest.mark.parametrize(
    "name",
    [
        "x\0.csv", "a" * 300 + ".csv", "CON.csv", "nul.csv", "COM1.xlsx", "lpt¹.csv", "x.csv.", "x.csv ", " x.csv",
        "\ud800.csv", "a\u202ecsv.exe.csv", "a\u2028.csv", "", ".csv", "..", ".", "x.csv::$DATA", "<img>.csv", "x.sh",
        "x.csv\n", "_x.csv", "x|y.csv", 'x".csv',
    ],
)  # fmt: skip
def test_a_name_that_is_no_plain_name_of_a_table_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError):
        file_in(tmp_path / "to", name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../../x.csv", "/etc/x.csv", "..\\..\\x.csv", "C:\\x.csv", "x.csv", "a/b/../x.csv"])
def test_of_a_path_only_the_name_counts(tmp_path: Path, name: str) -> None:
    assert file_in(tmp_path / "to", name) == tmp_path / "to" / "x.csv"


@pytest.mark.parametrize("name", ["病例.csv", "3月　病例 (1).xlsx", "=cmd.csv", "映射.yaml"])
def test_names_that_people_use_are_taken(tmp_path: Path, name: str) -> None:
    assert file_in(tmp_path, name) == tmp_path / name


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/x", "a/../../x", "x\0y", "x" * 300, "CON", "结果/nul", "a//b", "x\ud800", ".git/x", "a\\b", " "],
)
def test_a_result_goes_below_the_working_folder_under_plain_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError):
        out_folder(Workplace(tmp_path), name)
    assert out_folder(Workplace(tmp_path), "结果/三月") == tmp_path / "结果" / "三月"


def hostile(folder: Path) -> None:
    """A city in whose titles, notes, articles and data something stands that would run, or be a formula."""
    region = folder / "regions" / CITY
    shutil.copytree(ROOT / "regions" / REGION, region)
    texts = {
        "region.yaml": [
            ("名称: 云溪市（示例）", f"名称: {json.dumps(IMAGE + TEMPLATE)}"),
            ("说明: 虚构", f"说明: {IMAGE}{SCRIPT} 虚构"),
        ],
        "第三章 病组和点数.yaml": [("次手术比例:", f"次手术比例:\n  说明: {json.dumps(SCRIPT + IMAGE + TEMPLATE)}")],
        "报表.yaml": [("机构名称: 机构名称", f"机构名称: {json.dumps(SCRIPT + IMAGE)}")],
        "原文/办法.txt": [("第八条", f"第八条 {IMAGE}{SCRIPT}{TEMPLATE}")],
    }
    for file, changes in texts.items():
        text = (region / file).read_text("utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        (region / file).write_text(text, "utf-8")
    hospitals = region / "示例数据" / "医疗机构.csv"
    rows = list(csv.reader(io.StringIO(hospitals.read_text("utf-8-sig"))))
    names = [IMAGE, SCRIPT + TEMPLATE, *FORMULAS]
    for row, name in zip(rows[1:], names, strict=False):
        row[1] = name
    cases = region / "示例数据" / "病例.csv"
    told = cases.read_text("utf-8-sig").replace("202503023", "=2+2").replace("202503022", IMAGE.replace('"', ""))
    cases.write_text(told, "utf-8")
    with hospitals.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    run(region, "月度预结算", "2025-03", region / "示例数据", folder / "结果" / "a", formats=("parquet",))
    dearer = copied(folder / "other", REGION) / "regions" / REGION / "示例数据"
    shutil.copytree(region / "示例数据", folder / "数据")
    text = (dearer / "病组.csv").read_text("utf-8-sig").replace("168.00", "188.00")
    (folder / "数据" / "病组.csv").write_text(text, "utf-8")
    run(region, "月度预结算", "2025-03", folder / "数据", folder / "结果" / "b", formats=("parquet",))
    shutil.rmtree(folder / "other")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving_apart(tmp_path_factory, "hostile", hostile, never=()) as found:
        yield found


PAGES = {
    "首页": ("/", "text=x >> nth=0"),
    "规则": (f"/r/{CITY}/rules?name=次手术比例&tab=text", ".cm-activeLine"),
    "规则，图": (f"/r/{CITY}/rules?name=次手术比例&tab=graph", "main"),
    "例子": (f"/r/{CITY}/examples", "main"),
    "病例": (f"/r/{CITY}/case", "main"),
    "结算": (SETTLE, "text=程序"),
    "结果": (f"{SETTLE}?{urlencode({'result': '结果/a'})}", "main"),
    "比较": (f"/r/{CITY}/compare?{urlencode({'a': '结果/a', 'b': '结果/b'})}", ".wb-bars svg"),
    "理由": (f"{SETTLE}?{urlencode({'result': '结果/a', 'grain': '病例', 'key': '=2+2'})}", ".wb-tree"),
}


@pytest.mark.parametrize("name", PAGES)
def test_script_in_names_notes_articles_and_data_is_text(tab_of: Callable[..., Tab], bench: Served, name: str) -> None:
    """The browser would tell also what its policy stopped: ``tab_of`` fails for any error that it tells."""
    path, awaits = PAGES[name]
    tab = tab_of(bench)
    tab.enter(path)
    tab.page.locator(awaits).first.wait_for()
    tab.page.wait_for_timeout(300)
    assert tab.page.evaluate("window.reached") is None
    assert tab.page.locator("main img[src='x'], main script").count() == 0


def test_a_hostile_name_in_the_grid_of_a_result_is_shown_as_it_is(tab_of: Callable[..., Tab], bench: Served) -> None:
    tab = tab_of(bench)
    tab.enter(f"{SETTLE}?{urlencode({'result': '结果/a', 'table': '月度预结算表'})}")
    tab.page.get_by_text(IMAGE).first.wait_for()
    assert tab.page.evaluate("window.reached") is None


def downloaded(served: Served, kind: str, table: str) -> bytes:
    asked = urlencode({"result": "结果/a", "table": table, "kind": kind})
    status, headers, body = served.asked(f"/rows-file?{asked}", headers={"Authorization": f"Bearer {served.token}"})
    assert status == 200 and headers["content-disposition"].startswith("attachment")
    return body


@pytest.mark.parametrize(
    ("table", "column", "told"), [("月度预结算表", 4, set(FORMULAS[:1])), ("病例明细", 0, {"=2+2"})]
)
def test_no_cell_of_a_download_is_a_formula(bench: Served, table: str, column: int, told: set[str]) -> None:
    rows = list(csv.reader(io.StringIO(downloaded(bench, "csv", table).decode("utf-8-sig"))))
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))] == []
    assert any(f"'{text}" in row for row in rows for text in told)
    sheet = openpyxl.load_workbook(io.BytesIO(downloaded(bench, "xlsx", table))).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert told <= {cell.value for cell in cells}


def upload_of(tab: Tab) -> str:
    """Where the page sends what is dropped on it."""
    tab.enter(SETTLE)
    with tab.page.expect_request("**/upload/**") as asked:
        tab.page.locator("input[type=file]").set_input_files(
            {"name": "病组.csv", "mimeType": "text/csv", "buffer": "病组编码\n".encode()}
        )
    tab.page.get_by_text("收下 病组.csv").wait_for()
    return asked.value.url.removeprefix(tab.served.base)


def sent(served: Served, path: str, name: str, data: bytes, **headers: str) -> int:
    bound = "b0und"
    head = f'--{bound}\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\n\r\n'
    body = head.encode("utf-8", "surrogatepass") + data + f"\r\n--{bound}--\r\n".encode()
    own = {"Cookie": f"casemix-{served.base.rpartition(':')[2]}={served.token}", "Origin": served.base}
    kind = {"Content-Type": f"multipart/form-data; boundary={bound}"}
    return served.asked(path, body, {**own, **kind, **headers})[0]


def files_of(served: Served) -> set[str]:
    return {path.relative_to(served.folder).as_posix() for path in served.folder.rglob("*")}


def test_a_file_that_is_sent_lands_nowhere_but_in_the_folder_of_its_delivery(
    tab_of: Callable[..., Tab], bench: Served
) -> None:
    tab = tab_of(bench)
    path = upload_of(tab)
    (delivery,) = (bench.folder / "交来").iterdir()
    before = files_of(bench)
    for name in (
        "../../x.csv",
        "/x.csv",
        "..\\\\x.csv",
        "%2e%2e%2fx.csv",
        "x.sh",
        "CON.csv",
        "a" * 5000 + ".csv",
        "",
    ):
        assert sent(bench, path, name, b"1") in (200, 400)
    assert sent(bench, path, "x.csv", b"1", Origin="https://evil.example") == 403
    assert sent(bench, path, "x.csv", b"1", Cookie="casemix=1") == 401
    assert sent(bench, path.rpartition("/")[0] + "/99999", "y.csv", b"1") in (400, 404)
    assert sent(bench, path, "y.csv", b"1", **{"Content-Length": str(2 << 30)}) == 413
    tab.page.get_by_text("收下 x.csv").first.wait_for()
    new = {
        name for name in files_of(bench) - before if not name.startswith(delivery.relative_to(bench.folder).as_posix())
    }
    assert new == set()
    assert {one.name for one in delivery.iterdir()} <= {"病组.csv", "x.csv", "%2e%2e%2fx.csv"}


def bomb() -> bytes:
    """A small workbook that unpacks to 400 MB."""
    made = io.BytesIO()
    openpyxl.Workbook().save(made)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/x.bin", "w") as part:
        for _ in range(400):
            part.write(b"\0" * (1 << 20))
    return made.getvalue()


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_bombs_that_are_dropped_are_told_and_the_page_goes_on(tab_of: Callable[..., Tab], bench: Served) -> None:
    tab = tab_of(bench)
    tab.enter(f"{SETTLE}?{urlencode({'program': '月度预结算', 'period': '2025-03', 'out': '结果/c'})}")
    drop = tab.page.locator("input[type=file]")
    drop.set_input_files({"name": "病例.xlsx", "mimeType": "", "buffer": bomb()})
    tab.page.get_by_text("收下 病例.xlsx").wait_for()
    tab.page.get_by_role("button", name="核对").click()
    tab.page.get_by_text("不像是正常的工作簿").first.wait_for()
    drop.set_input_files({"name": "映射.yaml", "mimeType": "", "buffer": LAUGHS.encode()})
    tab.page.get_by_text("收下 映射.yaml，当作映射").wait_for()
    tab.page.get_by_role("button", name="核对").click()
    tab.page.get_by_text("不能用“&a”作锚点").first.wait_for()
    assert bench.asked(f"/r/{quote(CITY)}/settle", headers={"Authorization": f"Bearer {bench.token}"})[0] == 200
