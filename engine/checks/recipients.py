"""Roles and recipients that nobody has or is."""

import re
from collections.abc import Iterator

from engine.checks.finding import Finding, Path
from engine.checks.view import View
from schema_defs.base import Document
from schema_defs.nearest import did_you_mean, nearest
from schema_defs.organisation import BUILT_IN_ROLES
from schema_defs.rule import RuleBody
from schema_defs.text import Said

_MANAGER_OF = re.compile(r"manager_of\(([1-9])\)\Z")
_RELATIVE = ("subject", "manager", "manager_of(2)")


def recipients(view: View) -> Iterator[Finding]:
    for rule in view.release.rules.values():
        yield from _of_rule(view, rule, rule, ())
    for case in view.release.cases.values():
        if case.define:
            yield from _of_rule(view, case, case.define, ("define",))
    for meeting in view.release.meetings.values():
        for i, who in enumerate(meeting.attendees):
            yield from _recipient(view, meeting, ("attendees", i), who)
        if meeting.snapshot and meeting.snapshot.send:
            for i, who in enumerate(meeting.snapshot.send.to):
                yield from _recipient(view, meeting, ("snapshot", "send", "to", i), who)
    yield from _roles(view)


def roles_of(view: View) -> tuple[str, ...]:
    """The roles that there are: built in, declared, and those that people have."""
    found = view.organisation
    if found is None:
        return BUILT_IN_ROLES
    held = (role for person in found.people for role in person.roles)
    return tuple(dict.fromkeys((*found.role_names, *held)))


def _of_rule(view: View, document: Document, rule: RuleBody, above: Path) -> Iterator[Finding]:
    for key, actions in (("on_fire", rule.on_fire), ("on_recover", rule.on_recover)):
        for i, action in enumerate(actions):
            for name, who in (("notify", action.notify), ("from", action.from_)):
                if who is not None:
                    yield from _told(view, document, rule, (*above, key, i, name), who)
    if rule.unanswered:
        yield from _told(view, document, rule, (*above, "unanswered", "notify"), rule.unanswered.notify)


def _told(view: View, document: Document, rule: RuleBody, path: Path, who: str) -> Iterator[Finding]:
    if who == "subject" and rule.scope != "person":
        yield Finding(
            document=document,
            path=path,
            code="subject-without-person",
            message=Said(
                zh=f"'subject' 是被判定的人，但这条规则的 scope 是 {rule.scope}",
                en=f"'subject' is the person who is judged, but this rule's scope is {rule.scope}",
            ),
            suggestion=Said(zh="改为 manager，或 scope: person", en="write manager, or scope: person"),
        )
    else:
        yield from _recipient(view, document, path, who)


def _recipient(view: View, document: Document, path: Path, who: str) -> Iterator[Finding]:
    roles = roles_of(view)
    if who in _RELATIVE or who in roles or _MANAGER_OF.match(who):
        return
    people = view.people
    if people is not None and who in people:
        return
    words = (*_RELATIVE, *roles)
    if people is None and nearest(who, words) is None:
        return
    yield Finding(
        document=document,
        path=path,
        code="unknown-recipient",
        level="error" if people is not None else "warning",
        message=Said(
            zh=f"没有叫 '{who}' 的角色或人员；可写 subject、manager、manager_of(2)、角色或人员的 key",
            en=f"there is no role or person '{who}'; write subject, manager, manager_of(2), a role or a person's key",
        ),
        suggestion=did_you_mean(who, (*words, *(sorted(people or ())))),
    )


def _roles(view: View) -> Iterator[Finding]:
    """Roles named by scorecards, boards and fields."""
    roles = roles_of(view)
    for document, path, role in _named_roles(view):
        if role not in roles:
            yield Finding(
                document=document,
                path=path,
                code="unknown-role",
                level="error" if view.people is not None else "warning",
                message=Said(
                    zh=f"没有角色 '{role}'；现有：{'、'.join(roles)}",
                    en=f"there is no role '{role}'; the roles are: {', '.join(roles)}",
                ),
                suggestion=did_you_mean(role, roles),
            )


def _named_roles(view: View) -> Iterator[tuple[Document, Path, str]]:
    for scorecard in view.release.scorecards.values():
        yield scorecard, ("for",), scorecard.for_
    for board in view.release.boards.values():
        for i, role in enumerate(board.visible_to):
            yield board, ("visible_to", i), role
    for dataset in view.release.datasets.values():
        for name in dataset.fields:
            for i, role in enumerate(dataset.field(name).visible_to):
                yield dataset, ("fields", name, "visible_to", i), role
