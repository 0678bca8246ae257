"""Check digits, on published examples, and that a changed digit is noticed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.privacy.vault import checks

GOOD: list[tuple[Callable[[str], bool], list[str]]] = [
    (checks.luhn, ["79927398713", "4111111111111111", "8112289874"]),
    (checks.card, ["4111111111111111", "5555555555554444", "2223003122003222", "378282246310005"]),
    (checks.card, ["6011111111111117", "3530111333300000", "30569309025904", "4222222222222"]),
    (checks.iban, ["DE89370400440532013000", "GB82WEST12345698765432", "NO9386011117947"]),
    (checks.iban, ["FR1420041010050500013M02606", "MT84MALT011000012345MTLCAST001S"]),
    (checks.spain, ["12345678Z", "X1234567L", "Y7654321G"]),
    (checks.france, ["185057800608491", "2550814168025" + "38"]),
    (checks.italy, ["RSSMRA85T10A562S", "MRTMTT91D08F205J"]),
    (checks.finland, ["131052-308T"]),
    (checks.belgium, ["85073003328", "00012511148"]),
    (checks.switzerland, ["7569217076985"]),
    (checks.brazil, ["52998224725", "39053344705"]),
    (checks.china, ["11010519491231002X"]),
    (checks.sweden, ["8112289874"]),
    (checks.korea, ["8001011234567"]),
]
EVERY = [(check, number) for check, numbers in GOOD for number in numbers]


@pytest.mark.parametrize(("check", "number"), EVERY)
def test_published_numbers_are_good(check: Callable[[str], bool], number: str) -> None:
    assert check(number)


@pytest.mark.parametrize(("check", "number"), EVERY)
def test_one_other_digit_is_noticed(check: Callable[[str], bool], number: str) -> None:
    if check is checks.korea:
        return  # its check digit is no longer given out
    place = max(i for i, sign in enumerate(number) if sign.isdecimal())
    changed = [number[:place] + other + number[place + 1 :] for other in "0123456789"]
    assert [check(one) for one in changed].count(True) == 1


@pytest.mark.parametrize(
    ("check", "number"),
    [
        (checks.card, "1234567812345670"),  # Luhn, and no issuer
        (checks.card, "411111111111111"),
        (checks.iban, "DE8937040044053201300"),
        (checks.iban, "ZZ89370400440532013000"),
        (checks.brazil, "11111111111"),
        (checks.sweden, "8113289874"),
        (checks.korea, "8002301234567"),
        (checks.finland, "311352-308T"),
    ],
)
def test_what_cannot_be(check: Callable[[str], bool], number: str) -> None:
    assert not check(number)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_days(year: int, month: int, of_month: int) -> None:
    possible = 1 <= month <= 12 and 1 <= of_month <= 31
    assert checks.day(f"{year:02}", f"{month:02}", f"{of_month:02}") <= possible
