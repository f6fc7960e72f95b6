"""What a rule reports: a place and one sentence."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    path: str  # relative to the root of the repository
    line: int  # from 1
    text: str
    warning: bool = False  # printed, but fails nothing
