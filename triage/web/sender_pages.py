"""What the console answers about the sender of a tip: messages, outcome, contact details, pictures. Nothing here awaits."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from triage.correspondence import Correspondence, NeedsLook
from triage.domain.errors import FieldError, InvalidInput
from triage.domain.sender import OutcomeCode, Useful
from triage.pictures import DESTROY_REASONS, Pictures, PicturesPage
from triage.sign_in import Session, viewer_of
from triage.web.console import Console, Form
from triage.web.page import SECURITY_HEADERS, see_other
from triage.web.thread_view import with_promise
from triage.web.wording import moment

PICTURE_HEADERS = {
    **SECURITY_HEADERS,
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Disposition": "inline",
}
"""A picture from a stranger is shown as a picture and as nothing else, to this console alone, and is kept nowhere."""


class SenderPages:
    """Pages around the thread of a tip."""

    def __init__(self, console: Console) -> None:
        deps = console.deps
        self._console = console
        self._replies = deps.replies
        self._letters = Correspondence(deps.storage, deps.policy, deps.vault, deps.clock, deps.ids)
        self._pictures = Pictures(deps.storage, deps.vault, deps.clock, deps.ids)

    def write(self, request: Request, session: Session, form: Form) -> Response:
        """Send a message; one that holds what should not leave unseen comes back with its marks, to be confirmed."""
        tip_id, viewer = request.path_params["tip"], viewer_of(session, "correspondence")
        text = with_promise(form.get("text", ""), self._replies, form.get("promise", ""), form.get("language", ""))
        looked_at = form.get("looked_at", "") if form.get("all_the_same") else ""
        try:
            message = self._letters.write(viewer, tip_id, text, looked_at)
        except NeedsLook as error:
            return self._console.tip_again(request, session, error.errors, {**form, "text": text, "act": "message"}, error.risks)
        except InvalidInput as error:
            return self._console.tip_again(request, session, error.errors, {**form, "act": "message"})
        return see_other(f"/desk/tip/{quote(tip_id)}?done=message&undo={message.id}#thread")

    def take_back(self, request: Request, session: Session, _form: Form) -> Response:
        """Take back a message before it has left."""
        message = self._letters.take_back(viewer_of(session, "correspondence"), request.path_params["message"])
        return see_other(f"/desk/tip/{quote(message.tip_id)}?done=undo#thread")

    def release(self, request: Request, session: Session, form: Form) -> Response:
        """Say how useful the tip was and what the sender may know of its outcome."""
        tip_id, useful, code = request.path_params["tip"], form.get("useful", ""), form.get("outcome", "")
        if useful not in set(Useful) or (code and code not in set(OutcomeCode)):
            missing = FieldError("useful", "required", "Say whether the tip was useful.")
            return self._console.tip_again(request, session, (missing,), {**form, "act": "outcome"})
        self._letters.release(viewer_of(session, "correspondence"), tip_id, Useful(useful), OutcomeCode(code) if code else None)
        return see_other(f"/desk/tip/{quote(tip_id)}?done=outcome#answer")

    def contact(self, request: Request, session: Session, form: Form) -> Response:
        """Show how to reach the sender, once, on an answer that no address leads to."""
        tip_id, purpose = request.path_params["tip"], form.get("purpose", "")
        try:
            contact = self._letters.contact(viewer_of(session, purpose[:200]), tip_id)
        except InvalidInput as error:
            return self._console.tip_again(request, session, error.errors, {**form, "act": "contact"})
        return self._console.show(session, "contact.html", {"tip_id": tip_id, "contact": contact}, request)

    def pictures(self, request: Request, session: Session) -> Response:
        """The pictures of a tip: none of them is fetched before the person asks for it."""
        page = self._pictures.of_tip(viewer_of(session, "pictures"), request.path_params["tip"])
        return self._show_pictures(request, session, page)

    def picture(self, request: Request, session: Session) -> Response:
        """The bytes of one picture."""
        params = request.path_params
        picture, content = self._pictures.show(viewer_of(session, "pictures"), params["tip"], params["picture"])
        return Response(content, media_type=picture.media_type, headers=PICTURE_HEADERS)

    def destroy(self, request: Request, session: Session, form: Form) -> Response:
        """Destroy one picture."""
        tip_id, viewer = request.path_params["tip"], viewer_of(session, "pictures")
        try:
            self._pictures.destroy(viewer, tip_id, request.path_params["picture"], form.get("reason", ""))
        except InvalidInput as error:
            return self._show_pictures(request, session, self._pictures.of_tip(viewer, tip_id), error.errors)
        return see_other(f"/desk/tip/{quote(tip_id)}/pictures?done=destroyed")

    def _show_pictures(self, request: Request, session: Session, page: PicturesPage, errors: tuple[FieldError, ...] = ()) -> Response:
        shown = request.query_params.get("show", "")
        values = {
            "tip_id": page.tip_id,
            "may_destroy": page.may_destroy,
            "pictures": [
                {
                    "id": picture.id,
                    "number": number,
                    "at": moment(picture.at),
                    "size": f"{picture.width} × {picture.height}, {-(-picture.size // 1024)} kB",
                    "width": picture.width,
                    "height": picture.height,
                    "shown": picture.id == shown and picture.destroyed_at is None,
                    "destroyed": moment(picture.destroyed_at) if picture.destroyed_at else "",
                    "reason": DESTROY_REASONS.get(picture.reason, picture.reason),
                    "sha256": picture.sha256,
                }
                for number, picture in enumerate(page.pictures, 1)
            ],
            "colour": request.query_params.get("colour", "") == "1",
            "reasons": tuple(DESTROY_REASONS.items()),
            "errors": errors,
        }
        return self._console.show(session, "pictures.html", values, request, 422 if errors else 200)
