"""What the tip page shows: the text with its evidence, why the tip is here, what is like it, what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from triage.cases import CARE_NATURES
from triage.correspondence import consent_of, has_contact
from triage.domain.access import Role, Viewer
from triage.domain.assessment import Band, Urgency
from triage.domain.case import DECLINE_REASONS, CaseKind, EntryState
from triage.domain.decision import JurisdictionBasis
from triage.domain.policy import Desk, DeskNature, Policy
from triage.domain.tip import Tip
from triage.reading import QueueRow, TipPage
from triage.taxonomy.taxonomy import Taxonomy
from triage.web.highlight import evidence_of, segments
from triage.web.views import Words, county_name, person_name
from triage.web.wording import BANDS, CHANNELS, KINDS, STATUSES, answers, moment, outcome, plain

_BASES: Mapping[JurisdictionBasis, str] = {
    JurisdictionBasis.FIELD: "the sender named it",
    JurisdictionBasis.TEXT: "read in the text",
    JurisdictionBasis.PARTNER: "where the sender is",
    JurisdictionBasis.NONE: "nothing told",
}


@dataclass(frozen=True, slots=True)
class Decide:
    """What the viewer can do with the tip now; ``blocked`` says why nothing can be decided, empty if something can."""

    can_claim: bool
    can_release: bool
    can_decide: bool
    can_snooze: bool
    colleagues: tuple[tuple[str, str], ...]
    can_open_case: bool
    may_set_urgency: bool
    blocked: str
    needs_note: bool
    proposal: str
    reasons: tuple[tuple[str, str], ...]
    care_desks: tuple[Desk, ...]
    other_desks: tuple[Desk, ...]
    levels: tuple[tuple[str, str], ...]


JUST_NOW = timedelta(minutes=5)


def tip_values(page: TipPage, viewer: Viewer, words: Words, policy: Policy, taxonomy: Taxonomy) -> dict[str, object]:
    """The values of the tip page's template."""
    reading, case, names = page.assessment, page.case, page.names
    evidence = evidence_of(reading, taxonomy) if reading else ()
    return {
        "tip": page.tip,
        "case": case,
        "version": case.version,
        "row": words.row(QueueRow(page.entry, page.tip, case, reading), names, page.now),
        "segments": segments(page.tip.text, evidence),
        "findings": [e for e in evidence if e.kind != "entity"],
        "entities": [e for e in evidence if e.kind == "entity"],
        "readings": [
            (words.category(c.category), BANDS[c.band], f"{c.probability:.2f}", c.label, c.note)
            for c in sorted(reading.categories if reading else (), key=lambda c: (not c.label, -c.probability))
            if c.label or c.probability >= 0.05
        ],
        "votes": [(v.level.value, words.urgency(v.level), v.reason, v.by) for v in (reading.urgency_votes if reading else ())],
        "model": reading.model if reading else "",
        "language": (reading.language if reading else page.tip.language) or "und",
        "degraded": reading.degraded if reading else "It was not read yet.",
        "kind_title": KINDS[case.kind],
        "status_title": STATUSES[case.status],
        "outcome": outcome(case.outcome) if case.outcome else "",
        "owner": person_name(case.owner, names),
        "desk_title": words.desk(page.entry.desk),
        "channel": CHANNELS[page.tip.channel],
        "answers": answers(_as_said_last(page)),
        "why": _why(page, words),
        "steps": page.decision.routing.steps if page.decision else (),
        "told": [(words.desk(notice.desk), notice.reason) for notice in page.notices],
        "similar": [(other.tip.id, words.gist(other.tip.narrative, other.case.categories)) for other in page.similar if not other.rejected],
        "thread_language": page.tip.language or (reading.language if reading else ""),
        "may_answer": page.may_act,
        "acts": [words.act(act, names) for act in page.acts],
        "audit": [words.looked(row, names) for row in page.audit],
        "decide": _decide(page, viewer, policy, taxonomy),
        "looking": _looking(page, viewer),
    }


def _as_said_last(page: TipPage) -> Tip:
    """The tip with what its sender changed since: whether there is a way to reach them, and who may know it."""
    return replace(page.tip, has_contact=has_contact(page.tip, page.sender), consent=consent_of(page.tip, page.sender))


