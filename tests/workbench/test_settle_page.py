"""The settlement page: an address shows the same again, a run is cancelled and outlives its server, nothing from
outside leads anywhere else, and everybody can read it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from engine.files.errors import DataError
from engine.files.whole import write_whole
from engine.jobs.queue import Jobs
from engine.results.conditions import Condition
from engine.results.opened import open_result
from engine.workbench.pages.settle.choice import Choice, choice_of, out_folder, plain_address, usual_out
from engine.workbench.pages.settle.dropped import file_in, new_folder
from engine.workbench.pages.settle.trying import explained
from engine.workbench.workplace import Workplace
from tests.faults.disk import CannotMount, small_disk
from tests.workbench.served import REGION, Served, Tab, copied, serving
from tests.workbench.settling import DATA, RESULT, SETTLE, filled, jobs_of, typed, with_result

TABLE = "月度预结算表"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = copied(tmp_path_factory.mktemp("page"), REGION)
    with_result(folder)
    with serving(folder, tmp_path_factory.mktemp("log") / "log.txt") as found:
        yield found
        assert found.said().count("SLOW") <= 2  # what is loaded the first time


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path)


def rows(served: Served, **asked: Any) -> tuple[int, dict[str, Any]]:
    told = {key: value if isinstance(value, str) else json.dumps(value) for key, value in asked.items()}
    status, _, body = served.asked(f"/rows?{urlencode(told)}", headers={"Authorization": f"Bearer {served.token}"})
    return status, json.loads(body)


# -- rows over HTTP ------------------------------------------------------------


def test_a_grid_gets_the_rows_that_the_command_gives_in_the_order_asked_for(bench: Served) -> None:
    result = open_result(bench.folder / RESULT)
    headings = [column.heading for column in result.table(TABLE).columns]
    at = headings.index("应付金额")
    most = {f"c{at}": {"type": "greaterThan", "filter": 5000}}
    sort = [{"colId": f"c{at}", "sort": "desc"}]
    status, told = rows(bench, result=RESULT, table=TABLE, start=0, count=3, sort=sort, filter=most)
    page = result.page(TABLE, [Condition("应付金额", ">", "5000")], [("应付金额", True)], 0, 3)
    assert status == 200
    assert [[line[f"c{n}"] for n in range(len(headings))] for line in told["rows"]] == page.texts
    assert (told["matching"], told["total"]) == (page.matching, page.total)
    assert told["rows"][0]["key"] == ",".join(page.texts[0][:3])


def test_the_key_of_a_row_is_the_one_that_an_explanation_takes(bench: Served) -> None:
    """A statement that fills a table has the period among its keys; its rows are those of the grain all the same."""
    table = open_result(bench.folder / RESULT).table("月度拨付表")
    assert [column.heading for column in table.columns if column.key] == ["机构编码", "险种", "就医地", "月份"]
    (line,) = rows(bench, result=RESULT, table="月度拨付表", start=0, count=1)[1]["rows"]
    assert line["key"] == "YX01,居民,本地"
    assert explained(str(bench.folder / RESULT), "机构池", line["key"]).steps


@pytest.mark.parametrize(
    "asked",
    [
        {"result": "../..", "table": TABLE}, {"result": "/etc", "table": TABLE}, {"result": RESULT, "table": "../x"},
        {"result": RESULT, "table": TABLE, "start": "x"},
        {"result": RESULT, "table": TABLE, "filter": {"c0": {"type": "'"}}},
        {"result": RESULT, "table": TABLE, "sort": "["}, {"result": RESULT}, {},
        {"result": RESULT, "table": TABLE, "sort": [{"colId": "c99", "sort": "asc"}]},
        {"result": RESULT, "table": TABLE, "filter": {"c99": {"type": "blank"}}},
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_refused_and_leads_nowhere(bench: Served, asked: dict[str, Any]) -> None:
    status, told = rows(bench, **asked)
    assert status == 400 and told["error"]


def test_rows_and_files_need_the_token(bench: Served) -> None:
    for path in ("/rows", "/rows-file"):
        status, _, body = bench.asked(f"{path}?{urlencode({'result': RESULT, 'table': TABLE, 'kind': 'csv'})}")
        assert status in (401, 403) and "应付".encode() not in body


# -- what was chosen ------------------------------------------------------------


def test_a_choice_goes_through_the_address_and_back() -> None:
    choice = Choice("月结", "2025-03", ("甲/乙", "丙&=丁"), "postgresql://u@h/d", "映射.yaml", "上期", "结果/a b")
    assert choice_of({key: text for key, text in choice.as_asked().items() if text}) == choice
    assert choice_of({"data": "[", "program": "x"}) == Choice("x")


@pytest.mark.parametrize("name", ["../x", "/etc/x", "", " ", ".", "a/../../b"])
def test_a_result_goes_below_the_folder_only(place: Workplace, name: str) -> None:
    with pytest.raises(DataError, match="工作台的文件夹里"):
        out_folder(place, name)


def test_a_result_is_offered_a_folder_that_is_free(place: Workplace) -> None:
    assert usual_out(place, "a", "月/结", "2025-01..2025-03") == "结果/a-月-结-2025-01..2025-03"
    (place.folder / "结果/a-月-结-2025").mkdir(parents=True)
    assert usual_out(place, "a", "月/结", "2025") == "结果/a-月-结-2025-2"


def test_a_password_in_an_address_is_not_taken() -> None:
    with pytest.raises(DataError, match="不要写密码"):
        plain_address("postgresql://u:secret@h/db?schema=s")
    assert plain_address(" postgresql://u@h/db?schema=s ") == "postgresql://u@h/db?schema=s"


@pytest.mark.parametrize("name", ["../a.csv", "..\\a.csv", "/etc/a.csv"])
def test_a_dropped_file_lies_in_its_folder_whatever_its_name(tmp_path: Path, name: str) -> None:
    assert file_in(tmp_path / "drop", name) == tmp_path / "drop" / "a.csv"


@pytest.mark.parametrize("name", ["a.exe", "a", ".csv", "a\x00.csv", "", "a:b.csv", "表" * 90 + ".csv", "a.csv.sh"])
def test_a_file_that_is_no_table_or_has_no_plain_name_is_not_taken(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError):
        file_in(tmp_path / "drop", name)
    assert not (tmp_path / "drop").exists()


def test_a_mapping_written_on_the_page_is_there_before_a_table_is_dropped(place: Workplace) -> None:
    folder = new_folder(place)
    write_whole(folder / "映射.yaml", "病例: {来自: 出院病人}\n")
    name = f"交来/{folder.name}/映射.yaml"
    words = Choice("月度预结算", "2025-03", mapping=name, out="结果/三月").words(place, REGION)
    assert words[words.index("--mapping") + 1] == str(folder / "映射.yaml")
    assert list(place.mappings(REGION)) == [name]


# -- in the browser ------------------------------------------------------------


def test_the_address_of_what_was_chosen_shows_it_again_and_a_result_too(
    tab_of: Callable[..., Tab], bench: Served
) -> None:
    tab = tab_of(bench)
    tab.enter(SETTLE)
    filled(tab)
    tab.page.wait_for_url("**data=**out=**")
    other = tab.page.context.new_page()
    other.goto(tab.page.url)
    other.get_by_text("示例数据").first.wait_for()
    other.get_by_text(
        re.compile(r"^示例数据：\d+ 个文件，最大的 病例\.csv [0-9.]+ KB，最近改的 \d{4}-\d\d-\d\d$")
    ).wait_for()
    assert other.get_by_label("期间", exact=True).input_value() == "2025-03"
    tab.open(f"{SETTLE}?{urlencode({'result': RESULT, 'table': '去向'})}")
    tab.page.get_by_text("每一行去了哪里").wait_for()


def test_a_row_of_a_result_opens_as_a_case_and_a_sum_does_not(tab_of: Callable[..., Tab], bench: Served) -> None:
    tab = tab_of(bench)
    tab.enter(f"{SETTLE}?{urlencode({'result': RESULT, 'grain': '机构池', 'key': 'YX02,居民,本地'})}")
    tab.page.locator(".wb-tree > details").first.wait_for()
    assert tab.page.get_by_role("heading", level=1).inner_text() == "机构池 YX02 云溪第二医院，居民，本地"
    assert tab.page.get_by_role("link", name="在病例页打开").count() == 0
    tab.open(f"{SETTLE}?{urlencode({'result': RESULT, 'grain': '付费病例', 'key': '202503023'})}")
    assert tab.page.get_by_role("heading", level=1).inner_text() == "付费病例 202503023"
    tab.page.get_by_role("link", name="在病例页打开").click()
    tab.page.get_by_text("表单里就是 示例数据/病例.csv 第 56 行。").wait_for()
    tab.page.locator(".wb-figures").get_by_text("315.0500").wait_for()
    assert tab.page.get_by_label("期间").input_value() == "2025-03"


def test_rows_that_cannot_be_read_are_told(tab_of: Callable[..., Tab], bench: Served) -> None:
    tab = tab_of(bench)
    told = json.dumps({"error": "报表的文件改过"})
    tab.page.route("**/rows?*", lambda route: route.fulfill(status=400, body=told, content_type="application/json"))
    tab.enter(f"{SETTLE}?result={quote(RESULT)}")
    tab.page.get_by_text("行没有读出来：报表的文件改过").first.wait_for()
    tab.wrong.clear()  # the browser's own word on the status


def test_what_is_not_there_says_so(tab_of: Callable[..., Tab], bench: Served) -> None:
    tab = tab_of(bench)
    tab.enter()
    strange = f"result={quote(RESULT)}&grain=x&key=1"
    for asked, said in (("result=../../etc", "没有结果"), ("job=../x", "没有任务"), (strange, "x")):
        tab.open(f"{SETTLE}?{asked}")
        tab.page.locator(".wb-trouble").get_by_text(said).first.wait_for()


def test_a_run_that_is_refused_says_what_the_command_says(tab_of: Callable[..., Tab], bench: Served) -> None:
    tab = tab_of(bench)
    tab.enter(SETTLE)
    filled(tab)
    typed(tab, "期间", "2025")
    tab.page.wait_for_url("**period=2025&**")
    tab.page.get_by_role("button", name="开始结算").click()
    tab.page.locator(".wb-trouble").wait_for()
    assert tab.page.locator(".wb-state").inner_text() == "停止"
    tab.page.get_by_text("月度预结算 的期间是 月，不能用 2025").wait_for()
    assert [path.name for path in bench.folder.glob("结果/*")] == ["三月"]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_serious(tab_of: Callable[..., Tab], bench: Served, look: str) -> None:
    tab = tab_of(bench, color_scheme=look)
    tab.enter(SETTLE)
    filled(tab)
    tab.page.get_by_role("button", name="先核对数据").click()
    tab.page.get_by_text("数据齐了").wait_for()
    assert tab.serious() == []
    tab.open(f"{SETTLE}?{urlencode({'result': RESULT})}")
    tab.page.get_by_role("link", name="理由").first.wait_for()
    assert tab.serious() == []
    tab.page.get_by_role("tab", name="去向和必须").click()
    tab.page.get_by_text("每一行去了哪里").wait_for()
    assert tab.serious() == []


# -- faults ------------------------------------------------------------

BIG = 60_000
"""Cases whose settlement takes some seconds."""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to work in with a delivery that takes a while."""
    from engine.execute.period import parse_period
    from engine.rulebook.book import load
    from engine.synth.make import Options, synthesize

    folder = copied(tmp_path_factory.mktemp("many"), REGION)
    months = parse_period("2025-03")
    synthesize(load(str(folder / "regions" / REGION)), Options(BIG, months, months, everything=True), folder / "大")
    return folder


