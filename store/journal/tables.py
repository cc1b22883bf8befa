"""The tables of the journal. What their rows mean is written in store/journal/log.py."""

import sqlalchemy as sa

METADATA = sa.MetaData()
ANSWERS = sa.Table(
    "answers",
    METADATA,
    sa.Column("run", sa.String(64), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
)
ATTEMPTS = sa.Table(
    "attempts",
    METADATA,
    sa.Column("run", sa.String(64), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
)
COMMITS = sa.Table(
    "commits",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("parent", sa.String(64), nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
)
ENTRIES = sa.Table(
    "entries",
    METADATA,
    sa.Column("commit_id", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
