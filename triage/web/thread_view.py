"""What the tip page shows of the sender: the thread, how to write to them, pictures, what was released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triage.correspondence import consent_of, contact_desk, has_contact
from triage.domain.access import Viewer
from triage.domain.policy import Policy
from triage.domain.sender import OutcomeCode, Useful
from triage.policy_files.replies import Canned, Replies
from triage.reading import TipPage
from triage.reply_check import Risk, RiskKind
from triage.web.views import person_name
from triage.web.wording import moment, plain

OUTCOMES: Mapping[OutcomeCode, str] = {
    OutcomeCode.HELPED: "Somebody got help",
    OutcomeCode.ACTED_ON: "A team acted on it",
    OutcomeCode.PASSED_ON: "Another agency has it now",
    OutcomeCode.ADDED: "It supports what was known already",
    OutcomeCode.NOT_ENOUGH: "It did not hold enough to act on",
    OutcomeCode.NO_CONCERN: "Looked into, no concern",
}
USEFUL: Mapping[Useful, str] = {Useful.YES: "Yes", Useful.PARTLY: "Partly", Useful.NO: "No"}
_RISKS: Mapping[RiskKind, str] = {
    RiskKind.LINK: "a link",
    RiskKind.EMAIL: "an e-mail address",
    RiskKind.HANDLE: "an account name",
    RiskKind.ADDRESS: "an address",
    RiskKind.PHONE: "a phone number",
    RiskKind.PLATE: "a plate",
    RiskKind.NUMBER: "a number",
    RiskKind.NAME: "a name",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A message: when, who, the words, and whether the sender has seen what the desk wrote."""

    at: str
    who: str
    text: str
    from_source: bool
    seen: str


@dataclass(frozen=True, slots=True)
class ThreadView:
    """The thread and the form below it.

    ``blocked`` says why nothing can be written, empty if something can; ``hint`` what to mind. ``text`` stands in the form. ``marked`` is a
    reply with what should not leave unseen, as (words, what it is or empty); ``looked_at`` is that reply. ``contact`` is ``none``,
    ``open`` or ``closed``.
    """

    messages: tuple[Said, ...]
    remarks: tuple[str, ...]
    blocked: str
    hint: str
    text: str
    canned: tuple[tuple[str, str], ...]
    check_back: tuple[tuple[str, str], ...]
    marked: tuple[tuple[str, str], ...]
    looked_at: str
    contact: str
    pictures: int
    destroyed: int
    outcome: str
    useful: str
    outcomes: tuple[tuple[str, str], ...]
    usefuls: tuple[tuple[str, str], ...]


def thread_view(
    page: TipPage, viewer: Viewer, policy: Policy, replies: Replies, asked: str, entered: Mapping[str, str], found: tuple[Risk, ...] = ()
) -> ThreadView:
    """The view. ``asked`` is the id of a ready reply to start from; ``entered`` and ``found`` come from a reply that was not sent."""
    sender, messages = page.sender, page.messages
    writing = entered.get("text", "") if entered.get("act") == "message" else ""
    ready = next((canned for canned in replies.canned if canned.id == asked), None)
    waiting = bool(messages) and not messages[-1].from_source
    kept = sum(picture.destroyed_at is None for picture in page.pictures)
    closed = not contact_desk(viewer, page.case, consent_of(page.tip, sender), policy)
    return ThreadView(
        messages=tuple(
            Said(
                moment(message.at),
                "The sender" if message.from_source else person_name(message.by, page.names) or "The desk",
                message.text,
                message.from_source,
                "" if message.from_source else "seen by the sender" if sender.has_seen(message.at) else "not seen yet",
            )
            for message in messages
        ),
        remarks=_remarks(page),
        blocked=_blocked(page),
        hint="What you wrote last has no answer yet. One question at a time is answered most often." if waiting else "",
        text=writing or (ready.text(_language(page)) if ready else ""),
        canned=_titles(replies.canned),
        check_back=_titles(replies.check_back),
        marked=marked(writing.strip(), found) if found else (),
        looked_at=writing.strip() if found else "",
        contact="none" if not has_contact(page.tip, sender) else "closed" if closed else "open",
        pictures=kept,
        destroyed=len(page.pictures) - kept,
        outcome=page.outcome.code.value if page.outcome and page.outcome.code else "",
        useful=page.outcome.useful.value if page.outcome else "",
        outcomes=tuple((code.value, words) for code, words in OUTCOMES.items()),
        usefuls=tuple((useful.value, words) for useful, words in USEFUL.items()),
    )


def with_promise(text: str, replies: Replies, promise: str, language: str) -> str:
    """The reply with the sentence that says when the desk looks again, if one was chosen and is not there already."""
    chosen = next((canned for canned in replies.check_back if canned.id == promise), None)
    sentence = chosen.text(language) if chosen else ""
    return f"{text.strip()}\n\n{sentence}" if text.strip() and sentence and sentence not in text else text


def _language(page: TipPage) -> str:
    """The language to write in: that of the form, else the one that was read in the text."""
    return page.tip.language or (page.assessment.language if page.assessment else "")


def _blocked(page: TipPage) -> str:
    if page.sender.stopped:
        return "The sender asked for no more messages. They can still add to their report."
    return "" if page.may_act else "You may read this thread; people of the tip’s desk write."


def _remarks(page: TipPage) -> tuple[str, ...]:
    sender, said = page.sender, []
    if sender.retracted_at:
        said.append(
            f"Taken back by who sent it, {moment(sender.retracted_at)}: {plain(sender.retract_reason)}. You decide what that means."
        )
    if sender.withdrawn_at:
        said.append(f"The sender took back how to reach them, {moment(sender.withdrawn_at)}. It was deleted.")
    return tuple(said)


def _titles(canned: tuple[Canned, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((each.id, each.title) for each in canned)


def marked(text: str, found: tuple[Risk, ...]) -> tuple[tuple[str, str], ...]:
    parts: list[tuple[str, str]] = []
    position = 0
    for risk in found:
        parts += [(text[position : risk.start], ""), (text[risk.start : risk.end], _RISKS[risk.kind])]
        position = risk.end
    return tuple(part for part in (*parts, (text[position:], "")) if part[0])
