"""Photos for a report: taken, refused, swept away; over HTTP as a browser without scripts sends them."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from ingest.domain.draft import Draft, DraftKind
from ingest.domain.partner import Partner
from ingest.photos import MOST, Photos, Sweep
from ingest.ports import Purpose
from ingest.receive import Receipt, Sender
from ingest.submission import Submission
from ingest.web import photos as pages
from ingest.web.visits import visit_token
from tests.contract.pictures_suite import SECRET, jpeg, large_png, two_colours, with_gps
from tests.intake import SCHOOL, TRUCKING, Intake
from triage.domain.attachment import Attachment
from triage.domain.errors import InvalidInput
from triage.domain.events import EventType

WITH_PHOTOS = replace(TRUCKING, photos=True)


def picture(number: int) -> bytes:
    """A small JPEG like no other."""
    return jpeg(two_colours(16 + number, 16))


@pytest.fixture
def receipt(intake: Intake) -> Receipt:
    """A report to a partner that takes photos."""
    intake.deps.partners.put(WITH_PHOTOS)
    return intake.deps.receiver.receive_blocking(Submission(narrative="A white van."), Sender(TRUCKING.slug, "public"))


def photos_of(intake: Intake) -> Photos:
    deps = intake.deps
    return Photos(deps.partner_side, deps.blobs, deps.sealer, deps.pictures, deps.clock, deps.ids)


def add(intake: Intake, tip: str, content: bytes, partner: Partner = WITH_PHOTOS) -> Attachment:
    return asyncio.run(photos_of(intake).add(partner, tip, content)).attachment


def kept(intake: Intake, tip: str) -> list[Attachment]:
    with intake.deps.storage.reading() as work:
        return work.attachments.of_tip(tip)


def refused(intake: Intake, tip: str, content: bytes, partner: Partner = WITH_PHOTOS) -> str:
    with pytest.raises(InvalidInput) as caught:
        add(intake, tip, content, partner)
    return caught.value.errors[0].code


def test_a_photo_is_cleaned_sealed_and_told_about(intake: Intake, receipt: Receipt, tmp_path: Path) -> None:
    sent = jpeg(exif=with_gps())
    attachment = add(intake, receipt.id, sent)
    assert kept(intake, receipt.id) == [attachment]
    sealed = intake.deps.blobs.get(attachment.id)
    assert sealed is not None
    clean = intake.deps.sealer.open(Purpose.PHOTO, attachment.id, sealed)
    assert clean[:3] == b"\xff\xd8\xff"
    assert len(clean) == attachment.size
    assert SECRET not in clean
    for file in (path for path in tmp_path.rglob("*") if path.is_file()):
        content = file.read_bytes()
        assert SECRET not in content, file
        assert clean[:60] not in content, file
    [event] = [logged.event for logged in intake.events.read("test", [EventType.TIP_AMENDED], 10)]
    assert event.payload == {"tip": receipt.id, "change": "picture.added", "attachment": attachment.id}
    with intake.deps.storage.reading() as work:
        row = work.audit.of_object(f"tip:{receipt.id}", 10)[-1]
    assert (row.action, row.actor, row.detail["attachment"]) == ("picture.added", "public", attachment.id)


def test_the_same_photo_again_is_nothing_new(intake: Intake, receipt: Receipt) -> None:
    first = asyncio.run(photos_of(intake).add(WITH_PHOTOS, receipt.id, picture(1)))
    again = asyncio.run(photos_of(intake).add(WITH_PHOTOS, receipt.id, picture(1)))
    assert (first.repeated, again.repeated, again.attachment) == (False, True, first.attachment)
    assert intake.deps.blobs.names("att") == [first.attachment.id]
    other = intake.deps.receiver.receive_blocking(Submission(narrative="Another."), Sender(TRUCKING.slug, "public"))
    assert add(intake, other.id, picture(1)).id != first.attachment.id


def test_two_presses_at_once_add_one_photo(intake: Intake, receipt: Receipt) -> None:
    photos = photos_of(intake)

    async def both() -> list[bool]:
        added = await asyncio.gather(*(photos.add(WITH_PHOTOS, receipt.id, picture(1)) for _ in range(4)))
        return sorted(each.repeated for each in added)

    assert asyncio.run(both()) == [False, True, True, True]
    assert len(kept(intake, receipt.id)) == len(intake.deps.blobs.names("att")) == 1


def test_a_report_holds_a_few_and_destroyed_ones_count(intake: Intake, receipt: Receipt) -> None:
    for number in range(MOST):
        last = add(intake, receipt.id, picture(number))
    assert refused(intake, receipt.id, picture(99)) == "too_many"
    with intake.deps.storage.writing() as work:
        work.attachments.put(replace(last, destroyed_at=intake.clock.now(), reason="minor"))
    assert refused(intake, receipt.id, picture(99)) == "too_many"
    assert len(intake.deps.blobs.names("att")) == MOST


def test_only_where_the_partner_takes_photos(intake: Intake, receipt: Receipt) -> None:
    assert refused(intake, receipt.id, picture(1), SCHOOL) == "not_taken"
    assert intake.deps.blobs.names("att") == []


def test_a_report_that_is_only_open_takes_photos_and_tells_later(intake: Intake, receipt: Receipt) -> None:
    attachment = add(intake, "tip_reserved", picture(1))
    assert kept(intake, "tip_reserved") == [attachment]
    assert intake.events.read("test", [EventType.TIP_AMENDED], 10) == []


def sweep_of(intake: Intake) -> Sweep:
    return Sweep(intake.deps.partner_side, intake.deps.blobs, intake.deps.clock)


def test_bytes_that_no_row_names_are_swept_once_they_had_time_to_get_one(intake: Intake, receipt: Receipt) -> None:
    stays = add(intake, receipt.id, picture(1))
    intake.deps.blobs.put("att_lost", b"sealed")
    intake.deps.blobs.put("imp_other", b"not a picture")
    sweep = sweep_of(intake)
    assert [sweep.run_once(), sweep.run_once(), sweep.run_once()] == [0, 1, 0]
    assert intake.deps.blobs.names("att") == [stays.id]
    assert intake.deps.blobs.get("imp_other") is not None


def test_what_was_destroyed_is_swept_if_its_bytes_are_still_there(intake: Intake, receipt: Receipt) -> None:
    attachment = add(intake, receipt.id, picture(1))
    with intake.deps.storage.writing() as work:
        work.attachments.put(replace(attachment, destroyed_at=intake.clock.now()))
    sweep = sweep_of(intake)
    assert [sweep.run_once(), sweep.run_once()] == [0, 1]
    assert intake.deps.blobs.get(attachment.id) is None


def test_unfinished_reports_go_with_their_photos_and_finished_ones_keep_them(intake: Intake, receipt: Receipt) -> None:
    over = intake.clock.now() + timedelta(hours=72)
    for tip in ("tip_open", receipt.id):
        with intake.deps.partner_side.writing() as work:
            work.drafts.put(Draft(f"rep_{tip}", DraftKind.OPEN, TRUCKING.slug, tip, b"sealed", over))
    gone, stays = add(intake, "tip_open", picture(1)), add(intake, receipt.id, picture(1))
    sweep = sweep_of(intake)
    sweep.run_once()
    assert kept(intake, "tip_open") == [gone]
    intake.clock.forward(hours=72)
    assert [sweep.run_once(), sweep.run_once()] == [0, 1]
    assert (kept(intake, "tip_open"), kept(intake, receipt.id)) == ([], [stays])
    assert intake.deps.blobs.names("att") == [stays.id]


def open_page(intake: Intake, tip: str) -> httpx.Response:
    return intake.client().post("/r/photo", data={"visit": visit_token(intake.deps, tip), "lang": "en"})


def send(intake: Intake, tip: str, **files: bytes) -> httpx.Response:
    fields = {"lang": "en", "visit": visit_token(intake.deps, tip)}
    return intake.client().post("/r/photo/add", data=fields, files={name: (f"{name}.jpg", content) for name, content in files.items()})


def test_the_page_says_the_rule_and_offers_plain_files(intake: Intake, receipt: Receipt) -> None:
    page = open_page(intake, receipt.id)
    assert page.status_code == 200
    assert "Do not send sexual pictures of anyone who may be under 18" in page.text
    assert page.text.count('type="file" accept="image/*"') == pages.ROWS
    assert "capture" not in page.text


def test_photos_are_taken_and_counted(intake: Intake, receipt: Receipt) -> None:
    page = send(intake, receipt.id, photo1=picture(1), photo2=picture(2), photo3=b"")
    assert page.status_code == 200
    assert "We added 2 photos to your report." in page.text
    assert "Photos in your report: 2" in page.text
    again = send(intake, receipt.id, photo1=picture(2))
    assert "We have that photo already." in again.text
    assert len(kept(intake, receipt.id)) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"GIF89a" + bytes(40), "The photo must be a JPG, PNG, WebP or HEIC. Your report is safe"),
        (picture(1)[:300], "The photo could not be read. Your report is safe. Try again"),
        (large_png(8000, 8000), "The photo has too many dots"),
        (bytes(pages.FILE_LIMIT + 1), "The photo must be smaller than 25 MB. Your report is safe"),
    ],
)
def test_what_cannot_be_taken_is_named_and_the_rest_is_kept(intake: Intake, receipt: Receipt, content: bytes, words: str) -> None:
    page = send(intake, receipt.id, photo1=content, photo2=picture(2))
    assert page.status_code == 422
    assert page.text.count(words) == 2  # in the summary and beside the field
    assert 'id="f-photo1-error"' in page.text
    assert "Your photo is in your report." in page.text
    assert len(kept(intake, receipt.id)) == 1


def test_nothing_chosen_says_so(intake: Intake, receipt: Receipt) -> None:
    page = send(intake, receipt.id, photo1=b"")
    assert (page.status_code, page.text.count("Choose a photo first")) == (422, 2)


def test_a_full_report_offers_no_more_rows(intake: Intake, receipt: Receipt) -> None:
    for number in range(MOST - 1):
        add(intake, receipt.id, picture(number))
    page = send(intake, receipt.id, photo1=picture(20), photo2=picture(21))
    assert "Your report can hold 10 photos. It has that many now" in page.text
    assert "Your report has all the photos that it can hold." in page.text
    assert 'type="file"' not in page.text


def test_only_a_visit_to_a_report_that_takes_photos_opens_the_page(intake: Intake, receipt: Receipt) -> None:
    school = intake.deps.receiver.receive_blocking(Submission(narrative="Seen."), Sender(SCHOOL.slug, "public"))
    for visit in (f"visit:{receipt.id}", "", visit_token(intake.deps, school.id), visit_token(intake.deps, "tip_unknown")):
        client = intake.client()
        opened = client.post("/r/photo", data={"visit": visit})
        sent = client.post("/r/photo/add", data={"visit": visit}, files={"photo1": ("a.jpg", picture(1))})
        assert [opened.status_code, sent.status_code] == [422, 422]
        assert "Enter your code again" in sent.text
    sent = intake.client().post("/r/photo/add", files={"photo1": ("a.jpg", picture(1))})
    assert sent.status_code == 422
    assert intake.deps.blobs.names("att") == []


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"visit=x", 415),
        ("multipart/form-data", b"", 415),
        ("multipart/form-data; boundary=x", b"", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=visit\r\n\r\ncut", 400),
        ("multipart/form-data; boundary=x", b"nonsense", 400),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"A: b\r\n" * 100, 400),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n" * 60 + b"--x--\r\n", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\xff\xfe\r\n\r\n\xff\r\n--x--\r\n", 422),
    ],
)
def test_broken_forms_are_refused(intake: Intake, receipt: Receipt, content_type: str, body: bytes, status: int) -> None:
    page = intake.client().post("/r/photo/add", content=body, headers={"content-type": content_type})
    assert page.status_code == status


def test_a_body_that_does_not_end_is_cut_off(intake: Intake, receipt: Receipt) -> None:
    page = intake.client().post(
        "/r/photo/add", content=b"x", headers={"content-type": "multipart/form-data; boundary=x", "content-length": str(10**12)}
    )
    assert page.status_code == 413


def test_the_return_page_leads_there_and_back(intake: Intake, receipt: Receipt) -> None:
    client = intake.client()
    page = client.post("/r/code", data={"code": receipt.code, "lang": "en"})
    found = re.search(r'action="/r/photo" .*?name="visit" value="([^"]+)"', page.text, re.S)
    assert found
    photos = client.post("/r/photo", data={"visit": found[1], "lang": "en"})
    back = re.search(r'action="/r/code".*?name="visit" value="([^"]+)"', photos.text, re.S)
    assert back
    assert "Where it stands" in client.post("/r/code", data={"visit": back[1], "lang": "en"}).text
