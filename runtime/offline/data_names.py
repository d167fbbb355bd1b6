"""Which data a configuration takes, and what the command line gives for it: `--data NAME=FILE`, `--complete DATASET=DATE`."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from schema_defs.errors import UsageError
from schema_defs.nearest import nearest
from schema_defs.release import Release
from schema_defs.text import Said


def data_names(release: Release) -> tuple[str, ...]:
    """The datasets, and the names that documents read other tables by (people, quotas)."""
    names = list(release.datasets)
    people = release.organisation.people_from if release.organisation else None
    sources = [people, *(plan.targets_from for plan in release.plans.values())]
    return tuple(dict.fromkeys(names + [source.data for source in sources if source is not None and source.data]))


def parse_data(texts: Iterable[str], release: Release) -> dict[str, tuple[Path, ...]]:
    """Files by name; one name may have several. Raises UsageError for unknown names, naming the nearest."""
    files: dict[str, tuple[Path, ...]] = {}
    for text in texts:
        name, path = _pair(text, "--data", "NAME=FILE")
        _check_known(name, data_names(release), "--data")
        files[name] = (*files.get(name, ()), Path(path).expanduser())
    return files


def parse_complete(texts: Iterable[str], release: Release) -> dict[str, date]:
    """The watermark of each dataset that has one: complete up to and including the day."""
    complete = {}
    for text in texts:
        name, day = _pair(text, "--complete", "DATASET=2026-03-31")
        _check_known(name, tuple(release.datasets), "--complete")
        try:
            complete[name] = date.fromisoformat(day)
        except ValueError:
            raise UsageError(
                Said(
                    zh=f"--complete {text}：'{day}' 不是日期；请写成 {name}=2026-03-31",
                    en=f"--complete {text}: '{day}' is no date; write {name}=2026-03-31",
                )
            ) from None
    return complete


def require_data(needed: Mapping[str, str], files: Mapping[str, object]) -> None:
    """Raises UsageError naming what was not given; `needed` says for every name what it is needed for."""
    missing = {name: reason for name, reason in needed.items() if name not in files}
    if missing:
        shown = " ".join(f"--data {name}=FILE" for name in missing)
        reasons = ", ".join(dict.fromkeys(missing.values()))
        raise UsageError(
            Said(
                zh=f"缺少数据文件：请加上 {shown}（{reasons} 需要）",
                en=f"a data file is missing: add {shown} (needed by {reasons})",
            )
        )


def _pair(text: str, option: str, form: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise UsageError(
            Said(
                zh=f"{option} {text} 的写法不对；请写成 {option} {form}",
                en=f"{option} {text} cannot be read; write {option} {form}",
            )
        )
    return name.strip(), value.strip()


def _check_known(name: str, known: tuple[str, ...], option: str) -> None:
    if name in known:
        return
    near, listed = nearest(name, known), ", ".join(known)
    raise UsageError(
        Said(
            zh=f"{option}：配置里没有数据集 '{name}'" + (f"；是否指 '{near}'？" if near else f"；有：{listed}"),
            en=f"{option}: the configuration has no dataset '{name}'"
            + (f"; did you mean '{near}'?" if near else f"; it has: {listed}"),
        )
    )
