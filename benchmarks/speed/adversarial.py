"""How the time of a verdict grows with texts that are made to be slow: repetitions, brackets, markers, loops of steps.

Prints for each text the seconds of processor time at two sizes, and their ratio: linear time gives about the ratio of the
sizes (here 4).

    python benchmarks/speed/adversarial.py [--size CHARACTERS]
"""

import argparse
import time

from gamegen_verifiers import Notation, Puzzle, verify

PUZZLE = Puzzle((1, 6, 36, 45), 177)
UNITS = (
    *("36 + 1 = 37. ", "36 + 1 = 37.\n", "Then 7 + 7 = 14.\n", "Then 36 + 1 = 37, leaving 6, 37, 45.\nBack to 1, 6, 36, 45.\n"),
    *("Back to 1, 2, 3. ", "I have 1, ", "1, ", "Let me try ", "Then 36 * 6 = 177, leaving 177.\n", "177 is reached. "),
    *("<answer", "<answer>", "</answer>", "</think>", "<think>", "\\boxed{", "{", "(", "\\(", "`", "=", "8+4=", "111,", "9"),
    *("8 - 2 = ", "8 -", "((8) ", "8 is ", "8 → ", "8 plus ", "\\frac{8", "0.5", "9.", "8 8 ", "**8**", "which is ", "8\n= "),
    *("subtract 2 from ", "remaining 2, 3, ", "back to 2, 3 and ", "wait ", "``` ", '{"a', "\\text{", "<a ", "8 x ", "- 8\n"),
    *("\x00", "\ud800", " ", "\n", "the answer is ", "answer: 8 + 4\n", "no solution ", "**\\(", "1 * 1 = 1. "),
)
# And in other surfaces, which are put into plain notation first.
SURFACES = (Notation("words", "words"), Notation("unicode", "base 16"), Notation("ascii", "base 2"))
WRITTEN = (
    *("one ", "one thousand ", "one hundred ", "minus ", "twenty-", "one over ", "five minus ", "two, ", ") plus ", "which "),
    *("a + ", "f", "1_", "12 ", "be ", "\\", "\\times ", "−", "1 × ", "zz1", ") - "),
)
FRAMES = ("{}", "<think>{}</think><answer>(36 + 1) * 6 - 45</answer>", "<answer>{}</answer>")


def seconds(text: str, surface: Notation) -> float:
    began = time.process_time()
    verify(PUZZLE, text, surface)
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=250_000, help="characters of the smaller text")
    size = parser.parse_args().size
    worst = 0.0
    cases = [(unit, frame, Notation()) for unit in UNITS for frame in FRAMES]
    cases += [(unit, FRAMES[0], surface) for unit in WRITTEN for surface in SURFACES]
    for unit, frame, surface in cases:
        small, large = (seconds(frame.replace("{}", unit * (n // len(unit))), surface) for n in (size, 4 * size))
        worst = max(worst, large)
        ratio = f"{large / small:6.1f}" if small > 0.005 else "     -"
        how = frame[:20] if surface == Notation() else f"{surface.operators}, {surface.numbers}"
        print(f"{unit[:36]!r:40} {how!r:24} {small:7.3f} {large:7.3f} {ratio}")
    print(f"longest: {worst:.2f} s for {4 * size:,} characters")


if __name__ == "__main__":
    main()
