"""What every cleaner of pictures must do. Subclass it and say how to make one."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress

import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from ingest.ports import Picture, PictureCleaner
from triage.domain.errors import InvalidInput

SECRET = b"41.2565N-95.9345W"
"""Stands in every corner of a file where a place or a name can hide."""
RED, BLUE = (200, 30, 30), (30, 30, 200)


def two_colours(width: int = 80, height: int = 40) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def with_gps(orientation: int = 1) -> Image.Exif:
    """What a phone writes: where, when, which device, which way up."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Phone " + SECRET.decode()
    exif[ExifTags.Base.Orientation] = orientation
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef] = "N"
    gps[ExifTags.GPS.GPSLatitude] = (41.0, 15.0, 23.4)
    gps[ExifTags.GPS.GPSMapDatum] = SECRET.decode()
    return exif


def jpeg(image: Image.Image | None = None, **more: object) -> bytes:
    return saved(image or two_colours(), "JPEG", quality=95, **more)


def heic(image: Image.Image | None = None, **more: object) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(image or two_colours(128, 64)).save(out, **more)
    return out.getvalue()


def large_png(width: int, height: int) -> bytes:
    """A picture of one colour: few bytes, many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows, squeezer = bytes(1 + width // 8), zlib.compressobj(9)
    body = b"".join(squeezer.compress(rows) for _ in range(height)) + squeezer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr("page.html", SECRET)
    return out.getvalue()


def opened(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.content), formats=["JPEG"])
    image.load()
    return image


def near(found: object, wanted: tuple[int, int, int]) -> bool:
    return isinstance(found, tuple) and all(abs(one - other) < 25 for one, other in zip(found, wanted, strict=True))


def png_with_words() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Location", SECRET.decode())
    words.add_itxt("Comment", SECRET.decode())
    return saved(two_colours(), "PNG", pnginfo=words, exif=with_gps())


TELLING: dict[str, Callable[[], bytes]] = {
    "jpeg with EXIF and GPS": lambda: jpeg(exif=with_gps()),
    "jpeg with a comment": lambda: jpeg(comment=SECRET),
    "jpeg with XMP": lambda: jpeg(xmp=b"<x:xmpmeta>" + SECRET),
    "jpeg with a colour profile": lambda: jpeg(icc_profile=b"\0" * 128 + SECRET),
    "jpeg with an archive after it": lambda: jpeg() + archive() + SECRET,
    "jpeg with a page after it": lambda: jpeg() + b"<html><script>" + SECRET,
    "png with words": png_with_words,
    "png with an archive after it": lambda: saved(two_colours(), "PNG") + archive() + SECRET,
    "webp with EXIF": lambda: saved(two_colours(), "WEBP", exif=with_gps(), xmp=SECRET),
    "heic with EXIF": lambda: heic(exif=with_gps().tobytes(), xmp=SECRET),
}
NO_PICTURES = {
    "nothing": b"",
    "words": b"I saw a white van.",
    "gif": saved(two_colours(), "GIF"),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>',
    "pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n",
    "archive": archive(),
    "film": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
    "program": b"\x7fELF\x02\x01\x01" + bytes(64),
    "page before a jpeg": b"<html>" + jpeg(),
}


class PictureCleanerSuite:
    def make(self) -> PictureCleaner:
        """A cleaner."""
        raise NotImplementedError

    @pytest.mark.parametrize("kind", TELLING)
    def test_keeps_pixels_only(self, kind: str) -> None:
        sent = TELLING[kind]()
        assert SECRET in sent or kind == "png with words"
        picture = self.make().clean(sent)
        image = opened(picture)
        assert SECRET not in picture.content
        assert not dict(image.getexif())
        assert {"exif", "icc_profile", "comment", "xmp"}.isdisjoint(image.info)
        assert picture.content.endswith(b"\xff\xd9")
        assert b"PK\x03\x04" not in picture.content

    @pytest.mark.parametrize("make", [lambda: jpeg(exif=with_gps(6)), lambda: saved(two_colours(), "WEBP", exif=with_gps(6))])
    def test_turns_upright(self, make: Callable[[], bytes]) -> None:
        """Orientation 6: what was left is above."""
        picture = self.make().clean(make())
        assert (picture.width, picture.height) == (40, 80)
        image = opened(picture)
        assert near(image.getpixel((20, 10)), RED)
        assert near(image.getpixel((20, 70)), BLUE)

    def test_forgets_colours_that_nobody_sees(self) -> None:
        clear = two_colours().convert("RGBA")
        clear.putalpha(0)
        picture = self.make().clean(saved(clear, "PNG"))
        assert near(opened(picture).getpixel((10, 10)), (255, 255, 255))

    @pytest.mark.parametrize(
        "sent",
        [
            jpeg(),
            jpeg(two_colours().convert("L")),
            jpeg(two_colours().convert("CMYK")),
            jpeg(progressive=True),
            saved(two_colours(), "PNG"),
            saved(two_colours().convert("P"), "PNG", transparency=0),
            saved(two_colours().convert("LA"), "PNG"),
            saved(two_colours().convert("1"), "PNG"),
            saved(two_colours(), "WEBP"),
            saved(two_colours(), "WEBP", lossless=True),
            heic(),
        ],
    )
    def test_takes_what_phones_and_screens_make(self, sent: bytes) -> None:
        picture = self.make().clean(sent)
        assert picture.media_type == "image/jpeg"
        assert opened(picture).size == (picture.width, picture.height)
        assert picture.width == 2 * picture.height

    @pytest.mark.parametrize("kind", NO_PICTURES)
    def test_refuses_what_is_no_picture(self, kind: str) -> None:
        assert refusal(self.make(), NO_PICTURES[kind]) == "not_a_picture"

    @pytest.mark.parametrize("whole", [jpeg(), saved(two_colours(), "PNG"), saved(two_colours(), "WEBP"), heic()])
    def test_refuses_a_broken_one(self, whole: bytes) -> None:
        assert refusal(self.make(), whole[: len(whole) // 2]) in {"broken", "not_a_picture"}

    @pytest.mark.parametrize(("width", "height"), [(8000, 8000), (60000, 60000), (50_000_001, 1)])
    def test_refuses_too_many_pixels(self, width: int, height: int) -> None:
        sent = large_png(width, height if width < 60000 else 1)
        sent = sent if width < 60000 else _claiming(sent, width, height)
        assert len(sent) < 3_000_000
        assert refusal(self.make(), sent) == "too_many_pixels"

    def test_refuses_too_many_bytes(self) -> None:
        assert refusal(self.make(), jpeg() + bytes(25 * 1024 * 1024)) == "too_large"

    def test_keeps_the_size_bounded(self) -> None:
        picture = self.make().clean(large_png(6000, 3000))
        assert (picture.width, picture.height) == (4096, 2048)

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from([jpeg(), saved(two_colours(), "PNG"), saved(two_colours(), "WEBP"), heic()]), st.data())
    def test_raises_nothing_else(self, sound: bytes, data: st.DataObject) -> None:
        """Sound files with some bytes changed, cut or added."""
        changed = bytearray(sound)
        for place in data.draw(st.lists(st.integers(0, len(sound) - 1), min_size=1, max_size=8)):
            changed[place] = data.draw(st.integers(0, 255))
        sent = bytes(changed[: data.draw(st.integers(0, len(changed)))])
        with suppress(InvalidInput):
            picture = self.make().clean(sent)
            assert opened(picture).size == (picture.width, picture.height)


def refusal(cleaner: PictureCleaner, sent: bytes) -> str:
    """The code with which it is refused."""
    with pytest.raises(InvalidInput) as caught:
        cleaner.clean(sent)
    return caught.value.errors[0].code


def _claiming(png: bytes, width: int, height: int) -> bytes:
    """The same file with another size in its header: it says more than it holds."""
    header = b"IHDR" + struct.pack(">II", width, height) + png[24:29]
    return png[:12] + header + struct.pack(">I", zlib.crc32(header)) + png[33:]
