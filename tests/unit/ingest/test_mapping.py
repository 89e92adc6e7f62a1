"""From cells to a submission: by a map that was written down, or guessed."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, inspect

from ingest.domain.field_map import FieldMap
from ingest.ports.tables import Row
from ingest.schema import from_value
from ingest.submission import Submission
from ingest.tables.map_file import load_map, write_map
from ingest.tables.map_guess import SECTOR_WORDS, WORDS, guess_map
from ingest.tables.mapping import CHOICES, FLAGS, LINES, LISTS, NUMBERS, PARAGRAPHS, TARGETS, to_value
from triage.domain.errors import PolicyError
from triage.domain.sectors import SECTORS
from triage.domain.tip import Answer, Channel, PersonRole

EXAMPLES = sorted(path.name for path in (files("infra") / "example" / "maps").iterdir())


def leaves(struct: type[Struct], prefix: str = "") -> set[str]:
    """Every path of a submission; a list of things counts with its first."""
    found = set()
    for field in inspect.type_info(struct).fields:  # type: ignore[attr-defined]
        kinds = field.type.types if isinstance(field.type, inspect.UnionType) else (field.type,)
        kind = next(k.type if isinstance(k, inspect.Metadata) else k for k in kinds if not isinstance(k, inspect.NoneType))
        path = f"{prefix}{field.name}"
        if isinstance(kind, inspect.StructType):
            found |= leaves(kind.cls, f"{path}.")
        elif isinstance(kind, inspect.ListType) and isinstance(kind.item_type, inspect.StructType):
            found |= leaves(kind.item_type.cls, f"{path}[0].")
        else:
            found.add(path)
    return found


def test_a_column_can_go_to_every_field_but_the_channel() -> None:
    assert {path for path in TARGETS if "[1]" not in path} == leaves(Submission) - {"channel"}
    assert len(TARGETS) == len(set(TARGETS)) == len([*PARAGRAPHS, *CHOICES, *LINES, *LISTS, *FLAGS, *NUMBERS])


WORD = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)
TEXTS = st.dictionaries(st.sampled_from([path for path in (*LINES, *PARAGRAPHS) if path != "contact.email"]), WORD, max_size=12)
OTHERS = st.fixed_dictionaries({}, optional={path: st.sampled_from([str(each) for each in kinds]) for path, kinds in CHOICES.items()})


def texts_in(value: object) -> list[str]:
    """Every text, wherever it stands."""
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts_in(part)]
    return [text for part in value for text in texts_in(part)] if isinstance(value, list) else [str(value)]


@given(TEXTS, OTHERS)
def test_every_cell_ends_up_where_the_map_says_and_nowhere_else(texts: dict[str, str], choices: dict[str, str]) -> None:
    given = {path: f"{word} {number}" for number, (path, word) in enumerate({"narrative": "seen", **texts}.items())} | choices
    row = Row(2, {f"column of {path}": text for path, text in given.items()})
    value, errors = to_value(row, FieldMap("", "", "", {path: (f"column of {path}",) for path in TARGETS}))
    assert errors == []
    assert from_value(value).channel is Channel.BULK
    assert sorted(texts_in(value)) == sorted([*given.values(), "bulk"])
    for path in given:
        first, _, rest = path.partition(".")
        if "[" not in first:
            assert (value[first][rest] if rest else value[first]) == given[path]  # type: ignore[index]
    for group in ("persons[0]", "persons[1]", "vehicles[0]", "vehicles[1]"):
        together = {path.partition(".")[2]: text for path, text in given.items() if path.startswith(group)}
        assert not together or together in value[group[:-3]]  # type: ignore[operator]


def test_columns_are_joined_constants_fill_gaps_and_values_are_translated() -> None:
    field_map = FieldMap(
        "", "", "",
        columns={
            "narrative": ("What", "More"), "place.name": ("Hotel", "Room"), "life_threat": ("Level",), "identifiers": ("Sites",),
            "persons[1].description": ("Man",), "consent.police": ("Share",), "geo.lat": ("Lat",), "geo.lon": ("Lon",),
        },
        constants={"place.state": "NE", "place.name": "unused", "persons[0].role": "may_need_help", "persons[1].role": "worrying"},
        values={"life_threat": {"Rot": "yes"}},
    )  # fmt: skip
    cells = {"What": "First.\r\nSecond.", "More": "Third.", "Hotel": "Inn", "Room": "4", "Level": "ROT", "Sites": "a.test; b.test\nc.test"}
    value, errors = to_value(Row(2, {**cells, "Man": "tall", "Share": "sí", "Lat": "41,5", "Lon": "-101.7"}), field_map)
    assert errors == []
    submission = from_value(value)
    assert submission.narrative == "First.\nSecond.\nThird."
    assert submission.place is not None
    assert (submission.place.name, submission.place.state) == ("Inn, 4", "NE")
    assert submission.life_threat is Answer.YES
    assert submission.identifiers == ["a.test", "b.test", "c.test"]
    assert [(person.role, person.description) for person in submission.persons or ()] == [(PersonRole.WORRYING, "tall")]
    assert submission.geo is not None
    assert (submission.geo.lat, submission.geo.lon) == (41.5, -101.7)
    assert submission.consent is not None
    assert submission.consent.police is True


def test_what_a_cell_cannot_mean_is_said() -> None:
    field_map = FieldMap("", "", "", {"narrative": ("A",), "consent.police": ("B",), "geo.lat": ("C",)})
    _, errors = to_value(Row(2, {"A": "x", "B": "perhaps", "C": "north"}), field_map)
    assert [(error.path, error.code) for error in errors] == [("consent.police", "not_yes_or_no"), ("geo.lat", "not_a_number")]


@pytest.mark.parametrize(
    ("sector", "columns", "expected"),
    [
        (
            "hotel",
            ["Incident No", "Date", "Room", "Staff notes", "License Plate"],
            ["partner.reference", "when_text", "place.name", "narrative", "vehicles[0].plate"],
        ),
        (
            "trucking",
            ["Descripción", "Carretera", "Milla", "Placas", "Remolque"],
            ["narrative", "place.road", "place.exit", "vehicles[0].plate", "vehicles[0].company"],
        ),
        ("school", ["what happened", "Campus", "Alumno", "shoe size"], ["narrative", "place.name", "persons[0].description", ""]),
        ("bank", ["narrative", "place.town", "contact.email"], ["narrative", "place.town", "contact.email"]),
    ],
)
def test_columns_are_guessed_from_their_names(sector: str, columns: list[str], expected: list[str]) -> None:
    guessed = guess_map(columns, [], sector)
    found = {column: path for path, names in guessed.columns.items() for column in names}
    assert [found.get(column, "") for column in columns] == expected


def test_without_a_known_name_the_longest_text_is_the_account() -> None:
    rows = [Row(2, {"F1": "12", "F2": "A girl was crying in the lobby.", "Town": "York"})]
    assert guess_map(["F1", "F2", "Town"], rows, "hotel").columns == {"place.town": ("Town",), "narrative": ("F2",)}


def test_guesses_name_real_fields_and_sectors() -> None:
    assert set(WORDS) <= set(TARGETS)
    assert set(SECTOR_WORDS) <= set(SECTORS)
    assert all(set(words) <= set(TARGETS) for words in SECTOR_WORDS.values())


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_can_be_read_and_written(name: str) -> None:
    loaded = load_map(name, (files("infra") / "example" / "maps" / name).read_text("utf8"), "map_1", "p")
    assert load_map(name, write_map(loaded), "map_1", "p") == loaded


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name: x\ncolumns:\n  narative: What\n", 3, "did you mean 'narrative'"),
        ("name: x\ncolumns: {place.town: City}\n", 2, "narrative"),
        ("name: x\ncolumns: {narrative: A}\nvalues:\n  life_threat:\n    Rot: yess\n", 5, "did you mean 'yes'"),
        ("name: x\ncolumns: {narrative: A}\nvalues:\n  place.town: {A: B}\n", 4, "any text"),
        ("columns: {narrative: A}\n", 1, "'name' is missing"),
    ],
)
def test_an_error_in_a_mapping_file_has_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(PolicyError, match=words) as raised:
        load_map("own.yaml", text)
    assert raised.value.line == line
