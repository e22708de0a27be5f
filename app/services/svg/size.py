"""The size in pixels at which an SVG image is shown when nothing else decides."""

import math
import re
from collections.abc import Mapping

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?"
_LENGTH = re.compile(rf"\s*({_NUMBER})\s*(px|pt|pc|mm|cm|in)?\s*", re.ASCII)
_VIEW_BOX = re.compile(
    rf"\s*{_NUMBER}(?:\s*,\s*|\s+){_NUMBER}(?:\s*,\s*|\s+)"
    rf"({_NUMBER})(?:\s*,\s*|\s+)({_NUMBER})\s*",
    re.ASCII,
)
_PX_PER_UNIT = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96}


def read_size(attributes: Mapping[str, str]) -> tuple[int, int] | None:
    """Return width and height, rounded up, from `width`, `height` and `viewBox` of the root.

    One side alone is completed in the proportion of the view box; sizes relative to something
    (`100%`, `2em`) count as absent. None when they do not give a size.
    """
    width, height = _read_length(attributes.get("width")), _read_length(attributes.get("height"))
    view_box = _VIEW_BOX.fullmatch(attributes.get("viewBox", ""))
    if width is None or height is None:
        if view_box is None:
            return None
        box_width, box_height = float(view_box[1]), float(view_box[2])
        if not (box_width > 0 and box_height > 0):
            return None
        if height is not None:
            width = height * box_width / box_height
        elif width is not None:
            height = width * box_height / box_width
        else:
            width, height = box_width, box_height
    if not (math.isfinite(width) and math.isfinite(height)):
        return None
    return math.ceil(width), math.ceil(height)


def _read_length(text: str | None) -> float | None:
    length = _LENGTH.fullmatch(text or "")
    return None if length is None else float(length[1]) * _PX_PER_UNIT[length[2] or ""]
