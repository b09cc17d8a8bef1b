"""The commands of the benchmark: `gamegen bench …`."""

import click


@click.group("bench")
def bench() -> None:
    """Measure models on an eval suite, and tell procedure from verbosity."""
