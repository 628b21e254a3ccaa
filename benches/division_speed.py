"""Times divisions of every size that has a goal, and checks what came out; prints one table.

usage: division_speed.py LIFANG     (LIFANG: the release binary)

Cells are those of Voronoi around sample buildings, weighted by households, as `compare_division.py` makes
them. Each row is asked several times with different seeds; the seconds are the binary's own, without reading
files, and the median of the runs with the slowest beside it. Whether parts are connected and in the band is found
here, from the written parts. The last row divides a whole sample city by community, as planners do:
`lifang divide --all`, from opening the database to the written draft.
"""

import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import compare_division
from compare_division import Graph, voronoi

RUNS = [
    # cells, sample seed, weight of a household, what is asked, times, goal in seconds
    (1_500, 1, ["--parts", "3"], 9, 0.2),
    (1_500, 1, ["--parts", "8"], 9, 0.2),
    (1_500, 1, ["--parts", "15"], 9, 0.2),
    (20_000, 1, ["--parts", "50"], 3, 2),
    (20_000, 1, ["--parts", "100"], 3, 2),
    (20_000, 1, ["--parts", "250"], 3, 2),
    (100_000, 2, ["--target", "400", "--min", "300", "--max", "500"], 1, 15),
]
CITY, CITY_GOAL = 200_000, 20


def heavier(graph, factor):
    """The same cells with each household counted `factor` times."""
    if factor == 1:
        return graph
    path = graph.path.replace(".geojson", f"-{factor}.geojson")
    cells = json.loads(pathlib.Path(graph.path).read_text())
    for feature in cells["features"]:
        feature["properties"][graph.weight] *= factor
    pathlib.Path(path).write_text(json.dumps(cells))
    return Graph(path, graph.weight, graph.id)


def divided(graph, asked, seed, folder):
    out, report = f"{folder}/parts.csv", f"{folder}/report.json"
    done = subprocess.run(
        [compare_division.LIFANG, "divide", "--units", graph.path, "--weight", graph.weight, "--id", graph.id, *asked,
         "--seed", str(seed), "--out", out, "--report", report], capture_output=True, text=True)
    if done.returncode == 2:
        sys.exit(done.stderr)
    part_of = {row["id"]: int(row["part"]) - 1 for row in csv.DictReader(open(out))}
    return [part_of[name] for name in graph.names], json.load(open(report))


def outside(graph, part, asked):
    """Parts outside the band that was asked for."""
    if "--min" not in asked:
        return 0
    least, most = (int(asked[asked.index(word) + 1]) for word in ("--min", "--max"))
    load = [0] * (max(part) + 1)
    for unit, mine in enumerate(part):
        load[mine] += graph.weights[unit]
    return sum(not least <= one <= most for one in load)


def print_row(what, n_parts, seconds, deviation, broken, n_outside, certified, goal):
    print(f"| {what} | {n_parts} | {statistics.median(seconds):.3f} | {max(seconds):.3f} | {len(seconds)} "
          f"| {deviation:.2%} | {broken} | {n_outside} | {certified} | {goal} |", flush=True)


def main():
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print("| cells | parts | seconds, median | slowest | runs | largest deviation | broken | out of band | certificates | goal |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    graphs = {}
    with tempfile.TemporaryDirectory() as folder:
        for n_cells, factor, asked, n_runs, goal in RUNS:
            if n_cells not in graphs:
                graphs[n_cells] = voronoi(f"{folder}/{n_cells}", n_cells)
            graph = heavier(graphs[n_cells], factor)
            seconds, worst, broken, n_outside, certified = [], 0.0, 0, 0, 0
            for seed in range(1, n_runs + 1):
                part, report = divided(graph, asked, seed, folder)
                row = graph.measured(part)
                seconds.append(report["seconds"])
                worst, broken = max(worst, row["deviation"]), broken + row["broken"]
                n_outside += outside(graph, part, asked)
                certified += len(report["certificates"])
            what = f"{len(graph.weights):,}, {sum(graph.weights):,} households"
            print_row(what, len(set(part)), seconds, worst, broken, n_outside, certified, goal)
        city(folder)


def city(folder):
    db = f"{folder}/city.db"
    subprocess.run([compare_division.LIFANG, "sample", "--buildings", str(CITY), "--seed", "1", "--db", db],
                   check=True, capture_output=True)
    begin = time.perf_counter()
    told = subprocess.run([compare_division.LIFANG, "divide", "--all", "--target", "400", "--db", db, "--json"],
                          capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    if told.returncode == 2:
        sys.exit(told.stderr)
    communities = json.loads(told.stdout)["communities"]
    problems = [one["community"] for one in communities if one.get("problem") or one["refused"]]
    if problems:
        sys.exit(f"not divided: {problems}")
    parts = [part["weight"] for one in communities for part in one["parts"]]
    n_outside = sum(not 300 <= weight <= 500 for weight in parts)
    print_row(f"a city of {CITY:,} buildings by community, all steps", f"{len(parts):,}", [seconds],
              max(one["deviation_max"] for one in communities), sum(one["broken"] for one in communities),
              n_outside, sum(len(one["certificates"]) for one in communities), CITY_GOAL)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    compare_division.LIFANG = str(pathlib.Path(sys.argv[1]).resolve())
    main()
