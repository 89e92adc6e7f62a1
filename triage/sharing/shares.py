"""Sharing a case: what exactly, to whom, why, until when; the same projection before and after; taken back at any time.

A share is looked at anew each time that it is read: it must live, the case must still be with the desk that shared it, and the rules must
still hold. Where they do not, there is no such share (``NotFound``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from triage.apart import from_victim
from triage.case_turn import CaseTurn, case_turn
from triage.domain.access import Viewer
from triage.domain.attachment import Attachment
from triage.domain.audit import AuditRow
from triage.domain.case import SHARE_RULE, Case, Notice
from triage.domain.errors import Conflict, FieldError, InvalidInput, NotFound
from triage.domain.events import EventType
from triage.domain.policy import Policy
from triage.domain.sender import SenderState
from triage.domain.share import OutsideAgency, PassedOn, Share, ShareMode, SharePart
from triage.domain.tip import Tip
from triage.domain.work import CaseActKind
from triage.ports import Clock, Ids, Storage, UnitOfWork, Vault
from triage.sharing.projection import SharedTip, Source, project
from triage.sharing.rules import Held, refusal
from triage.sharing.wishes import Receiver, Receivers, Wish, checked, last_day
from triage.wellness import kinds_of, picture_seen

EXPORTS = ("json", "html")
"""The kinds of files that an agency outside can be sent."""

REFERENCE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Projection:
    """What the receiver sees, the same before and after sharing. ``desk`` is the desk that shares."""

    desk: str
    mode: ShareMode
    why: str
    until: datetime
    tips: tuple[SharedTip, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """A share on the receiver's side. ``case_id`` is empty unless the whole case can be read.

    ``hard`` are the kinds of hard content (see ``triage.wellness``) of each tip whose text is shown, by tip.
    """

    share: Share
    receiver: Receiver
    projection: Projection
    case_id: str
    hard: Mapping[str, tuple[str, ...]]


class Sharing:
    """The acts and looks. The viewer is the first argument of each; its purpose goes into the audit rows."""

    def __init__(
        self, storage: Storage, policy: Policy, agencies: Mapping[str, OutsideAgency], vault: Vault, clock: Clock, ids: Ids
    ) -> None:
        self._storage = storage
        self._policy = policy
        self._vault = vault
        self._clock = clock
        self._ids = ids
        self.receivers = Receivers(policy, agencies)

    def preview(self, viewer: Viewer, case_id: str, version: int, wish: Wish) -> tuple[Wish, Receiver, Projection]:
        """The wish in order and exactly what the receiver would see. Raises ``InvalidInput`` with everything that is to be mended."""
        with case_turn(self._storage, self._clock, self._ids, viewer, case_id, version) as now:
            wish, receiver = self._allowed(now, wish)
            now.write_down("share.preview", f"case:{case_id}", {"desk": now.case.desk, "to": receiver.id})
            tips = _tips(now.work, wish.tips, wish.parts, now.now)
            return wish, receiver, Projection(now.case.desk, wish.mode, wish.why, wish.ends_at, tips)

    def share(self, viewer: Viewer, case_id: str, version: int, wish: Wish) -> Share:
        """Share it, as previewed at this ``version`` of the case; the receiving desk is told. Raises as ``preview``."""
        with case_turn(self._storage, self._clock, self._ids, viewer, case_id, version) as now:
            wish, receiver = self._allowed(now, wish)
            share = Share(
                id=now.new_id("shr"),
                case_id=case_id,
                desk=now.case.desk,
                to=receiver.id,
                mode=wish.mode,
                tips=wish.tips,
                parts=wish.parts,
                why=wish.why,
                by=viewer.user,
                at=now.now,
                until=wish.ends_at,
            )
            now.work.shares.put(share)
            joint = (*now.case.joint, receiver.id) if share.mode is ShareMode.JOINT else now.case.joint
            now.save(replace(now.case, joint=joint))
            codes = {"share": share.id, "mode": share.mode.value, "tips": str(len(share.tips)), "parts": ",".join(share.parts)}
            now.record(CaseActKind.SHARE, note=share.why, target=receiver.id, **codes)
            title = self._policy.desks[now.case.desk].title if now.case.desk in self._policy.desks else now.case.desk
            words = f"{title} shares a case with {receiver.title}, until {last_day(share.until)}"
            self._tell(now, share, receiver.desk, f"{SHARE_RULE}{share.id}", words)
            return share

    def recall(self, viewer: Viewer, share_id: str) -> Share:
        """Take a share back: at once nobody reads it any more. ``Conflict`` if it has ended already."""
        with self._storage.reading() as work:
            found = work.shares.get(share_id)
        if found is None:
            raise NotFound("share", share_id)
        with case_turn(self._storage, self._clock, self._ids, viewer, found.case_id, None) as now:
            share = now.work.shares.get(share_id)
            if share is None or share.desk != now.case.desk:
                raise NotFound("share", share_id)
            if not share.lives(now.now):
                raise Conflict("the share has ended already.")
            ended(now, share)
            now.save(replace(now.case, joint=joint_without(now.work, now.case, share, now.now)))
            return share

    def of_case(self, viewer: Viewer, case: Case) -> list[Share]:
        """The shares of a case that the viewer reads, newest first; none for a desk that reads along."""
        if case.desk not in viewer.desks or not viewer.reads(case.readers):
            return []
        with self._storage.reading() as work:
            return sorted(work.shares.of(case.id), key=lambda share: (share.at, share.id), reverse=True)

    def received(self, viewer: Viewer) -> list[tuple[Share, Receiver]]:
        """What the viewer's desks can read by a share now, newest first. For somebody without a desk there is no list (``NotFound``)."""
        if not viewer.desks:
            raise NotFound("page", "shared")
        with self._storage.reading() as work:
            at = self._clock.now()
            names = dict.fromkeys(name for desk in sorted(viewer.desks) for name in self.receivers.seen_at(desk))
            shares = [share for name in (*names, *self.receivers.unspoken()) for share in work.shares.beside(name) if share.lives(at)]
            cases = work.cases.get_many([share.case_id for share in shares])
            held = _held(work, [tip for share in shares if share.case_id in cases for tip in _chosen(share, cases[share.case_id])])
            found: list[tuple[Share, Receiver]] = []
            for share in shares:
                receiver, case = self.receivers.get(share.to, share.desk), cases.get(share.case_id)
                if receiver and case and receiver.desk in viewer.desks and _stands(self._policy, share, case, receiver, at, held):
                    found.append((share, receiver))
        self._write_down(viewer, "share.list", [f"desk:{desk}" for desk in sorted(viewer.desks)], {"shown": str(len(found))})
        return sorted(found, key=lambda one: (one[0].at, one[0].id), reverse=True)

    def read(self, viewer: Viewer, share_id: str) -> Received:
        """The projection, for people of the receiving desk; the look stands in the log of the share, of the case and of its tips."""
        received = self._received(viewer, share_id)
        self._looked(viewer, "share.read", received.share, {})
        return received

    def export(self, viewer: Viewer, share_id: str, form: str) -> Received:
        """The projection to be handed on, for a purpose that the viewer names; only of a share for an agency outside."""
        if not viewer.purpose.strip():
            raise InvalidInput([FieldError("purpose", "required", "Write why you take it out: it is kept in the log and on the file.")])
        if form not in EXPORTS:
            raise InvalidInput([FieldError("form", "unknown", "Choose JSON or a page to print.")])
        received = self._received(viewer, share_id)
        if received.receiver.outside is None:
            raise NotFound("share", share_id)
        self._looked(viewer, "share.export", received.share, {"form": form})
        return received

    def picture(self, viewer: Viewer, share_id: str, picture_id: str) -> tuple[Attachment, bytes]:
        """One of the shared pictures; the look is written down before the bytes are opened. ``NotFound`` for any other one."""
        received = self._received(viewer, share_id)
        if all(picture_id not in (tip.pictures or ()) for tip in received.projection.tips):
            raise NotFound("picture", picture_id)
        with self._storage.reading() as work:
            picture = work.attachments.get(picture_id)
        if picture is None:
            raise NotFound("picture", picture_id)
        seen = picture_seen(self._ids, viewer, self._clock.now(), picture.tip_id, picture_id)
        self._write_down(viewer, "picture.read", [f"tip:{picture.tip_id}"], {"attachment": picture_id, "share": share_id}, seen)
        content = self._vault.picture(picture_id)
        if content is None:
            raise NotFound("picture", picture_id)
        return picture, content

    def pass_on(self, viewer: Viewer, share_id: str, sent: bool, words: str) -> Share:
        """Say that the share was sent to the agency outside, under a reference of it or of one's own, or why not. Once a share."""
        if not words.strip():
            missing = "Write the reference under which it was sent." if sent else "Write why it was not sent."
            raise InvalidInput([FieldError("words", "required", missing)])
        if len(words) > REFERENCE_LIMIT:
            raise InvalidInput([FieldError("words", "too_long", f"Write at most {REFERENCE_LIMIT} characters.")])
        with self._storage.writing() as work:
            work.hold([f"share:{share_id}"])
            share, case, receiver = self._open(work, viewer, share_id)
            if receiver.outside is None:
                raise NotFound("share", share_id)
            if share.passed is not PassedOn.WAITING:
                raise Conflict("somebody has answered this request already. Look at it as it is now.")
            now = CaseTurn(work, viewer, case, self._clock.now(), self._ids)
            state = PassedOn.SENT if sent else PassedOn.REFUSED
            share = replace(share, passed=state, passed_by=viewer.user, passed_at=now.now, reference=words.strip())
            work.shares.put(share)
            kind = CaseActKind.SENT_ON if sent else CaseActKind.NOT_SENT
            now.record(kind, note=share.reference, target=share.to, share=share.id)
            words = f"What you shared with {receiver.title} was {'sent on' if sent else 'not sent'}"
            self._tell(now, share, share.desk, f"share-answer:{share.id}", words)
            return share

    def _allowed(self, now: CaseTurn, wish: Wish) -> tuple[Wish, Receiver]:
        receiver = self.receivers.get(wish.to, now.case.desk) if wish.to != now.case.desk else None
        wish = checked(wish, now.case, receiver, now.now.date())
        if receiver is None:
            raise NotFound("receiver", wish.to)
        why_not = refusal(self._policy, now.case, list(_held(now.work, wish.tips).values()), receiver.nature)
        if why_not:
            raise InvalidInput([FieldError("to", "refused", why_not)])
        return wish, receiver

    def _tell(self, now: CaseTurn, share: Share, desk: str, rule: str, words: str) -> None:
        """A notice to a desk; it gives no right to read the tip."""
        notice = Notice(now.new_id("ntc"), share.tips[0], share.case_id, desk, rule, words, now.now)
        now.work.notices.add(notice)
        payload = {"tip": notice.tip_id, "case": notice.case_id, "desk": desk, "rule": notice.rule}
        now.announce(EventType.NOTICE_SENT, desk, payload)

    def _received(self, viewer: Viewer, share_id: str) -> Received:
        with self._storage.reading() as work:
            share, case, receiver = self._open(work, viewer, share_id)
            chosen = [tip for tip in share.tips if tip in case.tips]  # of joint work too: the rest is read in the case itself
            projection = Projection(share.desk, share.mode, share.why, share.until, _tips(work, chosen, share.parts, share.at))
            told = chosen if SharePart.TEXT in share.parts else []
            hard = {tip: kinds_of(reading) for tip, reading in work.assessments.get_many(told).items()}
            return Received(share, receiver, projection, case.id if viewer.reads(case.readers) else "", hard)

    def _open(self, work: UnitOfWork, viewer: Viewer, share_id: str) -> tuple[Share, Case, Receiver]:
        """The share, if the viewer may read it now."""
        share = work.shares.get(share_id)
        receiver = self.receivers.get(share.to, share.desk) if share else None
        case = work.cases.get(share.case_id) if share else None
        if share is None or case is None or receiver is None or receiver.desk not in viewer.desks:
            raise NotFound("share", share_id)
        if not holds(work, self._policy, share, case, receiver, self._clock.now()):
            raise NotFound("share", share_id)
        return share, case, receiver

    def _looked(self, viewer: Viewer, action: str, share: Share, detail: Mapping[str, str]) -> None:
        objects = [f"share:{share.id}", f"case:{share.case_id}", *(f"tip:{tip}" for tip in share.tips)]
        self._write_down(viewer, action, objects, {"share": share.id, "to": share.to, **detail})

    def _write_down(self, viewer: Viewer, action: str, objects: Sequence[str], detail: Mapping[str, str], *more: AuditRow) -> None:
        at, actor = self._clock.now(), f"user:{viewer.user}"
        rows = [AuditRow(self._ids.new("aud"), at, actor, action, object, viewer.purpose, detail) for object in objects]
        with self._storage.writing() as work:
            work.audit.append([*rows, *more])


