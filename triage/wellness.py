"""What protects the people who read: a veil over texts of kinds that they would rather choose to see, a count of what they have seen that
only they can look at, and a quiet word when a break is due. Nothing here keeps anybody from working, and no life threat is ever put away.

The counts come from the audit log: each showing of a hard text or a picture leaves a row under the person who saw it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from triage.domain.access import Viewer
from triage.domain.assessment import Assertion, Assessment
from triage.domain.audit import AuditRow
from triage.domain.desk_view import Preferences
from triage.domain.errors import FieldError, InvalidInput
from triage.ports import Clock, Ids, Storage

KINDS: Mapping[str, str] = {
    "child_sexual": "sexual harm to a child",
    "sexual_violence": "sexual violence",
    "self_harm": "suicide or self-harm",
    "violence": "grave violence or injury",
}
"""The kinds of hard content, with the words that follow "it tells of"."""

BY_CATEGORY: Mapping[str, str] = {"child_sexual_exploitation": "child_sexual", "mental_health_crisis": "self_harm"}
BY_INDICATOR: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "minor_commercial_sex",
            "child_sexual_abuse_sign",
            "cse_csam_seen",
            "cse_adult_requests_images",
            "cse_sextortion_payment",
            "cse_meetup_plan",
            "ad_suggests_underage",
        ),
        "child_sexual",
    ),
    **dict.fromkeys(
        ("forced_sex_disclosure", "remote_or_filmed_coercion", "viol_sexual_assault", "threat_expose_images"), "sexual_violence"
    ),
    **dict.fromkeys(("mh_stated_suicide_plan", "mh_self_harm", "mh_ideation", "mh_jumper_in_traffic"), "self_harm"),
    **dict.fromkeys(
        (
            "physical_or_sexual_violence",
            "dv_strangulation_weapon",
            "viol_assault_shooting",
            "child_injury_disclosure",
            "elder_unexplained_injury",
        ),
        "violence",
    ),
}
BY_FLAG: Mapping[str, str] = {"csam_possible": "child_sexual"}
"""The one table of what is hard: by category, by indicator, by flag."""

MAY_BE_PUT_AWAY = ("child_sexual",)
"""Kinds that a person can opt out of altogether; tips of the others are veiled at most."""

BREAKS = (0, 10, 15, 25, 40, 60)
"""After how many hard tips a break can be asked for; 0 for never."""
SHIFT = timedelta(hours=12)
"""Longer ago than this, what was seen does not count towards a break: there was a night between."""
LATER = timedelta(minutes=30)
HARD, PICTURE = "exposure.text", "exposure.picture"
_LOOKED_AT = 200
"""Rows that the question about a break looks at; there is no asking for one after more."""
_COUNTED = 3000
"""Rows that a week's count looks at."""


@dataclass(frozen=True, slots=True)
class Veil:
    """Why a text is not shown at once. ``put_away``: the row is folded away in lists."""

    kinds: tuple[str, ...]
    put_away: bool = False

    @property
    def words(self) -> str:
        """What the text tells of."""
        return " and ".join(KINDS[kind] for kind in self.kinds)

    @property
    def title(self) -> str:
        """What stands in place of the text's first words."""
        return f"Veiled: it tells of {self.words}"


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a person has seen: different hard tips and pictures, today (UTC), in the last seven days, and hard tips since the last break."""

    tips_today: int
    tips_week: int
    pictures_today: int
    pictures_week: int
    since_break: int


def kinds_of(reading: Assessment | None) -> tuple[str, ...]:
    """The kinds of hard content that the reading found, in the order of ``KINDS``. Only what is said to have happened counts, or is said
    about the past or by hearsay; what is denied or made up does not.
    """
    if reading is None:
        return ()
    told = (Assertion.PRESENT, Assertion.HISTORICAL, Assertion.HEARSAY, Assertion.RESOLVED)
    found = {BY_CATEGORY[label] for label in reading.labels if label in BY_CATEGORY}
    found |= {BY_INDICATOR[one.indicator] for one in reading.findings if one.indicator in BY_INDICATOR and one.assertion in told}
    found |= {BY_FLAG[flag] for flag in reading.flags if flag in BY_FLAG}
    return tuple(kind for kind in KINDS if kind in found)


def kinds_of_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """The same by categories alone, for lists that hold no reading."""
    found = {BY_CATEGORY[label] for label in labels if label in BY_CATEGORY}
    return tuple(kind for kind in KINDS if kind in found)


def veil_of(preferences: Preferences | None, reading: Assessment | None, life_threat: bool = False) -> Veil | None:
    """The veil over a tip's text for this person; None where it is shown at once."""
    return veil_over(preferences, kinds_of(reading), life_threat)


def veil_over(preferences: Preferences | None, kinds: Sequence[str], life_threat: bool = False) -> Veil | None:
    """The veil over a text of these kinds."""
    if preferences is None:
        return None
    away = any(kind in preferences.put_away for kind in kinds)
    over = tuple(kind for kind in kinds if kind in preferences.veiled or kind in preferences.put_away)
    return Veil(over, put_away=away and not life_threat) if over else None


