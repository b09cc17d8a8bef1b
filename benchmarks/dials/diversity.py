"""How varied the wording of each style is: distinct-n, and the share of the most frequent sentence.

distinct-n is the number of different n-grams of words ÷ that of all (Li et al., "A diversity-promoting objective function for
neural conversation models", 2016), over the thinking of the arm `procedure`, each number taken as one word `#`, so that only
the wording counts. It falls with the size of a corpus: compare figures of the same number of words.

    python benchmarks/dials/diversity.py [--words N] [--json]
"""

import argparse
import json
import re
from collections import Counter
from itertools import count

from gamegen.corpus import Maker
from gamegen.spec import load
from gamegen.styles import names

N = (1, 2, 3, 4)
_WORD = re.compile(r"#|[^\W\d_]+(?:'[^\W\d_]+)?|[^\s\w]")


def measured(style: str, words: int) -> dict[str, float]:
    """The figures of a style on its first rows that have so many words together."""
    maker = Maker(load(settings=["arms=procedure", f"style.name={style}"]))
    grams: dict[int, set[tuple[str, ...]]] = {n: set() for n in N}
    sentences: Counter[str] = Counter()
    total = Counter[int]()
    for i in count():
        row = maker.rows("train", i)["procedure"]
        text = re.sub(r"[0-9]+", "#", row["completion"][0]["content"])
        found = _WORD.findall(text)
        for n in N:
            grams[n].update(zip(*(found[k:] for k in range(n)), strict=False))
            total[n] += len(found) - n + 1
        whole = row["completion"][0]["content"]
        sentences.update(re.sub(r"[0-9]+", "#", whole[event["start"] : event["end"]]) for event in row["events"])
        if total[1] >= words:
            break
    most = sentences.most_common(1)[0][1] / sentences.total()
    return {**{f"distinct-{n}": len(grams[n]) / total[n] for n in N}, "most frequent sentence": most}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=200_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for style in names():
        found = measured(style, options.words)
        line = "  ".join(f"{name} {value:.4f}" for name, value in found.items())
        print(
            json.dumps({"style": style, "words": options.words, **found}) if options.json else f"{style:18} {line}", flush=True
        )


if __name__ == "__main__":
    main()
