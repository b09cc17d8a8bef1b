"""Which kinds are held out: a hash of the name decides, so that nobody chose them and none is looked at while tuning.

>>> [kind for kind in ("invented_number", "loop", "false_dead_end", "answer_first") if is_held_out(kind)]
['invented_number', 'false_dead_end', 'answer_first']
"""

from hashlib import sha256


def is_held_out(name: str) -> bool:
    """Whether the SHA-256 of the name is 1 modulo 4."""
    return int.from_bytes(sha256(name.encode()).digest()) % 4 == 1
