"""Divides the same graphs with Lifang, METIS, KaHIP and recombination, and prints one table.

usage: compare_division.py LIFANG DATA [NAME…]     (LIFANG: the release binary; DATA: real geometry)

Graphs: census blocks of Providence into 15, 60 and 200 parts, small areas of Wanhua into 36 and 160, and
Voronoi cells of sample buildings, 2,000 into 25 and 20,000 into 251, weighted by households. NAME picks
some of them (providence, wanhua, sample). Everybody's parts are measured here, in one way: neighbours are
polygons with a common edge on the lattice of 1e-7 degree.

METIS and KaHIP are run twice: with plain edges, as their users do, and with edges as heavy as the border
is long. Lifang is run twice as well, so that each is compared with its like: `length` and `pairs`.
Each runs in a process of its own, for LIMIT seconds at most. Times are those of the call alone: reading
files and building graphs is left out for all, Lifang's by its own report.
"""

import collections
import csv
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import warnings

LIMIT = 60
STEPS = 1000
LATTICE = 1e7


def polygons(geometry):
    return [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]


class Graph:
    """Units of a GeoJSON coverage: weights, areas, borders with each other and with the outside."""

    def __init__(self, path, weight, name):
        features = json.loads(pathlib.Path(path).read_text())["features"]
        self.path, self.weight, self.id = path, weight, name
        self.names = [str(feature["properties"][name]) for feature in features]
        self.weights = [int(feature["properties"].get(weight) or 0) for feature in features]
        first = polygons(features[0]["geometry"])[0][0][0]
        self.metres = 111_320 * math.cos(math.radians(first[1])), 110_574
        self.areas, self.rims = [0.0] * len(features), [0.0] * len(features)
        owners = collections.defaultdict(list)
        for unit, feature in enumerate(features):
            for rings in polygons(feature["geometry"]):
                for number, ring in enumerate(rings):
                    pins = [(round(x * LATTICE), round(y * LATTICE)) for x, y in ring]
                    edges = [(a, b) for a, b in zip(pins, pins[1:] + pins[:1]) if a != b]
                    for a, b in edges:
                        owners[min(a, b), max(a, b)].append(unit)
                    self.areas[unit] += self.area(edges) * (1 if number == 0 else -1)
        borders = collections.Counter()
        for (a, b), who in owners.items():
            who = sorted(set(who)) if len(who) == 2 else who
            if len(who) == 2:
                borders[tuple(who)] += self.length(a, b)
            elif len(owners[a, b]) == 1:
                self.rims[who[0]] += self.length(a, b)
        self.borders = [(a, b, length) for (a, b), length in sorted(borders.items())]
        self.beside = [[] for _ in features]
        for a, b, length in self.borders:
            self.beside[a].append((b, length))
            self.beside[b].append((a, length))

    def area(self, edges):
        x0, y0 = edges[0][0]
        twice = sum((a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0) for a, b in edges)
        return abs(twice) / 2 / LATTICE**2 * self.metres[0] * self.metres[1]

    def length(self, a, b):
        return math.hypot((a[0] - b[0]) * self.metres[0], (a[1] - b[1]) * self.metres[1]) / LATTICE

    def rows(self, by_length):
        """The graph as METIS and KaHIP want it."""
        starts, ends, costs = [0], [], []
        for beside in self.beside:
            ends += [other for other, _ in beside]
            costs += [max(1, round(length * 10)) if by_length else 1 for _, length in beside]
            starts.append(len(ends))
        return starts, ends, costs

    def measured(self, part):
        n_parts = max(part) + 1
        load, area, border = [0] * n_parts, [0.0] * n_parts, [0.0] * n_parts
        for unit, mine in enumerate(part):
            load[mine] += self.weights[unit]
            area[mine] += self.areas[unit]
            border[mine] += self.rims[unit]
        n_cut, cut = 0, 0.0
        for a, b, length in self.borders:
            if part[a] != part[b]:
                n_cut, cut = n_cut + 1, cut + length
                border[part[a]] += length
                border[part[b]] += length
        mean = sum(load) / n_parts
        compact = [4 * math.pi * a / p**2 if p else 0 for a, p in zip(area, border)]
        return {"deviation": max(abs(one - mean) for one in load) / mean, "broken": self.broken(part, n_parts),
                "pairs": n_cut, "km": cut / 1000, "compactness": sum(compact) / n_parts}

    def broken(self, part, n_parts):
        seen, pieces = [False] * len(part), [0] * n_parts
        for first in range(len(part)):
            if seen[first]:
                continue
            pieces[part[first]] += 1
            seen[first], trail = True, [first]
            while trail:
                for other, _ in self.beside[trail.pop()]:
                    if not seen[other] and part[other] == part[first]:
                        seen[other] = True
                        trail.append(other)
        return sum(n != 1 for n in pieces)


