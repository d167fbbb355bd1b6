"""Signing in, rights to pages, tokens, headers, and errors that tell nothing of the inside."""

import re

import pytest
from sample_app import Sample

from admin.app import ROUTES
from admin.menu import MENU
from admin.session import safe_next

ROLES = ("seller", "manager", "director", "author", "it")


def get_routes() -> list[str]:
    """Every page that a GET can ask for, with something in the place of its parameters."""
    paths = {path for route in ROUTES if "GET" in route.http_methods for path in route.paths}
    return sorted(re.sub(r"\{[^}]+\}", "x", re.sub(r"\{[^}]+:int\}", "1", path)) for path in paths)


def is_open(path: str) -> bool:
    return path in ("/login", "/health", "/x") or path.startswith("/static")


@pytest.mark.parametrize("path", [path for path in get_routes() if not is_open(path)])
def test_every_page_asks_a_stranger_to_sign_in_first(client, path):
    answer = client(role=None).get(path)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")


def test_a_stranger_comes_back_to_the_page_that_was_asked_for(client):
    answer = client(role=None).get("/board?why=signed_amount:region:east")

    assert answer.headers["location"] == "/login?next=/board%3Fwhy%3Dsigned_amount%3Aregion%3Aeast"


def test_a_script_of_a_stranger_gets_a_401(client):
    assert client(role=None).get("/board/rows", headers={"accept": "*/*"}).status_code == 401


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("entry", MENU, ids=[entry.key for entry in MENU])
def test_the_menu_and_the_guard_agree(client, entry, role):
    browser = client(role=role)
    allowed = not entry.roles or role in entry.roles

    assert (f'href="{entry.path}"' in browser.get("/board").text) == allowed
    assert browser.get(entry.path).status_code == (200 if allowed else 403)


@pytest.mark.parametrize("role", ROLES)
def test_the_demo_signs_one_in_with_one_post(client, role):
    browser = client(role=None)
    answer = browser.post("/login", data={"as": role})

    assert (answer.status_code, answer.headers["location"]) == (303, "/board")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("duiqi_session"))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert browser.get("/board").status_code == 200


def test_no_demo_no_cards(client):
    browser = client(role=None, demo=False)

    assert 'name="password"' in browser.get("/login").text
    assert browser.post("/login", data={"as": "director"}).status_code == 422


def test_a_wrong_password_keeps_the_login_and_says_nothing_more(client):
    answer = client(role=None, demo=False).post("/login", data={"login": "director", "password": "wrong"})

    assert answer.status_code == 422
    assert 'value="director"' in answer.text
    assert "账号或密码不对" in answer.text
    assert "wrong" not in answer.text


def test_a_right_password_opens(client):
    answer = client(role=None, demo=False).post(
        "/login", data={"login": "director", "password": "right", "next": "/alerts"}
    )

    assert answer.headers["location"] == "/alerts"


def test_another_site_cannot_sign_somebody_in(client):
    answer = client(role=None).post("/login", data={"as": "seller"}, headers={"origin": "https://elsewhere.example"})

    assert answer.status_code == 403
    assert "duiqi_session" not in answer.headers.get("set-cookie", "")


def test_signing_out_ends_the_session_on_the_server(client):
    sample = Sample()
    browser = client(sample=sample)
    token = re.findall(r'name="_csrf_token" value="(\w+)"', browser.get("/board").text)[0]
    browser.post("/logout", data={"_csrf_token": token})

    assert "token-director" in sample.doors.ended
    assert client(sample=sample).get("/board").status_code == 303


@pytest.mark.parametrize(
    "path", ["/alerts/a-shanghai", "/calibration", "/records/order_lines/SO-1182.1", "/logout", "/language"]
)
def test_a_form_without_its_token_changes_nothing(client, path):
    sample = Sample()
    browser = client(sample=sample)
    answer = browser.post(path, data={"kind": "seen", "lang": "en"})

    assert answer.status_code == 403
    assert "什么都没有保存" in answer.text
    assert not sample.verbs.answers
    assert not sample.verbs.frozen


def test_a_token_of_an_earlier_demo_is_replaced(client):
    old = client(sample=Sample(secret="the secret of an earlier run"))
    old.get("/board")
    browser = client()
    browser.cookies.set("duiqi_csrf", old.cookies["duiqi_csrf"])
    token = re.findall(r'name="_csrf_token" value="(\w+)"', browser.get("/calibration").text)[0]

    assert token != old.cookies["duiqi_csrf"]
    assert browser.post("/calibration", data={"_csrf_token": token}).status_code == 303


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", None, "/a\\b", "/a\nb"],
)
def test_one_is_never_sent_to_another_site(address):
    assert safe_next(address) == "/board"


def test_a_path_of_our_own_is_kept():
    assert safe_next("/alerts/a-1?x=1") == "/alerts/a-1?x=1"


@pytest.mark.parametrize("path", ["/board", "/nowhere", "/login", "/health", "/static/x/app.css"])
def test_every_answer_carries_the_headers(client, path):
    headers = client().get(path).headers

    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_our_own_fault_is_a_page_with_a_reference_and_no_inside(client):
    sample = Sample()

    async def break_down(viewer, **given):
        raise RuntimeError("the password is 1234")

    sample.views.targets = break_down
    answer = client(sample=sample, lang="en").get("/targets")

    assert answer.status_code == 500
    assert re.search(r"Reference [0-9a-f]{8}", answer.text)
    assert "1234" not in answer.text
    assert "Traceback" not in answer.text
    assert "content-security-policy" in answer.headers


def test_a_page_number_that_is_no_number_is_a_422_page(client):
    answer = client().get("/records?page=two")

    assert answer.status_code == 422
    assert "这个请求读不懂" in answer.text


def test_a_method_that_is_not_there_is_answered_in_words(client):
    assert client().put("/board").status_code in (403, 405)


def test_health_follows_the_board(client):
    sample = Sample()
    assert client(sample=sample).get("/health").json() == {"status": "ready"}
    sample.is_ready = False
    assert client(sample=sample).get("/health").status_code == 503


def test_static_files_are_kept_for_ever_under_their_hash_only(client):
    browser = client()
    sheet = re.findall(r'href="(/static/\w+/app.css)"', browser.get("/board").text)[0]
    answer = browser.get(sheet)

    assert "immutable" in answer.headers["cache-control"]
    assert "immutable" not in browser.get("/static/old/app.css").headers["cache-control"]
    assert browser.get(sheet, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    assert browser.get("/static/x/../app.py").status_code == 404
    assert browser.get("/static/x/css/tokens.css").status_code == 404
