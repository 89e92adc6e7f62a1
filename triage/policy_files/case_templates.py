"""What each kind of case needs: the optional file ``case_templates.yaml`` of the policy folder.

Every error is a ``PolicyError`` that names the line and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from types import MappingProxyType

from triage.domain.case_template import CaseTemplate, FieldKind, TemplateField, TemplateTask
from triage.policy_files.located_yaml import Located, load_located

FILE = "case_templates.yaml"
MOST_FIELDS = 30
MOST_TASKS = 30

_ID = re.compile(r"[a-z][a-z0-9-]{1,30}")
_WITHIN = re.compile(r"(\d{1,4}) (hour|day)s?")


def load_case_templates(files: Mapping[str, str], categories: Collection[str]) -> Mapping[str, CaseTemplate]:
    """The templates by id, in the order of the file; none where there is no file. ``categories`` are those of the taxonomy."""
    found: dict[str, CaseTemplate] = {}
    for row in load_located(FILE, files[FILE]).items() if FILE in files else ():
        keys = row.mapping(("id", "title", "categories", "fields", "tasks"), required=("id", "title"))
        id = _id(keys["id"], found)
        found[id] = CaseTemplate(
            id=id,
            title=keys["title"].text(),
            categories=keys["categories"].names(categories) if "categories" in keys else frozenset(),
            fields=_fields(keys["fields"]) if "fields" in keys else (),
            tasks=_tasks(keys["tasks"]) if "tasks" in keys else (),
        )
    return MappingProxyType(found)


def _fields(rows: Located) -> tuple[TemplateField, ...]:
    found: dict[str, TemplateField] = {}
    for row in rows.items():
        keys = row.mapping(("id", "title", "kind", "required", "choices"), required=("id", "title"))
        id = _id(keys["id"], found)
        kind = keys["kind"].choice(FieldKind) if "kind" in keys else FieldKind.TEXT
        choices = tuple(choice.text() for choice in keys["choices"].items()) if "choices" in keys else ()
        if kind is FieldKind.CHOICE and len(set(choices)) < 2:
            raise row.error("a choice needs at least two different answers; write `choices: [one, another]`")
        if kind is not FieldKind.CHOICE and choices:
            raise keys["choices"].error("only a choice has answers to choose from; write `kind: choice`, or take the answers out")
        found[id] = TemplateField(id, keys["title"].text(), kind, "required" in keys and keys["required"].flag(), choices)
    if len(found) > MOST_FIELDS:
        raise rows.error(f"a template has at most {MOST_FIELDS} fields; keep what every case of the kind needs")
    return tuple(found.values())


def _tasks(rows: Located) -> tuple[TemplateTask, ...]:
    found: dict[str, TemplateTask] = {}
    for row in rows.items():
        keys = row.mapping(("title", "required", "within"), required=("title",))
        title = keys["title"].text()
        if title in found:
            raise keys["title"].error("two tasks have this title; give each its own")
        within = _within(keys["within"]) if "within" in keys else None
        found[title] = TemplateTask(title, "required" in keys and keys["required"].flag(), within)
    if len(found) > MOST_TASKS:
        raise rows.error(f"a template has at most {MOST_TASKS} tasks; keep what every case of the kind needs")
    return tuple(found.values())


def _within(row: Located) -> timedelta:
    match = _WITHIN.fullmatch(row.text())
    if not match or int(match[1]) == 0:
        raise row.error(f"{row.text()!r} is no time that we know; write for example `4 hours` or `7 days`")
    return timedelta(hours=int(match[1])) if match[2] == "hour" else timedelta(days=int(match[1]))


def _id(row: Located, taken: Collection[str]) -> str:
    id = row.text()
    if not _ID.fullmatch(id):
        raise row.error("an id here is 2 to 31 lower-case letters, digits and dashes; write for example `cargo-theft`")
    if id in taken:
        raise row.error(f"two have the id {id!r}; give each its own")
    return id
