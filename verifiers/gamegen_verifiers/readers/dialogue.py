"""The dialogue style: two voices, A who plays and B who judges, one line for each step."""

from gamegen_verifiers.readers.sentences import Sentences

READER = Sentences(
    [
        (
            "try",
            r"A: (?:I play |How about |Let us take |My move is |Next |Now )?{sum}"
            r"(?:(?:, leaving|, and we have|, which leaves|; that leaves) {numbers})?[.?]",
        ),
        ("missed", r"B: (?:No, |Sorry, |Hm, |That gives )?{numbers}(?:, and that)? is not {goal}\."),
        ("backtrack", r"A: (?:Back|Then back|Then let us return|Let me go back|I return) to {numbers}\."),
        ("given", r"A: We have {numbers} and want {goal}\."),
        ("given", r"A: We start from {numbers}, and {goal} is what we are after\."),
        ("found", r"B: (?:Yes, |Indeed, |There it is: ){goal}(?: is reached)?\."),
        ("stuck", r"B: There is no move with {numbers}\."),
        ("set_aside", r"A: (?:I leave|Let us leave|I put) {numbers} (?:for now|aside), moves are left\."),
        ("exhausted", r"B: (?:We have tried every|There is no other) move from {numbers}, and all (?:of them )?fail\."),
        ("largest", r"B: With {numbers} you get {value} at most, and {goal} is more\."),
        ("smallest", r"B: With {numbers} you get {value} at least, and {goal} is less\."),
        ("multiple", r"B: {numbers} only give multiples of {value}, and {goal} is none\."),
        ("subgoal", r"A: (?:If the rest gave|With) {value}, {sum} would do\."),
        ("check", r"B: (?:I check|Let me check): {sum}(?:, right|, fine)?\."),
        ("stop", r"A: (?:I stop|Let us stop) after {value} steps\."),
    ],
    marks="",
)