class Unheard(list[str]):
    """What a browser says itself of a server that is gone."""

    def append(self, said: str, /) -> None:
        pass


def started(tab: Tab) -> str:
    """The id of a job that is at work."""
    tab.enter(SETTLE)
    filled(tab, "大")
    tab.page.get_by_role("button", name="开始结算").click()
    tab.page.wait_for_url("**job=**")
    tab.page.get_by_text("进行中").wait_for()
    return re.search(r"job=([\w-]+)", tab.page.url)[1]  # type: ignore[index]


@pytest.mark.slow
def test_a_run_is_cancelled_on_its_page_and_leaves_nothing(
    tab_of: Callable[..., Tab], many: Path, tmp_path: Path
) -> None:
    with serving(many, tmp_path / "log.txt") as served:
        tab = tab_of(served)
        started(tab)
        tab.page.get_by_role("button", name="取消").click()
        tab.page.get_by_text("没有写完的结果不会留下").wait_for()
        assert tab.page.locator(".wb-state").inner_text() == "已取消"
        assert [path for path in many.glob("结果/*")] == []
        tab.page.context.close()


@pytest.mark.slow
def test_a_run_outlives_the_server_that_was_killed_and_the_next_one_shows_it(
    tab_of: Callable[..., Tab], many: Path, tmp_path: Path
) -> None:
    with serving(many, tmp_path / "log.txt") as served:
        first = tab_of(served)
        job = started(first)
        first.wrong = Unheard()
        served.process.send_signal(signal.SIGKILL)
        served.process.wait()
    found = Jobs(jobs_of(served)).wait(job, 120)
    assert found.state == "完成"
    with serving(many, tmp_path / "again.txt") as again:
        tab = tab_of(again)
        tab.enter(f"{SETTLE}?job={job}")
        tab.page.get_by_role("link", name="看结果").wait_for()
        tab.page.context.close()
    for path in many.glob("结果/*"):
        assert (path / "run.json").is_file()


