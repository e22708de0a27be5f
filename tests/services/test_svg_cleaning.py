"""SVG images after cleaning: nothing active or external is left, what is drawn stays."""

import base64
import re
from xml.etree import ElementTree

import pytest

from app.domain.files import MAX_FILE_BYTES, CheckedImage, FileProblem, FileProblemCode
from app.services.svg import clean_svg
from tests.services.attack_svgs import ATTACKS, HIDDEN
from tests.services.images import a_raster, an_svg

ACTIVE_ELEMENTS = {
    *("script", "foreignObject", "handler", "listener", "iframe", "img", "audio", "video"),
    *("animate", "animateTransform", "animateMotion", "animateColor", "set", "discard", "mpath"),
    *("feImage", "cursor", "font-face-uri", "color-profile", "tref", "object", "embed"),
}


def cleaned(content: bytes) -> str:
    image = clean_svg(content)
    assert isinstance(image, CheckedImage), image
    return image.content.decode()


def refusal(content: bytes) -> FileProblem:
    problem = clean_svg(content)
    assert isinstance(problem, FileProblem)
    return problem


def find_active_content(svg: str) -> list[str]:
    """Return everything in the image that could run, load or link, by rules of its own."""
    found = [word for word in ("<!DOCTYPE", "<!ENTITY", "<?xml-", "<!--", "CDATA") if word in svg]
    for element in ElementTree.fromstring(svg).iter():  # noqa: S314
        namespace, _, tag = element.tag.rpartition("}")
        if namespace != "{http://www.w3.org/2000/svg" or tag in ACTIVE_ELEMENTS:
            found.append(element.tag)
        for name, value in element.attrib.items():
            local = name.rpartition("}")[2].lower()
            is_embedded = tag == "image" and value.startswith(
                ("data:image/png;", "data:image/jpeg;")
            )
            if local.startswith("on") or name.endswith("}base"):
                found.append(name)
            if local in ("href", "src") and not value.startswith("#") and not is_embedded:
                found.append(f"{name}={value}")
            found += _find_loading_css(value)
        found += _find_loading_css(element.text or "") if tag == "style" else []
    return found


def _find_loading_css(css: str) -> list[str]:
    return re.findall(
        r"(?i)url\(\s*['\"]?(?!#)[^)]*\)|@\w+|image-set|image\(|src\(|expression|javascript:|\\|e\.test",
        css,
    )


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_nothing_active_is_left_and_the_rest_stays(attack: str) -> None:
    svg = cleaned(an_svg(f'{attack}<path id="kept" d="M0 0h9"/>'))
    assert find_active_content(svg) == []
    assert cleaned(svg.encode()) == svg
    assert '<path id="kept" d="M0 0h9" />' in svg


def test_the_search_for_active_content_finds_it() -> None:
    missed = [
        name
        for name, attack in ATTACKS.items()
        if name not in HIDDEN and not find_active_content(an_svg(attack).decode())
    ]
    assert missed == []


