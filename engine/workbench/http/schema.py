"""The description of the interface (OpenAPI), and a page of it that needs no network and no script."""

from __future__ import annotations

import html
import json
from typing import Any

from engine import __version__

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_CASE = {
    "type": "object",
    "description": "一个个案：字段名到值；属于它的行写在表名下面，一张表一个列表",
    "additionalProperties": True,
}
_OF = {
    "region": {**_TEXT, "description": "地区的名字"},
    "period": {**_TEXT, "description": "期间，如 2025-03"},
    "program": {**_TEXT, "description": "程序；不写就是这种期间里写了 需要 的那一个"},
    "data": {**_TEXTS, "description": "公布的表在哪个文件夹，写页面上列出的名字"},
    "published": {**_TEXT, "description": "已结算的结果，写页面上列出的名字"},
    "of": {**_TEXTS, "description": "要算哪些名字；不写就是程序需要和报表列出的"},
}
_EXAMPLE = {"region": "名字", "period": "2025-01", "data": ["示例数据"], "case": {"字段": "值"}}
_ERRORS = "出错时是 {error: {message, hint, details, problems}}"
CALLS: dict[str, dict[str, Any]] = {
    "/api/price": {
        "summary": "给一个个案计价，或一次几个",
        "properties": {**_OF, "case": _CASE, "cases": {"type": "array", "items": _CASE, "maxItems": 1000}},
        "required": ["region", "period"],
        "gives": "state、by、reason、values（精确的数写成文字）、unknown、warnings、rejected；first 是先看的名字；"
        "几个时在 cases 里，次序不变",
        "example": _EXAMPLE,
    },
    "/api/explain": {
        "summary": "一个个案的值怎么算出来的",
        "properties": {**_OF, "case": _CASE, "names": {**_TEXTS, "description": "要说明的名字；不写就是全部"},
                       "rows": {"type": "integer", "description": "合计里列出几行"}},
        "required": ["region", "period", "case"],
        "gives": "steps：一棵树，每步有 name、value、formula、numbers、cite、place、tried、steps",
        "example": {**_EXAMPLE, "names": ["名字"]},
    },
    "/api/check": {
        "summary": "检查一个地区的规则",
        "properties": {"region": _OF["region"]},
        "required": ["region"],
        "gives": "errors（几个错误），problems：code、file、line、column、message、hint",
        "example": {"region": "名字"},
    },
}  # fmt: skip


def described() -> dict[str, Any]:
    """OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Casemix 工作台", "version": __version__, "description": _ERRORS},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
        "paths": {path: {"post": _operation(about)} for path, about in CALLS.items()},
    }  # fmt: skip


def _operation(about: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": about["properties"], "required": about["required"]}
    schema["additionalProperties"] = False
    body = {"required": True, "content": {"application/json": {"schema": schema, "example": about["example"]}}}
    answers = {"200": about["gives"], "400": "请求写得不对", "401": "没有令牌", "422": "规则、数据或字段有错"}
    return {
        "summary": about["summary"],
        "requestBody": body,
        "responses": {status: {"description": text} for status, text in answers.items()},
    }


def page_of(described: dict[str, Any]) -> str:
    """The same to be read by people."""
    parts = ["<h1>Casemix 工作台：给程序用的接口</h1>",
             "<p>请求带 <code>Authorization: Bearer 令牌</code>（令牌是打印出的链接里 token= 后面的），正文是 JSON；"
             '数都写成文字，一位不少。<a href="/api/openapi.json">OpenAPI 描述</a></p>']  # fmt: skip
    for path, methods in described["paths"].items():
        parts.append(_call(path, methods["post"]))
    style = (
        "body{font:16px/1.6 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color-scheme:light dark}"
        "table{border-collapse:collapse}th,td{text-align:left;padding:2px 12px 2px 0;vertical-align:top}"
        "pre{white-space:pre-wrap}"
    )
    head = f'<head><meta charset="utf-8"><title>Casemix 接口</title><style>{style}</style></head>'
    return f'<!doctype html><html lang="zh-CN">{head}<body><main>{"".join(parts)}</main></body></html>'


def _call(path: str, about: dict[str, Any]) -> str:
    content = about["requestBody"]["content"]["application/json"]
    schema = content["schema"]
    rows = "".join(
        f"<tr><th scope=row><code>{_safe(name)}</code></th><td>{'必写' if name in schema['required'] else ''}</td>"
        f"<td>{_safe(told.get('description', ''))}</td></tr>"
        for name, told in schema["properties"].items()
    )
    answers = "".join(f"<li>{status}：{_safe(told['description'])}</li>" for status, told in about["responses"].items())
    example = json.dumps(content["example"], ensure_ascii=False)
    heading = f"<h2><code>POST {_safe(path)}</code> {_safe(about['summary'])}</h2>"
    return f"{heading}<table>{rows}</table><pre>{_safe(example)}</pre><ul>{answers}</ul>"


def _safe(text: str) -> str:
    return html.escape(text)
