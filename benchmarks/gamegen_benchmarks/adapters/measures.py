"""What the adapters say of a completion, under the same names in every harness.

Words: a *measure* turns what was judged into a number from 0 to 1, None where there is nothing to say; the mean of `answer` is
the accuracy that `gamegen bench score` reports.
"""

from collections.abc import Callable, Mapping

from gamegen_benchmarks.judged import Judged

MEASURES: Mapping[str, Callable[[Judged], float | None]] = {
    "answer": lambda judged: float(judged.right),
    "sound_share": lambda judged: judged.sound_share,  # None of texts that could not be read, and of others' questions
    "procedure": lambda judged: judged.procedure,  # the same, where the answer is right; else 0
}
