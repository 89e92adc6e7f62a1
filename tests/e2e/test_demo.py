"""The demo as a newcomer's script sees it, and a tip all the way."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.e2e.product import Product, until

TIP = (
    "Back row at the Loves in York NE, I-80 exit 353. grey dodge minivan NE plate 12-AB34 drops the same two girls at different "
    "trucks and picks them up 15 minutes later. one told me shes 16 and has to bring back 600 tonight or she cant eat"
)


@pytest.mark.slow
def test_the_ready_line_says_all_that_a_script_needs(product: Product) -> None:
    assert set(product.ready) == {"url", "api_key", "users", "staff", "forms", "data"}
    assert {user["role"] for user in product.ready["users"]} == {"analyst", "supervisor", "maintainer", "admin"}
    assert all(user["name"] and user["password"] and isinstance(user["desks"], list) for user in product.ready["users"])
    assert len(product.ready["forms"]) == 21
    assert all(product.http.get(path).status_code == 200 for path in product.ready["forms"])
    assert {one["partner"] for one in product.ready["staff"]} == {"prairie-haul", "st-brendan"}
    kept = product.data / "demo.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.slow
def test_a_tip_goes_all_the_way(product: Product) -> None:
    accepted = product.post({"narrative": TIP})
    assert accepted.status_code == 201
    tip = accepted.json()["id"]
    assert product.desk_of(tip) == "trafficking"
    assert tip in {row["tip_id"] for row in product.command("queue", "trafficking", "--as", "ana")}
    found = product.command("explain", tip)
    assert found["replay"] == {"same": True, "differences": []}
    assert found["decision"]["jurisdiction"]["county"] == "York"
    assert "sex_trafficking" in found["assessment"]["labels"]
    until(lambda: product.command("search", "plate:12AB34", "--as", "ana")["total"] == 1, 10, "searchable")
    assert product.command("search", '"back row" -lincoln categ* OR minivan', "--as", "ana")["total"] == 1
    assert product.command("search", "plate:12AB34", "--as", "ben")["total"] == 0
    assert product.command("search", "", "--as", "mia")["total"] == 0


@pytest.mark.slow
def test_a_life_threat_leads_the_queue(product: Product) -> None:
    product.post({"narrative": "three pallets of shoes sold off a trailer behind the mall last month"})
    threat = {"narrative": "somebody is banging on the walls inside the trailer, its 101 out here", "life_threat": True}
    tip = product.post(threat).json()["id"]
    rows = product.command("queue", product.desk_of(tip), "--as", "dana")
    assert rows[0]["life_threat"] is True
    assert rows[0]["tip_id"] == tip


@pytest.mark.slow
def test_a_second_run_goes_on_with_the_same_data_and_keys(tmp_path: Path) -> None:
    with Product(tmp_path / "data", tips=1) as first:
        until(lambda: first.http.get("/health/ready").status_code == 200, 5, "ready")
        tip = first.post({"narrative": "kept over a restart"}).json()["id"]
        assert first.stop() == (0, b"")
    with Product(tmp_path / "data") as second:
        assert second.ready["api_key"] == first.ready["api_key"]
        assert second.ready["users"] == first.ready["users"]
        answer = second.http.get(f"/api/v1/tips/{tip}", headers={"authorization": f"Bearer {second.ready['api_key']}"})
        assert answer.status_code == 200
