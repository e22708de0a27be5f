"""Writing the Python functions of a plan.

Nothing of a document becomes part of the source but response keys, as literals of strings: every
other name is the writer's own, and what it stands for is bound in the functions' namespace. The
names of attributes and parameters come from the code of the schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from keyword import iskeyword
from typing import Any

from app.execution.completing import CompleteObject
from app.execution.fields import FieldPlan
from app.execution.leaves import INFINITY, ORDINARY_CLASSES, QuickLeaf
from app.execution.loaded import Loaded
from app.execution.places import Complete, Pending, Place
from app.execution.strawberry_types import CAST, PlainField

INDENT = "    "


class Writer:
    """Collects the source of functions and what their names stand for."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {
            "CAST": CAST,
            "INFINITY": INFINITY,
            "Loaded": Loaded,
            "ORDINARY": ORDINARY_CLASSES,
            "Pending": Pending,
        }
        self._lines: list[str] = []
        self._names = 0

    def bind(self, value: Any) -> str:
        """Return a name that stands for `value` in the source."""
        name = self.new_name()
        self.namespace[name] = value
        return name

    def new_name(self) -> str:
        """Return a name nobody has yet."""
        self._names += 1
        return f"n{self._names}"

    def add(self, depth: int, *lines: str) -> None:
        """Add lines, indented."""
        self._lines.extend(INDENT * depth + line for line in lines)

    def compile(self) -> Mapping[str, Any]:
        """Return the namespace with the functions."""
        code = compile("\n".join(self._lines), "<plan>", "exec", dont_inherit=True)
        exec(code, self.namespace)  # noqa: S102 # nosec B102 - the source is made here.
        return self.namespace


