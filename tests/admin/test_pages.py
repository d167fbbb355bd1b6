"""Every page, in both languages, full, quiet and empty."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from admin.catalogue import catalogue
from engine.calendar import calendar_of
from runtime.board.empty import empty_board
from schema_defs.calendar import Calendar
from tests.admin.sample_views import viewer

PAGES = (
    "/board", "/board?opened=region:shanghai", "/board?wall=1", "/board?why=signed_amount:region:shanghai",
    "/board/why?why=high_margin_share:region:shanghai", "/board/rows?keys=region:shanghai,region:east", "/alerts", "/alerts/backtest", "/alerts/backtest?mode=both&of=shanghai&day=2026-11-11", "/targets",
    "/calibration", "/chat", "/workbench", "/workbench/calendar", "/workbench/calendar/2027", "/records", "/records?search=没有的",
)  # fmt: skip
DETAILS = ("/alerts/a-shanghai", "/calibration/sn-102", "/records/order_lines/SO-1182.1", "/workbench/rule/behind_pace",
           "/alerts/why?rule=behind_pace&of=region:shanghai", "/alerts/why?rule=behind_pace&of=region:shanghai&day=2026-11-22",
           "/board/why?why=signed_amount:region:shanghai@2026-11-20", "/board/why?why=signed_amount:region:shanghai~2026-11-16", "/board/why?why=signed_amount:region:shanghai~2026-10")  # fmt: skip


class Forms(HTMLParser):
    """The forms of a page, each with its method and the value of its token."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            self.forms.append({"method": given.get("method", "get"), "token": ""})
        if tag == "input" and given.get("name") == "_csrf_token":
            self.forms[-1]["token"] = given.get("value") or ""


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("mode", ["quiet", "full", "empty"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_in_both_languages(client, path, mode, lang):
    answer = client(mode=mode, lang=lang).get(path)

    assert answer.status_code == 200
    if "/rows" not in path:
        assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in answer.text
    assert "{{" not in answer.text
    assert "{%" not in answer.text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", DETAILS)
def test_every_detail_page_is_whole_in_both_languages(client, path, lang):
    assert client(lang=lang).get(path).status_code == 200


@pytest.mark.parametrize("path", [path for path in (*PAGES, *DETAILS) if path != "/chat"])
def test_an_english_page_says_nothing_of_ours_in_chinese(client, path):
    page = client(lang="en").get(path).text
    chinese = {
        text
        for text in catalogue("zh").values()
        if isinstance(text, str) and re.fullmatch(r"[\u4e00-\u9fff]{3,}", text)
    }

    assert not [text for text in chinese if text in page]


@pytest.mark.parametrize("path", [*PAGES, *DETAILS])
def test_every_form_that_changes_something_carries_a_token(client, path):
    page = client().get(path)
    found = Forms()
    found.feed(page.text)

    changing = [form for form in found.forms if form["method"] == "post"]
    assert all(len(form["token"]) == 128 for form in changing)
    if "rows" not in path and "wall" not in path:
        assert changing


@pytest.mark.parametrize("path", [*PAGES, *DETAILS])
def test_no_page_holds_inline_script_or_style(client, path):
    page = client().get(path).text

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\bsrc=)", page)


@pytest.mark.parametrize("path", [*PAGES, *DETAILS])
def test_a_page_of_a_normal_day_stays_below_100_kb(client, path):
    assert len(client().get(path).content) < 100_000


def test_a_page_travels_compressed(client):
    answer = client().get("/board", headers={"accept-encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 15_000


def test_the_board_says_number_unit_pace_mark_and_clock(client):
    page = client().get("/board").text

    for words in (
        "3,775.8 万元",
        "数据截至",
        "11月24日 10:42",
        "第 37 版",
        "应达进度 76.2%",
        "连续 4 天，需要支持，已回应",
        "观察中，第 1 天，满 3 天提醒",
    ):
        assert words in page, words


def test_the_english_board_writes_millions(client):
    page = client(lang="en").get("/board").text

    assert "CNY 37.76M" in page
    assert "4 days in a row, may need support, answered" in page


def test_late_sources_are_named_and_their_numbers_are_grey(client):
    page = client(mode="full").get("/board").text

    assert "ERP 回款迟到：只到 11月23日 17:05" in page
    assert 'class="n m c2 edge late"' in page


def test_a_row_opens_without_a_script(client):
    closed, opened = client().get("/board").text, client().get("/board?opened=region:shanghai").text

    assert "罗浩然" not in closed
    assert "罗浩然" in opened


def test_the_drawer_has_an_address_of_its_own(client):
    page = client().get("/board?why=signed_amount:region:shanghai").text

    assert "<dialog" in page
    assert "已取消：不计入" in page


def test_a_script_gets_only_the_drawer(client):
    part = client().get("/board/why?why=signed_amount:region:shanghai", headers={"x-part": "1"}).text

    assert part.lstrip().startswith("<dialog")
    assert "<html" not in part


def test_rows_below_one_are_sent_alone(client):
    part = client().get("/board/rows?under=region:shanghai").text

    assert len(re.findall(r'data-parent="region:shanghai"', part)) == 7
    assert 'data-row="region:east"' not in part


def test_only_the_asked_rows_are_sent_and_say_what_moved(client):
    part = client(mode="full").get("/board/rows?keys=region:shanghai").text

    assert re.findall(r'data-row="([^"]+)"', part) == ["region:shanghai"]
    assert "+12.6 万元</b>，订单 SO-1182 新增" in part


@pytest.mark.parametrize(
    "path",
    ["/board/why?why=nothing", "/board?why=unknown:region:east", "/board?why=signed_amount:planet:mars", "/alerts/none",
     "/alerts/why?rule=none&of=region:shanghai", "/alerts/why?rule=behind_pace&of=region:shanghai&day=soon",
     "/board/why?why=signed_amount:region:nowhere", "/calibration/none", "/calibration/none/pdf", "/records/order_lines/none",
     "/workbench/rule/unknown", "/nowhere/at/all"],
)  # fmt: skip
def test_what_is_not_there_is_a_404_in_words(client, path):
    chinese, english = client().get(path), client(lang="en").get(path)

    assert (chinese.status_code, english.status_code) == (404, 404)
    assert "没有这个页面" in chinese.text
    assert "No such page" in english.text


def test_a_snapshot_is_downloaded_as_a_file(client):
    answer = client().get("/calibration/sn-102/pdf")

    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="war-room.pdf"'


def test_the_simulated_chat_is_there_only_where_the_simulator_runs(client):
    from sample_app import Sample

    sample = Sample()
    sample.app.state["deps"] = type(sample.app.state["deps"])(
        **{f: getattr(sample.app.state["deps"], f) for f in sample.app.state["deps"].__struct_fields__}
        | {"chat": False}
    )

    assert client(sample=sample).get("/chat").status_code == 404
    assert "/chat" not in client(sample=sample).get("/board").text


def test_the_next_page_of_a_table_is_asked_for(client):
    from sample_app import Sample

    sample, asked = Sample(), []
    records = sample.views.records

    async def noted(viewer, **given):
        asked.append(given["page"])
        return await records(viewer, **given)

    sample.views.records = noted
    browser = client(sample=sample)
    following = re.findall(r'rel="next" href="([^"]+)"', browser.get("/records?dataset=order_lines").text)[0]

    assert browser.get(following.replace("&amp;", "&")).status_code == 200
    assert asked == [1, 2]


@pytest.mark.parametrize("page", ["/board", "/calibration"])
@pytest.mark.parametrize(("lang", "words"), [("zh", "节假日为预测"), ("en", "days off predicted")])
def test_a_year_whose_days_off_are_predicted_says_so_and_no_other(client, lang, words, page):
    assert words in client(lang=lang, mode="empty").get(page).text
    assert words not in client(lang=lang).get(page).text


def test_only_a_year_without_an_official_plan_is_predicted():
    def board(year: int):
        return empty_board(viewer(), datetime(year, 6, 1, tzinfo=UTC), calendar_of(Calendar(country="CN")))

    assert [board(year).days_predicted for year in (2026, 2027)] == [False, True]


def test_an_address_may_name_a_past_day(client):
    page = client().get("/board/why?why=signed_amount:region:shanghai@2026-11-20").text

    assert "截至 2026年11月20日" in page
    assert "signed_amount%3Aregion%3Aeast%402026-11-20" in page or "signed_amount:region:east%402026-11-20" in page


def test_the_tree_shows_the_records_with_what_brought_them(client):
    page = client().get("/board/why?why=signed_amount:region:shanghai").text

    assert '<ul class="tree">' in page
    assert "orders.jsonl" in page
    assert 'href="/records/order_lines/o1"' in page
    assert "没有负责人的记录" in page


def test_a_day_of_a_rule_says_which_condition_failed_and_by_how_much(client):
    page = client().get("/alerts/why?rule=behind_pace&of=region:shanghai&day=2026-11-23").text

    assert "54.8% &lt; 61.0%" in page
    assert "−6.2" in page


def test_a_bridge_tells_what_the_target_did_and_who_drove_it(client):
    page = client().get("/board/why?why=signed_amount:region:shanghai~2026-10").text

    assert "与2026年10月相比" in page
    assert "2026年11月的记录" in page
    assert "目标调整" in page
    assert "−14.1" in page
    assert 'class="less"' in page
    assert "&lt;芳&gt;" in page
    assert client().get("/board/why?why=signed_amount:region:shanghai~2026-13").status_code == 200, (
        "a key may hold a tilde"
    )


def test_a_rule_that_is_being_tried_renews_the_page_and_one_that_was_shows_its_days(client):
    running, done = client().get("/alerts/backtest"), client(mode="full").get("/alerts/backtest?mode=both&of=shanghai&day=2026-11-11")  # fmt: skip

    assert running.headers["refresh"] == "2"
    assert '<progress max="1" value="0.400">' in running.text
    assert "refresh" not in done.headers
    assert done.text.count('class="differs" x=') == 1
    assert done.text.count('class="firing" x=') == 2, "one row as known then, one with hindsight"
    assert done.text.count("另有 1 人不在您的可见范围") == 1
    assert "仅当时" in done.text
    assert "11月11日 – 2026年11月14日" in done.text
    alone = client(mode="full").get("/alerts/backtest?mode=now").text
    assert alone.count('class="firing" x=') == 1
    assert "11月11日 – 2026年11月14日" not in alone, "hindsight has no such alert"
    assert "of=shanghai&day=2026-11-11#why" in done.text
    assert "SO-&lt;1&gt;" in done.text
    assert "王 &lt;芳&gt;" in done.text
    assert "1 / 2" in done.text
    assert client().get("/alerts/backtest?rule=none").status_code == 404
    assert client().get("/alerts/backtest?first=yesterday").status_code == 404
    assert client().get("/alerts/backtest?last=0001-01-01").status_code == 404
    assert client().get("/alerts/backtest?mode=never").status_code == 404


@pytest.mark.parametrize(("first", "status"), [("2026-03-02", 303), ("soon", 422)])
def test_a_rule_is_tried_by_a_form(client, first, status):
    browser = client(mode="full")
    forms = Forms()
    forms.feed(browser.get("/alerts/backtest").text)
    token = next(form["token"] for form in forms.forms if form["token"])
    answer = browser.post("/alerts/backtest", data={"rule": "behind_pace", "first": first, "last": "2026-03-20", "_csrf_token": token})  # fmt: skip

    assert answer.status_code == status
    if status == 303:
        assert answer.headers["location"] == "/alerts/backtest?rule=behind_pace&first=2026-03-02&last=2026-03-20"
