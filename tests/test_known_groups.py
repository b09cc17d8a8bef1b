"""Each kind of corruption is told from the paired sound rows, as written and paraphrased; sound rows raise no alarm.

At a small size: the tables are printed by benchmarks/verifier/known_groups.py and benchmarks/verifier/sound.py.
"""

import hashlib

import pytest
from conftest import FULL

from gamegen.corruptions import KINDS
from gamegen.styles import names
from gamegen_benchmarks.held_out import is_held_out
from gamegen_benchmarks.known_groups import PLAIN, can_say, cells
from gamegen_benchmarks.paraphrase import HELD_OUT, PARAPHRASES
from gamegen_benchmarks.statistics import auc, share

ROWS = 200 if FULL else 4
ONES = sorted(PARAPHRASES)


def chosen(kind: str, name: str) -> list[str]:
    """The text as written, and one paraphrase, another for each kind and style; all of them at full size."""
    digest = hashlib.sha256(f"{kind} {name}".encode()).digest()
    return [PLAIN, *(ONES if FULL else [ONES[digest[0] % len(ONES)]])]


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_told_from_sound_rows(kind: str, name: str) -> None:
    if not can_say(kind, name):
        pytest.skip("the style has no words for it")
    for cell in cells(kind, name, chosen(kind, name), ROWS):
        assert cell.false_alarms <= (0.001 if cell.paraphrase == PLAIN else 0.03), cell
        assert cell.by_grade.value >= (0.99 if cell.paraphrase == PLAIN else 0.95), cell


def test_a_hash_holds_out_kinds_and_paraphrases() -> None:
    assert [kind for kind in KINDS if is_held_out(kind)] == ["invented_number", "false_dead_end", "answer_first"]
    assert "operators as LaTeX" in HELD_OUT and "one paragraph" in HELD_OUT and len(HELD_OUT) == 6


def test_the_auc_is_the_chance_that_one_group_scores_higher() -> None:
    high, low = [3.0, 1.0, 2.0, 0.0], [0.0, 1.0, 1.0, 0.0]
    by_hand = sum((a > b) + (a == b) / 2 for a in high for b in low) / 16
    found = auc(high, low)
    assert found.value == by_hand and found.low <= by_hand <= found.high and found.low < found.high
    assert auc([1.0] * 9, [1.0] * 9) == (0.5, 0.5, 0.5) and auc([1.0] * 9, [0.0] * 9) == (1, 1, 1)


def test_the_interval_of_a_share_is_about_that_of_the_binomial() -> None:
    found = share([i < 80 for i in range(100)])
    assert found.value == 0.8 and found.low == pytest.approx(0.72, abs=0.02) and found.high == pytest.approx(0.88, abs=0.02)