class UnitWriter:
    """Writes the function that makes the object of one concrete type, its fields in order."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._values: list[tuple[str, str]] = []
        self._pending: list[str] = []
        self._maybe_pending: list[str] = []
        self.may_wait = False
        self.name = writer.new_name()
        writer.add(0, f"def {self.name}(s, p, x):", f"{INDENT}f = x.fresh")

    def constant(self, key: str, value: str) -> None:
        """Write a field with a value known beforehand."""
        self._values.append((key, repr(value)))

    def executed(self, field: FieldPlan) -> None:
        """Write a field that is resolved as graphql-core does."""
        value = self._value_of(field)
        self._writer.add(1, f"{value} = {self._writer.bind(field.execute)}(s, p, x)")
        self._maybe_pending.append(value)

    def awaited(self, field: FieldPlan, plain: PlainField) -> None:
        """Write a field whose plain resolver is a coroutine function."""
        value, place = self._value_of(field), self._writer.bind(field.place)
        complete = self._writer.bind(field.place.complete)
        link = f"(p, {field.key!r}, {place})"
        coroutine = self._expression(field, plain)
        self._writer.add(
            1, f"{value} = Pending({coroutine}, {link}, {complete})", f"f.append({value})"
        )
        self._pending.append(value)

    def leaf(self, field: FieldPlan, plain: PlainField, quick: QuickLeaf) -> None:
        """Write a field of a scalar or an enum."""
        value = self._begin(field, plain)
        constant = (
            self._writer.bind(quick.constant) if "{c}" in quick.test + str(quick.convert) else ""
        )
        test = quick.test.format(v=value, c=constant)
        settle = f"{value} = {self._writer.bind(field.settle)}({value}, p, x)"
        is_other = f"{value} is not None" if field.place.is_nullable else "True"
        if quick.convert is None:
            other = "" if is_other == "True" else f" and {is_other}"
            self._writer.add(2, f"if not ({test}){other}: {settle}")
        else:
            convert = quick.convert.format(v=value, c=constant)
            self._writer.add(2, f"if {test}: {value} = {convert}", f"elif {is_other}: {settle}")
        self._end(field, value)

    def object(
        self, field: FieldPlan, plain: PlainField, complete: CompleteObject, *, may_wait: bool
    ) -> None:
        """Write a field of an object."""
        mark = self._mark(field, may_wait=may_wait)
        value = self._begin(field, plain)
        link = f"(p, {field.key!r}, {self._writer.bind(field.place)})"
        unit = self._unit(value, complete, field.place)
        self._writer.add(2, f"{value} = {unit}({value}, {link}, x)")
        self._end(field, value, mark)

    def list(
        self, field: FieldPlan, plain: PlainField, complete: Complete, *, may_wait: bool
    ) -> None:
        """Write a field of a list."""
        mark = self._mark(field, may_wait=may_wait)
        value = self._begin(field, plain)
        link = f"(p, {field.key!r}, {self._writer.bind(field.place)})"
        complete_, settle = self._writer.bind(complete), self._writer.bind(field.settle)
        self._writer.add(
            2,
            f"if type({value}) is list or type({value}) is tuple:",
            f"    {value} = {complete_}({value}, {link}, x)",
            f"else: {value} = {settle}({value}, p, x)",
        )
        self._end(field, value, mark)

    def finish(self) -> None:
        """End the function."""
        self.may_wait |= bool(self._pending or self._maybe_pending)
        items = ", ".join(f"{key!r}: {value}" for key, value in self._values)
        if not self._pending and not self._maybe_pending:
            self._writer.add(1, f"return {{{items}}}")
            return
        self._writer.add(1, f"r = {{{items}}}")
        self._writer.add(1, *(f"{value}.into = r" for value in self._pending))
        for value in self._maybe_pending:
            self._writer.add(1, f"if type({value}) is Pending: {value}.into = r")
        self._writer.add(1, "return r")

    def _value_of(self, field: FieldPlan) -> str:
        name = f"v{len(self._values)}"
        self._values.append((field.key, name))
        return name

    def _begin(self, field: FieldPlan, plain: PlainField) -> str:
        value = self._value_of(field)
        if plain.function is not None:
            self._maybe_pending.append(value)
        self._writer.add(1, "try:")
        self._writer.add(2, f"{value} = {self._expression(field, plain)}")
        if plain.function is not None:
            is_there = f"type({value}) is Loaded and {value}.future.done()"
            self._writer.add(2, f"if {is_there}: {value} = {value}.get()")
        return value

    def _end(self, field: FieldPlan, value: str, mark: str | None = None) -> None:
        since = "" if mark is None else f", {mark}"
        fail = f"{self._writer.bind(field.fail)}(e, p, x{since})"
        self._writer.add(1, f"except Exception as e: {value} = {fail}")

    def _mark(self, field: FieldPlan, *, may_wait: bool) -> str | None:
        self.may_wait |= may_wait
        if not (may_wait and field.place.is_nullable):
            return None
        self._writer.add(1, "m = len(f)")
        return "m"

    def _expression(self, field: FieldPlan, plain: PlainField) -> str:
        if plain.attribute is not None:
            return _attribute("s", plain.attribute)
        arguments: Sequence[str] = ["s"] if plain.takes_self else []
        named = [f"{name}=s" for name in plain.source_names]
        if plain.info_name is not None:
            named.append(f"{plain.info_name}={self._writer.bind(field.plain_info)}(p, x)")
        return f"{self._writer.bind(plain.function)}({', '.join([*arguments, *named])})"

    def _unit(self, value: str, complete: CompleteObject, place: Place) -> str:
        known = self._writer.bind(complete.known.get)
        settle = self._writer.bind(place.settle)
        unit = f"({known}(type({value})) or {settle})"
        if complete.may_be_cast:
            return f"({settle} if hasattr({value}, CAST) else {unit})"
        return unit


def _attribute(source: str, name: str) -> str:
    if name.isidentifier() and not iskeyword(name):
        return f"{source}.{name}"
    return f"getattr({source}, {name!r})"
