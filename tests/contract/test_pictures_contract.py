"""The cleaner of pictures, and cleaners that each break one rule."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from infra import pictures
from infra.pictures import PillowCleaner
from ingest.ports import Picture, PictureCleaner
from tests.contract.pictures_suite import PictureCleanerSuite
from tests.contract.saboteurs import caught
from triage.domain.errors import InvalidInput


class PillowSuite(PictureCleanerSuite):
    adapter: type[PillowCleaner] = PillowCleaner

    def make(self) -> PictureCleaner:
        return self.adapter()


class TestPillowCleaner(PillowSuite):
    pass


class KeepsWhatCame(PillowCleaner):
    def clean(self, content: bytes) -> Picture:
        made = super().clean(content)
        return Picture(content, "image/jpeg", made.width, made.height) if content[:2] == b"\xff\xd8" else made


class KeepsTheTail(PillowCleaner):
    def clean(self, content: bytes) -> Picture:
        made = super().clean(content)
        return Picture(made.content + content.rpartition(b"\xff\xd9")[2][:4096], made.media_type, made.width, made.height)


class TakesGifs(PillowCleaner):
    def clean(self, content: bytes) -> Picture:
        if content[:3] == b"GIF":
            out = io.BytesIO()
            Image.open(io.BytesIO(content)).convert("RGB").save(out, "JPEG")
            return Picture(out.getvalue(), "image/jpeg", 1, 1)
        return super().clean(content)


class LetsErrorsOut(PillowCleaner):
    def clean(self, content: bytes) -> Picture:
        try:
            return super().clean(content)
        except InvalidInput as error:
            if error.errors[0].code == "broken":
                raise OSError("image file is truncated") from None
            raise


BREAKS = {
    KeepsWhatCame: "test_keeps_pixels_only",
    KeepsTheTail: "test_keeps_pixels_only",
    TakesGifs: "test_refuses_what_is_no_picture",
    LetsErrorsOut: "test_refuses_a_broken_one",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    found = caught(pytester, PillowSuite, BREAKS)
    assert {saboteur.__name__ for saboteur, test in BREAKS.items() if test in found[saboteur.__name__]} == set(found)


def test_limits_are_those_that_people_are_told() -> None:
    assert pictures.LIMIT == 25 * 1024 * 1024
