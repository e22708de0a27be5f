"""Raster images: what they are by their bytes, and whether they are whole."""

import warnings
from io import BytesIO

from PIL import Image

from app.domain.files import (
    CheckedImage,
    FileProblem,
    FileProblemCode,
    ImageType,
    find_size_problem,
)

_TYPES = {"PNG": ImageType.PNG, "JPEG": ImageType.JPEG, "WEBP": ImageType.WEBP}
_EXIF_ORIENTATION = 0x0112
_SIDEWAYS_ORIENTATIONS = range(5, 9)


def sniff_raster(content: bytes) -> ImageType | None:
    """Return the type the first bytes stand for; None when it is none of the raster types."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageType.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return ImageType.JPEG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return ImageType.WEBP
    return None


def check_raster(content: bytes) -> CheckedImage | FileProblem:
    """Decode an image whole and return its size as browsers show it, or why it is refused.

    The size is read from the header and judged before any pixel is decoded, so that a small file
    cannot claim much memory: at most 4,096 x 4,096 pixels of four bytes.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(content), formats=tuple(_TYPES))
        with image:
            return find_size_problem(width=image.width, height=image.height) or _decode(
                image, content
            )
    except Image.DecompressionBombError:
        return FileProblem(
            code=FileProblemCode.OUT_OF_RANGE, message="the image has far too many pixels"
        )
    # Pillow's decoders raise all of these on damaged files; what is wrong inside is theirs to know.
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError):
        return FileProblem(
            code=FileProblemCode.INVALID, message="the image is damaged or incomplete"
        )


def _decode(image: Image.Image, content: bytes) -> CheckedImage:
    image.load()
    width, height = image.size
    if _is_sideways(image):
        width, height = height, width
    return CheckedImage(
        content=content, content_type=_TYPES[image.format or ""], width=width, height=height
    )


def _is_sideways(image: Image.Image) -> bool:
    """Tell whether a browser turns the image by a quarter, as cameras ask it to."""
    if image.format != "JPEG":
        return False
    return image.getexif().get(_EXIF_ORIENTATION) in _SIDEWAYS_ORIENTATIONS
