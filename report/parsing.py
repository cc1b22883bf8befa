"""The verbs and nouns of instructions, parsed in pieces, by workers where there are some."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from errors import InputError
from report.parsers import open_parser
from report.verb_noun import BATCH, LONGEST, Pair, Parser, different
from work.ordered import ordered_map
from work.team import Team

_AT_ONCE = 8 * BATCH


class _Piece(NamedTuple):
    model: str
    texts: Sequence[str]


def pairs_of(
    parser: Parser,
    texts: Sequence[str],
    team: Team | None = None,
    advance: Callable[[float], None] = lambda _: None,
) -> list[Pair | None]:
    """Return what each text asks for, None where no verb is its root.

    Texts of more than LONGEST characters are cut, and equal ones are parsed once. A worker opens
    the parser's model by its name. `advance` is called with the share of the work that was done.
    Raises InputError where a worker has no such model.
    """
    new = different(texts)
    pieces = [new[start : start + _AT_ONCE] for start in range(0, len(new), _AT_ONCE)]
    if team is None:
        found: Iterator[Iterable[Pair | None]] = map(parser.parsed, pieces)
    else:
        found = ordered_map(_parsed, (_Piece(parser.name, piece) for piece in pieces), team)
    one: dict[Pair | None, Pair | None] = {}  # a pair that came from a worker is kept once
    known: dict[str, Pair | None] = {}
    for piece, pairs in zip(pieces, found, strict=True):
        known.update(zip(piece, (one.setdefault(pair, pair) for pair in pairs), strict=True))
        advance(len(piece) / len(new))
    return [known[text[:LONGEST]] for text in texts]


def _parsed(piece: _Piece) -> list[Pair | None]:
    parser = open_parser(piece.model)
    if parser is None:
        raise InputError(f"a worker has no spaCy model {piece.model!r}: install it there, too")
    return list(parser.parsed(piece.texts))
