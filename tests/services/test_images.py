"""What is accepted as an image, judged by its bytes."""

import struct
import zlib

import pytest
from PIL import Image

from app.domain.files import MAX_FILE_BYTES, CheckedImage, FileProblem, FileProblemCode, ImageType
from app.services.images import check_image
from tests.services.images import a_raster, an_svg


def the_image(content: bytes) -> CheckedImage:
    image = check_image(content)
    assert isinstance(image, CheckedImage), image
    return image


def the_problem(content: bytes) -> FileProblem:
    problem = check_image(content)
    assert isinstance(problem, FileProblem)
    return problem


@pytest.mark.parametrize(
    ("image_format", "content_type"),
    [("PNG", ImageType.PNG), ("JPEG", ImageType.JPEG), ("WEBP", ImageType.WEBP)],
)
def test_raster_image_is_kept_byte_for_byte(image_format: str, content_type: ImageType) -> None:
    content = a_raster(image_format, width=31, height=17)
    assert the_image(content) == CheckedImage(
        content=content, content_type=content_type, width=31, height=17
    )


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP"])
def test_cut_off_raster_image_is_refused(image_format: str) -> None:
    content = a_raster(image_format, width=200, height=200)
    assert the_problem(content[: len(content) // 2]).code is FileProblemCode.INVALID


def test_photo_taken_sideways_has_the_size_browsers_show() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = the_image(a_raster("JPEG", width=30, height=20, exif=exif))
    assert (image.width, image.height) == (20, 30)


@pytest.mark.parametrize(
    ("width", "height", "fits"), [(4096, 1, True), (4097, 1, False), (1, 4097, False)]
)
def test_side_of_4096_pixels_is_the_most(width: int, height: int, fits: bool) -> None:
    problem = check_image(a_raster(width=width, height=height))
    assert isinstance(problem, CheckedImage) is fits
    if isinstance(problem, FileProblem):
        assert problem.code is FileProblemCode.OUT_OF_RANGE


@pytest.mark.parametrize("side", [10_000, 60_000, 2_000_000])
def test_image_that_claims_huge_memory_is_refused_by_its_header(side: int) -> None:
    header = struct.pack(">II5B", side, side, 8, 6, 0, 0, 0)
    chunk = b"IHDR" + header
    content = (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(header))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        # The pixels are absent: had they been decoded, the image would be damaged instead.
        + a_raster()[33:]
    )
    assert the_problem(content).code is FileProblemCode.OUT_OF_RANGE


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"<!DOCTYPE html><html><body><svg/></body></html>",
        b'<html xmlns="http://www.w3.org/1999/xhtml"/>',
        b"%PDF-1.7",
        b"\x1f\x8b\x08\x00",
        b"\x00",
        b"hello",
        b"RIFF\x00\x00\x00\x00WAVE",
    ],
)
def test_other_kinds_of_file_are_unsupported(content: bytes) -> None:
    assert the_problem(content).code is FileProblemCode.UNSUPPORTED_TYPE


def test_empty_file_is_invalid() -> None:
    assert the_problem(b"").code is FileProblemCode.INVALID


def test_file_of_1_mib_is_the_largest() -> None:
    padding = MAX_FILE_BYTES - len(an_svg("<!---->"))
    content = an_svg(f"<!--{'x' * padding}-->")
    assert len(content) == MAX_FILE_BYTES
    assert isinstance(check_image(content), CheckedImage)
    assert the_problem(content + b" ").code is FileProblemCode.TOO_LARGE
