"""Unicode classes, asked of the pattern engine itself so that its tables are the ones that hold."""

import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from app.domain.routing.languages.charsets import CharSet, make_set
from app.domain.routing.languages.limits import UndecidedError
from app.domain.routing.patterns import CompiledPattern, PatternCompiler

_BLOCK: Final = 4_096
_SURROGATES: Final = range(0xD800, 0xE000)


@lru_cache(maxsize=256)
def find_unicode_class(name: str, *, compile_pattern: PatternCompiler) -> CharSet:
    r"""Return the characters of `\\p{name}`; surrogates, which no text holds, are left out.

    Blocks of characters wholly inside or outside are recognised at once, others are halved, so a
    class costs some thousand matches and is remembered.
    """
    inside = compile_pattern(f"\\p{{{name}}}*", ignore_case=False)
    outside = compile_pattern(f"\\P{{{name}}}*", ignore_case=False)
    if isinstance(inside, str) or isinstance(outside, str):
        raise UndecidedError(f"the class {name} is not known")
    blocks = (
        range(begin, min(begin + _BLOCK, sys.maxunicode + 1))
        for begin in range(0, sys.maxunicode + 1, _BLOCK)
    )
    return make_set(
        (found.start, found.stop - 1)
        for block in blocks
        for found in _find_ranges(block, inside, outside)
    )


def _find_ranges(
    block: range, inside: CompiledPattern, outside: CompiledPattern
) -> Iterator[range]:
    text = "".join(chr(point) for point in block if point not in _SURROGATES)
    if not text or outside.fullmatch(text):
        return
    if inside.fullmatch(text):
        yield block
        return
    middle = (block.start + block.stop) // 2
    yield from _find_ranges(range(block.start, middle), inside, outside)
    yield from _find_ranges(range(middle, block.stop), inside, outside)