def test_document_type_instructions_and_comments_before_the_image_are_dropped() -> None:
    before = (
        '<?xml version="1.0"?><?xml-stylesheet href="https://e.test/x.css"?><!-- made by hand -->'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"'
        ' "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    assert cleaned(an_svg("<g/>", before=before)) == cleaned(an_svg("<g/>"))


def test_handler_on_the_root_is_dropped() -> None:
    svg = cleaned(an_svg(attributes='width="1" height="1" onload="a()"'))
    assert find_active_content(svg) == []


def test_encoding_does_not_hide_a_script() -> None:
    content = an_svg("<script>a()</script><text>é</text>").decode().encode("utf-16")
    svg = cleaned(content)
    assert find_active_content(svg.partition("?>")[2]) == []
    assert "<text>é</text>" in svg


KEPT = {
    "gradient": (
        '<defs><linearGradient id="a"><stop offset="0" stop-color="#f00" /><stop offset="1"'
        ' style="stop-color:#00f;stop-opacity:.5" /></linearGradient></defs>'
        '<rect width="9" height="9" fill="url(#a)" />'
    ),
    "clip path and mask": (
        '<clipPath id="c"><circle r="4" /></clipPath><mask id="m"><path d="M0 0h3" /></mask>'
        '<g clip-path="url(#c)" mask="url(#m)" transform="matrix(1 0 0 1 2 3)"><path d="M1" /></g>'
    ),
    "reuse": '<g id="g"><path d="M0 0h3" /></g><use href="#g" x="3" />',
    "style sheet": (
        "<style>.cls-1,.cls-2{fill:#f00;clip-path:url(#c)}.cls-2{stroke:rgb(1,2,3)}</style>"
        '<path class="cls-1" d="M0 0" />'
    ),
    "filter": (
        '<filter id="f"><feGaussianBlur in="SourceGraphic" stdDeviation="2" result="b" /><feMerge>'
        '<feMergeNode in="b" /></feMerge></filter><g filter="url(#f)" style="filter:blur(2px)" />'
    ),
    "text": (
        '<title>Brand</title><text x="1" y="2" font-family="&quot;Open Sans&quot;, Arial"'
        ' xml:space="preserve">A &amp; B <tspan dx="1">Ltd</tspan> tail</text>'
    ),
    "important": '<rect style="fill:red !important" />',
}


@pytest.mark.parametrize("inside", KEPT.values(), ids=KEPT.keys())
def test_ordinary_logo_is_kept_as_it_is(inside: str) -> None:
    assert inside in cleaned(an_svg(inside))


def test_illustrator_switch_keeps_the_drawing() -> None:
    inside = (
        '<switch><foreignObject requiredExtensions="http://ns.adobe.com/AdobeIllustrator/10.0/"/>'
        '<g><path d="M0 0"/></g></switch>'
    )
    assert '<switch><g><path d="M0 0" /></g></switch>' in cleaned(an_svg(inside))


def test_old_reference_becomes_a_plain_one() -> None:
    assert '<use href="#g" />' in cleaned(an_svg('<g id="g"/><use xlink:href="#g"/>'))


def test_embedded_raster_image_is_kept_under_its_true_type() -> None:
    jpeg = base64.b64encode(a_raster("JPEG")).decode()
    svg = cleaned(an_svg(f'<image href="data:image/png;base64,{jpeg}"/>'))
    assert f'<image href="data:image/jpeg;base64,{jpeg}" />' in svg


def test_damaged_embedded_image_is_dropped() -> None:
    png = base64.b64encode(a_raster()[:60]).decode()
    assert "<image />" in cleaned(an_svg(f'<image href="data:image/png;base64,{png}"/>'))


BOMB = (
    '<!DOCTYPE svg [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


def uses(levels: int, times: int) -> str:
    """Return groups that each draw the one before several times."""
    groups = (
        f'<g id="g{level}">{f"""<use href="#g{level - 1}"/>""" * times}</g>'
        for level in range(1, levels + 1)
    )
    return f'<g id="g0"><path/></g>{"".join(groups)}'


def styled_patterns(levels: int) -> str:
    rules = "".join(f".p{level}{{fill:url(#p{level})}}" for level in range(levels))
    patterns = "".join(
        f'<pattern id="p{level}">{f"""<rect class="p{level + 1}"/>""" * 10}</pattern>'
        for level in range(levels)
    )
    return f"<style>{rules}</style>{patterns}"


REFUSED = {
    "entity bomb": (an_svg("<text>&c;</text>", before=BOMB), "declares XML entities"),
    "entity of a file": (
        an_svg(before='<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        "declares XML entities",
    ),
    "parameter entity": (
        an_svg(before='<!DOCTYPE svg [<!ENTITY % a SYSTEM "https://e.test/x.dtd"> %a;]>'),
        "declares XML entities",
    ),
    "bomb of uses": (an_svg(uses(levels=9, times=10)), "too complex"),
    "bomb of styled patterns": (an_svg(styled_patterns(levels=9)), "too complex"),
    "circle of uses": (an_svg('<g id="a"><use href="#a"/></g>'), "in a circle"),
    "circle of paints": (
        an_svg('<pattern id="a"><rect fill="url(#a)"/></pattern>'),
        "in a circle",
    ),
    "deep nesting": (an_svg("<g>" * 100_000 + "</g>" * 100_000), "nested more than 64 deep"),
    "many elements": (an_svg("<g/>" * 20_000), "more than 20000 elements"),
    "many embedded images": (an_svg("<image/>" * 9), "more than 8 raster images"),
    "long style sheet": (an_svg(f"<style>{'{' * 200_000}</style>"), "longer than 100000"),
    "cut off": (an_svg("<g/>")[:-6], "not well-formed"),
    "content after the end": (an_svg() + b"<script>a()</script>", "not well-formed"),
    "no namespace": (b'<svg width="1" height="1"/>', "lacks xmlns"),
    "no size": (an_svg(attributes='width="100%"'), "has no size"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_image_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    problem = refusal(content)
    assert problem.code is FileProblemCode.INVALID
    assert reason in problem.message


def test_image_that_grows_beyond_the_limit_is_too_large() -> None:
    content = an_svg(f"<text>{'é' * 600_000}</text>").decode().encode("latin-1")
    content = b'<?xml version="1.0" encoding="iso-8859-1"?>' + content
    assert len(content) < MAX_FILE_BYTES
    assert refusal(content).code is FileProblemCode.TOO_LARGE


@pytest.mark.parametrize("value", ["(" * 9_000, "calc(" * 1_900, "[{" * 4_000])
def test_deeply_nested_style_is_dropped(value: str) -> None:
    assert "<rect />" in cleaned(an_svg(f"<rect style='fill:{value}'/>"))


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="120" height="40"', (120, 40)),
        ('width="120px" height="40.2px" viewBox="0 0 1 1"', (120, 41)),
        ('width="1in" height="72pt"', (96, 96)),
        ('viewBox="0 0 300 150"', (300, 150)),
        ('viewBox="-5,-5,300.5,1e2" width="100%" height="100%"', (301, 100)),
        ('viewBox="0 0 300 150" width="100"', (100, 50)),
        ('viewBox="0 0 300 150" height="1e1"', (20, 10)),
        ('viewBox="0 0 300 150" width="2em"', (300, 150)),
    ],
)
def test_size_comes_from_the_root(attributes: str, size: tuple[int, int]) -> None:
    image = clean_svg(an_svg(attributes=attributes))
    assert isinstance(image, CheckedImage)
    assert (image.width, image.height) == size


@pytest.mark.parametrize(
    "attributes",
    [
        'width="0" height="9"',
        'width="-3" height="9"',
        'width="4097" height="9"',
        'width="1e99" height="9"',
        'viewBox="0 0 5000 10"',
    ],
)
def test_size_out_of_bounds_is_refused(attributes: str) -> None:
    assert refusal(an_svg(attributes=attributes)).code is FileProblemCode.OUT_OF_RANGE


@pytest.mark.parametrize(
    "attributes", ['viewBox="0 0 0 10"', 'viewBox="0 0 10"', 'width="1e999" height="1e999"']
)
def test_size_that_is_none_is_refused(attributes: str) -> None:
    assert refusal(an_svg(attributes=attributes)).code is FileProblemCode.INVALID
