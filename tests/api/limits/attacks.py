"""Documents that cost much to read unless they are refused early, each of a size one may choose."""

from collections.abc import Callable, Mapping


def fragment_bomb(spreads: int) -> str:
    """Return fragments that each spread the next twice: 2^spreads selections when written out."""
    fragments = " ".join(
        f"fragment F{n} on BookingFlow {{ steps {{ __typename }} ...F{n + 1} ...F{n + 1} }}"
        for n in range(spreads // 2)
    )
    last = f"fragment F{spreads // 2} on BookingFlow {{ id }}"
    return f'{{ bookingFlow(id: "x") {{ ...F0 }} }} {fragments} {last}'


def nested_fragment_bomb(levels: int) -> str:
    """Return fragments that spread the next within two aliased objects each: 2^levels objects."""
    fragments = " ".join(
        f"fragment F{n} on BookingFlow {{ a: x {{ y {{ z {{ ...F{n + 1} }} }} }}"
        f" b: x {{ y {{ z {{ ...F{n + 1} }} }} }} }}"
        for n in range(levels)
    )
    last = f"fragment F{levels} on BookingFlow {{ id }}"
    return f'{{ bookingFlow(id: "x") {{ ...F0 }} }} {fragments} {last}'


def shared_fragments(*, levels: int, spreads: int) -> str:
    """Return fragments that each spread the next so many times below a page of variable size."""
    fragments = " ".join(
        f"fragment F{n} on BookingFlow {{ {f'...F{n + 1} ' * spreads} }}" for n in range(levels)
    )
    last = (
        f"fragment F{levels} on BookingFlow {{ revisions(first: $n) {{ nodes {{ revision }} }} }}"
    )
    return f'query ($n: Int) {{ bookingFlow(id: "x") {{ ...F0 }} }} {fragments} {last}'


def wide_fragments(spreads: int) -> str:
    """Return one selection that spreads many fragments of the same fields."""
    names = range(spreads)
    fragments = " ".join(f"fragment F{n} on Query {{ viewer {{ role }} }}" for n in names)
    return f"{{ {' '.join(f'...F{n}' for n in names)} }} {fragments}"


def fragment_cycle(fragments: int) -> str:
    """Return fragments that spread each other in a circle."""
    circle = " ".join(
        f"fragment F{n} on Query {{ ...F{(n + 1) % fragments} }}" for n in range(fragments)
    )
    return f"{{ ...F0 }} {circle}"


def many_aliases(count: int) -> str:
    return f"{{ {' '.join(f'a{n}: viewer {{ role }}' for n in range(count))} }}"


def many_tokens(count: int) -> str:
    return f"{{ {'a ' * count}}}"


def many_comments(count: int) -> str:
    return "#\n" * count + "{ viewer { role } }"


def long_string(characters: int) -> str:
    return f'{{ node(id: "{"x" * characters}") {{ id }} }}'


def deep_selection(levels: int) -> str:
    return f"{'{ a ' * levels}{'}' * levels}"


def deep_list(levels: int) -> str:
    return f"{{ node(id: {'[' * levels}{']' * levels}) {{ id }} }}"


def deep_inline_fragments(levels: int) -> str:
    return f"{{ {'... { ' * levels}viewer {{ role }}{' }' * levels} }}"


def overlapping_fields(count: int) -> str:
    """Return one field many times: every pair of them is to be compared."""
    return f"{{ {'viewer { role } ' * count}}}"


def overlapping_steps(count: int) -> str:
    steps = "steps { ... on BookingFlowStepBase { id stepConfig { title } } } " * count
    return f'{{ bookingFlow(id: "x") {{ {steps} }} }}'


def overlapping_leaves(count: int) -> str:
    return f"{{ viewer {{ {'role ' * count} }} }}"


def merged_fragments(count: int) -> str:
    """Return fragments spread side by side: every pair of them is to be compared."""
    names = range(count)
    fragments = " ".join(f"fragment F{n} on BookingFlow {{ id }}" for n in names)
    spreads = " ".join(f"...F{n}" for n in names)
    return f'{{ bookingFlow(id: "x") {{ {spreads} }} }} {fragments}'


def directive_spam(count: int) -> str:
    return f"{{ viewer {'@skip(if: false) ' * count}{{ role }} }}"


def many_operations(count: int) -> str:
    return " ".join(f"query Q{n} {{ viewer {{ role }} }}" for n in range(count))


def misspelt_fields(count: int) -> str:
    """Return unknown fields, for each of which similar names may be looked for."""
    return f"{{ viewer {{ {' '.join(f'rolf{n}' for n in range(count))} }} }}"


def introspection_bomb(count: int) -> str:
    """Return the same look at every type of the schema many times."""
    fields = "types { fields { type { name } args { type { name ofType { name } } } } }"
    return f"{{ {' '.join(f'a{n}: __schema {{ {fields} }}' for n in range(count))} }}"


ATTACKS: Mapping[str, tuple[Callable[[int], str], int, str]] = {
    "fragment bomb": (fragment_bomb, 200, "QUERY_TOO_DEEP"),
    "fragment bomb of 400 spreads": (fragment_bomb, 400, "QUERY_TOO_COMPLEX"),
    "nested fragment bomb": (nested_fragment_bomb, 10, "QUERY_TOO_DEEP"),
    "wide fragments": (wide_fragments, 200, "QUERY_TOO_COMPLEX"),
    "fragment cycle": (fragment_cycle, 25, "GRAPHQL_VALIDATION_FAILED"),
    "long fragment cycle": (fragment_cycle, 200, "QUERY_TOO_DEEP"),
    "aliases at the root": (many_aliases, 300, "QUERY_TOO_COMPLEX"),
    "10,000 aliases": (many_aliases, 10_000, "QUERY_TOO_COMPLEX"),
    "tokens": (many_tokens, 5_000, "QUERY_TOO_COMPLEX"),
    "60,000 tokens": (many_tokens, 60_000, "QUERY_TOO_COMPLEX"),
    "comments": (many_comments, 20_000, "QUERY_TOO_COMPLEX"),
    "long string": (long_string, 1_000_000, "QUERY_TOO_COMPLEX"),
    "deep selection": (deep_selection, 10_000, "QUERY_TOO_DEEP"),
    "deep inline fragments": (deep_inline_fragments, 100, "QUERY_TOO_DEEP"),
    "deep list": (deep_list, 10_000, "QUERY_TOO_DEEP"),
    "100,000-deep list": (deep_list, 100_000, "QUERY_TOO_COMPLEX"),
    "overlapping fields": (overlapping_fields, 500, "QUERY_TOO_COMPLEX"),
    "overlapping fields below the root": (overlapping_steps, 150, "QUERY_TOO_COMPLEX"),
    "overlapping leaves": (overlapping_leaves, 1_900, "QUERY_TOO_COMPLEX"),
    "fragments to be merged": (merged_fragments, 200, "QUERY_TOO_COMPLEX"),
    "directives": (directive_spam, 400, "QUERY_TOO_COMPLEX"),
    "operations": (many_operations, 200, "QUERY_TOO_COMPLEX"),
    "misspelt fields": (misspelt_fields, 1_900, "GRAPHQL_VALIDATION_FAILED"),
    "introspection many times": (introspection_bomb, 21, "QUERY_TOO_COMPLEX"),
}
"""What builds the attack, its size, and the code it is refused with when it is read."""
