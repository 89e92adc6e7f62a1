"""Adding photos to a report that was sent: ``/r/photo``, opened from the page of the sent report or from the return page.

The report is safe already; nothing that goes wrong here can touch it. Each photo is taken as soon as it has come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ingest.domain.partner import Partner
from ingest.photos import MOST, Photos
from ingest.receive import SANDBOX
from ingest.schema import BODY_LIMIT
from ingest.web.body import media_type, read_body
from ingest.web.deps import IntakeDeps
from ingest.web.fields import read_answers
from ingest.web.multipart import read_parts
from ingest.web.pages import Pages
from ingest.web.visits import visit_token, visited_tip
from triage.domain.errors import InvalidInput, TooMany

ROWS = 3
"""Photos that one form takes."""
FILE_LIMIT = 25 * 1024 * 1024
_FORM_LIMIT = ROWS * FILE_LIMIT + 64 * 1024
_DRAINED = 3 * _FORM_LIMIT
"""A file that is too large is read to its end up to here and thrown away: a browser shows the answer only after it has sent all."""
_UPLOADS = 16
"""Forms with photos that are read at the same time; each holds one photo in memory."""


class PhotoPages:
    """The page with the photo rows, and what it sends."""

    def __init__(self, deps: IntakeDeps, pages: Pages, photos: Photos) -> None:
        self._deps = deps
        self._pages = pages
        self._photos = photos
        self._uploads = 0

    async def show(self, request: Request) -> Response:
        """``POST /r/photo`` with the field ``visit``: the empty page."""
        if media_type(request) != "application/x-www-form-urlencoded":
            raise HTTPException(415)
        answers = read_answers(await read_body(request, BODY_LIMIT))
        language = self._pages.language(request, asked=answers.get("lang", ""))
        tip_id = visited_tip(self._deps, answers.get("visit", ""))
        partner = await run_in_threadpool(self._partner, tip_id)
        if partner is None:
            return self._over(language)
        return await run_in_threadpool(self._show, language, tip_id)

    async def add(self, request: Request) -> Response:
        """``POST /r/photo/add``: takes the photos of the form one by one, and says what became of each."""
        if self._uploads >= _UPLOADS:
            raise TooMany(60)
        self._uploads += 1
        try:
            return await self._take(request)
        finally:
            self._uploads -= 1

    async def _take(self, request: Request) -> Response:
        language, tip_id, partner = self._pages.language(request), "", None
        taken, repeated, errors = 0, 0, dict[str, str]()
        chosen = False
        async for part in read_parts(request, FILE_LIMIT, _DRAINED):
            if part.name == "lang" and not part.is_file:
                language = self._pages.language(request, asked=part.text)
            elif part.name == "visit" and not part.is_file:
                tip_id = visited_tip(self._deps, part.text)
                partner = await run_in_threadpool(self._partner, tip_id)
            elif part.is_file and (part.content or part.too_large):
                if partner is None:
                    return self._over(language)
                chosen = True
                self._deps.limits.forms.spend(self._deps.blinded(request))
                if part.too_large:
                    errors[part.name] = "too_large"
                    continue
                try:
                    added = await self._photos.add(partner, tip_id, part.content)
                except InvalidInput as error:
                    errors[part.name] = error.errors[0].code
                else:
                    taken, repeated = taken + (not added.repeated), repeated + added.repeated
        if partner is None:
            return self._over(language)
        if not chosen:
            errors = {"photo1": "empty"}
        return await run_in_threadpool(self._show, language, tip_id, taken, repeated, errors)

    def _partner(self, tip_id: str) -> Partner | None:
        """Whose report it is; None if there is no such report, or photos are not taken for it."""
        with self._deps.partner_side.reading() as work:
            tip = work.tips.get(tip_id) if tip_id else None
            partner = work.partners.get(tip.partner.removesuffix(SANDBOX)) if tip else None
        return partner if partner is not None and partner.photos else None

    def _show(self, language: str, tip_id: str, taken: int = 0, repeated: int = 0, errors: Mapping[str, str] | None = None) -> Response:
        words = self._pages.words(language)
        with self._deps.partner_side.reading() as work:
            pictures = work.attachments.of_tip(tip_id)
        said: Sequence[str] = [
            *([words("photo.added_one") if taken == 1 else words("photo.added", count=taken)] if taken else []),
            *([words("photo.repeated")] if repeated else []),
        ]
        return self._pages.render(
            "photo.html",
            language,
            422 if errors else 200,
            visit=visit_token(self._deps, tip_id),
            kept=sum(picture.destroyed_at is None for picture in pictures),
            rows=min(ROWS, MOST - len(pictures)),
            said=said,
            errors={
                name: words.first(f"photo.errors.{code}", "photo.errors.broken").format(most=MOST) for name, code in (errors or {}).items()
            },
        )

    def _over(self, language: str) -> Response:
        words = self._pages.words(language)("errors.visit_over")
        return self._pages.render("code.html", language, 422, None, "/r/code", values={}, errors={"code": words})
