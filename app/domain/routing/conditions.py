"""Conditions made ready to be asked of a URL."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.routing.folding import fold
from app.domain.routing.patterns import PatternCompiler, path_glob_to_regex, text_glob_to_regex
from app.domain.routing.rules import Condition, ConditionOperator, ConditionSource
from app.domain.routing.urls import UTM_FIELDS, ParsedUrl, normalise_host, normalise_path

FOLDED_SOURCES = (ConditionSource.HOST, ConditionSource.UTM_PARAMETER)

TextTest = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Subject:
    """A URL as conditions see it: hosts and UTM values folded, query values by name, each once."""

    host: str
    path: str
    query: dict[str, tuple[str, ...]]
    utm: dict[str, str]

    def texts(self, source: ConditionSource, name: str | None) -> tuple[str, ...]:
        """Return the texts a condition may match; none when the parameter is absent."""
        match source:
            case ConditionSource.HOST:
                return (self.host,)
            case ConditionSource.URL_PATH:
                return (self.path,)
            case ConditionSource.QUERY_PARAMETER:
                return self.query.get(name or "", ())
            case ConditionSource.UTM_PARAMETER:
                return (self.utm[name],) if name in self.utm else ()


@dataclass(frozen=True, slots=True)
class CompiledCondition:
    """A condition and the test one of its texts must pass; a wrong pattern passes none."""

    condition: Condition
    test: TextTest
    pattern_error: str | None = None

    def holds(self, subject: Subject) -> bool:
        """Tell whether any text of the condition's source passes."""
        texts = subject.texts(self.condition.source, self.condition.name)
        return any(map(self.test, texts))


def view_url(url: ParsedUrl) -> Subject:
    """Return the URL as conditions see it."""
    query: dict[str, dict[str, None]] = {}
    for name, value in url.query:
        query.setdefault(name, {})[value] = None
    utm = {field: getattr(url.utm, field) for field in UTM_FIELDS}
    return Subject(
        host=url.host,
        path=url.path,
        query={name: tuple(values) for name, values in query.items()},
        utm={field: fold(value) for field, value in utm.items() if value is not None},
    )


def compile_condition(
    condition: Condition, *, compile_pattern: PatternCompiler
) -> CompiledCondition:
    """Return the condition with its test.

    Paths compare by whole segments and with case; every other text is plain: `PREFIX` is how it
    begins and `*` any part of it. Hosts and UTM values compare without case.
    """
    match condition.operator:
        case ConditionOperator.EXISTS:
            return CompiledCondition(condition, lambda _: True)
        case ConditionOperator.EQUALS:
            return CompiledCondition(condition, literal_of(condition).__eq__)
        case ConditionOperator.PREFIX:
            return CompiledCondition(condition, _prefix_test(condition))
        case ConditionOperator.GLOB | ConditionOperator.REGEX:
            return _compile_pattern_condition(condition, compile_pattern)


def literal_of(condition: Condition) -> str:
    """Return the value of an `EQUALS` or `PREFIX` condition in the form texts are compared in."""
    value = condition.value or ""
    if condition.source is ConditionSource.URL_PATH:
        return normalise_path(value)
    if condition.source is ConditionSource.QUERY_PARAMETER:
        return value
    if condition.source is ConditionSource.HOST and condition.operator is ConditionOperator.EQUALS:
        return normalise_host(value) or fold(value)
    return fold(value)


def regex_of(condition: Condition) -> str:
    """Return the RE2 pattern of a `GLOB` or `REGEX` condition on the texts of its source."""
    value = condition.value or ""
    if condition.operator is ConditionOperator.REGEX:
        return value
    if condition.source is ConditionSource.URL_PATH:
        return path_glob_to_regex(value)
    return text_glob_to_regex(value)


def _prefix_test(condition: Condition) -> TextTest:
    prefix = literal_of(condition)
    if condition.source is not ConditionSource.URL_PATH:
        return lambda text: text.startswith(prefix)
    if prefix == "/":
        return lambda _: True
    inside = f"{prefix}/"
    return lambda path: path == prefix or path.startswith(inside)


def _compile_pattern_condition(
    condition: Condition, compile_pattern: PatternCompiler
) -> CompiledCondition:
    ignore_case = condition.source in FOLDED_SOURCES
    pattern = compile_pattern(regex_of(condition), ignore_case=ignore_case)
    if isinstance(pattern, str):
        return CompiledCondition(condition, lambda _: False, pattern_error=pattern)
    return CompiledCondition(condition, pattern.fullmatch)
