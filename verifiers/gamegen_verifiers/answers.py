"""Answers: where a response says its final answer, and what that answer is worth under the rules of the puzzle.

Words: a *marker* is how a text shows which part of it is the answer; a *region* is a stretch (start, end) of the text;
to *narrow* a region is to take wrappers (LaTeX, bold, quotes, labels, ``= 24``) off its ends; a region is *blank* where
it holds no letter and no digit, so that a placeholder such as ``...`` is no answer.

Which marker counts: the last one of the first kind in MARKERS that the text has behind its thinking; inside the
thinking only tags and boxes count, and only where nothing behind it answers. A closed tag goes before one left open.
A response without a marker answers only where its last line is an expression by itself: equations tried on the way are
no answers, however well one of them hits the target.

>>> found = find_answer("8 - 2 = 6 … so <answer>(8 − 2) × 4 = 24</answer>")
>>> found.text, found.marker
('(8 − 2) × 4', 'answer tag')
>>> judge_answer(Puzzle((2, 4, 8), 24), found)[:3]
('correct', '(8 - 2) * 4', '')
"""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice, pairwise
from typing import Any, Literal, NamedTuple

from gamegen.games.countdown import Puzzle
from gamegen_verifiers.algebra import Worth, allowed, worth
from gamegen_verifiers.expression import (
    MAX_LENGTH,
    PROBLEMS,
    Number,
    Tree,
    leaves,
    operations,
    parse,
    spell,
    tokens,
    unsigned,
)
from gamegen_verifiers.steps import THOUGHT

ANSWERS = ("correct", "wrong", "illegal", "missing", "declined")
MARKERS = ("answer tag", "box", "closing tag", "announced", "last line", "whole text", "none")
REASONS = (
    "",
    "value",  # wrong: legal, but not the target
    # illegal; the text is no such expression, and this is the first problem in it:
    "too long",
    "number format",
    "numbers side by side",
    "implicit multiplication",
    "brackets",
    "not an expression",
    "operation not allowed",
    # illegal; it is one, and this is the first rule that it breaks (an operation is looked at behind "bare number"):
    "bare number",
    "number not given",
    "number reused",
    "number unused",
    "division by zero",
    "value not allowed",
    "not by the rules",  # of another game than Countdown
    # missing:
    "no answer",
    "truncated",
)

_CUT_PROBLEMS = ("brackets", "not an expression", "too long")

State = Literal["given", "declined", "missing"]
Region = tuple[int, int]


class Found(NamedTuple):
    """The final answer of a response: text == response[start:end], how it was marked, whether the mark was closed."""

    text: str
    start: int
    end: int
    marker: str
    state: State
    closed: bool = True


class Answer(NamedTuple):
    """What the answer is worth: one of ANSWERS, its canonical spelling, one of REASONS, its value and its tree."""

    answer: str
    expression: str | None
    reason: str
    value: Any = None  # a sympy.Rational, or None where there is none
    tree: Tree | None = None


# --- judging ---------------------------------------------------------------------------------------------------------


def judge_answer(puzzle: Puzzle, found: Found) -> Answer:
    """The verdict on an answer; where several reasons hold, the first in the order of REASONS is named.

    Illegal is an answer that uses what it may not (or not all that it must), whether or not it hits the target; wrong
    is a legal one whose value is off. A minus before one operand is read as the subtraction that it stands for
    (see `unsigned`) and is an operation not allowed where it stands for none.
    """
    if found.state != "given":
        return Answer(found.state, None, "" if found.state == "declined" else "no answer")
    return _judged(puzzle, found.text, found.closed)


@lru_cache(maxsize=64)  # paired rows, and responses to one prompt, share their answers
def _judged(puzzle: Puzzle, text: str, closed: bool) -> Answer:
    tree, problem, _ = parse(text)
    if problem == "empty":
        return Answer("missing", None, "no answer")
    if tree is None:
        cut = not closed and problem in _CUT_PROBLEMS
        return Answer("missing", None, "truncated") if cut else Answer("illegal", None, problem)
    return judge_tree(puzzle, tree)


