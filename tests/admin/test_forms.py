"""Forms: what is sent, what is refused, and what the person is told."""

import re

import pytest
from sample_app import Sample


def token_of(page: str) -> str:
    return re.findall(r'name="_csrf_token" value="([0-9a-f]+)"', page)[0]


def send(client, path: str, page: str = "/board", **fields: str):
    token = token_of(client.get(page).text)
    return client.post(path, data={**fields, "_csrf_token": token})


def test_an_answer_reaches_the_runtime_and_is_confirmed_once(client):
    sample = Sample()
    browser = client(role="manager", sample=sample)
    sent = send(
        browser, "/alerts/a-shanghai", reason="customer_delay", kind="reason", text=" 周五签回 ", promised="2026-11-27", mention="director"
    )  # fmt: skip

    alert, answer, mentioned = sample.verbs.answers[0]
    assert (alert, answer.kind, answer.reason, answer.text) == ("a-shanghai", "reason", "customer_delay", "周五签回")
    assert str(answer.promised_on) == "2026-11-27"
    assert mentioned == ("director",)
    assert (sent.status_code, sent.headers["location"]) == (303, "/alerts/a-shanghai")
    assert "回应已发送" in browser.get("/alerts/a-shanghai").text
    assert "回应已发送" not in browser.get("/alerts/a-shanghai").text


def test_an_answer_without_a_reason_says_so_at_the_field_and_keeps_what_was_written(client):
    sample = Sample()
    answer = send(
        client(role="manager", sample=sample), "/alerts/a-shanghai", kind="reason", text="写到一半", promised="soon"
    )

    assert answer.status_code == 422
    assert "请选择一个原因" in answer.text
    assert "请写成日期" in answer.text
    assert "写到一半</textarea>" in answer.text
    assert not sample.verbs.answers


def test_a_request_for_support_says_what_is_needed(client):
    answer = send(client(role="manager", lang="en"), "/alerts/a-shanghai", kind="support")

    assert answer.status_code == 422
    assert "Please say what is needed from whom" in answer.text


def test_a_refusal_of_the_runtime_is_a_sentence(client):
    answer = send(client(role="seller", lang="en"), "/alerts/a-shanghai", kind="seen")

    assert answer.status_code == 403
    assert "only the region&#39;s manager can answer this alert" in answer.text


def test_an_unknown_kind_of_answer_is_a_422_page(client):
    answer = send(client(role="manager"), "/alerts/a-shanghai", kind="shrug")

    assert answer.status_code == 422
    assert "这个请求读不懂" in answer.text


def test_an_unknown_field_is_refused(client):
    assert send(client(role="manager"), "/alerts/a-shanghai", kind="seen", state="closed").status_code == 422


def test_an_edited_record_goes_to_the_source(client):
    sample = Sample()
    browser = client(sample=sample)
    sent = send(
        browser, "/records/order_lines/SO-1182.1", **{"f.product_class": "01", "f.amount": "126000.00", "other": "x"}
    )

    assert sample.verbs.edits == [{"product_class": "01", "amount": "126000.00"}]
    assert (sent.status_code, sent.headers["location"]) == (303, "/records/order_lines/SO-1182.1")
    assert "已写入源系统" in browser.get(sent.headers["location"]).text


def test_a_value_that_cannot_be_read_stays_in_its_field_with_the_mend(client):
    answer = send(client(), "/records/order_lines/SO-1182.1", **{"f.amount": "12,3x"})

    assert answer.status_code == 422
    assert 'value="12,3x"' in answer.text
    assert "不是数字；写成 126000" in answer.text
    assert 'aria-describedby="e-amount"' in answer.text


def test_an_unknown_record_cannot_be_edited(client):
    assert send(client(), "/records/order_lines/none", **{"f.amount": "1"}).status_code == 404


def test_a_snapshot_is_frozen_on_demand(client):
    sample = Sample()
    sent = send(client(sample=sample), "/calibration")

    assert sample.verbs.frozen == 1
    assert sent.headers["location"] == "/calibration"


def test_the_language_is_switched_and_one_stays_where_one_was(client):
    browser = client(role="manager")
    sent = send(browser, "/language", lang="en", next="/alerts/a-shanghai")

    assert sent.headers["location"] == "/alerts/a-shanghai"
    assert "may need support" in browser.get("/alerts/a-shanghai").text


def test_an_unknown_language_is_refused(client):
    assert send(client(), "/language", lang="fr", next="/board").status_code == 422


@pytest.mark.parametrize(("role", "status"), [("author", 200), ("it", 200), ("seller", 403), ("manager", 403)])
def test_a_metric_is_previewed_as_json_for_who_may_open_the_workbench(client, role, status):
    answer = send(client(role=role), "/workbench/preview", text="x" * 30_000)

    assert answer.status_code == status
    if status == 200:
        assert answer.json()["metric"] == "x" * 20_000
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"].startswith("application/json")


def test_there_is_nothing_to_preview_before_the_first_release(client):
    assert send(client(mode="empty"), "/workbench/preview", text="x").status_code == 404


def test_a_preview_needs_the_form_token(client):
    assert client().post("/workbench/preview", data={"text": "x"}).status_code == 403


def test_an_official_plan_is_sent_as_a_file_and_a_wrong_one_is_told_with_its_line(client):
    sample = Sample()
    browser = client(role="it", sample=sample)
    token = token_of(browser.get("/workbench/calendar/2027").text)

    def upload(content: bytes):
        return browser.post(
            "/workbench/calendar/2027/import",
            data={"_csrf_token": token},
            files={"file": ("2027.csv", content, "text/csv")},
        )

    assert upload("day,kind,name\n2027-01-01,off,元旦\n".encode()).headers["location"] == "/workbench/calendar/2027"
    assert sample.verbs.edits == [{"file": "2027.csv", "days": "1"}]
    wrong = upload(b"day,kind,name\n2027-01-01,free,x\n")
    assert wrong.status_code == 422
    assert "2027.csv 第 2 行：kind &#39;free&#39; 未知" in wrong.text
    assert browser.post("/workbench/calendar/2027/import", data={"_csrf_token": token}).status_code == 422


def test_a_day_is_corrected_by_those_who_may(client):
    sample = Sample()
    browser = client(role="author", sample=sample)
    sent = send(
        browser,
        "/workbench/calendar/2026/day",
        "/workbench/calendar/2026",
        day="2026-12-26",
        kind="make_up",
        name="盘点",
    )
    assert sent.headers["location"] == "/workbench/calendar/2026"
    assert sample.verbs.edits == [{"day": "2026-12-26", "kind": "make_up", "name": "盘点"}]
    wrong = send(browser, "/workbench/calendar/2026/day", "/workbench/calendar/2026", day="2026-12-28", kind="make_up")
    assert (wrong.status_code, "不是周末" in wrong.text) == (422, True)
    assert "/import" not in client(role="director", sample=sample).get("/workbench/calendar/2026").text
