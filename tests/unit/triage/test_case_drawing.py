"""What a case's tips name, and how it is laid out: lists, graph, points."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_tip, an_assessment, an_entity
from triage.domain.assessment import Entity
from triage.domain.tip import Person, PersonRole, Place, Vehicle
from triage.workspace.graph import HEIGHT, MOST, NODE, ROW, graph
from triage.workspace.things import READ, WRITTEN, Mention, Thing, ThingKind, of_kind, things

KINDS = list(ThingKind)


def a_thing(number: int, *tips: str) -> Thing:
    return Thing(KINDS[number % 4], "plate", f"P{number}", tuple(Mention(tip, "x", "", READ) for tip in tips))


def test_one_value_is_one_thing_with_every_tip_that_names_it() -> None:
    plates = [[an_entity("plate", "ABC123", raw, role="suspect")] for raw in ("abc-123", "ABC 123")]
    read = [(a_tip(n), an_assessment(a_tip(n), entities=entities)) for n, entities in enumerate(plates, 1)]
    [thing] = things(read)
    assert (thing.kind, thing.value, thing.tips) == (ThingKind.VEHICLE, "ABC123", (a_tip(1).id, a_tip(2).id))
    assert [(mention.words, mention.role, mention.how) for mention in thing.mentions] == [
        ("abc-123", "suspect", READ),
        ("ABC 123", "suspect", READ),
    ]


def test_the_senders_own_details_and_unread_tips_are_left_out() -> None:
    own = an_entity("phone", "+13085550100", role="reporter")
    doubtful = an_entity("vin", "1M8GDM9AXKP042789", valid=False, partial=True)
    tip = a_tip(
        1, persons=(Person(PersonRole.WORRYING, "a man in a cap"),), vehicles=(Vehicle("X1", "NE", "a van", "Acme"),), place=Place("Pump 4")
    )
    found = things([(tip, an_assessment(tip, entities=[own, doubtful])), (a_tip(2, persons=tip.persons), None)])
    assert [(thing.type, thing.value, thing.mentions[0].how) for thing in found] == [
        ("person", "a man in a cap", WRITTEN),
        ("vehicle", "a van, Acme", WRITTEN),
        ("vin", "1M8GDM9AXKP042789", f"{READ}, partial, check digit wrong"),
        ("site", "Pump 4", WRITTEN),
    ]
    assert {thing.tips for thing in found} == {(tip.id,)}


@given(st.lists(st.sampled_from(["plate", "phone", "site", "person", "handle", "weapon", "money"]), max_size=12))
def test_every_thing_stands_in_exactly_one_list(types: list[str]) -> None:
    entities: list[Entity] = [an_entity(type, f"v{number}") for number, type in enumerate(types)]
    found = things([(a_tip(1), an_assessment(a_tip(1), entities=entities))])
    assert sorted(thing.id for kind in ThingKind for thing in of_kind(found, kind)) == sorted(thing.id for thing in found)
    assert len(found) == sum(type not in ("weapon", "money") for type in types)


@settings(deadline=None)
@given(st.integers(0, 120), st.integers(0, 120), st.randoms())
def test_a_graph_holds_the_biggest_and_overlaps_nothing(tips: int, number: int, random: object) -> None:
    ids = [f"tip_{n}" for n in range(tips)]
    found = [a_thing(n, *random.sample(ids, min(len(ids), random.randint(1, 3)))) for n in range(number)]  # type: ignore[attr-defined]
    found = sorted((thing for thing in found if thing.mentions), key=lambda thing: -len(thing.tips))
    drawn = graph(ids, found)
    assert drawn == graph(ids, found)
    assert len(drawn.nodes) <= MOST
    places = {(node.x, node.y) for node in drawn.nodes}
    assert len(places) == len(drawn.nodes)
    columns: dict[int, list[int]] = {}
    for node in drawn.nodes:
        columns.setdefault(node.x, []).append(node.y)
        assert 0 <= node.x <= drawn.width - NODE
        assert 0 <= node.y <= drawn.height - HEIGHT
    assert all(b - a >= ROW for rows in columns.values() for a, b in zip(sorted(rows), sorted(rows)[1:], strict=False))
    things_drawn = [node.thing for node in drawn.nodes if node.thing]
    assert len(things_drawn) + drawn.left_out == len(found)
    assert {(edge.tip_id, edge.thing_id) for edge in drawn.edges} <= {(tip, thing.id) for thing in found for tip in thing.tips}


def test_ties_between_the_same_rows_do_not_cross() -> None:
    ids = [f"tip_{n}" for n in range(6)]
    found = [a_thing(4 * n, ids[5 - n]) for n in range(6)]
    drawn = graph(ids, found)
    y = {node.key: node.y for node in drawn.nodes}
    assert all(y[thing.tips[0]] == y[thing.id] for thing in found)
