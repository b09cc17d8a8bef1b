"""Reading a sentence by its shape finds what the patterns of its style find, in any text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamegen.corpus import Maker
from gamegen.spec import from_dict
from gamegen_verifiers.readers import READERS
from gamegen_verifiers.readers.sentences import Sentences
from gamegen_verifiers.readers.shapes import cut
from gamegen_verifiers.steps import LONGEST_NUMBER, Step

STYLES = {name: reader for name, reader in READERS.items() if isinstance(reader, Sentences)}
SPEC = {
    "arms": ["procedure"],
    "trace": {"backtracks": 6, "dead_ends": {"set_aside": 0.2}, "subgoals": 0.1, "checks": 0.3},
}


def texts(name: str, values: str) -> list[str]:
    made = Maker(from_dict({**SPEC, "style": {"name": name}, "rules": {"values": values}}))
    return [made.rows("train", i)["procedure"]["completion"][0]["content"] for i in range(20)]


SENTENCES = {
    name: sorted({line for values in ("natural", "rational") for text in texts(name, values) for line in text.split("\n")})
    for name in STYLES
    if name != "equations"
} | {"equations": ["[1, 2] -> 3", "2 + 1 = 3", "[(1/2), 3]", "(1/2) + (-3) = -5/2"]}


def by_patterns(reader: Sentences, text: str, end: int) -> list[Step]:
    """The steps as the patterns alone find them, from left to right."""
    return [reader._step(match) for match in reader._any.finditer(text, 0, end)]


@st.composite
def edited(draw: st.DrawFn, name: str) -> str:
    """Some sentences of a style, joined anyhow, with some signs put in, taken out or replaced."""
    some = draw(st.lists(st.sampled_from(SENTENCES[name]), min_size=1, max_size=6))
    text = "".join(line + draw(st.sampled_from(["\n", " ", "  ", "", ". ", "\n\n", "? ", "> "])) for line in some)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(text)))
        sign = draw(
            st.sampled_from(["", "0", "7", "00", "9" * 41, "1/2", "3/0", "(", ")", "-", " ", ", ", ".", "\n", "é", "٣"])
        )
        text = text[:at] + sign + text[at + draw(st.integers(0, 2)) :]
    return text


@pytest.mark.parametrize("name", STYLES)
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_text_is_read_as_by_the_patterns_alone(name: str, data: st.DataObject) -> None:
    text = data.draw(edited(name))
    end = data.draw(st.one_of(st.just(len(text)), st.integers(0, len(text))))
    assert STYLES[name]._steps(text, end) == by_patterns(STYLES[name], text, end)


@pytest.mark.parametrize("name", STYLES)
def test_most_sentences_of_a_style_are_read_by_their_shape(name: str) -> None:
    """So that the comparison above is not of the patterns with themselves."""
    reader = STYLES[name]
    for text in texts(name, "natural"):
        reader.read(text, len(text), len(text))
    found = cut("".join(texts(name, "natural")), reader._ends)
    assert found is not None
    assert sum(shape in reader._forms for shape in found.shapes) > 0.5 * len(found.shapes)


def test_a_text_is_cut_with_its_numbers() -> None:
    assert cut("Try 12 + 5 = 17. Back", ".!?>") == (["Try 12 + 5 = 17.", "Back"], ["Try 0 + 0 = 0.", "Back"], [12, 5, 17])
    assert cut("Try 12. Back", "") == (["Try 12. Back"], ["Try 0. Back"], [12])
    assert cut("1" * LONGEST_NUMBER, "") is not None
    assert cut("1" * (LONGEST_NUMBER + 1), "") is None
    assert cut("1 − 1", "") is None
