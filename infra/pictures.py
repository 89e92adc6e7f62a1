"""Clean copies of pictures, by Pillow."""

from __future__ import annotations

import io
import warnings

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.ExifTags import Base

from ingest.ports import Picture, PictureCleaner
from triage.domain.errors import FieldError, InvalidInput

LIMIT = 25 * 1024 * 1024
"""The most bytes of a picture."""
_ORIENTATION = Base.Orientation.value
_PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000, "HEIF": 50_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
"""The most pixels by format: what cameras make may be large; the other two need several times the memory for each pixel."""
_LONGEST_SIDE = 4096
_TOO_MANY = "The photo has too many pixels: at most 50 million for a JPG or HEIC, 25 million for a PNG or WebP. Send a smaller one."
_KINDS = ("JPEG", "PNG", "WEBP", "HEIF")


class PillowCleaner(PictureCleaner):
    """Decodes with Pillow (HEIC with pillow-heif), keeps the pixels, encodes a JPEG of at most 4,096 pixels a side."""

    def clean(self, content: bytes) -> Picture:
        if len(content) > LIMIT:
            raise _refused("too_large", "The photo must be smaller than 25 MB.")
        pillow_heif.register_heif_opener()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                with Image.open(io.BytesIO(content), formats=_KINDS) as opened:
                    if opened.width * opened.height > _PIXELS[opened.format or "WEBP"]:
                        raise _refused("too_many_pixels", _TOO_MANY)
                    return _encoded(opened)
        except InvalidInput:
            raise
        except UnidentifiedImageError:
            raise _refused("not_a_picture", "The photo must be a JPG, PNG, WebP or HEIC.") from None
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _refused("too_many_pixels", _TOO_MANY) from None
        except Exception:  # whatever a decoder stumbles over in bytes from strangers, the picture is broken and the error may quote it
            raise _refused("broken", "The photo could not be read. Your report is safe. Try again with another copy.") from None


def _encoded(opened: Image.Image) -> Picture:
    turned = opened.getexif().get(_ORIENTATION)
    opened.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))  # before all else, so that there is never a second copy in full size
    shown = _on_white(opened)
    if turned:
        shown.getexif()[_ORIENTATION] = turned
        shown = ImageOps.exif_transpose(shown)
    pixels = Image.new("RGB", shown.size)  # a new image has no metadata to forget
    pixels.paste(shown)
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=85)
    return Picture(out.getvalue(), "image/jpeg", pixels.width, pixels.height)


def _on_white(opened: Image.Image) -> Image.Image:
    """The picture without transparency, as a page shows it: the colours under clear pixels are seen by nobody, so they are not kept."""
    if opened.mode not in ("RGBA", "LA", "PA") and "transparency" not in opened.info:
        return opened.convert("RGB")
    clear = opened.convert("RGBA")
    white = Image.new("RGB", clear.size, "white")
    white.paste(clear, mask=clear)
    return white


def _refused(code: str, message: str) -> InvalidInput:
    return InvalidInput([FieldError("photo", code, message)])
