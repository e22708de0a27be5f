from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.routing.folding import fold
from app.domain.routing.languages.automata import Automaton
from app.services.patterns import compile_pattern
from tests.domain.routing.languages.builders import read

ATOM_LIST = (
    r"a b B k . - \n \. [ab] [^a] [^B] [a-c-] []a] [\w-] \d \D \w \W \s \S [[:alpha:]] "
    r"[^[:^upper:]] [[:word:]\d] ^ $ \A \z \b \B \x41 \x{212a} \x{17f} ß \Qa.\E \* () { ] "
    r"(?i)a (?i:B) (?m:^) (?m:$) (?s:.) (?-i:A) (?i:[^k]) (?i:\W) a{2} b{1,2} a{2,} a{0} "
    r"\pL \PN \p{Lu} \p{^Ll} (?i)\p{Lu} (?i:\P{Ll}) [\pN\p{Greek}] [^\PL] (?i:[^\p{Latin}])"
)
ATOMS = st.sampled_from(ATOM_LIST.split())


def combine(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({}|{})".format, inner, inner),
        st.builds("{}|{}".format, inner, inner),
        st.builds("{}{}".format, inner, inner),
        st.builds("({})*".format, inner),
        st.builds("(?:{})+?".format, inner),
        st.builds("(?P<n>{})?".format, inner),
        st.builds("(?:{}){{1,3}}".format, inner),
        st.builds("(?:{}{})".format, st.sampled_from(["(?i)", "(?s)", "(?-i)", "(?m)"]), inner),
    )


PATTERNS = st.recursive(ATOMS, combine, max_leaves=6)
TEXTS = st.text("aAbBkK-c1_ \n.\u017fßẞ\u212aé{]*", max_size=5)


def accepts(automaton: Automaton, text: str) -> bool:
    state = automaton.start
    for character in text:
        state = automaton.move(state, automaton.kind_of(ord(character)))
    return automaton.accepts(state)


@settings(max_examples=1_500, deadline=None)
@given(PATTERNS, st.lists(TEXTS, max_size=6), st.booleans())
@example(r".\b", ["\u017f"], False)
@example("(?:a|\\b)*", ["", "a", "aa"], False)
def test_automaton_accepts_the_texts_that_re2_matches(
    pattern: str, texts: list[str], ignore_case: bool
) -> None:
    compiled = compile_pattern(pattern, ignore_case=ignore_case)
    if isinstance(compiled, str):
        return
    tree = read(pattern, ignore_case=ignore_case)
    plain = Automaton(tree, folded=False)
    folded = Automaton(tree, folded=True)
    for text in texts:
        assert accepts(plain, text) is compiled.fullmatch(text)
        assert accepts(folded, text) is compiled.fullmatch(fold(text))
