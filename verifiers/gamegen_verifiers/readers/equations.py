"""The equations style: nothing but sums, and in brackets the state at the start and the one that a return restores."""

from gamegen_verifiers.readers.sentences import Sentences

READER = Sentences(
    [
        ("try", r"{sum}"),
        ("given", r"\[{numbers}\] -> {goal}"),
        ("backtrack", r"\[{numbers}\]"),
    ],
    marks="",
)