def ended(now: CaseTurn, share: Share, note: str = "") -> None:
    """End a living share inside a turn. Whoever does this also saves the case, with ``joint_without`` what has ended."""
    now.work.shares.put(replace(share, recalled_by=now.viewer.user, recalled_at=now.now))
    now.record(CaseActKind.RECALL, note=note, target=share.to, share=share.id)


def joint_without(work: UnitOfWork, case: Case, gone: Share, at: datetime) -> tuple[str, ...]:
    """The desks that still read along once ``gone`` has ended."""
    others = [share for share in work.shares.of(case.id) if share.mode is ShareMode.JOINT and share.id != gone.id and share.lives(at)]
    return tuple(desk for desk in case.joint if desk != gone.to or any(share.to == desk for share in others))


def holds(work: UnitOfWork, policy: Policy, share: Share, case: Case, receiver: Receiver, at: datetime) -> bool:
    """Whether the share gives a right to read at this time."""
    return _stands(policy, share, case, receiver, at, _held(work, _chosen(share, case)))


def _stands(policy: Policy, share: Share, case: Case, receiver: Receiver, at: datetime, held: Mapping[str, Held]) -> bool:
    tips = [held[tip] for tip in _chosen(share, case) if tip in held]
    living = share.lives(at) and case.desk == share.desk and bool(tips)
    return living and not refusal(policy, case, tips, receiver.nature)


