"""The benchmark in the harnesses of others: a file for each, which asks what `gamegen bench run` asks and judges as it does."""
