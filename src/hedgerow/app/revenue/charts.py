"""Pictures of the revenue answers, drawn without network or browser: the same rows give the same file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hedgerow.kernel.problem import UnableTo

Rows = Sequence[dict[str, Any]]

#: Okabe and Ito's palette: told apart with any colour vision.
_PALETTE = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#666666"]
_COMPONENT_COLOURS = {"new": "#0072B2", "reactivated": "#56B4E9", "expansion": "#009E73", "contraction": "#E69F00",
                      "churned": "#D55E00"}
_GREY = "#555555"


class UnableToDraw(UnableTo):
    """Codes: ``bad_chart_file``, ``bad_marker``, ``nothing_to_draw``."""


def save_chart(chart: Any, file: Path) -> Path:
    """Write SVG or PNG by the ending of the name."""
    import vl_convert

    kind = file.suffix.lower()
    if kind not in (".svg", ".png"):
        raise UnableToDraw("bad_chart_file", f"a chart file ends in .svg or .png, not {file.name!r}")
    if not file.parent.is_dir():
        raise UnableToDraw("bad_chart_file", f"the folder {file.parent} does not exist; create it first")
    spec = chart.to_json()
    if kind == ".svg":
        file.write_text(_numbered_anew(vl_convert.vegalite_to_svg(spec)), encoding="utf-8")
    else:
        file.write_bytes(vl_convert.vegalite_to_png(spec, scale=2))
    return file


def _numbered_anew(svg: str) -> str:
    """The renderer counts its gradients over the life of the process; a file counts its own."""
    names: dict[str, str] = {}
    return re.sub(r"gradient_\d+", lambda found: names.setdefault(found[0], f"gradient_{len(names)}"), svg)


def mrr_chart(rows: Rows, series: str = "unadjusted") -> Any:
    """Stacked bars: MRR by product and month; months that are not closed are pale."""
    import altair as alt

    shown = [{"month": r["month"], "product": _plain(r["product"]), "mrr": _number(r[series]),
              "closed": r["status"] == "closed"} for r in rows if r["product"]]
    if not shown:
        shown = [{"month": r["month"], "product": "total", "mrr": _number(r[series]),
                  "closed": r["status"] == "closed"} for r in _some(rows)]
    chart = alt.Chart(alt.Data(values=shown)).mark_bar().encode(
        x=alt.X("month:O", title=None, axis=_month_axis(rows)),
        y=alt.Y("mrr:Q", stack="zero", title="MRR, dollars", axis=alt.Axis(format="~s")),
        color=alt.Color("product:N", title=None, scale=alt.Scale(range=_PALETTE)),
        order=alt.Order("product:N"), opacity=_opacity())
    return _framed(chart, "MRR by product", f"{series} series; pale months are forecast")


def movement_chart(rows: Rows, series: str) -> Any:
    """What came and what went, month by month, with the net as a point; retained is left out as it dwarfs the rest."""
    import altair as alt

    total = [r for r in _some(rows) if r["product"] is None] or list(rows)
    names = list(_COMPONENT_COLOURS)
    shown = [{"month": r["month"], "component": r["component"], "amount": _number(r["amount"]),
              "closed": r["status"] == "closed", "place": names.index(r["component"])}
             for r in total if r["component"] in names]
    months = list(dict.fromkeys(r["month"] for r in shown))
    net = [{"month": m, "net": round(sum(r["amount"] for r in shown if r["month"] == m), 2)} for m in months]
    bars = alt.Chart(alt.Data(values=shown)).mark_bar().encode(
        x=alt.X("month:O", title=None, axis=_month_axis(rows)),
        y=alt.Y("amount:Q", title="change of MRR, dollars", axis=alt.Axis(format="~s")),
        color=alt.Color("component:N", title=None, sort=names,
                        scale=alt.Scale(domain=names, range=list(_COMPONENT_COLOURS.values()))),
        order=alt.Order("place:Q"), opacity=_opacity())
    points = alt.Chart(alt.Data(values=net)).mark_point(
        color="#111111", filled=True, size=36, shape="diamond").encode(x="month:O", y="net:Q")
    zero = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color=_GREY).encode(y="zero:Q")
    return _framed(bars + zero + points, "MRR movements",
                   f"{series} series; diamonds are the net change; pale months are forecast")


def retention_chart(rows: Rows, markers: Sequence[str] = ()) -> Any:
    """NDR as lines, GDR dashed, one colour per window; the rule stands at 100 %."""
    import altair as alt

    total = [r for r in _some(rows) if r["product"] is None] or list(rows)
    shown = [{"month": r["month"], "window": f"{r['window']} months", "kind": kind.upper(), "value": _number(r[kind])}
             for r in total for kind in ("ndr", "gdr") if r[kind] is not None]
    windows = list(dict.fromkeys(f"{r['window']} months" for r in total))
    lines = alt.Chart(alt.Data(values=_some(shown))).mark_line(point=alt.OverlayMarkDef(size=18)).encode(
        x=alt.X("month:O", title=None, axis=_month_axis(shown)),
        y=alt.Y("value:Q", title="percent", scale=alt.Scale(zero=False, nice=True)),
        color=alt.Color("window:N", title="window", sort=windows, scale=alt.Scale(domain=windows, range=_PALETTE)),
        strokeDash=alt.StrokeDash("kind:N", title=None, sort=["NDR", "GDR"], legend=alt.Legend(
            symbolType="stroke", symbolSize=400, symbolFillColor="transparent", symbolStrokeColor="#333333"),
                                  scale=alt.Scale(domain=["NDR", "GDR"], range=[[1, 0], [5, 3]])))
    full = alt.Chart(alt.Data(values=[{"full": 100}])).mark_rule(color=_GREY, strokeDash=[2, 2]).encode(y="full:Q")
    return _framed(_marked(full + lines, markers, {r["month"] for r in shown}), "Net and gross dollar retention",
                   "adjusted series, rolling windows")


def cohort_chart(rows: Rows, kind: str = "ndr") -> Any:
    """A heat map: a row a cohort, a column an age; blank where the month is not closed."""
    import altair as alt

    shown = [{"cohort": r["cohort"] + (" *" if r["is_partial"] else ""), "age": r["age"], "value": _number(r["value"]),
              "text": str(round(_number(r["value"])))} for r in rows if r["kind"] == kind and r["value"] is not None]
    base = alt.Chart(alt.Data(values=_some(shown))).encode(
        x=alt.X("age:O", title="months since the first payment", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("cohort:O", title=None))
    cells = base.mark_rect(stroke="white").encode(color=alt.Color(
        "value:Q", title="percent", scale=alt.Scale(scheme="blueorange", domain=[0, 200], clamp=True,
                                                    reverse=True)))
    strong = "datum.value < 35 || datum.value > 165"
    words = base.mark_text(fontSize=10).encode(
        text="text:N", color=alt.condition(strong, alt.value("white"), alt.value("#222222")))
    return _framed(cells + words, f"Cohort retention, {kind.upper()} percent",
                   "adjusted series; cohorts by first paying month; * first month is partial")


def _marked(chart: Any, markers: Sequence[str], months: set[str]) -> Any:
    """Vertical rules for dated events such as a launch (REV-90)."""
    import altair as alt

    events = []
    for marker in markers:
        month, sign, text = marker.partition("=")
        if not sign or month not in months:
            raise UnableToDraw("bad_marker", f"{marker!r}: write a shown month and a text, such as 2025-03=launch")
        events.append({"month": month, "text": text})
    if not events:
        return chart
    data = alt.Data(values=events)
    rule = alt.Chart(data).mark_rule(color="#111111").encode(x="month:O")
    label = alt.Chart(data).mark_text(align="left", dx=4, dy=-4, color="#111111").encode(
        x="month:O", y=alt.value(0), text="text:N")
    return chart + rule + label


def _opacity() -> Any:
    import altair as alt

    return alt.condition("datum.closed", alt.value(1.0), alt.value(0.45))


def _month_axis(rows: Rows) -> Any:
    """At most about 24 labels, so that they stay readable."""
    import altair as alt

    months = sorted({row["month"] for row in rows})
    step = len(months) // 24 + 1
    return alt.Axis(labelAngle=-45, values=months[::step], grid=False)


def _framed(chart: Any, title: str, subtitle: str) -> Any:
    import altair as alt

    return chart.properties(
        width=720, height=340, background="white", padding=16,
        title=alt.TitleParams(title, subtitle=subtitle, anchor="start", fontSize=16, subtitleColor=_GREY),
    ).configure_view(strokeWidth=0).configure_axis(labelColor="#333333", titleColor="#333333", gridColor="#E6E6E6")


def _plain(product: str) -> str:
    return product.replace("_", " ")


def _number(text: str) -> float:
    """Pixels need no cents: a float stays inside the picture and never comes back as money."""
    return float(text)


def _some(rows: Rows) -> list[dict[str, Any]]:
    if not rows:
        raise UnableToDraw("nothing_to_draw", "there are no figures to draw in these months")
    return list(rows)