def lifang(graph, n_parts, borders):
    with tempfile.TemporaryDirectory() as folder:
        out, report = f"{folder}/parts.csv", f"{folder}/report.json"
        told = subprocess.run(
            [LIFANG, "divide", "--units", graph.path, "--weight", graph.weight, "--id", graph.id,
             "--parts", str(n_parts), "--borders", borders, "--out", out, "--report", report],
            capture_output=True, text=True)
        if told.returncode == 2:
            raise RuntimeError(told.stderr)
        part_of = {row["id"]: int(row["part"]) - 1 for row in csv.DictReader(open(out))}
        return [part_of[name] for name in graph.names], json.load(open(report))["seconds"]


def metis(graph, n_parts, by_length):
    import numpy
    import pymetis
    starts, ends, costs = (numpy.array(row) for row in graph.rows(by_length))
    options = pymetis.Options(contig=1, ufactor=30, seed=1)
    begin = time.perf_counter()
    _, part = pymetis.part_graph(n_parts, pymetis.CSRAdjacency(starts, ends), eweights=costs,
                                 vweights=numpy.array(graph.weights), options=options, recursive=False)
    return list(part), time.perf_counter() - begin


def kahip(graph, n_parts, by_length):
    import kahip
    starts, ends, costs = graph.rows(by_length)
    begin = time.perf_counter()
    _, part = kahip.kaffpa(graph.weights, starts, costs, ends, n_parts, 0.03, True, 1, kahip.STRONG)
    return list(part), time.perf_counter() - begin


def recombination(graph, n_parts, _):
    import functools
    import random

    import networkx
    from gerrychain import Graph as Districts, MarkovChain, Partition, accept, updaters
    from gerrychain.proposals import recom
    random.seed(1)
    net = networkx.Graph()
    net.add_nodes_from((unit, {"w": weight}) for unit, weight in enumerate(graph.weights))
    net.add_edges_from((a, b) for a, b, _ in graph.borders)
    begin = time.perf_counter()
    state = Partition.from_random_assignment(graph=Districts.from_networkx(net), n_parts=n_parts, epsilon=0.05,
                                             pop_col="w", updaters={"w": updaters.Tally("w", alias="w")})
    propose = functools.partial(recom, pop_col="w", pop_target=sum(graph.weights) / n_parts, epsilon=0.05,
                                node_repeats=0)
    for state in MarkovChain(propose, [], accept.always_accept, state, STEPS):
        pass
    names = sorted(set(state.assignment[unit] for unit in range(len(graph.weights))))
    return [names.index(state.assignment[unit]) for unit in range(len(graph.weights))], time.perf_counter() - begin


RUNS = [
    ("Lifang, length", lifang, "length"),
    ("Lifang, pairs", lifang, "pairs"),
    ("METIS contiguous 3 %, plain", metis, False),
    ("METIS contiguous 3 %, length", metis, True),
    ("KaHIP strong 3 %, plain", kahip, False),
    ("KaHIP strong 3 %, length", kahip, True),
    (f"recombination 5 %, {STEPS} steps", recombination, None),
]


