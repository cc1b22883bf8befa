"""The verbs and nouns of very many instructions, parsed in pieces by workers."""

from collections.abc import Sequence
from typing import NamedTuple

from errors import InputError
from report.parsers import open_parser
from report.verb_noun import BATCH, LONGEST, Pair, Parser, different
from work.ordered import mapped
from work.team import Team

_AT_ONCE = 8 * BATCH


class _Piece(NamedTuple):
    model: str
    texts: Sequence[str]


def pairs_of(parser: Parser, texts: Sequence[str], team: Team | None = None) -> list[Pair | None]:
    """Return what each text asks for, None where no verb is its root.

    A worker opens the parser's model by its name. Raises InputError where it has no such model.
    """
    if team is None:
        return list(parser.pairs(texts))
    new = different(texts)
    pieces = (
        _Piece(parser.name, new[start : start + _AT_ONCE]) for start in range(0, len(new), _AT_ONCE)
    )
    one: dict[Pair | None, Pair | None] = {}  # a pair that came from a worker is kept once
    found = (one.setdefault(pair, pair) for some in mapped(_parsed, pieces, team) for pair in some)
    known = dict(zip(new, found, strict=True))
    return [known[text[:LONGEST]] for text in texts]


def _parsed(piece: _Piece) -> list[Pair | None]:
    parser = open_parser(piece.model)
    if parser is None:
        raise InputError(f"a worker has no spaCy model {piece.model!r}: install it there, too")
    return list(parser.parsed(piece.texts))
