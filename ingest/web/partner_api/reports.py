"""Open reports over the API: open, fill, add pictures, finish, drop."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from ingest.api.advice import advice_on
from ingest.api.answers import PictureView, ProblemError, ReportView
from ingest.api.endpoint import JSON, MERGE_PATCH, PICTURES
from ingest.api.endpoints import PREFIX
from ingest.api.lifecycle import Report, Reports, to_mend
from ingest.api.problems import Refused
from ingest.catalogue import Catalogue
from ingest.domain.draft import SAVED_FOR
from ingest.photos import Photos
from ingest.receive import Once, Reserved, first_receipt
from ingest.registry.agreement import outside_agreement
from ingest.schema import BODY_LIMIT, decode, from_value
from ingest.web.body import read_body
from ingest.web.deps import IntakeDeps
from ingest.web.partner_api.door import Call, check_media, good
from ingest.web.partner_api.tips import Tips
from triage.domain.attachment import Attachment
from triage.domain.errors import FieldError, InvalidInput

PICTURE_LIMIT = 25 * 1024 * 1024
"""Bytes of one picture."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class ReportCalls:
    """The endpoints below ``/reports``."""

    def __init__(self, deps: IntakeDeps, reports: Reports, photos: Photos, tips: Tips, catalogues: Mapping[str, Catalogue]) -> None:
        self._deps = deps
        self._reports = reports
        self._photos = photos
        self._tips = tips
        self._catalogues = catalogues

    async def open(self, call: Call) -> Response:
        """``POST /reports``."""
        check_media(call.request, (JSON, MERGE_PATCH))
        body = await read_body(call.request, BODY_LIMIT)
        value = decode(body) if body.strip() else {}
        report = await run_in_threadpool(self._reports.open, call.sender, value)
        return good(self._view(call, report), 201, {"Location": f"{PREFIX}/reports/{report.id}"})

    async def show(self, call: Call) -> Response:
        """``GET /reports/{id}``."""
        return good(await run_in_threadpool(lambda: self._view(call, self._reports.get(call.sender, call.id()))))

    async def change(self, call: Call) -> Response:
        """``PATCH /reports/{id}``."""
        check_media(call.request, (JSON, MERGE_PATCH))
        patch = decode(await read_body(call.request, BODY_LIMIT))
        return good(await run_in_threadpool(lambda: self._view(call, self._reports.change(call.sender, call.id(), patch))))

    async def add_picture(self, call: Call) -> Response:
        """``PUT /reports/{id}/attachments/{name}``. The same picture under the same name again changes nothing."""
        if not call.caller.partner.photos:
            raise Refused("photos_off", "your agreement does not cover pictures. Describe what they show in words.")
        check_media(call.request, PICTURES)
        name: str = call.request.path_params["name"]
        if not _NAME.fullmatch(name):
            raise InvalidInput([FieldError("name", "not_a_name", "Use 1 to 100 letters, digits, dots and dashes, like yard-1.jpg.")])
        content = await read_body(call.request, PICTURE_LIMIT)
        report = await run_in_threadpool(self._reports.get, call.sender, call.id())
        if report.finished:
            raise Refused("already_finished", f"this report is the tip {report.tip_id} now.")
        kept = (await self._photos.add(call.caller.partner, report.tip_id, content, call.actor)).attachment
        if report.pictures.get(name, kept.id) != kept.id:
            raise Refused("conflict", "another picture of this report has that name. Give this one a name of its own.")
        if name not in report.pictures:
            await run_in_threadpool(self._reports.add_picture, call.sender, report.id, name, kept.id)
        return good(_picture(name, kept))

    async def finish(self, call: Call) -> Response:
        """``POST /reports/{id}/finish``: the report as a tip; the same key gets the same answer again."""
        report = await run_in_threadpool(self._reports.get, call.sender, call.id())
        once = Once(call.caller.secret, f"finish {report.id}", SAVED_FOR)  # no key that a caller may choose holds a space
        if report.finished:
            return await run_in_threadpool(self._again, call, report, once)
        submission = from_value(report.value)
        if errors := outside_agreement(call.caller.partner, submission):
            raise InvalidInput(errors)
        response = await self._tips.accept(call, submission, once, Reserved(report.tip_id), "already_finished")
        await run_in_threadpool(self._reports.finished, call.sender, report.id)
        return response

    async def drop(self, call: Call) -> Response:
        """``DELETE /reports/{id}``."""
        reason = call.request.query_params.get("reason", "sent_by_mistake")

        def drop() -> None:
            for picture in self._reports.drop(call.sender, call.id(), reason):
                self._deps.blobs.destroy(picture)

        await run_in_threadpool(drop)
        return Response(status_code=204)

    def _again(self, call: Call, report: Report, once: Once) -> Response:
        """The first answer to finishing it, for the key that did."""
        answer = self._deps.store.answer_of(once.hash, self._deps.clock.now())
        if answer is None:
            raise Refused("already_finished", f"this report is the tip {report.tip_id} now, finished with another key.")
        return self._tips.answer(call, first_receipt(once, answer, self._deps.sealer))

    def _view(self, call: Call, report: Report) -> ReportView:
        with self._deps.storage.reading() as work:
            kept = {picture.id: picture for picture in work.attachments.of_tip(report.tip_id)}
        errors = to_mend(report)
        ready = not errors and not report.finished
        return ReportView(
            report.id,
            "finished" if report.finished else "open",
            report.expires_at,
            report.value,
            [_picture(name, kept[id]) for name, id in report.pictures.items() if id in kept],
            [ProblemError(error.path, error.code, error.message) for error in errors],
            advice_on(from_value(report.value), call.caller.partner, self._catalogues) if ready else [],
            report.tip_id if report.finished else None,
        )


def _picture(name: str, kept: Attachment) -> PictureView:
    return PictureView(name, kept.id, kept.media_type, kept.size, kept.width, kept.height)
