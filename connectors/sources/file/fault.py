"""Why a file cannot be read, in words that its owner can act on."""

from pathlib import Path

from schema_defs.errors import AuthorError, OutsideError
from schema_defs.text import Said


def refused(path: Path, zh: str, en: str) -> AuthorError:
    """The error that says that the file itself is at fault, and how its owner mends it."""
    return AuthorError(Said(zh=f"文件 {path.name}：{zh}", en=f"the file {path.name}: {en}"))


def unreadable(path: Path, error: OSError) -> OutsideError:
    """The file could not be opened at all."""
    if isinstance(error, FileNotFoundError):
        zh, en = "不存在；请检查路径", "does not exist; check the path"
    elif isinstance(error, PermissionError):
        zh, en = "没有读取权限", "may not be read; check its permissions"
    elif isinstance(error, IsADirectoryError):
        zh, en = "是文件夹；请给出其中一个文件", "is a folder; name a file in it"
    else:
        zh, en = f"读取失败（{error.strerror}）", f"could not be read ({error.strerror})"
    return OutsideError(
        Said(zh=f"文件 {path} {zh}", en=f"the file {path} {en}"), permanent=not isinstance(error, TimeoutError)
    )


def check_columns(path: Path, names: list[str], limit: int) -> None:
    """Refuses too many columns, none at all, and two columns of one name."""
    if len(names) > limit:
        raise refused(
            path, f"有 {len(names)} 列，最多 {limit} 列", f"has {len(names)} columns; at most {limit} are read"
        )
    if not any(names):
        raise refused(path, "第一行没有列名", "its first row holds no column names")
    places: dict[str, int] = {}
    for place, name in enumerate(names, 1):
        if name and name in places:
            raise refused(
                path,
                f"第 {places[name]} 列和第 {place} 列都叫 '{name}'；请改掉其中一个列名",
                f"the columns {places[name]} and {place} are both called '{name}'; rename one of them",
            )
        places[name] = place