def _chosen(share: Share, case: Case) -> tuple[str, ...]:
    """The tips that it is about now: of joint work all that the case holds, else those chosen that the case still holds."""
    return case.tips if share.mode is ShareMode.JOINT else tuple(tip for tip in share.tips if tip in case.tips)


def _held(work: UnitOfWork, tip_ids: Sequence[str]) -> Mapping[str, Held]:
    """The tips by id. What a sender chose since is looked up where it can matter: where the sender is the victim."""
    tips, readings = work.tips.get_many(tip_ids), work.assessments.get_many(tip_ids)

    def held(tip: Tip) -> Held:
        reading = readings.get(tip.id)
        return Held(tip, reading, work.senders.get(tip.id) if from_victim(tip, reading) else SenderState(tip.id))

    return {tip.id: held(tip) for tip in tips.values()}


def _tips(work: UnitOfWork, tip_ids: Sequence[str], parts: Sequence[SharePart], until: datetime) -> tuple[SharedTip, ...]:
    tips, readings, decided = work.tips.get_many(tip_ids), work.assessments.get_many(tip_ids), work.decisions.get_many(tip_ids)
    found: list[SharedTip] = []
    for tip_id in tip_ids:
        entry = work.queue.get(tip_id)
        if tip_id not in tips or tip_id not in readings or entry is None:
            continue
        where = decided[tip_id].jurisdiction if tip_id in decided else None
        pictures = work.attachments.of_tip(tip_id) if SharePart.PICTURES in parts else []
        source = Source(tips[tip_id], readings[tip_id], entry, where, pictures)
        found.append(project(source, parts, len(found) + 1, until))
    return tuple(found)
