"""Origins of web pages: scheme, host and port, as browsers name them in `Origin`."""

import re

from pydantic_core import Url, ValidationError

MAX_ORIGIN_LENGTH = 300
_SHAPE = re.compile(r"https?://[^\s/?#\\@*%]+", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalise_origin(text: str) -> str | None:
    """Return an origin exactly as browsers send it, or None when the text is none.

    The host in lower case and in ASCII (`xn--…`), without the scheme's own port, by the URL
    standard (https://url.spec.whatwg.org/#origin). A path, a user and a `*` make no origin.
    """
    if len(text) > MAX_ORIGIN_LENGTH or not _SHAPE.fullmatch(text):
        return None
    try:
        url = Url(text)
    except ValidationError:
        return None
    if not url.host or url.port == 0:
        return None
    port = "" if url.port == _DEFAULT_PORTS[url.scheme] else f":{url.port}"
    return f"{url.scheme}://{url.host}{port}"
