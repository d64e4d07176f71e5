"""Tables of docs/zoo/NAME_conversion.csv: what is left of an ANN's accuracy after some steps."""

from collections.abc import Iterator, Sequence
from statistics import mean

Row = dict[str, str]


def tables(rows: Sequence[Row]) -> Iterator[str]:
    """A summary for each dataset, means over its ANNs; then every ANN by itself."""
    for data in dict.fromkeys(row["data"] for row in rows):
        mine = [row for row in rows if row["data"] == data]
        whole = [row for row in mine if row.get("rule")]
        yield f"### {data}"
        yield summary(whole)
        yield said_of(mine)
    yield "### Every ANN"
    yield table(["data", "seed", "ann", "rule", "initial", *steps(rows)], each(rows))


def steps(rows: Sequence[Row]) -> list[str]:
    """The columns of accuracies: t1, t2, …"""
    return [key for key in rows[0] | {k: "" for row in rows for k in row} if key[1:].isdigit()]


def summary(rows: Sequence[Row]) -> str:
    """How far each rule is from the ANN, in points, mean over the ANNs."""
    ways = dict.fromkeys((row["rule"], row["initial"]) for row in rows)
    lines = []
    for rule, initial in ways:
        mine = [row for row in rows if (row["rule"], row["initial"]) == (rule, initial)]
        lines.append([rule, initial, *(points(mine, t) for t in steps(rows))])
    return table(["rule", "initial", *steps(rows)], lines)


def points(rows: Sequence[Row], step: str) -> str:
    """The mean of the SNNs' accuracies less that of the ANNs; "" where a run was shorter."""
    known = [row for row in rows if row.get(step)]
    if not known:
        return ""
    return f"{100 * mean(float(row[step]) - float(row['ann']) for row in known):+.2f}"


def said_of(rows: Sequence[Row]) -> str:
    """How good the ANNs were, and which were dead."""
    anns = {row["seed"]: row["ann"] for row in rows}
    alive = ", ".join(f"{float(a):.2%} (seed {s})" for s, a in anns.items() if "dead" not in a)
    lost = "; ".join(f"seed {s} {a}" for s, a in anns.items() if "dead" in a)
    return f"ANNs: {alive}. Not converted: {lost or 'none'}."


def each(rows: Sequence[Row]) -> Iterator[list[str]]:
    for row in rows:
        ann = row["ann"] if "dead" in row["ann"] else f"{float(row['ann']):.2%}"
        first = [row["data"], row["seed"], ann, row.get("rule", ""), row.get("initial", "")]
        yield [*first, *(f"{float(row[t]):.2%}" if row.get(t) else "" for t in steps(rows))]


def table(head: Sequence[str], lines: Iterator[list[str]] | Sequence[list[str]]) -> str:
    """A table of Markdown."""
    every = [list(head), ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in every)
