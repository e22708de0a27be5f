"""Files that organizations upload: images, shown as logos."""

from enum import StrEnum

from app.domain.values import EntityId, Value

MAX_FILE_BYTES = 1_048_576
MAX_SIDE_PX = 4_096


class ImageType(StrEnum):
    """The kinds of image that are stored, by their media type."""

    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"
    SVG = "image/svg+xml"


class FileProblemCode(StrEnum):
    """Why a file is not stored."""

    TOO_LARGE = "TOO_LARGE"
    UNSUPPORTED_TYPE = "UNSUPPORTED_TYPE"
    INVALID = "INVALID"
    OUT_OF_RANGE = "OUT_OF_RANGE"


class FileProblem(Value):
    """One reason why a file is not stored: a code for programs and a sentence for people."""

    code: FileProblemCode
    message: str


class CheckedImage(Value):
    """An image that may be stored and served: whole, within bounds and free of active content."""

    content: bytes
    content_type: ImageType
    width: int
    height: int


class StoredFileInfo(Value):
    """What is known of a stored file without reading it; sizes in pixels and bytes."""

    id: EntityId
    organization_id: EntityId
    content_type: ImageType
    width: int
    height: int
    byte_size: int
    sha256: str


def find_size_problem(*, width: int, height: int) -> FileProblem | None:
    """Return what is wrong with an image's size in pixels; None when it is within bounds."""
    if 1 <= width <= MAX_SIDE_PX and 1 <= height <= MAX_SIDE_PX:
        return None
    return FileProblem(
        code=FileProblemCode.OUT_OF_RANGE,
        message=f"the image is {width} x {height} px; each side must be 1 to {MAX_SIDE_PX} px",
    )
