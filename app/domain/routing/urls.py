"""URLs as routing sees them: parsed, decoded and normalised once."""

import re
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl, unquote

from app.domain.routing.folding import fold
from app.domain.values import Value

MAX_URL_LENGTH: Final = 16_384
MAX_QUERY_PARAMETERS: Final = 256
MAX_LABEL_LENGTH: Final = 63

UTM_FIELDS: Final = ("source", "medium", "campaign", "term", "content")

_URL = re.compile(r"https?://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]+)(?::[0-9]*)?")
_FORBIDDEN_IN_HOST = re.compile(r"[\x00-\x20\x7f#%/:<>?@\[\\\]^|]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SLASHES = re.compile("/{2,}")


class Utm(Value):
    """Campaign parameters; `None` is an absent parameter, an empty text an empty one."""

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    term: str | None = None
    content: str | None = None


class RoutingContext(Value):
    """The page a client is on; a field of `utm` that is set overrides the URL's."""

    url: str
    utm: Utm | None = None


class ParsedUrl(Value):
    """The parts of a URL in the form that conditions compare.

    `host` is folded, without port, in Unicode; `path` is decoded, begins with a slash, ends with
    one only when it is `/`, and has no two in a row; `query` holds decoded pairs in the URL's
    order.
    """

    host: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    utm: Utm = Utm()


class UrlProblemCode(StrEnum):
    """Why a URL cannot be routed."""

    MALFORMED_URL = "malformed_url"
    URL_TOO_LONG = "url_too_long"
    TOO_MANY_PARAMETERS = "too_many_parameters"


class UrlProblem(Value):
    """A URL that cannot be routed, and why."""

    code: UrlProblemCode
    message: str


def parse_url(url: str, utm: Utm | None = None) -> ParsedUrl | UrlProblem:
    """Return the parts of an absolute http(s) URL, or what is wrong with it.

    As in the WHATWG URL standard, tabs and line breaks are dropped and percent-escapes that are not
    UTF-8 decode to U+FFFD; an escape cut short stays as written. A label that is not valid Punycode
    is refused. Of a repeated `utm_*` parameter the first counts. Linear in the length of the URL,
    which is at most `MAX_URL_LENGTH` characters.
    """
    if len(url) > MAX_URL_LENGTH:
        message = f"the URL is longer than {MAX_URL_LENGTH} characters"
        return UrlProblem(code=UrlProblemCode.URL_TOO_LONG, message=message)
    match = _URL.fullmatch(_without_stray_characters(url))
    if match is None:
        return _malformed("the URL must begin with http:// or https://")
    authority, path, query = match.groups(default="")
    host = parse_host(authority)
    if host is None:
        return _malformed("the URL has no valid host")
    if query.count("&") >= MAX_QUERY_PARAMETERS:
        message = f"the URL has more than {MAX_QUERY_PARAMETERS} query parameters"
        return UrlProblem(code=UrlProblemCode.TOO_MANY_PARAMETERS, message=message)
    pairs = tuple(parse_qsl(query, keep_blank_values=True, errors="replace"))
    return ParsedUrl(
        host=host,
        path=normalise_path(unquote(path, errors="replace")),
        query=pairs,
        utm=_effective_utm(pairs, utm),
    )


def normalise_path(path: str) -> str:
    """Return a decoded path with a leading slash, duplicate slashes folded, no trailing one."""
    return _SLASHES.sub("/", f"/{path}").rstrip("/") or "/"


def normalise_host(host: str) -> str | None:
    """Return a host in lower case and Unicode, or None when no URL can have it."""
    labels = [_unicode_label(label) for label in fold(host).split(".")]
    known = [label for label in labels if label is not None]
    name = ".".join(known)
    if len(known) < len(labels) or not name or _FORBIDDEN_IN_HOST.search(name):
        return None
    return name


def parse_host(authority: str) -> str | None:
    """Return the host of an authority in the form conditions compare, None when it has none.

    Hosts in that form are their own authority.
    """
    match = _AUTHORITY.fullmatch(authority.rpartition("@")[2])
    if match is None:
        return None
    host = match.group(1)
    # An address in brackets is compared as written, only its letters are folded.
    return host.lower() if host.startswith("[") else normalise_host(unquote(host, errors="replace"))


def _without_stray_characters(url: str) -> str:
    stripped = url.strip("".join(map(chr, range(0x21))))
    return _SURROGATE.sub("\ufffd", stripped.translate({9: None, 10: None, 13: None}))


def _malformed(message: str) -> UrlProblem:
    return UrlProblem(code=UrlProblemCode.MALFORMED_URL, message=message)


def _unicode_label(label: str) -> str | None:
    if not label.startswith("xn--"):
        return label
    # The standard codec is quadratic, and no name server knows a longer label.
    if len(label) > MAX_LABEL_LENGTH:
        return None
    try:
        decoded = fold(label[4:].encode("ascii").decode("punycode"))
    except UnicodeError:
        return None
    return None if decoded.startswith("xn--") or _SURROGATE.search(decoded) else decoded


def _effective_utm(pairs: tuple[tuple[str, str], ...], override: Utm | None) -> Utm:
    found: dict[str, str] = {}
    for name, value in pairs:
        if name.startswith("utm_") and name[4:] in UTM_FIELDS:
            found.setdefault(name[4:], value)
    for field in UTM_FIELDS if override else ():
        value_or_none = getattr(override, field)
        if value_or_none is not None:
            found[field] = value_or_none
    return Utm(**found)
