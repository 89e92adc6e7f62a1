"""The words of the pages about care: what a service may be told, on what basis, how a hand-off stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.care.allowed import Allowance
from triage.care.directory import Fit
from triage.care.hand_offs import Plan
from triage.domain.care import ANY_LANGUAGE, NEXT_STATES, Basis, CareDirectory, CarePart, Ground, HandOff, HandOffState, Service
from triage.domain.tip import Place
from triage.redaction import redact
from triage.web.views import county_name, person_name
from triage.web.wording import moment

STATES: Mapping[HandOffState, str] = {
    HandOffState.OFFERED: "Asked",
    HandOffState.ACCEPTED: "Accepted",
    HandOffState.DECLINED: "Declined",
    HandOffState.REACHED: "They have spoken",
    HandOffState.NOT_REACHED: "Not reached",
    HandOffState.WITHDRAWN: "No longer wanted",
}
PARTS: Mapping[CarePart, str] = {
    CarePart.NEED: "What they need",
    CarePart.COUNTY: "The county",
    CarePart.LANGUAGE: "The language",
    CarePart.PLACE: "Where exactly",
    CarePart.ACCOUNT: "What happened, in the sender’s words",
    CarePart.CONTACT: "How to reach the sender",
}
GROUNDS: Mapping[Ground, str] = {
    Ground.DANGER_TO_LIFE: "Danger to somebody’s life",
    Ground.MINOR_IN_DANGER: "A child in danger",
    Ground.COURT_ORDER: "A court order",
}
_BASES: Mapping[Basis, str] = {
    Basis.CONSENT: "consent",
    Basis.DANGER: "danger to life",
    Basis.NOBODY_IDENTIFIED: "nothing that identifies anybody",
}
_LANGUAGES: Mapping[str, str] = {
    "en": "English", "es": "Spanish", "so": "Somali", "vi": "Vietnamese", "ar": "Arabic", "fr": "French", "zh": "Chinese", "ru": "Russian",
    "pa": "Punjabi", "uk": "Ukrainian", "pt": "Portuguese", "ht": "Haitian Creole", "de": "German", "my": "Burmese", "ko": "Korean",
    ANY_LANGUAGE: "any language, by an interpreter",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class HandOffView:
    """A hand-off as the pages show it."""

    id: str
    tip: str
    service: str
    phone: str
    state: str
    state_title: str
    basis: str
    told: str
    steps: tuple[tuple[str, str, str, str], ...]
    next: tuple[tuple[str, str], ...]


def language(code: str) -> str:
    """A language's name; its code where we have no name for it."""
    return _LANGUAGES.get(code.partition("-")[0].lower(), code) if code not in ("", "und") else "not known"


def consent(allowed: Allowance) -> str:
    """On what basis something may be told, as a sentence."""
    if allowed.agreed:
        return "The sender agreed that support services may know who they are."
    if allowed.said:
        return "The text says that the help is wanted. How to reach the sender stays sealed."
    if allowed.basis is Basis.DANGER:
        return "Nobody agreed to anything, but a life is in danger: say where and what, not who wrote it."
    return "Nobody agreed to anything: say nothing that could identify anybody."


def consent_in_short(allowed: Allowance) -> str:
    """The same for a list."""
    return {Basis.CONSENT: "Agreed", Basis.DANGER: "Not agreed; danger to life", Basis.NOBODY_IDENTIFIED: "Not agreed"}[allowed.basis]


def fit_words(fit: Fit) -> str:
    """In what a service fits, and what is to be minded."""
    fits = [word for word, holds in (("need", fit.need), ("county", fit.county), ("language", fit.language)) if holds]
    lacks = [word for word in ("need", "county", "language") if word not in fits]
    words = f"fits {', '.join(fits)}" if fits else "does not fit"
    words += f"; not {', '.join(lacks)}" if lacks and fits else ""
    words += "; takes warm hand-offs" if fit.service.takes_warm_handoff else ""
    return words + ("; not checked lately" if fit.stale else "")


def spoken(service: Service) -> str:
    """The languages of a service."""
    return ", ".join(language(code) for code in service.languages)


def hand_off_view(one: HandOff, directory: CareDirectory, names: Mapping[str, str]) -> HandOffView:
    """A hand-off in words."""
    service = directory.find(one.service)
    return HandOffView(
        id=one.id,
        tip=one.tip_id,
        service=service.title if service else one.service,
        phone=service.phone if service else "",
        state=one.state.value,
        state_title=STATES[one.state],
        basis=_BASES[Basis(one.basis)],
        told=", ".join(PARTS[CarePart(part)].lower() for part in one.parts),
        steps=tuple((moment(step.at), person_name(step.by, names), STATES[step.state], step.note) for step in one.steps),
        next=tuple((state.value, STATES[state]) for state in NEXT_STATES[one.state]),
    )


def what_to_say(plan: Plan, parts: Sequence[str], needs: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """Exactly what may be said on the telephone, as (what it is, words, whether these are the sender's own)."""
    tip, told = plan.tip, [part for part in CarePart if part.value in parts]
    needed = ", ".join(needs.get(need, need) for need in plan.needs)
    sentences: Mapping[CarePart, str] = {
        CarePart.NEED: f"Somebody may need your help with: {needed or 'we do not know yet'}",
        CarePart.COUNTY: f"They are in: {county_name(plan.case.county, plan.case.state)}",
        CarePart.LANGUAGE: f"They write in: {language(plan.language)}",
        CarePart.PLACE: f"Where exactly: {place(tip.place) or 'we were not told'}",
        CarePart.ACCOUNT: _account(plan),
        CarePart.CONTACT: "Open the contact details on the tip’s page, with this call as the purpose, and read out how to call back.",
    }
    return [(PARTS[part], sentences[part], part is CarePart.ACCOUNT) for part in told]


def _account(plan: Plan) -> str:
    """What the sender wrote in their own words, without what tells who they are; the answers about place and people are not part of it."""
    told, reading = plan.tip.narrative, plan.reading
    if reading is None:
        return "Nobody has read the report yet."
    return redact(told, (entity for entity in reading.entities if entity.end <= len(told)))


def mind(plan: Plan, parts: Sequence[str]) -> list[str]:
    """What is to be minded while telling it."""
    allowed = plan.allowed
    words = [] if allowed.own else ["Somebody else wrote to us. Whom it is about may not know of it: tell only what the service needs."]
    if allowed.basis is Basis.NOBODY_IDENTIFIED:
        words.append("If they ask who it is: we may not say, and we may not give a way to reach them.")
    if allowed.basis is Basis.DANGER:
        words.append("Say that a life is in danger. Who wrote it stays with us.")
    if CarePart.CONTACT.value not in parts:
        words.append("Ask them for a name and a number that the person can call; you can write it to the sender in the thread.")
    return words


def place(where: Place) -> str:
    """A place in one line."""
    return ", ".join(part for part in (where.name, where.address, where.road, where.exit, where.town, where.county, where.state) if part)