def judge_tree(puzzle: Puzzle, written: Tree) -> Answer:
    """The verdict on an expression that has been read already."""
    playable = unsigned(written)
    worthy = worth(playable or written)
    hits = worthy.value is not None and worthy.value == puzzle.target
    reason = _illegality(puzzle, playable, leaves(written), worthy)
    answer = "illegal" if reason else "correct" if hits else "wrong"
    return Answer(answer, spell(playable or written), reason or ("" if hits else "value"), worthy.value, written)


def _illegality(puzzle: Puzzle, playable: Tree | None, used: tuple[Number, ...], worthy: Worth) -> str:
    """The first of the rules that the expression breaks, or the empty string."""
    rules = puzzle.rules
    must_combine = rules.use_all and len(puzzle.numbers) > 1
    if len(used) == 1 and (must_combine or used[0].value not in puzzle.numbers):
        return "bare number"
    if playable is None or not operations(playable) <= set(rules.operations):
        return "operation not allowed"
    if reason := _misuse(puzzle, sorted(leaf.value for leaf in used)):
        return reason
    if worthy.value is None:
        return "division by zero"
    if not all(allowed(result, rules.values) for result in worthy.results):
        return "value not allowed"
    return ""


def _misuse(puzzle: Puzzle, used: list[int]) -> str:
    """How the used numbers, ascending, differ from the given multiset where the rules do not let them."""
    if tuple(used) == puzzle.numbers:
        return ""
    given, taken = Counter(puzzle.numbers), Counter(used)
    if taken.keys() - given.keys():
        return "number not given"
    if taken - given:
        return "number reused"
    return "number unused" if puzzle.rules.use_all else ""


# --- finding ---------------------------------------------------------------------------------------------------------

_LOOKED_AT = 64  # of many markers of one kind only the last so many are looked at, which keeps the time linear
_LONGEST = 2 * MAX_LENGTH  # characters of a region that can still hold an answer with its wrappers
_LONGEST_SENTENCE = 300

THOUGHT_ENDS = re.compile(f"</{THOUGHT}>", re.IGNORECASE)
_THOUGHT_BEGINS = re.compile(f"<{THOUGHT}>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)answer>", re.IGNORECASE)
_BOX = re.compile(r"\\?\b(?:boxed|fbox)\s{0,4}\{")
_BRACE = re.compile(r"[{}]")
_SPECIAL_TOKEN = re.compile(r"<[|｜][^<>|｜\s]{1,40}[|｜]>|</s>|<eos>|<end_of_turn>")
_LONGEST_TOKEN = 44

