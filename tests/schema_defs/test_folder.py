"""A folder of any depth is a configuration."""

import os
from pathlib import Path

import pytest

from schema_defs.errors import UsageError
from schema_defs.loader import load_file, load_folder, load_path, load_text

MESSAGE = "kind: message\nname: {name}\ntitle: t\nbody: b\n"


def write(path: Path, name: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MESSAGE.format(name=name), encoding="utf-8")
    return path


def test_documents_of_all_depths_are_read_in_the_order_of_their_paths(tmp_path: Path) -> None:
    write(tmp_path / "b" / "deep" / "er" / "x.yml", "third")
    write(tmp_path / "a.yaml", "first")
    write(tmp_path / "b" / "a.yaml", "second")
    (tmp_path / "c.json").write_text('{"kind": "message", "name": "fourth", "title": "t", "body": "b"}')
    loaded = load_folder(tmp_path)
    assert loaded.issues == ()
    assert list(loaded.release.messages) == ["first", "second", "third", "fourth"]


def test_other_and_hidden_files_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", "a")
    for name in ("data.csv", "README.md", "rows.jsonl", ".hidden.yaml", "a.yaml~", ".git/config.yaml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("not: [a document", encoding="utf-8")
    assert load_folder(tmp_path).issues == ()


def test_links_that_lead_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside" / "secret.yaml", "secret")
    inside = tmp_path / "inside"
    write(inside / "a.yaml", "a")
    os.symlink(outside, inside / "file.yaml")
    os.symlink(outside.parent, inside / "folder")
    os.symlink(inside, inside / "circle")
    os.symlink(inside / "a.yaml", inside / "twin.yaml")
    loaded = load_folder(inside)
    assert loaded.issues == ()
    assert list(loaded.release.messages) == ["a"]


def test_a_single_file_is_a_configuration_too(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(MESSAGE.format(name="a") + "---\n" + MESSAGE.format(name="b"), encoding="utf-8")
    assert list(load_file(path).release.messages) == ["a", "b"]
    assert load_path(path).release == load_file(path).release


@pytest.mark.parametrize("load", [load_folder, load_file, load_path])
def test_a_path_that_is_not_there_is_wrong_use(load: object, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        load(tmp_path / "nowhere")  # type: ignore[operator]
    assert "nowhere" in raised.value.said.zh
    assert "nowhere" in raised.value.said.en


def test_the_same_kind_and_name_twice_names_both_places(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", "same")
    write(tmp_path / "b.yaml", "same")
    [issue] = load_folder(tmp_path).issues
    assert issue.code == "duplicate-document"
    assert issue.file.endswith("b.yaml")
    assert f"{(tmp_path / 'a.yaml').as_posix()}:1" in issue.message.en


def test_what_is_no_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("kind: message\nname: x\ntitle: 标题\n".encode("gb18030"))
    (tmp_path / "b.yaml").write_bytes("kind: message\n".encode("utf-16"))
    issues = load_folder(tmp_path).issues
    assert [(issue.code, issue.line) for issue in issues] == [("not-utf8", 3), ("not-utf8", 1)]


def test_a_file_beyond_2_MB_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"# " + b"x" * 3_000_000)
    [issue] = load_folder(tmp_path).issues
    assert issue.code == "too-large"


def test_one_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("kind: [", encoding="utf-8")
    write(tmp_path / "b.yaml", "b")
    loaded = load_folder(tmp_path)
    assert [issue.code for issue in loaded.issues] == ["yaml-syntax"]
    assert list(loaded.release.messages) == ["b"]


def test_where_one_document_is_expected_a_second_is_an_error() -> None:
    loaded = load_text(MESSAGE.format(name="a") + "---\n" + MESSAGE.format(name="b"))
    assert [(issue.code, issue.line) for issue in loaded.issues] == [("second-document", 6)]
    assert list(loaded.release.messages) == ["a"]


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n"])
def test_where_one_document_is_expected_none_is_an_error(text: str) -> None:
    assert [issue.code for issue in load_text(text).issues] == ["empty-document"]
    assert load_text(text, one=False).issues == ()


def test_a_file_may_hold_500_documents_and_no_more() -> None:
    documents = [MESSAGE.format(name=f"m{n}") for n in range(501)]
    assert load_text("---\n".join(documents[:500]), one=False).issues == ()
    assert [issue.code for issue in load_text("---\n".join(documents), one=False).issues] == ["too-many-documents"]
