"""How far a text that is still being written is certain to be read as what stands before its answer.

Words: what is *certain* stays in the reading of the text whatever follows. What stands before the end of a closed thought is.
Behind that, a *mark* (a tag, a box, a token that ends a response) may show the answer that counts, and all behind it be no part
of the reading. Where no thought has begun either, the answer may be announced, or be the last line: then a line is certain as
soon as a later line *says* something, a letter or a digit. Each of these is taken to be there when in doubt.
"""

import re

from gamegen_verifiers.steps import THOUGHT

_TAG = re.compile(f"<(/?){THOUGHT}>", re.IGNORECASE)
_MARK = re.compile(r"answer>|boxed|fbox|<[|｜]|</s>|<eos>|<end_of_turn>", re.IGNORECASE)
_ANNOUNCES = re.compile(r"answer|solution|equation|expression", re.IGNORECASE)
_SAYS = re.compile(r"[^\W_]")
_FENCE = "```"  # a line of markup, though it may have letters


class Horizon:
    """Says of a text, stretch by stretch, where what is certain of it ends."""

    def __init__(self) -> None:
        self._at = 0  # where the next stretch begins
        self._line = 0  # where the line begins that it goes on with
        self._said = 0  # where the last line begins that says something
        self._certain = 0
        self._thinks = self._marked = self._announced = False

    def more(self, stretch: str) -> int:
        """Where the text that is certain ends, now that there is this stretch, which ends with a line or a sentence."""
        behind = self._think(stretch)
        self._announced = self._announced or _ANNOUNCES.search(stretch, behind) is not None
        if not self._marked:
            mark = _MARK.search(stretch)
            self._marked = mark is not None
            stop = stretch.rfind("\n", 0, mark.start()) + 1 if mark else len(stretch)
            self._say(stretch[:stop])
            reach = self._at + stop if self._thinks else 0 if self._announced else self._said
            self._certain = max(self._certain, reach)
        self._at += len(stretch)
        return self._certain

    def _think(self, stretch: str) -> int:
        """Note the tags of thinking; where the last one that closes a thought ends, 0 for none."""
        behind = 0
        for tag in _TAG.finditer(stretch):
            self._thinks = not tag[1]
            if not self._thinks:
                behind, self._announced = tag.end(), False
        if behind:
            self._certain = self._at + behind
        return behind

    def _say(self, stretch: str) -> None:
        """Note where the last line begins that says something, and where the line begins that goes on."""
        at, begin = self._at, self._line
        for i, line in enumerate(stretch.split("\n")):
            begin = at if i else begin
            if _FENCE not in line and _SAYS.search(line):
                self._said = begin
            at += len(line) + 1
        self._line = begin
