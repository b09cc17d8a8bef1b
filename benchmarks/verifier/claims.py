"""How well the reader of free prose finds the claims that a person found, and which of them are false.

An annotation is a line ``{"id", "upto", "claims": [{"start", "end", "holds"}]}`` over the first ``upto`` characters of a
response; the responses are found by their id. The same claim counts once a response, on both sides. A claim that was read
matches one that was annotated where their spans overlap, one to one, the largest overlap first. Intervals are bootstrapped
over responses.

    python benchmarks/verifier/claims.py ANNOTATIONS [ANNOTATIONS …] [--responses FOLDER] [--json] [--errors]
"""

import argparse
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gamegen_benchmarks.statistics import Estimate, ratio
from gamegen_verifiers.readers.free import READER
from gamegen_verifiers.sources import NoRow, read_rows

RESPONSES = Path("../shared/data/real_traces")
_NUMERAL = re.compile(r"[0-9]+(?:[.,][0-9]+)*")


@dataclass(frozen=True)
class Span:
    start: int
    end: int
    holds: bool


@dataclass(frozen=True)
class Scored:
    """One response: the claims that were read and annotated, and the pairs of them that match."""

    read: list[Span]
    annotated: list[Span]
    pairs: list[tuple[Span, Span]]

    def counts(self) -> tuple[int, ...]:
        """Read, annotated, matched; read as false, of these rightly; annotated as false, of these found and read as false."""
        false = {id(one) for one, other in self.pairs if not one.holds and not other.holds}
        return (
            len(self.read),
            len(self.annotated),
            len(self.pairs),
            sum(not span.holds for span in self.read),
            len(false),
            sum(not span.holds for span in self.annotated),
        )


def read_claims(text: str) -> list[Span]:
    """The distinct claims of a text, each where it comes first."""
    found: dict[Any, Span] = {}
    for step in READER.read(text, len(text), len(text)).steps:
        if step.kind == "equation":
            numbers = tuple(sorted(_NUMERAL.findall(text, step.start, step.end)))
            key = (step.ways[0], step.goal, numbers)  # (8 - 2) * 4 = 24 and (8 - 2) * 4 = 6 * 4 are two
            found.setdefault(key, Span(step.start, step.end, step.value is not None and step.value == step.goal))
    return sorted(found.values(), key=lambda span: span.start)


def match(read: Sequence[Span], annotated: Sequence[Span]) -> list[tuple[Span, Span]]:
    """The pairs that overlap, one to one, those with the largest overlap first."""
    overlaps = sorted(
        ((min(a.end, b.end) - max(a.start, b.start), i, k) for i, a in enumerate(read) for k, b in enumerate(annotated)),
        reverse=True,
    )
    pairs: dict[int, int] = {}
    for overlap, i, k in overlaps:
        if overlap > 0 and i not in pairs and k not in pairs.values():
            pairs[i] = k
    return [(read[i], annotated[k]) for i, k in pairs.items()]


def measures(counts: Sequence[tuple[int, ...]]) -> dict[str, Estimate]:
    read, annotated, matched, read_false, rightly, false = zip(*counts, strict=True)
    return {
        "extraction precision": ratio(matched, read),
        "extraction recall": ratio(matched, annotated),
        "false-step precision": ratio(rightly, read_false),
        "false-step recall": ratio(rightly, false),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotations", nargs="+", type=Path)
    parser.add_argument("--responses", type=Path, default=RESPONSES)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--errors", action="store_true", help="print what does not match")
    options = parser.parse_args()
    notes = [json.loads(line) for file in options.annotations for line in file.read_text().splitlines() if line.strip()]
    texts = _responses(options.responses, {note["id"] for note in notes})
    scored = []
    for note in notes:
        text = texts[note["id"]][: note["upto"]]
        annotated = [Span(claim["start"], claim["end"], claim["holds"]) for claim in note["claims"]]
        read = read_claims(text)
        scored.append(Scored(read, annotated, match(read, annotated)))
        if options.errors:
            _print_errors(note["id"], text, scored[-1])
    counts = [one.counts() for one in scored]
    found = measures(counts)
    totals = [sum(column) for column in zip(*counts, strict=True)]
    if options.json:
        print(json.dumps({"responses": len(scored), "counts": totals, **{name: one._asdict() for name, one in found.items()}}))
        return
    print(f"{len(scored)} responses, {totals[0]} claims read, {totals[1]} annotated, {totals[5]} of them false")
    for name, estimate in found.items():
        print(f"{name:22} {estimate}")


def _responses(folder: Path, wanted: set[str]) -> dict[str, str]:
    found = {}
    for file in sorted(folder.glob("*.jsonl.gz")):
        for _, row in read_rows(file):
            if not isinstance(row, NoRow) and row.get("id") in wanted:
                found[row["id"]] = row["response"]
    return found


def _print_errors(name: str, text: str, scored: Scored) -> None:
    matched = {id(span) for pair in scored.pairs for span in pair}
    for what, spans in (("read only", scored.read), ("annotated only", scored.annotated)):
        for span in spans:
            if id(span) not in matched:
                print(f"{name}: {what} {span.start}-{span.end} {text[span.start : span.end]!r}")
    for one, other in scored.pairs:
        if one.holds != other.holds:
            print(f"{name}: read as {one.holds}, annotated {other.holds}: {text[one.start : one.end]!r}")


if __name__ == "__main__":
    main()
