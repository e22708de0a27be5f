"""Finds the few rules that a URL can match, whatever the number of rules."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from app.domain.routing.conditions import Subject, literal_of
from app.domain.routing.rules import Condition, ConditionOperator, ConditionSource, RoutingRule

Key = tuple[str, ...]


class PathTree:
    """Rules by path prefix, one level per segment."""

    __slots__ = ("_children", "_positions")

    def __init__(self) -> None:
        self._children: dict[str, PathTree] = {}
        self._positions: list[int] = []

    def add(self, prefix: str, position: int) -> None:
        """File `position` under a normalised path prefix."""
        node = self
        for segment in prefix.split("/")[1:]:
            node = node._children.setdefault(segment, PathTree())
        node._positions.append(position)

    def find(self, path: str) -> Iterator[list[int]]:
        """Yield the positions under each prefix of a normalised path."""
        node: PathTree | None = self
        for segment in path.split("/")[1:]:
            node = node._children.get(segment) if node else None
            if node is None:
                return
            yield node._positions


class RuleIndex:
    """Files each rule under the rarest key that a URL must have to match it.

    A rule none of whose conditions gives a key is tried for every URL.
    """

    __slots__ = ("_buckets", "_tree", "_unfiled")

    def __init__(self, rules: Sequence[RoutingRule]) -> None:
        self._buckets: dict[Key, list[int]] = defaultdict(list)
        self._tree = PathTree()
        self._unfiled: list[int] = []
        keys = [frozenset(_find_keys(rule)) if rule.enabled else None for rule in rules]
        frequency = Counter(key for some in keys for key in some or ())
        for position, some in enumerate(keys):
            if some is not None:
                self._file(position, min(some, key=lambda key: (frequency[key], key), default=None))

    def find_candidates(self, subject: Subject) -> list[int]:
        """Return, in order, the positions of all enabled rules that `subject` may match."""
        found = list(self._unfiled)
        for key in _keys_of_subject(subject):
            found += self._buckets.get(key, ())
        for positions in self._tree.find(subject.path):
            found += positions
        return sorted(found)

    def _file(self, position: int, key: Key | None) -> None:
        if key is None:
            self._unfiled.append(position)
        elif key[0] == "tree":
            self._tree.add(key[1], position)
        else:
            self._buckets[key].append(position)


def _find_keys(rule: RoutingRule) -> Iterator[Key]:
    for condition in rule.conditions:
        key = _key_of(condition)
        if key is not None:
            yield key


def _key_of(condition: Condition) -> Key | None:
    equals = condition.operator is ConditionOperator.EQUALS
    name = condition.name or ""
    match condition.source:
        case ConditionSource.HOST:
            return ("host", literal_of(condition)) if equals else None
        case ConditionSource.URL_PATH:
            return _path_key_of(condition)
        case ConditionSource.QUERY_PARAMETER | ConditionSource.UTM_PARAMETER as source:
            # Every operator needs the parameter to be there.
            return (source, name, literal_of(condition)) if equals else (source, name)


def _path_key_of(condition: Condition) -> Key | None:
    match condition.operator:
        case ConditionOperator.EQUALS:
            return ("path", literal_of(condition))
        case ConditionOperator.PREFIX:
            prefix = literal_of(condition)
        case ConditionOperator.GLOB:
            prefix = (condition.value or "").partition("*")[0].rpartition("/")[0]
        case ConditionOperator.REGEX | ConditionOperator.EXISTS:
            return None
    return ("tree", prefix) if prefix.startswith("/") and prefix != "/" else None


def _keys_of_subject(subject: Subject) -> Iterable[Key]:
    yield ("host", subject.host)
    yield ("path", subject.path)
    for name, values in subject.query.items():
        yield (ConditionSource.QUERY_PARAMETER, name)
        for value in values:
            yield (ConditionSource.QUERY_PARAMETER, name, value)
    for name, value in subject.utm.items():
        yield (ConditionSource.UTM_PARAMETER, name)
        yield (ConditionSource.UTM_PARAMETER, name, value)
