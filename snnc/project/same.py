"""Whether two texts are the same Python, but for what formatters and headers change."""

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator


def same_code(one: str, other: str) -> bool:
    """Whether two modules have the same syntax tree and the same comments; neither is run."""
    if len(one) > 4 * len(other) + 1000:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd strings in a stranger's code
            same = ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
        return same and [*_comments(one)] == [*_comments(other)]
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return False


def _comments(text: str) -> Iterator[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return (token.string for token in tokens if token.type == tokenize.COMMENT)


def is_comment(whole: str, rest: str) -> bool:
    """Whether only comments and empty lines stand before the ``rest`` of a text."""
    head = whole.removesuffix(rest).splitlines()
    return all(not line.strip() or line.lstrip().startswith("#") for line in head)
