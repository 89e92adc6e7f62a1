"""What the supervisor gives to each of its processes."""

from __future__ import annotations

from infra.supervise import with_own_port


def test_each_process_answers_health_checks_on_a_port_of_its_own() -> None:
    given = {"TIPSTREAM_HEALTH_PORT": "9464", "TIPSTREAM_DATA": "data"}
    assert [with_own_port(given, place)["TIPSTREAM_HEALTH_PORT"] for place in range(4)] == ["9464", "9465", "9466", "9467"]
    assert with_own_port(given, 1)["TIPSTREAM_DATA"] == "data"
    assert given["TIPSTREAM_HEALTH_PORT"] == "9464"


def test_a_free_port_is_left_to_the_process() -> None:
    assert with_own_port({"TIPSTREAM_HEALTH_PORT": "0"}, 2) == {"TIPSTREAM_HEALTH_PORT": "0"}
    assert with_own_port({}, 2) == {}
