"""The many ways WhatsApp writes a moment down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.chats.whatsapp_lines import DateOrder, Head, Order, head, moment

HEADS = [
    "[24.12.21, 18:30:05] ",
    "\u200e[24.12.21, 18:30:05] ",
    "\ufeff[24/12/2021, 18:30:05] ",
    "[24/12/21, 6:30:05\u202fPM] ",
    "[24.12.21, 6:30:05 PM] ",
    "[2021-12-24, 18:30:05] ",
    "[24.12.21 18:30:05] ",
    "[24.12.2021 klo 18.30.05] ",
    "[2021/12/24 下午6:30:05] ",
    "24.12.21, 18:30 - ",
    "24.12.2021, 18:30 - ",
    "24/12/21, 6:30 PM - ",
    "24/12/21, 6:30\u202fpm - ",
    "24/12/21, 6:30\u2009PM - ",
    "24/12/2021, 18:30 - ",
    "24/12/2021 18:30 - ",
    "24/12/2021 à 18:30 - ",
    "24/12/21, 6:30 p.\xa0m. - ",
    "24/12/21, 6:30 p.m. - ",
    "2021-12-24, 18:30 - ",
    "2021-12-24 18 h 30 - ",
    "24-12-2021 18:30 - ",
    "24.12.2021 kl. 18.30 - ",
    "2021/12/24 18:30 - ",
    "2021/12/24 下午6:30 - ",
    "2021. 12. 24. 오후 6:30, ",
    "2021년 12월 24일 오후 6:30, ",
    "24\u200f/12\u200f/2021، 6:30 م - ",
]


def order_of(seen: list[Head]) -> Order:
    """What the dates of a file say."""
    order = DateOrder()
    for one in seen:
        order.add(one)
    return order.found


@pytest.mark.parametrize("start", HEADS)
def test_every_form(start: str) -> None:
    name = "Mara : " if start.endswith("30, ") else "Mara: "
    seen = head(f"{start}{name}in the rain - 12:30")
    assert seen
    assert seen.rest == f"{name}in the rain - 12:30"
    at, sure = moment(seen, order_of([seen]))
    assert sure
    assert at
    assert at.replace(second=0) == datetime(2021, 12, 24, 18, 30, tzinfo=UTC)
    assert at.second == (5 if ":05" in start or ".05" in start else 0)


@pytest.mark.parametrize(
    ("clock", "hour"), [("12:30 am", 0), ("12:30 PM", 12), ("1:30 AM", 1), ("11:30 p. m.", 23)]
)
def test_noon_and_midnight(clock: str, hour: int) -> None:
    seen = head(f"24/12/21, {clock} - Mara: x")
    assert seen
    assert seen.clock == (hour, 30, 0)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "in the rain",
        "24.12.21",
        "24.12.21, 18:30",
        "24.12.21, 18:30 Uhr: we meet",
        "On 24.12.21, 18:30 - Mara: x",
        "24.12.21, 25:30 - Mara: x",
        "24.12.21, 18:61 - Mara: x",
        "1. 2. 3. points",
        "[18:30] <mara> x",
        "[2021-12-24T18:30:05Z] x",
    ],
)
def test_a_line_that_goes_on(line: str) -> None:
    assert head(line) is None


def heads(*dates: str) -> list[Head]:
    found = [head(f"{date}, 18:30 - Mara: x") for date in dates]
    return [seen for seen in found if seen]


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["01/02/21", "13/02/21"], "day"),
        (["01/02/21", "02/13/21"], "month"),
        (["01/02/21", "02/02/21", "03/02/21"], "unknown"),
        (["05/02/21", "06/02/21", "01/03/21"], "day"),
        (["02/05/21", "02/06/21", "03/01/21"], "month"),
        (["05.02.21"], "day"),
        (["05/05/21"], "unknown"),
        (["13/02/21", "02/13/21"], "unknown"),
        (["05/06/21", "04/07/20"], "unknown"),
        ([], "unknown"),
    ],
)
def test_the_order_is_decided_by_the_whole_file(dates: list[str], order: str) -> None:
    assert order_of(heads(*dates)) == order


def test_years_first_need_no_order() -> None:
    (seen,) = heads("2021-02-03")
    assert moment(seen, order_of([seen])) == (datetime(2021, 2, 3, 18, 30, tzinfo=UTC), True)


def test_what_is_not_sure_says_so() -> None:
    (seen, same) = heads("02/03/21", "03/03/21")
    assert moment(seen, "unknown")[1] is False
    assert moment(same, "unknown") == (datetime(2021, 3, 3, 18, 30, tzinfo=UTC), True)


@pytest.mark.parametrize("date", ["31/02/21", "00/01/21", "31/31/21", "9999-99-99"])
def test_a_day_that_never_was(date: str) -> None:
    (seen,) = heads(date)
    assert moment(seen, "day") == (None, False)


@given(
    st.lists(st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1)), min_size=1, max_size=20),
    st.sampled_from(["%d/%m/%y", "%m/%d/%y", "%d.%m.%Y", "%Y-%m-%d"]),
)
def test_a_date_is_right_or_left_out(moments: list[datetime], form: str) -> None:
    moments.sort()
    seen = heads(*(one.strftime(form) for one in moments))
    order = order_of(seen)
    for one, found in zip(moments, seen, strict=True):
        at, sure = moment(found, order)
        if sure:
            assert at
            assert at.date() == one.date()


def test_after_a_month_the_order_is_known() -> None:
    days = [datetime(2021, 3, 1) + timedelta(days=number) for number in range(31)]
    assert order_of(heads(*(day.strftime("%d/%m/%y") for day in days))) == "day"
    assert order_of(heads(*(day.strftime("%m/%d/%y") for day in days))) == "month"


@given(st.text(alphabet="0123456789./-,:[] apm\u200e\u202fx", max_size=40))
def test_any_line(line: str) -> None:
    seen = head(line)
    if seen:
        assert line.endswith(seen.rest)
        moment(seen, "day")
        moment(seen, order_of([seen, seen]))