# "The answer is", "Final answer:", "a valid expression is:", "the equation that gives 24 is": what presents an answer.
_ANNOUNCES = re.compile(  # its first letter is found at once
    r"(?-i:[aAsSſeE])(?<!\w.)(?:(?<=a)nswer|(?<=s)olution|(?<=e)(?:quation|xpression))s?\b[*_\"']{0,4}(?:\s(?:that|which|to|for|using)\b[^\n:.=]{0,100}?)?"
    r"(?:\s{0,3}[:=]|\s(?:is|are|was|would be|should be|could be|becomes)\b:?)",
    re.IGNORECASE,
)
# What denies an expression right behind it, what takes it back later, and what makes it an attempt from before.
_DENIES = re.compile(
    r"[\W_]{0,12}(?:(?:which|but|that|this|it|is|does|was|equals|still|also|again)\W{1,3}){0,4}"
    r"(?:not\b|isn't|doesn't|invalid|incorrect|wrong|too\b)",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(r"\b(?:try|trying|wait|another|instead|mistake|incorrect|wrong|invalid)\b", re.IGNORECASE)
_ATTEMPT = re.compile(
    r"\b(?:try|tries|trying|attempts?|maybe|perhaps|what if|suppose|consider|check|verify|closest?)\b", re.IGNORECASE
)
_DECLINES = re.compile(
    r"\bno (?:(?:valid|exact|such|possible|correct|legal|integer|known) ){0,3}"
    r"(?:solutions?|answers?|expressions?|equations?|combinations?|ways?)\b"
    r"|\b(?:impossible|unsolvable|not (?:solvable|possible|achievable|reachable|feasible)|none exists?)\b"
    r"|\b(?:cannot|can't|can not|could not|couldn't|unable to) (?:be )?"
    r"(?:made?|reach(?:ed)?|solved?|achieved?|done|form(?:ed)?|obtain(?:ed)?|found|find)\b"
    r"|\A\W*(?:none|n/?a|no)\W*\Z",
    re.IGNORECASE,
)

# What stands around an expression and is no part of it.
_LEFT_EDGE = frozenset("`\"'“”‘’„<>$:;,✅✔✓☑\ufe0f\u200b\ufeff")
_RIGHT_EDGE = _LEFT_EDGE | {"."}
_LEFT_MARKS = ("**", "__", r"\(", r"\[", r"\displaystyle")
_RIGHT_MARKS = ("**", "__", r"\)", r"\]", "\\\\")
_PAIRS = (("**", "**"), ("$", "$"), ("`", "`"), (r"\(", r"\)"), (r"\[", r"\]"))
_MARKUP_LINE = re.compile(r"\s*(?:\$\$?|\\\[|\\\]|\\\(|\\\)|\*\*|`{3,}\w{0,20}|-{3,})\s*")
_LIST_ITEM = re.compile(r"\s*(?:[-•]|\*(?!\*)|[0-9]{1,3}[.)])\s+")
_CONCLUDES = re.compile(r"\s*(?:(?:so|thus|therefore|hence|finally)\b[,:]?\s+){1,3}", re.IGNORECASE)
_LABEL = re.compile(r"[^0-9()\[\]{}\\:=+*/×÷−]{1,80}:(?=[\s*$`\"'(])")
_FONT = re.compile(r"\\(?:text|textbf|mathbf|mathrm|bm|mathbb)\s{0,4}\{")
_SEPARATOR = re.compile(r"[;\n]|,(?=\s)")
_DOUBTS = re.compile(rf"{_TAKES_BACK.pattern}|{_ATTEMPT.pattern}|n't\b|\b(?:no|not|nope|but|or|too)\b", re.IGNORECASE)
_FORMULA = re.compile(r"[\d()]")
_SENTENCE = re.compile(r"(?:[^\W\d_]{2,20}\W{1,3}){3}")
_REMARK = re.compile(r"\s\((?=[^()]*[^\W\d_])[^()0-9]{1,80}\)\Z")
_EQUALS = re.compile(r"=+|≈|→|⇒|⟹|\\(?:approx|to|rightarrow|Rightarrow|implies)(?![A-Za-z])")
_STARTS_EXPRESSION = re.compile(r"[0-9(\[{+−–-]|\\[dt]?frac|\\left")
_MISSPELT = ("operation not allowed", "number format", "numbers side by side", "implicit multiplication", "brackets")


def find_answer(text: str) -> Found:
    """The final answer of a response, and how the response marked it; any text has a result, in time linear in it."""
    end = _end_of_speech(text)
    behind = _behind_thinking(text, end)
    thinks_on = _THOUGHT_BEGINS.search(text, behind, end) is not None
    found = _first_found(text, behind, end, _EXPLICIT if thinks_on else _FINDERS)
    if found is None and behind:
        found = _first_found(text, 0, behind, _EXPLICIT)
    return found or Found("", end, end, "none", "missing")


def find_marked(text: str) -> tuple[Found, int]:
    """The final answer of a response in its own notation, which only a tag or a box can show, and where its thinking ends."""
    end = _end_of_speech(text)
    behind = _behind_thinking(text, end)
    found = _first_found(text, behind, end, _EXPLICIT, _trimmed) or _first_found(text, 0, behind, _EXPLICIT, _trimmed)
    found = found or Found("", end, end, "none", "missing")
    return found, behind or found.start


def _first_found(
    text: str, start: int, end: int, finders: "tuple[_Finder, ...]", narrowed: "_Narrowing | None" = None
) -> Found | None:
    """What the first finder with a result finds; markers that hold nothing but blanks say that there is no answer."""
    narrowed = narrowed or narrow
    for marker, candidates in finders:
        blank = None
        for left, right, closed in candidates(text, start, end):
            left, right = narrowed(text, left, right)
            if not _is_blank(text, left, right):
                state: State = "declined" if _declines(text, left, right) else "given"
                return Found(text[left:right], left, right, marker, state, closed)
            blank = blank or Found("", left, left, marker, "missing", closed)
        if blank is not None:
            return blank
    return None


def _end_of_speech(text: str) -> int:
    """Where the response ends, before the special tokens and the space that pad it."""
    end = len(text)
    while True:
        end = _skip_space_back(text, 0, end)
        opening = text.rfind("<", max(0, end - _LONGEST_TOKEN), end)
        if opening < 0 or not _SPECIAL_TOKEN.fullmatch(text, opening, end):
            return end
        end = opening


def _behind_thinking(text: str, end: int) -> int:
    """Where the text behind the last closed thought begins; 0 where no thought is closed."""
    return max((match.end() for match in THOUGHT_ENDS.finditer(text, 0, end)), default=0)


def _skip_space_back(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _is_blank(text: str, start: int, end: int) -> bool:
    return end - start <= _LONGEST and not any(c.isalnum() for c in text[start:end])


def _declines(text: str, start: int, end: int) -> bool:
    words = text[start:end] if end - start <= _LONGEST_SENTENCE else ""
    return _DECLINES.search(words) is not None and not _STARTS_EXPRESSION.match(words)


# Finders: each yields the regions that its marker shows, the one that counts first, and whether the marker was closed.

_Candidates = Iterator[tuple[int, int, bool]]
_Narrowing = Callable[[str, int, int], Region]


def _tagged(text: str, start: int, end: int) -> _Candidates:
    """<answer>…</answer>, the last that is closed; where none is, the first line behind the last opening tag."""
    tags = list(deque(_TAG.finditer(text, start, end), _LOOKED_AT))
    closed = [(a.end(), b.start(), True) for a, b in pairwise(tags) if not a[1] and b[1]]
    yield from reversed(closed)
    opening = next((tag.end() for tag in reversed(tags) if not tag[1]), None)
    if not closed and opening is not None:
        line = next(_lines(text, opening, min(end, opening + _LONGEST)), (opening, opening))
        yield (opening, end, False) if _BOX.search(text, opening, end) else (*line, False)


def _boxed(text: str, start: int, end: int) -> _Candidates:
    r"""\boxed{…}, the last first; one whose brace is never closed is read to the end of its line."""
    if text.find("box", start, end) < 0:  # as there is none in most texts
        return
    for box in reversed(deque(_BOX.finditer(text, start, end), _LOOKED_AT)):
        closing = _closing_brace(text, box.end(), end)
        yield box.end(), _line_end(text, box.end(), end) if closing is None else closing, closing is not None


def _closing_brace(text: str, start: int, end: int) -> int | None:
    """Where the brace that was opened just before start is closed, as far off as an answer can be long."""
    depth = 1
    for brace in _BRACE.finditer(text, start, min(end, start + _LONGEST)):
        depth += 1 if brace.group() == "{" else -1
        if not depth:
            return brace.start()
    return None


def _before_closing_tag(text: str, start: int, end: int) -> _Candidates:
    """The line that ends in a closing tag, where no tag was opened."""
    tags = list(deque(_TAG.finditer(text, start, end), _LOOKED_AT))
    if tags and tags[-1][1]:
        stop = _skip_space_back(text, start, tags[-1].start())
        left = max(text.rfind("\n", start, stop) + 1, text.rfind(">", start, stop) + 1, start)
        if _reads_as_answer(text, left, stop):
            yield left, stop, True


def _whole(text: str, start: int, end: int) -> _Candidates:
    """All of the text, where it is one line that tries to be an expression: a number or a bracket, and no sentence."""
    lines = list(islice(_lines(text, start, end), 2))
    head = text[start : min(end, start + _LONGEST)]
    if len(lines) == 1 and _FORMULA.search(head) and not _SENTENCE.search(head):
        yield *lines[0], True


def _announced(text: str, start: int, end: int) -> _Candidates:
    """What the last announcement that can be read presents, unless the text denies it or takes it back."""
    for match in reversed(deque(_ANNOUNCES.finditer(text, start, end), _LOOKED_AT)):
        window = min(end, match.end() + _LONGEST)
        left, right = next(
            (line for line in _lines(text, match.end(), window) if any(c.isalnum() for c in text[slice(*line)])), (0, 0)
        )
        run = _run_of_arithmetic(text, left, right)
        shown = next((stop for stop in (right, run) if _reads_as_answer(text, left, stop)), None)
        if shown is not None:
            if not _DENIES.match(text, shown, end) and not _TAKES_BACK.search(text, shown, end):
                yield left, shown, True
            return


def _last_line(text: str, start: int, end: int) -> _Candidates:
    """The last line, where it is an expression (or says that there is none) and is not one more attempt."""
    window = max(start, end - _LONGEST)
    lines = _lines_from_last(text, window, end)
    line = next(lines, None)
    framed = False  # whether a line of markup, such as $$ or a code fence, stands behind it
    while line and _MARKUP_LINE.fullmatch(text, *line):
        framed, line = True, next(lines, None)
    if line is None or line[0] == window > start:
        return
    above = next(lines, None)
    if above and _MARKUP_LINE.fullmatch(text, *above):
        if not framed:
            return  # what opened was not closed: the text was cut
        above = next(lines, None)
    left, right = line
    before = text[slice(*above)] if above else ""
    item = _end_of_match(_LIST_ITEM, text, left, right)
    start = _end_of_match(_CONCLUDES, text, item, right)
    step_of_a_list = item > left and start == item
    attempt = _ATTEMPT.search(before) is not None and before.rstrip("* ").endswith(":")
    goes_on = text[start:right].lstrip("* ").startswith(("=", "→", "≈"))
    if step_of_a_list or attempt or goes_on or not _is_whole(text, start, right):
        return
    if _reads_as_answer(text, start, right):
        yield start, right, parse(text[slice(*narrow(text, start, right))]).problem != "brackets"


def _lines(text: str, start: int, end: int) -> Iterator[Region]:
    """The lines of a region that hold more than space, from first to last."""
    while start < end:
        stop = _line_end(text, start, end)
        if not text[start:stop].isspace() and start < stop:
            yield start, stop
        start = stop + 1


def _lines_from_last(text: str, start: int, end: int) -> Iterator[Region]:
    """The same, from last to first."""
    while start < end:
        begin = max(text.rfind("\n", start, end) + 1, start)
        if begin < end and not text[begin:end].isspace():
            yield begin, end
        end = begin - 1


def _line_end(text: str, start: int, end: int) -> int:
    stop = text.find("\n", start, end)
    return end if stop < 0 else stop


def _end_of_match(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    match = pattern.match(text, start, end)
    return match.end() if match else start


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no wrapper that opens a line is left open, as it is where a text was cut."""
    return all(
        not text.startswith(opening, start) or text.find(closing, start + len(opening), end) >= 0 for opening, closing in _PAIRS
    )


def _run_of_arithmetic(text: str, start: int, end: int) -> int:
    """Where the numbers, operators, brackets and equals signs from start on stop; words behind them are no part."""
    start = _trimmed(text, start, end)[0]
    stop = start
    for token in tokens(text, start, end):
        if token.kind in PROBLEMS and token.symbol != "=":
            break
        stop = token.end
    return stop


def _reads_as_answer(text: str, start: int, end: int) -> bool:
    """Whether a region that no explicit marker names is an expression, a misspelt one, or says that there is none."""
    left, right = narrow(text, start, end)
    if right - left > _LONGEST or left >= right:
        return False
    if _declines(text, left, right):
        return not _ATTEMPT.search(text, left, right)
    tree, problem, _ = parse(text[left:right])
    if tree is None:
        return problem in _MISSPELT and _STARTS_EXPRESSION.match(text, left, right) is not None
    return not isinstance(tree, Number)


# Narrowing: each step returns a region inside the one that it was given.


_BARE = re.compile(r"[0-9(][0-9+*/() -]{0,1000}[0-9)]")  # nothing stands around such an expression


def narrow(text: str, start: int, end: int) -> Region:
    """The region without its wrappers, its label and its ``= 24``; of several boxes in it the last."""
    if _BARE.fullmatch(text, start, end):
        return start, end
    for _ in range(6):  # wrappers inside wrappers; more than a few are noise
        before = start, end
        for step in (_trimmed, _inside_box, _inside_font, _behind_label, _before_remark, _last_piece, _one_side):
            start, end = step(text, start, end)
        if (start, end) == before:
            break
    return start, end


def _trimmed(text: str, start: int, end: int) -> Region:
    for _ in range(_LOOKED_AT):  # a million marks are no wrapper
        before = start, end
        while start < end and (text[start].isspace() or text[start] in _LEFT_EDGE):
            start += 1
        while start < end and (text[end - 1].isspace() or text[end - 1] in _RIGHT_EDGE):
            end -= 1
        start += next((len(mark) for mark in _LEFT_MARKS if text.startswith(mark, start, end)), 0)
        end -= next((len(mark) for mark in _RIGHT_MARKS if text.endswith(mark, start, end)), 0)
        if (start, end) == before:
            break
    return start, end


def _inside_box(text: str, start: int, end: int) -> Region:
    boxes = [(left, right) for left, right, _ in _boxed(text, start, end)]
    return next((box for box in boxes if not _is_blank(text, *box)), boxes[0] if boxes else (start, end))


def _inside_font(text: str, start: int, end: int) -> Region:
    font = _FONT.match(text, start, end)
    return (font.end(), end - 1) if font and _closing_brace(text, font.end(), end) == end - 1 else (start, end)


def _behind_label(text: str, start: int, end: int) -> Region:
    label = _LABEL.match(text, start, end)
    return (start, end) if label is None or _ATTEMPT.search(label.group()) else (label.end(), end)


def _before_remark(text: str, start: int, end: int) -> Region:
    """The region without a remark in brackets behind it, such as ``(uses all numbers)``; a doubt is no remark."""
    remark = _REMARK.search(text, max(start, end - 90), end)
    return start, end if remark is None or _DOUBTS.search(remark.group()) else remark.start()


def _last_piece(text: str, start: int, end: int) -> Region:
    """Of several equations in a row the last; of an equation with words behind it the equation, unless they deny it."""
    if end - start > MAX_LENGTH:
        return start, end
    cuts = [(start, start), *(m.span() for m in _SEPARATOR.finditer(text, start, end)), (end, end)]
    pieces = [_trimmed(text, a[1], b[0]) for a, b in pairwise(cuts)]
    if not 2 <= len(pieces) <= _LOOKED_AT:
        return start, end
    arithmetic = [piece for piece in pieces if (run := _run_of_arithmetic(text, *piece)) == piece[1] and run > piece[0]]
    words = [text[slice(*piece)] for piece in pieces if piece not in arithmetic]
    whole = [p for p in arithmetic if not isinstance(parse(text[slice(*_one_side(text, *p))]).tree, Number)]
    return whole[-1] if whole and not any(_DOUBTS.search(w) for w in words) else (start, end)


def _one_side(text: str, start: int, end: int) -> Region:
    """Of an equation the first side that is more than a number, provided that the other sides are arithmetic too."""
    if end - start > MAX_LENGTH:
        return start, end
    cuts = [(start, start), *(m.span() for m in _EQUALS.finditer(text, start, end)), (end, end)]
    sides = [_trimmed(text, a[1], b[0]) for a, b in pairwise(cuts)]
    sides = [(left, right) for left, right in sides if left < right]
    if len(sides) < 2 or len(sides) > _LOOKED_AT:
        return start, end
    trees = [parse(text[left:right]).tree for left, right in sides]
    arithmetic = [i for i, tree in enumerate(trees) if tree is not None]
    more_than_numbers = [i for i, tree in enumerate(trees) if not isinstance(tree, Number)]
    chosen = next((i for i in more_than_numbers if i in arithmetic), (more_than_numbers or [0])[0])
    others = [text[slice(*side)] for i, side in enumerate(sides) if i != chosen and i not in arithmetic]
    words_follow = len(sides) == 2 and chosen == 0 and trees[0] is not None and text[sides[1][0]] in "0123456789"
    return sides[chosen] if words_follow or all(other.isidentifier() for other in others) else (start, end)


_Finder = tuple[str, Callable[[str, int, int], _Candidates]]
_EXPLICIT: tuple[_Finder, ...] = (("answer tag", _tagged), ("box", _boxed))
_FINDERS: tuple[_Finder, ...] = (
    *_EXPLICIT,
    ("closing tag", _before_closing_tag),
    ("announced", _announced),
    ("last line", _last_line),
    ("whole text", _whole),
)
