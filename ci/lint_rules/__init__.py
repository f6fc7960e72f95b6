"""The lint of Epicenter: one file a rule, one line of registration."""
from . import (
    banned_names,
    coroutine_lambdas,
    coroutine_statements,
    file_length,
    file_names,
    floors,
    pragma_once,
    third_party,
    top_level,
    unordered_iteration,
)

RULES = (
    floors,
    coroutine_statements,
    coroutine_lambdas,
    banned_names,
    unordered_iteration,
    third_party,
    top_level,
    file_length,
    file_names,
    pragma_once,
)


def name_of(rule):
    return rule.__name__.rsplit(".", 1)[-1].replace("_", "-")
