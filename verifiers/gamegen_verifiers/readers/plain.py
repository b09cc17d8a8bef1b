"""The plain style: one sentence for each step, a list of numbers for each state."""

from gamegen_verifiers.readers.sentences import Sentences

_LEADS = "Try |Let me try |I take |What about |Next is |Then |Now |I compute |With the last two, "

# The frequent ones first, and those that are quickly refused.
READER = Sentences(
    [
        ("backtrack", r"(?:Back|I go back|Let me return|So I return) to {numbers}\."),
        ("missed", r"(?:But |I get |This ends in )?{numbers}(?:,? and that|, which)? is not {goal}\."),
        (
            "try",
            rf"(?:{_LEADS})?{{sum}}"
            r"(?:(?:, leaving|, which leaves|\? That leaves|, so|, and) {numbers}(?: are left| remain)?)?\.",
        ),
        ("given", r"I have {numbers} and want {goal}\."),
        ("given", r"The start is {numbers} and the goal is {goal}\."),
        ("given", r"Let me start with {numbers}; the goal is {goal}\."),
        ("found", r"(?:With that, )?{goal} is reached\."),
        ("found", r"That is {goal}, the goal is reached\."),
        ("stuck", r"Nothing can be played with {numbers}\."),
        ("stuck", r"With {numbers} no move is allowed\."),
        ("set_aside", r"I set {numbers} aside with moves untried\."),
        ("set_aside", r"I leave {numbers} with moves untried\."),
        ("set_aside", r"Enough of {numbers}, though moves are left\."),
        ("exhausted", r"All moves from {numbers} (?:are shown dead|have failed)\."),
        ("exhausted", r"I have tried all that {numbers} allow, and all of it fails\."),
        ("largest", r"The largest that {numbers} can make is {value}, (?:which is )?below {goal}\."),
        ("largest", r"{numbers} make {value} at most, too little for {goal}\."),
        ("smallest", r"The smallest that {numbers} can make is {value}, (?:which is )?above {goal}\."),
        ("smallest", r"{numbers} make {value} at least, too much for {goal}\."),
        ("multiple", r"All that {numbers} can make is a multiple of {value}, and {goal} is (?:not|none)\."),
        ("multiple", r"From {numbers} come only multiples of {value}, and {goal} is none\."),
        ("subgoal", r"If the rest makes {value}, (?:then )?{sum} (?:is it|will do)\."),
        ("subgoal", r"Should the rest make {value}, {sum} will do\."),
        ("check", r"(?:To check|Check|I make sure): {sum}(?:, right)?\."),
        ("stop", r"I stop after {value} steps\."),
        ("stop", r"After {value} steps I give up looking\."),
    ]
)
