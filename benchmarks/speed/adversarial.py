"""How the time of a verdict grows with texts that are made to be slow: repetitions, brackets, markers, loops of steps.

Prints for each text the seconds of processor time at each size, and the growth: the power of the size with which the time
grows from the first size that takes TIMED seconds to the largest; 1 is linear, and - is too quick to say.

    python benchmarks/speed/adversarial.py [--sizes CHARACTERS …]
"""

import argparse
import time
from math import log

from gamegen_verifiers import Notation, Puzzle, verify

PUZZLE = Puzzle((1, 6, 36, 45), 177)
UNITS = (
    *("36 + 1 = 37. ", "36 + 1 = 37.\n", "Then 7 + 7 = 14.\n", "Then 36 + 1 = 37, leaving 6, 37, 45.\nBack to 1, 6, 36, 45.\n"),
    *("Back to 1, 2, 3. ", "I have 1, ", "1, ", "Let me try ", "Then 36 * 6 = 177, leaving 177.\n", "177 is reached. "),
    *("<answer", "<answer>", "</answer>", "</think>", "<think>", "\\boxed{", "{", "(", "\\(", "`", "=", "8+4=", "111,", "9"),
    *("8 - 2 = ", "8 -", "((8) ", "8 is ", "8 → ", "8 plus ", "\\frac{8", "0.5", "9.", "8 8 ", "**8**", "which is ", "8\n= "),
    *("subtract 2 from ", "remaining 2, 3, ", "back to 2, 3 and ", "wait ", "``` ", '{"a', "\\text{", "<a ", "8 x ", "- 8\n"),
    *("\x00", "\ud800", " ", "\n", "the answer is ", "answer: 8 + 4\n", "no solution ", "**\\(", "1 * 1 = 1. "),
    *("9**", "9!", "factorial(", "()", "-", "1+", "\\frac{1}{", "٣٦ + ١ = ٣٧ ", "²", "let me see ", "a" * 50 + "!", "1    ="),
)
# And in other surfaces, which are put into plain notation first.
SURFACES = (Notation("words", "words"), Notation("unicode", "base 16"), Notation("ascii", "base 2"))
WRITTEN = (
    *("one ", "one thousand ", "one hundred ", "minus ", "twenty-", "one over ", "five minus ", "two, ", ") plus ", "which "),
    *("a + ", "f", "1_", "12 ", "be ", "\\", "\\times ", "−", "1 × ", "zz1", ") - "),
)
FRAMES = ("{}", "<think>{}</think><answer>(36 + 1) * 6 - 45</answer>", "<answer>{}</answer>")
# And behind the opening of a style, in its other surfaces.
LOOSE = "<think>\n- I have 1, 6, 36, 45 and want 177;\n{}\n</think><answer>(36 + 1) * 6 - 45</answer>"
LOG = "<think>\nCurrent State: 177:[1, 6, 36, 45], Operations: [];\n{}\n</think><answer>(36 + 1) * 6 - 45</answer>"
MARKED = (
    *(
        "- Then 36 × 1 = 37;\n",
        "- ",
        "\n- ",
        "\n1. ",
        "**",
        "$",
        "**$36 \\times 1$** ",
        "36 is ",
        "1 plus ",
        "1×",
        "\\frac{1}{2}",
        "— ",
    ),
    *("Exploring Operation: 36 × 1=36, Resulting Numbers: [6, 36, 45];\n", "Moving to Node #0;\n", "0,0", "'1+1=2', "),
)
# And with other numbers each time, "#" a number that no line before had, "##" the double of it.
COUNTED = ("Now # + # = ##.\n", "# + 1 = ##, ", "Try # * 2 = ##. Not 177. Back to the start.\n", "I have #, 6, 36 left.\n")
TIMED = 0.01
STEEP = 1.2


def seconds(text: str, surface: Notation) -> float:
    began = time.process_time()
    verify(PUZZLE, text, surface)
    return time.process_time() - began


def filled(unit: str, size: int) -> str:
    """The unit again and again, up to a size; one that counts has other numbers each time."""
    if "#" not in unit:
        return unit * (size // len(unit))
    pieces, length, number = list[str](), 0, 100
    while length < size:
        pieces.append(unit.replace("##", str(2 * number)).replace("#", str(number)))
        length, number = length + len(pieces[-1]), number + 1
    return "".join(pieces)


def growth(sizes: list[int], times: list[float]) -> float | None:
    """The power of the size with which the time grows; None where it is too short to say."""
    first = next((k for k, spent in enumerate(times[:-1]) if spent >= TIMED), None)
    return None if first is None else log(times[-1] / times[first]) / log(sizes[-1] / sizes[first])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], metavar="CHARACTERS")
    sizes = sorted(parser.parse_args().sizes)
    cases = [(unit, frame, Notation()) for unit in UNITS for frame in FRAMES]
    cases += [(unit, frame, Notation()) for unit in MARKED for frame in (LOOSE, LOG)]
    cases += [(unit, frame, Notation()) for unit in COUNTED for frame in FRAMES[:2]]
    cases += [(unit, FRAMES[0], surface) for unit in WRITTEN for surface in SURFACES]
    longest, steep = 0.0, 0
    for unit, frame, surface in cases:
        times = [seconds(frame.replace("{}", filled(unit, size)), surface) for size in sizes]
        power = growth(sizes, times)
        longest, steep = max(longest, times[-1]), steep + (power is not None and power > STEEP)
        how = frame[:30] if surface == Notation() else f"{surface.operators}, {surface.numbers}"
        said = "    -" if power is None else f"{power:5.2f}{' steep' if power > STEEP else ''}"
        print(f"{unit[:36]!r:40} {how!r:34} {' '.join(f'{spent:7.3f}' for spent in times)} {said}", flush=True)
    print(f"longest: {longest:.2f} s for {sizes[-1]:,} characters; steeper than {STEEP}: {steep} of {len(cases)}")


if __name__ == "__main__":
    main()
