"""Styles: how the events of a trace become text. The wording is data, one phrasebook for each style."""

from gamegen.styles.phrasebook import Phrases as Phrases
from gamegen.styles.phrasebook import Style as Style
from gamegen.styles.phrasebook import names as names
from gamegen.styles.phrasebook import style as style

__all__ = ["Phrases", "Style", "names", "style"]
