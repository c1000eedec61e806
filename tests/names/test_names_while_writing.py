"""Names of rules that are being written: what cannot be read at the moment hides neither names nor problems."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

from engine.names.listing import names_of_book
from engine.session import Session

CITY = Path(__file__).parents[2] / "regions" / "yunxi-demo"


def test_statements_that_cannot_be_read_now_leave_the_programs_that_ask_for_them_with_their_names(tmp_path: Path):
    region = tmp_path / CITY.name
    shutil.copytree(CITY, region)
    with (region / "报表.yaml").open("a", encoding="utf-8") as file:
        file.write("病例")
    session = Session(str(region))
    assert "E109" in {problem.code for problem in session.problems()}
    assert "月度预结算" in {one.name for one in names_of_book(session.book, datetime.date.today())}
