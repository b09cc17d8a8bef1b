"""The one family of errors that a person can cause; the command line prints it as one line and exits with 2."""


class GamegenError(Exception):
    """A mistake in what was asked for: says what was given, what is possible and what to do."""


class SpecError(GamegenError):
    """A spec that cannot be met; ``key`` is the dotted name of the setting at fault."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(key, problem)  # these two, so that it survives the way from one process to another
        self.key = key

    def __str__(self) -> str:
        return ": ".join(map(str, self.args))
