"""Checks uploaded images; the bytes decide what a file is, never its name or headers."""

from app.domain.files import MAX_FILE_BYTES, CheckedImage, FileProblem, FileProblemCode
from app.services.raster import check_raster, sniff_raster
from app.services.svg import clean_svg


def check_image(content: bytes) -> CheckedImage | FileProblem:
    """Return the image as it may be stored, or the reason why not.

    PNG, JPEG and WebP are kept byte for byte, SVG is rewritten without anything active. The worst
    files take a few seconds, so an event loop calls it in a thread.
    """
    if not content:
        return FileProblem(code=FileProblemCode.INVALID, message="the file is empty")
    if len(content) > MAX_FILE_BYTES:
        return FileProblem(
            code=FileProblemCode.TOO_LARGE,
            message=f"the file is larger than {MAX_FILE_BYTES} bytes",
        )
    if sniff_raster(content) is not None:
        return check_raster(content)
    return clean_svg(content)
