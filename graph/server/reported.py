"""The report of an exploration on the server: the page that the run would have in a folder."""

from collections import OrderedDict
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from graph.exported import Exported
from models.embeddings import embeddings
from report.page import content_policy
from store.digest import digest
from store.files.folder import REPORT, update_config

MOST_RECORDS = 20_000
"""A report compares all pairs: so many take some twenty seconds on two cores."""

KEPT_PAGES = 4
"""Pages that are remembered; each takes from 2 to 40 MB."""

_pages: OrderedDict[str, bytes] = OrderedDict()
_changing = Lock()


def report_page(exported: Exported, values: Mapping[str, Any]) -> bytes:
    """Return the page of an exploration whose thread has these values, made or remembered."""
    stats = exported.stats(values, finished=values.get("phase") == "finish")
    key = digest([exported.head, exported.settings.model_dump(mode="json"), stats])
    with _changing:
        page = _pages.pop(key, None)
    if page is None:
        page = _made(exported, stats)
    with _changing:
        _pages[key] = page
        while len(_pages) > KEPT_PAGES:
            _pages.popitem(last=False)
    return page


def served_policy() -> str:
    """Return the page's policy on a server, of whose origin it is no part."""
    return f"{content_policy()}; frame-ancestors 'none'; sandbox allow-scripts allow-forms"


def _made(exported: Exported, stats: dict[str, Any]) -> bytes:
    from report.ending import write_report  # noqa: PLC0415 - plotly and spaCy, a second

    with TemporaryDirectory(prefix="explore-report-") as place:
        folder = Path(place) / str(exported.domain["name"])
        folder.mkdir()
        update_config(folder, {"domain": exported.domain, "settings": {}})
        exported.write(folder, stats)
        write_report(folder, Fraction(str(exported.settings.threshold)), embeddings())
        return (folder / REPORT).read_bytes()
