"""Parts of pages that are generated, between two comments that name them."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def replace_part(page: str, *, name: str, content: str) -> str:
    """Return the page with another content of a part; ValueError when it has no such part."""
    begin, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
    pattern = re.compile(rf"{re.escape(begin)}\n.*?{re.escape(end)}", flags=re.DOTALL)
    if len(pattern.findall(page)) != 1:
        raise ValueError(f"the page must hold {begin} and {end} once")
    return pattern.sub(lambda _: f"{begin}\n{content}\n{end}", page)


def write_or_check(path: Path, *, name: str, content: str, script: str) -> int:
    """Write the part, or with `--check` return 1 when the page has another."""
    page = path.read_text()
    current = replace_part(page, name=name, content=content)
    if "--check" not in sys.argv[1:]:
        path.write_text(current)
        return 0
    if page == current:
        return 0
    print(f"{path.relative_to(ROOT)} is out of date; run scripts/{script}", file=sys.stderr)
    return 1