@pytest.mark.slow
def test_a_run_whose_process_was_killed_is_told_as_broken(
    tab_of: Callable[..., Tab], many: Path, tmp_path: Path
) -> None:
    before = set(many.glob("结果/*"))
    with serving(many, tmp_path / "log.txt") as served:
        tab = tab_of(served)
        job = started(tab)
        os.killpg(Jobs(jobs_of(served)).job(job).process, signal.SIGKILL)
        tab.page.locator(".wb-trouble").get_by_text("进程没有了").wait_for()
        assert set(many.glob("结果/*")) == before and not list(many.glob("结果/.*partial*"))
        tab.page.context.close()


@pytest.mark.slow
def test_a_browser_that_slept_finds_the_result_when_it_wakes(
    tab_of: Callable[..., Tab], many: Path, tmp_path: Path
) -> None:
    """Its connection is gone as after an hour; the page builds itself again from its address."""
    with serving(
        many,
        tmp_path / "log.txt",
    ) as served:
        tab = tab_of(served)
        job = started(tab)
        tab.wrong = Unheard()
        tab.page.context.set_offline(True)
        Jobs(jobs_of(served)).wait(job, 120)
        time.sleep(1)
        tab.page.context.set_offline(False)
        tab.page.reload()
        tab.page.get_by_role("link", name="看结果").wait_for()
        tab.page.context.close()


