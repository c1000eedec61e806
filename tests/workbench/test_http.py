"""The interface for programs: what the Python API gives, as JSON, with the token in a header."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest

from engine.api import load
from tests.workbench.served import REGION, ROOT, Served

DATA = ROOT / "regions" / REGION / "示例数据"
HEAD = {"region": REGION, "period": "2025-01", "data": ["示例数据"]}


@pytest.fixture(scope="module")
def case() -> dict[str, str]:
    with (DATA / "病例.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    return {name: text for name, text in row.items() if text and name not in ("患者标识", "年龄", "主要手术")}


def posted(served: Served, path: str, body: Any, **headers: str) -> tuple[int, Any]:
    told = {"Authorization": f"Bearer {served.token}", **headers}
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    status, _, answer = served.asked(path, text, told)
    return status, json.loads(answer)


def test_a_price_is_that_of_the_python_api_to_the_last_digit(served: Served, case: dict[str, str]) -> None:
    status, told = posted(served, "/api/price", {**HEAD, "case": case})
    priced = load(REGION, "2025-01", DATA).price(case)
    assert status == 200
    assert {name: told[name] for name in priced.as_dict()} == priced.as_dict()
    assert told["first"][:2] == ["结算点数", "病例类型"]
    assert told["example"] is True
    assert told["values"]["结算点数"] == "82.7050"


def test_several_cases_are_priced_in_their_order_each_with_its_own_fault(served: Served, case: dict[str, str]) -> None:
    wrong = {**case, "出院日期": "2025-02-30"}
    status, told = posted(served, "/api/price", {**HEAD, "cases": [case, wrong, {**case, "没有的": 1}]})
    assert status == 200
    assert [one.get("state") for one in told["cases"]] == ["结算", "拒收", None]
    assert "没有的" in told["cases"][2]["error"]["message"]


def test_a_number_is_read_as_it_is_written(served: Served, case: dict[str, str]) -> None:
    body = json.dumps({**HEAD, "case": {**case, "住院总费用": 0}})
    body = body.replace(json.dumps("住院总费用") + ": 0", json.dumps("住院总费用") + ": 4317.970000000000000001")
    status, told = posted(served, "/api/price", body.encode())
    assert (status, told["state"]) == (200, "拒收")
    assert "4317.970000000000000001" in told["reason"]


def test_an_explanation_goes_down_to_article_and_file(served: Served, case: dict[str, str]) -> None:
    status, told = posted(served, "/api/explain", {**HEAD, "case": case, "names": ["结算点数"]})
    text = json.dumps(told, ensure_ascii=False)
    assert status == 200
    assert told["steps"][0]["name"] == "结算点数"
    assert '"cite": "办法 第' in text
    assert "病组.csv 第" in text


def test_a_check_tells_problems_with_place_and_cure(served: Served) -> None:
    status, told = posted(served, "/api/check", {"region": REGION})
    assert (status, told["errors"]) == (200, 0)
    path = served.folder / "regions" / REGION / "错.yaml"
    path.write_text("依据: 办法 第一条\n新: {粒度: 病例, 公式: 住院总费 × 2}\n", "utf-8")
    try:
        status, told = posted(served, "/api/check", {"region": REGION})
        found = next(one for one in told["problems"] if one["code"] == "E303")
        assert (status, found["line"], found["hint"]) == (200, 2, "是不是 住院总费用？")
        assert found["file"].endswith("错.yaml")
        status, told = posted(served, "/api/price", {**HEAD, "case": {}})
        assert status in (200, 422)
    finally:
        path.unlink()


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        (b"{", 400, "JSON"),
        (b"[1]", 400, "名: 值"),
        (b'{"region": 1, "period": "2025-01", "case": {}}', 400, "文字"),
        (b'{"region": "nowhere", "period": "2025-01", "case": {}}', 422, "没有地区"),
        (b'{"region": "../yunxi-demo", "period": "2025-01", "case": {}}', 422, "没有地区"),
        (b'{"region": "yunxi-demo", "period": "1", "case": {}}', 422, "期间"),
        (b'{"region": "yunxi-demo", "period": "2025-01", "case": []}', 422, "个案"),
        (b'{"region": "yunxi-demo", "period": "2025-01"}', 400, "case"),
        (b'{"region": "yunxi-demo", "period": "2025-01", "data": ["../.."], "case": {}}', 422, "没有数据"),
        (b'{"region": "yunxi-demo", "period": "2025-01", "published": "/etc", "case": {}}', 422, "没有结果"),
        (b'{"region": "yunxi-demo", "period": "2025-01", "case": {}, "path": "/etc"}', 400, "不认识"),
        (b'{"region": "yunxi-demo", "period": "2025-01", "case": {"x": NaN}}', 400, "NaN"),
        (b'{"region": "yunxi-demo",, "period": "2025-01"}', 400, "第 1 行第 25 列：这里要有一个名字"),
        (b'{"region": "a", "region": "yunxi-demo", "period": "2025-01", "case": {}}', 400, "“region”写了两次"),
        (b'{"region": ' + b"[" * 200_000, 400, "括号套得太深"),
        (b'{"region": ' + b"9" * 100_000 + b"}", 400, "太长"),
        (b"\x80", 400, "UTF-8"),
        (b'{"region": "yunxi-demo", "period": "2025-01", "case": {"x": {"y": 1}}}', 422, "要写一个值"),
        (b'{"region": "yunxi-demo", "period": "2025-01", "published": "x\\u0000", "case": {}}', 422, "没有结果"),
        (
            b'{"region": "yunxi-demo", "period": "2025-01", "data": ["' + b"x" * 9000 + b'"], "case": {}}',
            422,
            "示例数据",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_cure(served: Served, body: bytes, status: int, word: str) -> None:
    found, told = posted(served, "/api/price", body)
    assert found == status
    assert word in json.dumps(told["error"], ensure_ascii=False)


@pytest.mark.parametrize(
    ("path", "body", "status", "word"), [("prices", b"{}", 404, "POST /api/price"), ("price", None, 405, "只认 POST")]
)
def test_a_wrong_address_or_method_is_told_to_programs_as_json(
    served: Served, path: str, body: bytes | None, status: int, word: str
) -> None:
    found, _, told = served.asked(f"/api/{path}", body, {"Authorization": f"Bearer {served.token}"})
    assert found == status
    assert word in json.dumps(json.loads(told)["error"], ensure_ascii=False)


def test_the_description_of_the_interface_needs_no_network(served: Served) -> None:
    token = {"Authorization": f"Bearer {served.token}"}
    status, headers, page = served.asked("/api", headers=token)
    assert (status, b"<script" in page, b"http" in page) == (200, False, False)
    assert "/api/explain" in page.decode()
    told = json.loads(served.asked("/api/openapi.json", headers=token)[2])
    assert told["openapi"].startswith("3.")
    assert set(told["paths"]) == {"/api/price", "/api/explain", "/api/check"}
