"""The one family of errors that a person can cause; the command line prints it as one line and exits with 2."""


class GamegenError(Exception):
    """A mistake in what was asked for: says what was given, what is possible and what to do."""


class SpecError(GamegenError):
    """A spec that cannot be met; ``key`` is the dotted name of the setting at fault."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.key = key
