"""The words that RevOps publishes, the metrics of the catalogue, and who answers for what (REV-160, REV-161)."""

from __future__ import annotations

from importlib import resources
from typing import Any

from hedgerow.app.metrics.catalogue import list_metrics
from hedgerow.home import Home

_HOW = {"owns": "{owner} owns it; ask there", "supports": "{owner} supports it and does not own it",
        "not": "not with {owner}"}


def published(home: Home) -> list[dict[str, Any]]:
    """Rows of (kind, term, text, owner, state, rule, cite): metric, definition, ownership."""
    import yaml

    rows = [{"kind": "metric", "term": metric.name, "text": metric.definition, "owner": metric.owner,
             "state": metric.state, "rule": "REV-126", "cite": metric.cite or None} for metric in list_metrics(home)]
    text = (resources.files("hedgerow.app.metrics") / "published.yaml").read_text(encoding="utf-8")
    for entry in yaml.safe_load(text):
        how = entry.get("how")
        said = _HOW[how].format(owner=entry["owner"]) if how else entry["text"]
        rows.append({"kind": entry["kind"], "term": entry["term"], "text": said,
                     "owner": entry["owner"] if how in (None, "owns") else None, "state": None,
                     "rule": entry["rule"], "cite": entry["cite"]})
    return rows