def _why(page: TipPage, words: Words) -> list[tuple[str, str]]:
    """Why the tip is here, as (what, why): the machine's decision as it was recorded; later acts are listed as acts."""
    record = page.decision
    if record is None:
        return [("Decision", "none recorded yet")]
    place, basis = record.jurisdiction, _BASES[record.jurisdiction.basis]
    where = f"{county_name(place.county, place.state)}: {basis}" + (f" ({place.detail})" if place.detail else "")
    lines = [
        ("Desk", f"{words.desk(record.routing.desk)}, by the rule {record.routing.rule}: {record.routing.reason}"),
        ("Where", where),
        ("Clock", f"{record.urgency.value} {words.urgency(record.urgency)}: a first look by {moment(record.due_at)}"),
        ("Case", f"joined: {record.join_reason}" if record.joined else "opened with this tip"),
    ]
    if record.suggested:
        lines.append(("Suggested", f"{len(record.suggested)} earlier tips share something; only a person may join them"))
    if record.keys:
        lines.append(
            ("Link keys", ", ".join(f"{plain(k.kind.value).lower()} {k.value}" + (" (joins)" if k.joins else "") for k in record.keys))
        )
    lines.append(("Decided", f"{moment(record.decided_at)}, policy {record.policy_version}, model {record.model}"))
    return lines


def _proposal(page: TipPage, viewer: Viewer) -> str:
    """What is said while a decline waits for a second person."""
    by = page.entry.proposed_by
    if not by:
        return ""
    if by == viewer.user:
        return "You asked to decline this tip. Somebody else must agree, or decide otherwise."
    return f"{person_name(by, page.names)} asked to decline this tip; the reason is among the acts. Decline it too if you agree."


def _looking(page: TipPage, viewer: Viewer) -> list[str]:
    """Who else has opened the tip just now, by the audit log: two people should not read the same thing without knowing it."""
    others = {
        row.actor.removeprefix("user:")
        for row in page.audit
        if row.action == "tip.read" and row.actor != f"user:{viewer.user}" and page.now - row.at < JUST_NOW
    }
    return sorted(person_name(user, page.names) for user in others)


def _decide(page: TipPage, viewer: Viewer, policy: Policy, taxonomy: Taxonomy) -> Decide:
    entry, case = page.entry, page.case
    mine = entry.state is EntryState.CLAIMED and entry.claimed_by == viewer.user
    claimed = entry.state is EntryState.CLAIMED
    steps_in = viewer.role is Role.SUPERVISOR
    free = entry.state is EntryState.WAITING or mine or (claimed and steps_in)
    blocked = ""
    if not page.may_act:
        blocked = "You may read this tip; people of its desk decide about it."
    elif claimed and not mine:
        blocked = "" if steps_in else "Somebody else has claimed this tip."
    elif entry.state is EntryState.DONE:
        blocked = "This tip was decided. Claim it to take it up again."
    others = [desk for desk in policy.desks.values() if desk.id != entry.desk]
    return Decide(
        can_claim=page.may_act and not claimed,
        can_release=page.may_act and claimed and (mine or steps_in),
        can_decide=page.may_act and free,
        can_snooze=page.may_act and free and not entry.life_threat,
        colleagues=tuple(one for one in page.colleagues if one[0] != entry.claimed_by) if free and not entry.life_threat else (),
        can_open_case=page.may_act and free and case.kind is not CaseKind.CASE,
        may_set_urgency=page.may_act,
        blocked=blocked,
        needs_note=entry.life_threat or entry.band is Band.LIKELY,
        proposal=_proposal(page, viewer),
        reasons=tuple(DECLINE_REASONS.items()),
        care_desks=tuple(desk for desk in others if desk.nature in CARE_NATURES),
        other_desks=tuple(desk for desk in others if _may_receive(desk, case.kind)),
        levels=tuple((level.value, taxonomy.urgency_titles[level]) for level in Urgency if level is not entry.urgency),
    )


def _may_receive(desk: Desk, kind: CaseKind) -> bool:
    """Whether a record of this kind can be transferred to the desk, as ``Casework.transfer`` has it."""
    if desk.nature in CARE_NATURES:
        return kind is CaseKind.REFERRAL
    if desk.nature is DeskNature.BUREAU:
        return False
    return desk.nature is not DeskNature.ENFORCEMENT or kind is CaseKind.CASE
