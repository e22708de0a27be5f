"""Images for tests of uploads."""

from io import BytesIO

from PIL import Image

SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def a_raster(
    image_format: str = "PNG", *, width: int = 30, height: int = 20, **options: object
) -> bytes:
    """Return an encoded image; `options` go to the encoder."""
    buffer = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(
        buffer, image_format, **options
    )
    return buffer.getvalue()


def an_svg(
    inside: str = "", *, attributes: str = 'width="120" height="40"', before: str = ""
) -> bytes:
    """Return an SVG image around `inside`."""
    return f"{before}<svg {SVG} {attributes}>{inside}</svg>".encode()
