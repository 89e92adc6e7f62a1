"""Clean copies of pictures, by Pillow."""

from __future__ import annotations

import io
import warnings

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from ingest.ports import Picture, PictureCleaner
from triage.domain.errors import FieldError, InvalidInput

LIMIT = 25 * 1024 * 1024
"""The most bytes of a picture."""
_PIXELS = 50_000_000
_LONGEST_SIDE = 4096
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
                    if opened.width * opened.height > _PIXELS:
                        raise _refused("too_many_pixels", "The photo has more than 50 million pixels. Send a smaller one.")
                    return _encoded(opened)
        except UnidentifiedImageError:
            raise _refused("not_a_picture", "The photo must be a JPG, PNG, WebP or HEIC.") from None
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _refused("too_many_pixels", "The photo has more than 50 million pixels. Send a smaller one.") from None
        except (OSError, ValueError, SyntaxError, EOFError, MemoryError, RuntimeError):
            raise _refused("broken", "The photo could not be read. Your report is safe. Try again with another copy.") from None


def _encoded(opened: Image.Image) -> Picture:
    upright = ImageOps.exif_transpose(opened).convert("RGB")
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    pixels = Image.new("RGB", upright.size)  # a new image has no metadata to forget
    pixels.paste(upright)
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=85)
    return Picture(out.getvalue(), "image/jpeg", pixels.width, pixels.height)


def _refused(code: str, message: str) -> InvalidInput:
    return InvalidInput([FieldError("photo", code, message)])
