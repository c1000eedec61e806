"""不提示 written beside an entry or an example, so that lint no longer says there what it says."""

from __future__ import annotations

from yaml import YAMLError

from engine.assist.fixes import Edit, Fix, put_in
from engine.assist.outline import made_in
from engine.lint.findings import OFF, Finding
from engine.rulebook.spans import Written, written


def quiet(text: str, finding: Finding) -> Fix | None:
    """``None`` where the entry cannot be found in the text, or is written in a way that is left to the writer."""
    title = f"这里不提示 {finding.kind}：写上 {OFF}"
    try:
        already = _already(text, finding.name)
    except YAMLError:
        return None
    if already is not None:
        if already.kind == "scalar" and not already.style:
            return Fix(title, (Edit(already.start, already.end, f"[{already.value}, {finding.kind}]"),))
        if already.kind == "list" and already.flow and already.items:
            end = already.items[-1].end
            return Fix(title, (Edit(end, end, f", {finding.kind}"),))
        return None
    at = next((at for name, at in made_in(text) if name == finding.name), None)
    if at is None:
        return None
    start = text.rfind("\n", 0, at) + 1
    stop = text.find("\n", at)
    line = text[start : len(text) if stop < 0 else stop]
    return next(put_in(start, line, text, title, f"{OFF}: {finding.kind}"), None)


def _already(text: str, name: str) -> Written | None:
    """What 不提示 says beside the entry."""
    root = written(text)
    replaced = root.get("替换") if root is not None else None
    for above in (root, replaced):
        body = above.get(name) if above is not None and above.kind == "mapping" else None
        if body is not None and body.kind == "mapping":
            return body.get(OFF)
    return None
