"""How a text sounds, whatever it does: the surface vector of a completion.

Words: a *marker* is a phrase that sounds like search or doubt (MARKERS); a *gram* is four words in a row.
"""

import re
import zlib
from dataclasses import dataclass

from gamegen_verifiers.metrics import tokens as count_tokens

MARKERS = (
    *("wait", "hmm", "hold on", "actually", "alternatively", "no,", "not quite", "oops", "let me", "let's", "maybe", "perhaps"),
    *("what if", "i could", "try", "instead", "go back", "back to", "back up", "backtrack", "return to", "step back", "rewind"),
    *("check", "verify", "double-check", "does not work", "doesn't work", "dead end", "stuck", "start over", "again"),
)
_MARKER = re.compile(r"\b(?:" + "|".join(re.escape(marker) for marker in MARKERS) + r")(?!\w)", re.IGNORECASE)
_WORD = re.compile(r"\w+|[^\w\s]")
GRAM = 4


@dataclass(frozen=True)
class Wordiness:
    """tokens: the built-in count · marker_density: markers per 100 words and signs · compression: bytes ÷ bytes after zlib,
    which is the greater the more a text repeats itself · repetition: the share of the grams that stood there before.

    A share is None where there is nothing that it could be a share of.
    """

    characters: int
    tokens: int
    marker_density: float | None
    compression: float | None
    repetition: float | None


def wordiness(text: str) -> Wordiness:
    """The surface vector of a text."""
    words, data = _WORD.findall(text.lower()), text.encode("utf-8", "replace")
    grams = list(zip(*(words[k:] for k in range(GRAM)), strict=False))
    return Wordiness(
        characters=len(text),
        tokens=count_tokens(text),
        marker_density=100 * len(_MARKER.findall(text)) / len(words) if words else None,
        compression=len(data) / len(zlib.compress(data)) if data else None,
        repetition=1 - len(set(grams)) / len(grams) if grams else None,
    )
