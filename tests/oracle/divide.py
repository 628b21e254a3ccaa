"""Reads a division of a foreign coverage with shapely and networkx and holds it to what was promised.

usage: divide.py LIFANG DATA     (LIFANG: the binary; DATA: a folder with providence-us/blocks.geojson)

Census blocks of Providence into 15 parts by population: a row a block, 15 parts, each connected over
borders of positive length, and the largest deviation exactly as the report says. Twice on different
numbers of threads: the same bytes.
"""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile

import networkx
import shapely
from shapely.geometry import shape

N_PARTS = 15


def divided(binary, blocks, folder, threads):
    out, report = folder / f"parts-{threads}.csv", folder / f"report-{threads}.json"
    subprocess.run([binary, "divide", "--units", blocks, "--weight", "population", "--parts", str(N_PARTS),
                    "--id", "geoid", "--threads", str(threads), "--out", out, "--report", report], check=True)
    return out.read_bytes(), json.loads(report.read_text())


def main(binary, data):
    blocks = pathlib.Path(data) / "providence-us" / "blocks.geojson"
    features = json.loads(blocks.read_text())["features"]
    people = {row["properties"]["geoid"]: row["properties"]["population"] for row in features}
    shapes = [shape(row["geometry"]) for row in features]
    names = [row["properties"]["geoid"] for row in features]
    graph = networkx.Graph()
    graph.add_nodes_from(names)
    for a, b in zip(*shapely.STRtree(shapes).query(shapes, predicate="intersects")):
        if a < b and shapes[a].intersection(shapes[b]).length > 0:
            graph.add_edge(names[a], names[b])
    with tempfile.TemporaryDirectory() as folder:
        first, report = divided(binary, blocks, pathlib.Path(folder), 1)
        second, _ = divided(binary, blocks, pathlib.Path(folder), 2)
    assert first == second, "two threads gave other parts than one"
    rows = list(csv.DictReader(first.decode().splitlines()))
    assert [row["id"] for row in rows] == names, "a row a block, in their order"
    parts = {}
    for row in rows:
        parts.setdefault(row["part"], []).append(row["id"])
    assert len(parts) == N_PARTS, f"{len(parts)} parts"
    for part, members in parts.items():
        assert networkx.is_connected(graph.subgraph(members)), f"part {part} is in pieces"
    mean = sum(people.values()) / N_PARTS
    off = [abs(sum(people[name] for name in members) - mean) / mean for members in parts.values()]
    assert abs(max(off) - report["deviation_max"]) < 1e-6, f"{max(off)} is not {report['deviation_max']}"
    assert max(off) <= 0.01 and report["bound"] <= max(off) and report["broken"] == 0
    cut = sum(1 for a, b in graph.edges if not any(a in members and b in members for members in map(set, parts.values())))
    print(f"{len(rows)} blocks in {len(parts)} connected parts, largest deviation {max(off):.2%}, "
          f"{cut} pairs of neighbours parted (told: {report['cut_edges']})")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
