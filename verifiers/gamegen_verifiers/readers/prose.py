"""The prose style: a monologue that says each step in one of many ways."""

from gamegen_verifiers.readers.sentences import Sentences

_SO = "(?:So|Okay, so|Well,|Alright,|Next,|Then|Now|Hmm,|Let's see,|Maybe|Actually,|And) "

READER = Sentences(
    [
        (
            "try",
            rf"(?:{_SO})?(?:(?:let me |I could |I can |I might |I'll |what if I |suppose I )?"
            r"(?:try|take|do|compute|go with|look at|work out) )?{sum}"
            r"(?:(?:, leaving me with|, which leaves|, and then I have|, so now it's|; what remains is) {numbers})?[.?]",
        ),
        (
            "missed",
            r"(?:That's|That gives|That makes|This is|I end up with|It comes to|But that's) {numbers}"
            r"(?:, (?:not|which isn't|and I need|but I want|nowhere near|rather than)) {goal}\.",
        ),
        (
            "backtrack",
            r"(?:Wait, |No, |Hmm, |Okay, |Right, |So )?(?:[Ll]et me|I should|I'll|I have to|[Tt]ime to) "
            r"(?:go back|return|step back|back up|rewind) to {numbers}\.",
        ),
        (
            "given",
            r"(?:Okay, |Alright, |So, |Right, )?(?:I have|I'm given|we start from) {numbers}"
            r"(?:, and I need to (?:make|reach|get to)|; the target is) {goal}\.",
        ),
        (
            "found",
            r"(?:Yes!|Great,|There it is:|Perfect,|Got it:) (?:that's|this is|I have) {goal}"
            r"(?:, exactly what I need|, done)?\.",
        ),
        ("stuck", r"(?:There's no move|I can't do anything) with {numbers}\."),
        (
            "set_aside",
            r"(?:I'm not sure about|I don't feel like finishing|I'll put aside) {numbers}"
            r"(?:, though there are moves I haven't tried|, with moves still open)\.",
        ),
        ("exhausted", r"(?:Everything|Every move) from {numbers} (?:has failed|is a dead end), as (?:shown|seen) above\."),
        ("largest", r"(?:The most|The largest value) {numbers} can give is {value}, (?:still )?(?:less than|below) {goal}\."),
        (
            "smallest",
            r"(?:The least|The smallest value) {numbers} can give is {value}, (?:already )?(?:more than|above) {goal}\.",
        ),
        ("multiple", r"(?:Anything|Whatever) I make from {numbers} is a multiple of {value}, (?:and|but) {goal} isn't\."),
        (
            "subgoal",
            r"(?:If I can make|If only I could get) {value} from the rest, (?:then )?{sum} (?:does it|is it|finishes it)\.",
        ),
        ("check", r"(?:Let me double-check|Double-checking|Let me verify|Just to be sure): {sum}(?:, yes|, good|, fine)?\."),
        ("stop", r"(?:I've done|That was) {value} steps, (?:so I'll stop here|I'm stopping)\."),
    ]
)