class Wellness:
    """What people set for themselves, and what they have seen. Everything is about the viewer, and nobody else can ask."""

    def __init__(self, storage: Storage, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._clock = clock
        self._ids = ids

    def of(self, viewer: Viewer) -> Preferences:
        """The person's preferences; nothing is veiled until the person says so."""
        with self._storage.reading() as work:
            return work.preferences.get(viewer.user) or Preferences(viewer.user, self._clock.now())

    def set(self, viewer: Viewer, veiled: Iterable[str], put_away: Iterable[str], break_after: int) -> Preferences:
        """Keep what the person chose. Raises ``InvalidInput`` for what cannot be chosen."""
        veiled, put_away = set(veiled), set(put_away)
        if not veiled <= set(KINDS) or not put_away <= set(MAY_BE_PUT_AWAY):
            raise InvalidInput([FieldError("veiled", "unknown_kind", "Choose among the kinds on the page.")])
        if break_after not in BREAKS:
            raise InvalidInput([FieldError("break_after", "unknown_number", "Choose one of the numbers.")])
        with self._storage.writing() as work:
            before = work.preferences.get(viewer.user) or Preferences(viewer.user, self._clock.now())
            after = replace(
                before,
                at=self._clock.now(),
                veiled=tuple(kind for kind in KINDS if kind in veiled),
                put_away=tuple(kind for kind in KINDS if kind in put_away),
                break_after=break_after,
            )
            work.preferences.put(after)
            work.audit.append([self._row(viewer, "wellbeing.set")])
        return after

    def take_break(self, viewer: Viewer) -> None:
        """The person takes a break: counting begins anew."""
        self._change(viewer, break_at=self._clock.now(), later_until=None)

    def later(self, viewer: Viewer) -> None:
        """Not now: the person is not asked again for ``LATER``."""
        self._change(viewer, later_until=self._clock.now() + LATER)

    def saw(self, viewer: Viewer, tip_id: str, kinds: Sequence[str]) -> None:
        """A hard text was shown to the person. A text of no such kind leaves no trace here."""
        if kinds:
            with self._storage.writing() as work:
                work.audit.append([self._row(viewer, HARD, {"tip": tip_id, "kinds": ",".join(kinds)})])

    def due(self, viewer: Viewer) -> int:
        """How many hard tips the person has opened since the last break, if a break is due; else 0."""
        now = self._clock.now()
        with self._storage.reading() as work:
            own = work.preferences.get(viewer.user) or Preferences(viewer.user, now)
            if not own.break_after or (own.later_until and now < own.later_until):
                return 0
            seen = _since_break(work.audit.of_object(_person(viewer), _LOOKED_AT), own, now)
        return seen if seen >= own.break_after else 0

    def exposure(self, viewer: Viewer) -> Exposure:
        """What the person has seen."""
        now = self._clock.now()
        with self._storage.reading() as work:
            rows = work.audit.of_object(_person(viewer), _COUNTED)
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        week = now - timedelta(days=7)
        return Exposure(
            tips_today=_different(rows, HARD, today),
            tips_week=_different(rows, HARD, week),
            pictures_today=_different(rows, PICTURE, today),
            pictures_week=_different(rows, PICTURE, week),
            since_break=_since_break(rows, self.of(viewer), now),
        )

    def _change(self, viewer: Viewer, **changes: datetime | None) -> None:
        with self._storage.writing() as work:
            before = work.preferences.get(viewer.user) or Preferences(viewer.user, self._clock.now())
            work.preferences.put(replace(before, **changes))  # type: ignore[arg-type]  # only its moments are changed here

    def _row(self, viewer: Viewer, action: str, detail: Mapping[str, str] | None = None) -> AuditRow:
        actor = f"user:{viewer.user}"
        return AuditRow(self._ids.new("aud"), self._clock.now(), actor, action, _person(viewer), viewer.purpose, detail or {})


def picture_seen(ids: Ids, viewer: Viewer, at: datetime, tip_id: str, picture: str) -> AuditRow:
    """The row that counts a picture for the person who saw it."""
    detail = {"tip": tip_id, "attachment": picture}
    return AuditRow(ids.new("aud"), at, f"user:{viewer.user}", PICTURE, _person(viewer), viewer.purpose, detail)


def _person(viewer: Viewer) -> str:
    return f"person:{viewer.user}"


def _since_break(rows: Sequence[AuditRow], preferences: Preferences, now: datetime) -> int:
    return _different(rows, HARD, max(preferences.break_at or now - SHIFT, now - SHIFT))


def _different(rows: Sequence[AuditRow], action: str, since: datetime) -> int:
    """How many different tips or pictures: the same one opened twice is one."""
    return len({row.detail.get("attachment", row.detail["tip"]) for row in rows if row.action == action and row.at > since})
