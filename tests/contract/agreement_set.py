"""The documents and the queries on which every search engine and every matcher of saved searches must agree."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.contract.case_index_suite import a_document, a_viewer
from triage.domain.document import CaseDocument

TODAY = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)

READER = a_viewer("trafficking", "care")

FOLDER = Path(__file__).parent / "agreement"
ODD = [
    "",
    "🚛🚛 🚛",
    "👩‍👧 family emoji",
    "a" * 120 + " after the long word",
    "x\u0000y",
    "ﬁre ﬂood ligatures",
    "Ⅷ ⅷ roman",
    "日本語のテキスト",
    "Москва и москвой",
]
ODD += [
    "المدرسة",
    "ｶﾀｶﾅ",
    "ŁÓDŹ łódź",
    "Ǆ ǆ",
    "e\u0301\u0301 twice",
    "under_score and hyphen-ated",
    "a.b@c.example 10:30pm",
    "#hashtag @handle",
]

PLATES = ["8JXK417", "ABC1234", "QBO55Z", "LTR9021", "TX0O1I", "K417XYZ"]
PHONES = ["+19565550147", "+529565550147", "+12105550199", "+17135550100"]
HANDLES = ["lil_bo_99", "señor.x", "candy.girl", "BigRig88"]
COUNTIES = ["Webb", "Hall", "Doña Ana", "Polk", "El Paso"]
CATEGORIES = ["sex_trafficking", "labor_trafficking", "cargo_theft", "drugs", "threat"]


def documents(count: int = 360) -> list[CaseDocument]:
    """Always the same; about a third of them is at a desk that the reader does not work at."""
    dice, english, spanish = random.Random(20261120), lines("english"), lines("spanish")
    made = []
    for number in range(1, count + 1):
        texts = [dice.choice(spanish if dice.random() < 0.4 else english) for _ in range(dice.randint(1, 4))]
        if dice.random() < 0.3:
            texts.insert(dice.randint(0, len(texts)), dice.choice(ODD))
        desk = dice.choice(["trafficking", "care", "cargo"])
        made.append(
            a_document(
                number,
                desk=desk,
                readers=tuple({desk, *dice.sample(["care", "violent"], dice.randint(0, 1))}),
                kind=dice.choice(["case", "referral", "hold"]),
                status=dice.choice(["new", "active", "closed"]),
                urgency=dice.choice(["P0", "P1", "P2", "P3"]),
                band=dice.choice(["likely", "possible"]),
                categories=tuple(dice.sample(CATEGORIES, dice.randint(0, 3))),
                indicators=tuple(dice.sample(["motel_traffic", "no_id", "wages_withheld"], dice.randint(0, 2))),
                flags=tuple(dice.sample(["minor_possible", "life_threat"], dice.randint(0, 2))),
                county=dice.choice([*COUNTIES, ""]),
                state=dice.choice(["TX", "NM", ""]),
                partners=tuple(dice.sample(["prairie-haul", "night-bus", "harbor clinic"], dice.randint(1, 2))),
                sectors=(dice.choice(["trucking", "bus_lines", "health"]),),
                languages=tuple(dice.sample(["en", "es"], dice.randint(1, 2))),
                plates=tuple(dice.sample(PLATES, dice.choice([0, 0, 0, 1, 2]))),
                phones=tuple(dice.sample(PHONES, dice.choice([0, 0, 0, 1, 2]))),
                handles=tuple(dice.sample(HANDLES, dice.choice([0, 0, 0, 1]))),
                text=". ".join(texts),
                received_at=TODAY
                - timedelta(days=dice.randint(0, 40), seconds=dice.randint(0, 50_000), microseconds=dice.randint(0, 999_999)),
            )
        )
    return made


def queries() -> list[str]:
    """What people type. Some of it is nonsense, which must be the same nonsense everywhere."""
    return ["", *lines("queries"), "urgency:" + ",".join(f"x{number}" for number in range(60)) + ",P0"]


def lines(name: str) -> list[str]:
    """The lines of a file of the set."""
    return (FOLDER / f"{name}.txt").read_text("utf8").splitlines()
