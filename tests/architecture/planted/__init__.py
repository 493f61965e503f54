"""Small repositories for the rules to be tried on: one that is clean, and offences to plant in it."""

from . import banned, structure
from .clean import CLEAN
from .offender import Innocent, Offender

OFFENDERS = (*structure.OFFENDERS, *banned.OFFENDERS)
INNOCENTS = (*structure.INNOCENTS, *banned.INNOCENTS)

__all__ = ["CLEAN", "INNOCENTS", "OFFENDERS", "Innocent", "Offender"]
