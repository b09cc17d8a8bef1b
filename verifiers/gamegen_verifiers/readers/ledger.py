"""The ledger style: one terse line for each step."""

from gamegen_verifiers.readers.sentences import Sentences

READER = Sentences(
    [
        ("try", r"{sum}(?: \| {numbers})?"),
        ("missed", r"{numbers} != {goal}"),
        ("backtrack", r"back(?: to)? {numbers}"),
        ("given", r"start {numbers} \| goal {goal}"),
        ("found", r"(?:reached|found) {goal}"),
        ("stuck", r"{numbers} (?:is )?stuck"),
        ("set_aside", r"{numbers} (?:set|left) aside"),
        ("exhausted", r"{numbers} (?:all )?exhausted"),
        ("largest", r"{numbers} (?:at most|<=) {value} < {goal}"),
        ("smallest", r"{numbers} (?:at least|>=) {value} > {goal}"),
        ("multiple", r"{numbers} (?:only )?multiples of {value}, {goal} (?:is )?none"),
        ("subgoal", r"(?:need|want) {value}: {sum}"),
        ("check", r"check:? {sum}"),
        ("stop", r"(?:stop|stopped) after {value} steps"),
    ],
    marks="",
)
