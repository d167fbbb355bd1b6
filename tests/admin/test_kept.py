"""A part of a page that is the same for many readers is rendered once, and never for somebody else."""

from jinja2 import DictLoader, Environment

from admin.kept import PARTS, Kept

TEMPLATES = {
    "page": "{{ who }}:{{ kept('part', board, opened) }}",
    "part": "{{ tick() }}<b>{{ board.title }}</b>{{ opened|join }}{{ lang }}",
}


class Site:
    """A page about a board, and how often its part was rendered."""

    def __init__(self) -> None:
        self.rendered = self.pages = 0
        self.environment = Environment(loader=DictLoader(TEMPLATES), autoescape=True)
        self.kept = Kept()
        self.environment.globals["kept"] = self.kept.part
        self.environment.globals["tick"] = self._tick

    def _tick(self) -> str:
        self.rendered += 1
        return ""

    def page(self, board: dict[str, str], who: str = "a", lang: str = "zh", opened: tuple[str, ...] = ()) -> str:
        return self.kept.fill(self.marked(board, who, lang, opened).encode()).decode()

    def marked(self, board: dict[str, str], who: str, lang: str = "zh", opened: tuple[str, ...] = ()) -> str:
        self.pages += 1
        return self.environment.get_template("page").render(board=board, who=who, lang=lang, opened=opened)


def test_the_same_board_is_rendered_once_for_everybody():
    site, board = Site(), {"title": "<War room>"}

    assert site.page(board, "a") == "a:<b>&lt;War room&gt;</b>zh"
    assert site.page(board, "b") == "b:<b>&lt;War room&gt;</b>zh"
    assert site.rendered == 1


def test_another_board_language_or_opened_row_is_another_part():
    site, board = Site(), {"title": "x"}
    pages = [
        site.page(board),
        site.page(board, lang="en"),
        site.page(board, opened=("east",)),
        site.page({"title": "x"}),
    ]

    assert pages == ["a:<b>x</b>zh", "a:<b>x</b>en", "a:<b>x</b>eastzh", "a:<b>x</b>zh"]
    assert site.rendered == 4


def test_only_the_last_parts_are_kept():
    site, boards = Site(), [{"title": str(number)} for number in range(PARTS + 1)]
    for board in boards:
        site.page(board)
    site.page(boards[-1])
    assert site.rendered == PARTS + 1

    site.page(boards[0])
    assert site.rendered == PARTS + 2


def test_a_word_that_looks_like_a_mark_stays_a_word():
    site = Site()

    assert (
        site.page({"title": "<kept-1>"}, "<kept-0000000000000000-1>")
        == "&lt;kept-0000000000000000-1&gt;:<b>&lt;kept-1&gt;</b>zh"
    )


def test_a_reader_gets_their_kept_page_until_the_board_or_they_themselves_change():
    site, board = Site(), {"title": "one"}

    def page(key: str, reader: object, board: dict[str, str]) -> str:
        who = str(reader)
        return site.kept.page(key, reader, board, lambda: site.marked(board, who)).decode()

    assert page("a", ("Li",), board) == page("a", ("Li",), board)
    assert site.pages == 1
    assert "Wang" in page("b", ("Wang",), board)
    assert "manager" in page("a", ("Li", "manager"), board), "their rights changed"
    assert "two" in page("a", ("Li", "manager"), {"title": "two"})
    assert site.pages == 4
    assert site.rendered == 2, "the part is the same for all readers"


def test_a_kept_page_does_not_hold_boards_that_nobody_looks_at_any_more():
    site, board = Site(), {"title": "old"}

    def page(about: dict[str, str]) -> bytes:
        return site.kept.page("a", "Li", about, lambda: site.marked(about, "Li"))

    first = page(board)
    for number in range(PARTS):
        site.page({"title": f"board {number}"})
    assert page(board) == first
    assert site.pages == PARTS + 2, "its part was let go, so it was rendered anew"