@pytest.mark.slow
def test_a_full_disk_is_told_for_files_that_are_dropped_and_for_the_result(
    tab_of: Callable[..., Tab], tmp_path: Path
) -> None:
    folder = copied(tmp_path / "full", REGION)
    try:
        with (
            small_disk(folder / "交来", 16),
            small_disk(folder / "结果", 16),
            serving(folder, tmp_path / "l.txt") as served,
        ):
            tab = tab_of(served)
            tab.enter(SETTLE)
            large = tmp_path / "病例.csv"
            large.write_bytes((DATA / "病例.csv").read_bytes() * 20)
            tab.page.locator("input[type=file]").set_input_files(large)
            tab.page.get_by_text("没有收下 病例.csv").wait_for()
            assert not list(folder.glob("交来/*/*"))
            filled(tab)
            tab.page.get_by_role("button", name="开始结算").click()
            tab.page.locator(".wb-trouble").get_by_text("磁盘空间").first.wait_for()
            assert not list(folder.glob("结果/*/run.json"))
            tab.page.context.close()
    except CannotMount as reason:
        pytest.skip(str(reason))


def test_program_and_period_are_filled_in_and_a_file_that_is_not_taken_leaves_the_list(
    tab_of: Callable[..., Tab], bench: Served, tmp_path: Path
) -> None:
    tab = tab_of(bench)
    tab.enter(SETTLE)
    assert tab.page.get_by_label("程序", exact=True).input_value() == "月度预结算"
    assert tab.page.get_by_label("期间", exact=True).input_value() == "2025-01"
    assert "2025-01" in tab.page.get_by_label("结果放在（工作台文件夹里）").input_value()
    wrong, right = tmp_path / "说明.exe", tmp_path / "机构.csv"
    wrong.write_text("a")
    right.write_text("机构编码\nA\n")
    tab.page.locator("input[type=file]").set_input_files([wrong, right])
    tab.page.get_by_text("说明.exe 不是表").wait_for()
    tab.page.get_by_text("收下 机构.csv").wait_for()
    listed = tab.page.locator(".q-uploader__file")
    listed.filter(has_text="说明.exe").wait_for(state="detached")
    assert listed.filter(has_text="机构.csv").count() == 1
