"""CSS of SVG images, reduced to known properties whose values refer to nothing outside."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import tinycss2
from tinycss2.ast import (
    Declaration,
    FunctionBlock,
    HashToken,
    IdentToken,
    LiteralToken,
    Node,
    QualifiedRule,
    StringToken,
    URLToken,
    WhitespaceToken,
)

from app.services.svg.names import FUNCTIONS, PROPERTIES

FRAGMENT = re.compile(r"#([\w.:-]+)")
"""A reference to an element of the same image; also written `url(#id)`."""

_MAX_FUNCTION_DEPTH = 8
_PLAIN_VALUE = re.compile(r"[\w#.,%\s+-]*")
_PLAIN_TOKENS = frozenset({"ident", "number", "percentage", "dimension", "hash", "string"})
_OPERATORS = frozenset({",", "/", "+", "-", "*"})
_NAME = re.compile(r"-?[A-Za-z_][\w-]*")


@dataclass(frozen=True)
class Selector:
    """A simple selector: `prefix` is `.` for a class, `#` for an id, empty for an element."""

    prefix: str
    name: str

    def __str__(self) -> str:
        return self.prefix + self.name


@dataclass(frozen=True)
class StyleRule:
    """One rule of a style sheet, cleaned."""

    selectors: tuple[Selector, ...]
    declarations: str

    def __str__(self) -> str:
        return f"{','.join(map(str, self.selectors))}{{{self.declarations}}}"


def clean_value(text: str) -> str | None:
    """Return the value of a property in plain form; None when any of it is not allowed."""
    if _PLAIN_VALUE.fullmatch(text):
        return text
    return _clean_tokens(tinycss2.parse_component_value_list(text), depth=0)


def clean_declarations(source: str | Iterable[Node]) -> str:
    """Return those declarations of a `style` attribute or a rule's block that are allowed."""
    kept = []
    for item in tinycss2.parse_blocks_contents(source, skip_comments=True, skip_whitespace=True):
        if not isinstance(item, Declaration) or item.lower_name not in PROPERTIES:
            continue
        value = _clean_tokens(item.value, depth=0)
        if value is not None:
            important = " !important" if item.important else ""
            kept.append(f"{item.lower_name}:{value.strip()}{important}")
    return ";".join(kept)


def clean_stylesheet(text: str) -> tuple[StyleRule, ...]:
    """Return the rules with simple selectors and something allowed to say; no at-rule is kept."""
    rules = []
    for item in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        if not isinstance(item, QualifiedRule):
            continue
        selectors = _parse_selectors(item.prelude)
        declarations = clean_declarations(item.content)
        if selectors and declarations:
            rules.append(StyleRule(selectors, declarations))
    return tuple(rules)


def _clean_tokens(tokens: Sequence[Node], *, depth: int) -> str | None:
    texts = [_clean_token(token, depth=depth) for token in tokens]
    kept = [text for text in texts if text is not None]
    return "".join(kept) if len(kept) == len(texts) else None


def _clean_token(token: Node, *, depth: int) -> str | None:
    match token:
        case URLToken():
            return _clean_url(token.value)
        case FunctionBlock(lower_name="url", arguments=[StringToken() as address]):
            return _clean_url(address.value)
        case FunctionBlock() if token.lower_name in FUNCTIONS and depth < _MAX_FUNCTION_DEPTH:
            inner = _clean_tokens(token.arguments, depth=depth + 1)
            return None if inner is None else f"{token.name}({inner})"
        case LiteralToken() if token.value in _OPERATORS:
            return str(token.value)
        case WhitespaceToken():
            return " "
    if token.type == "comment":
        return ""
    return token.serialize() if token.type in _PLAIN_TOKENS else None


def _clean_url(address: str) -> str | None:
    return f"url({address})" if FRAGMENT.fullmatch(address) else None


def _parse_selectors(prelude: Sequence[Node]) -> tuple[Selector, ...]:
    """Return the selectors of a list, or nothing when one of them is more than one name."""
    groups: list[list[Node]] = [[]]
    for token in prelude:
        if isinstance(token, LiteralToken) and token.value == ",":
            groups.append([])
        elif token.type not in ("whitespace", "comment"):
            groups[-1].append(token)
    selectors = [_parse_selector(group) for group in groups]
    known = tuple(selector for selector in selectors if selector is not None)
    return known if len(known) == len(selectors) else ()


def _parse_selector(tokens: Sequence[Node]) -> Selector | None:
    match tokens:
        case [IdentToken() as element]:
            selector = Selector("", element.value)
        case [HashToken() as hashed]:
            selector = Selector("#", hashed.value)
        case [LiteralToken(value="."), IdentToken() as named]:
            selector = Selector(".", named.value)
        case _:
            return None
    return selector if _NAME.fullmatch(selector.name) else None
