"""The address of an explanation, read once."""

from datetime import date

import pytest

from runtime.board.question import Question, question_of

DAY, SINCE = date(2026, 6, 10), date(2026, 6, 3)
ASKED = {
    "amount:region:east": Question(metric="amount", scope="region", key="east"),
    "amount:region:east@2026-06-10": Question(metric="amount", scope="region", key="east", day=DAY),
    "amount:region:east~2026-06-03": Question(metric="amount", scope="region", key="east", since=SINCE),
    "amount:region:east~2026-05": Question(metric="amount", scope="region", key="east", against="2026-05"),
    "amount:person:s01@2026-06-10~2026-06-03": Question(
        metric="amount", scope="person", key="s01", day=DAY, since=SINCE
    ),
    "amount:person:s01@2026-06-10~2026-05": Question(
        metric="amount", scope="person", key="s01", day=DAY, against="2026-05"
    ),
    "amount:person:a@b~c:d": Question(metric="amount", scope="person", key="a@b~c:d"),
    "amount:person:东@2026-13-40": Question(metric="amount", scope="person", key="东@2026-13-40"),
    "amount:person:@2026-06-10": Question(metric="amount", scope="person", key="@2026-06-10"),
    "amount:person:s01~2026-13": Question(metric="amount", scope="person", key="s01~2026-13"),
}


@pytest.mark.parametrize("address", ASKED)
def test_an_address_is_one_question(address: str) -> None:
    assert question_of(address) == ASKED[address]


@pytest.mark.parametrize("address", ["", "amount", "amount:region", "amount:region:", ":region:east", "amount:team:x"])
def test_what_names_no_number_is_no_question(address: str) -> None:
    assert question_of(address) is None


def test_the_page_of_the_records_is_part_of_the_question() -> None:
    assert question_of("amount:region:east", 3) == Question(metric="amount", scope="region", key="east", page=3)