def run_alone(graph, n_parts, run):
    """One run in a child process: its parts and seconds, or why there are none."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        warnings.simplefilter("ignore")
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        try:
            answer = run[1](graph, n_parts, run[2])
        except Exception as error:  # what another tool cannot do is a row of the table
            answer = f"{type(error).__name__}: {error}"
        with os.fdopen(writer, "w") as out:
            json.dump(answer, out, default=int)
        os._exit(0)
    os.close(writer)
    deadline, chunks = time.monotonic() + LIMIT, []
    import select
    while True:
        ready, _, _ = select.select([reader], [], [], max(0, deadline - time.monotonic()))
        chunk = os.read(reader, 1 << 20) if ready else None
        if not chunk:
            break
        chunks.append(chunk)
    os.close(reader)
    if chunk is None:
        os.kill(child, 9)
    os.waitpid(child, 0)
    if chunk is None:
        return f"nothing within {LIMIT} s"
    return json.loads(b"".join(chunks) or '"it crashed"')


def voronoi(folder, n_buildings):
    """Voronoi cells of the buildings of a sample city, weighted by households, as a file."""
    import shapely
    subprocess.run([LIFANG, "sample", "--buildings", str(n_buildings), "--seed", "1", "--out", folder], check=True)
    rows = csv.DictReader(open(f"{folder}/households.csv", encoding="utf-8-sig"))
    homes = collections.Counter(row["building"] for row in rows)
    places = {}
    for feature in json.load(open(f"{folder}/buildings.geojson"))["features"]:
        if feature["geometry"]:
            middle = shapely.geometry.shape(feature["geometry"]).representative_point()
            places[round(middle.x, 7), round(middle.y, 7)] = feature["properties"]["code"]
    # A few buildings of the sample stand far outside on purpose.
    axes = [sorted(place[axis] for place in places) for axis in (0, 1)]
    bounds = [(axis[len(axis) // 200] - 0.01, axis[-len(axis) // 200] + 0.01) for axis in axes]
    near = [place for place in places if all(low <= at <= high for at, (low, high) in zip(place, bounds))]
    squeeze = math.cos(math.radians(near[0][1]))
    points = [(x * squeeze, y) for x, y in near]
    frame = shapely.box(*shapely.MultiPoint(points).bounds).buffer(2e-4, join_style="mitre")
    cells = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=frame, ordered=True)
    features = []
    for place, cell in zip(near, cells.geoms):
        ring = [[round(x / squeeze, 7), round(y, 7)] for x, y in cell.intersection(frame).exterior.coords]
        properties = {"id": places[place], "households": homes[places[place]]}
        features.append({"type": "Feature", "properties": properties,
                         "geometry": {"type": "Polygon", "coordinates": [ring]}})
    path = f"{folder}/voronoi.geojson"
    pathlib.Path(path).write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return Graph(path, "households", "id")


def cases(data, names, folder):
    if not names or "providence" in names:
        graph = Graph(f"{data}/providence-us/blocks.geojson", "population", "geoid")
        yield from (("Providence census blocks", graph, n_parts) for n_parts in (15, 60, 200))
    if not names or "wanhua" in names:
        graph = Graph(f"{data}/taipei-wanhua/small_areas.geojson", "households", "code")
        yield from (("Wanhua small areas", graph, n_parts) for n_parts in (36, 160))
    if not names or "sample" in names:
        for n_buildings, n_parts in ((2_000, 25), (20_000, 251)):
            yield "sample buildings", voronoi(f"{folder}/{n_buildings}", n_buildings), n_parts


def main():
    print("| graph | tool | seconds | largest deviation | broken parts | pairs parted | border km | Polsby-Popper |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for title, graph, n_parts in cases(sys.argv[2], sys.argv[3:], folder):
            for run in RUNS:
                answer = run_alone(graph, n_parts, run)
                head = f"| {title}, {len(graph.weights):,} into {n_parts} | {run[0]} |"
                if isinstance(answer, str):
                    print(head, answer.splitlines()[0][:80], "| | | | | |", flush=True)
                    continue
                part, seconds = answer
                row = graph.measured(part)
                print(head, f"{seconds:.3f} | {row['deviation']:.2%} | {row['broken']} | {row['pairs']:,} | "
                            f"{row['km']:.1f} | {row['compactness']:.3f} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    LIFANG = sys.argv[1]
    main()
