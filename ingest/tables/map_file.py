"""Reads a field map from YAML: what a partner's export holds, written down once and reviewed."""

from __future__ import annotations

import yaml

from ingest.domain.field_map import FieldMap
from ingest.tables.mapping import CHOICES, FLAGS, TARGETS
from triage.policy_files.located_yaml import Located, load_located


def load_map(file: str, text: str, id: str = "", partner: str = "") -> FieldMap:
    """The field map. Raises ``PolicyError`` with file, line and what to write instead."""
    root = load_located(file, text)
    keys = root.mapping(("name", "record", "key", "columns", "constants", "values"), required=("name", "columns"))
    columns = {path: _names(value) for path, value in _paths(keys["columns"])}
    constants = {path: value.text() for path, value in _paths(keys["constants"])} if "constants" in keys else {}
    if "narrative" not in columns and "narrative" not in constants:
        raise keys["columns"].error("nothing goes to `narrative`, the one field that every tip needs; add `narrative: <column>`")
    return FieldMap(
        id=id,
        partner=partner,
        name=keys["name"].text(),
        columns=columns,
        constants=constants,
        values={path: _values(path, value) for path, value in _paths(keys["values"])} if "values" in keys else {},
        key=keys["key"].text() if "key" in keys else "",
        record=keys["record"].text() if "record" in keys else "",
    )


def _paths(row: Located) -> list[tuple[str, Located]]:
    return list(row.mapping(TARGETS).items())


def _names(value: Located) -> tuple[str, ...]:
    """One column, or several in the order in which they are joined."""
    return (value.text(),) if value.is_text else tuple(member.text() for member in value.items())


def _values(path: str, row: Located) -> dict[str, str]:
    allowed = CHOICES.get(path, ("yes", "no") if path in FLAGS else ())
    if not allowed:
        raise row.error(f"`{path}` takes any text, so there is nothing to translate; take it out of `values`")
    return {theirs: ours.one_of(allowed) for theirs, ours in row.pairs()}


def write_map(field_map: FieldMap) -> str:
    """The field map as YAML, as ``load_map`` reads it."""
    document: dict[str, object] = {"name": field_map.name or "my export"}
    if field_map.record:
        document["record"] = field_map.record
    if field_map.key:
        document["key"] = field_map.key
    document["columns"] = {path: list(names) if len(names) > 1 else names[0] for path, names in field_map.columns.items() if names}
    if field_map.constants:
        document["constants"] = dict(field_map.constants)
    if field_map.values:
        document["values"] = {path: dict(pairs) for path, pairs in field_map.values.items()}
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=140)
