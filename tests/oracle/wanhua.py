"""Divides the 36 communities of Wanhua into grids of about 400 households, and reads the outcome with shapely.

usage: wanhua.py LIFANG DATA     (LIFANG: the binary; DATA: a folder with taipei-wanhua)

Households are known for small statistical areas only. Each area's are dealt out here over the buildings of
its community that stand most in it, by volume (footprint times height, largest remainders first), so that
they add up to every area's true count; an area without a building gives its households to the nearest one
of the community. Then the binary imports and divides, and its draft is held to what was promised: each grid
one piece inside its community, the grids of a community its whole ground, every household counted once, in
the band but for parts a certificate names, `check` clean. At last a table: the grids beside the official small
areas, measured here in one way (borders within 15 m of a road, railway or levee count as along a barrier).
"""

import collections
import csv
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import shapely
from shapely.geometry import shape
from shapely.ops import unary_union

TARGET, LEAST, MOST = 400, 300, 500
BESIDE = 15.0
MIDDLE = 25.03
METRES = 111_320 * math.cos(math.radians(MIDDLE)), 110_574


def read(path):
    features = json.loads(path.read_text())["features"]
    return [(row["properties"], flat(shape(row["geometry"]))) for row in features if row["geometry"]]


def flat(geometry):
    """In metres on the plane of the town's middle: what is off by less than 0.1 % here is not at issue."""
    return shapely.transform(geometry, lambda points: points * METRES)


def dealt(amount, shares):
    """Whole numbers that add up to `amount`, in proportion to `shares`."""
    total = sum(shares)
    exact = [amount * share / total for share in shares] if total else [amount / len(shares)] * len(shares)
    whole = [int(one) for one in exact]
    for at in sorted(range(len(exact)), key=lambda at: (whole[at] - exact[at], at))[:amount - sum(whole)]:
        whole[at] += 1
    return whole


def households(areas, buildings, community_of):
    """Households of each building, from those of the small areas."""
    standing = collections.defaultdict(list)
    tree = shapely.STRtree([ground for _, ground in areas])
    for code, (tall, ground) in buildings.items():
        beside = [at for at in tree.query(ground, predicate="intersects")
                  if areas[at][0]["community_code"] == community_of[code]]
        shares = {at: areas[at][1].intersection(ground).area for at in beside}
        if shares:
            standing[max(shares, key=lambda at: (shares[at], -at))].append(code)
    homes = collections.Counter()
    for at, (area, ground) in enumerate(areas):
        amount = int(area["households"] or 0)
        codes = standing[at]
        if amount and not codes:
            own = [code for code in buildings if community_of[code] == area["community_code"]]
            codes = [min(own, key=lambda code: (buildings[code][1].distance(ground), code))]
        if amount:
            volumes = [buildings[code][1].area * max(buildings[code][0], 3.0) for code in codes]
            homes.update(dict(zip(codes, dealt(amount, volumes))))
    return homes


def measured(parts, outline, barriers):
    """Mean Polsby-Popper, and the inner borders in metres: those along barriers, and all."""
    compact = [4 * math.pi * part.area / part.length**2 for part in parts]
    inner = unary_union([part.boundary for part in parts]).difference(outline.boundary.buffer(BESIDE))
    return sum(compact) / len(compact), inner.intersection(barriers).length, inner.length


def largest(loads):
    mean = sum(loads) / len(loads)
    return max(abs(load - mean) for load in loads) / mean


class Town:
    """The binary on a database of its own."""

    def __init__(self, binary, folder):
        self.binary, self.db = pathlib.Path(binary).resolve(), folder / "wanhua.db"

    def run(self, *arguments):
        done = subprocess.run([self.binary, *map(str, arguments), "--db", self.db], capture_output=True, text=True)
        if done.returncode == 2:
            sys.exit(f"lifang {' '.join(map(str, arguments))}: {done.stderr}")
        return done.stdout


def main(binary, data):
    folder = pathlib.Path(data) / "taipei-wanhua"
    communities = {row["code"]: ground for row, ground in read(folder / "communities.geojson")}
    areas = [(row, ground) for row, ground in read(folder / "small_areas.geojson")]
    raw = json.loads((folder / "buildings.geojson").read_text())["features"]
    buildings = {row["properties"]["id"]: (row["properties"]["height_m"] or 0.0,
                                           shapely.make_valid(flat(shape(row["geometry"])))) for row in raw}
    lines = [line for name in ("roads", "levees", "rail") for _, line in read(folder / f"{name}.geojson")]
    barriers = unary_union(lines).buffer(BESIDE)
    with tempfile.TemporaryDirectory() as temporary:
        temporary = pathlib.Path(temporary)
        town = Town(binary, temporary)
        town.run("import", "areas", folder / "communities.geojson")
        town.run("import", "barriers", *(folder / f"{name}.geojson" for name in ("roads", "levees", "rail")))
        town.run("import", "buildings", folder / "buildings.geojson")
        placed = csv.DictReader(town.run("export", "placements").splitlines())
        community_of = {row["building"]: row["community"] for row in placed}
        homes = households(areas, buildings, community_of)
        people = temporary / "households.csv"
        with open(people, "w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["household_no", "building", "persons"])
            for code in buildings:
                writer.writerows([f"{code}/{number + 1}", code, 2] for number in range(homes[code]))
        town.run("import", "households", people)
        report = temporary / "report.json"
        told = town.run("divide", "--all", "--target", TARGET, "--min", LEAST, "--max", MOST, "--report", report)
        report = json.loads(report.read_text())
        plan = report["plan"]
        check = json.loads(town.run("check", "--json"))
        grids = json.loads(town.run("export", "grids", "--plan", plan, "--format", "geojson"))["features"]
        placed = list(csv.DictReader(town.run("export", "placements", "--plan", plan).splitlines()))
    assert not check["broken"], check["broken"][:3]
    assert all(row["grid"] for row in placed if homes[row["building"]]), "a household without a grid"
    loads = collections.Counter()
    for row in placed:
        loads[row["grid"]] += homes[row["building"]]
    true = sum(int(row["households"] or 0) for row, _ in areas)
    assert sum(loads.values()) == true, f"{sum(loads.values())} households of {true}"

    own = collections.defaultdict(dict)
    for row in grids:
        own[row["properties"]["community"]][row["properties"]["code"]] = flat(shape(row["geometry"]))
    print("| community | households | grids | deviation | bound | certified | along barriers | Polsby-Popper "
          "| small areas | deviation | along barriers | Polsby-Popper |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    sums = collections.Counter()
    for one in report["communities"]:
        code = one["community"]
        outline, mine = communities[code], own[code]
        assert not one.get("problem") and not one["refused"], f"{code}: {one.get('message')} {one['refused']}"
        joined = unary_union(list(mine.values()))
        # Borders of neighbours are sewn together, within a centimetre of the file.
        assert joined.symmetric_difference(outline).area < 0.01 * outline.length, f"{code}: not its ground"
        for name, ground in mine.items():
            assert shapely.get_num_geometries(ground) == 1, f"{name} is in pieces"
        weights = [loads[name] for name in mine]
        assert abs(largest(weights) - one["deviation_max"]) < 1e-4, f"{code}: {largest(weights)}"
        outside = [weight for weight in weights if not LEAST <= weight <= MOST]
        assert not outside or one["certificates"], f"{code}: {outside} and no certificate"
        official = [(row, ground) for row, ground in areas if row["community_code"] == code]
        counts = [int(row["households"] or 0) for row, _ in official]
        ours = measured(list(mine.values()), outline, barriers)
        theirs = measured([ground for _, ground in official], unary_union([ground for _, ground in official]), barriers)
        print(f"| {code} | {sum(weights):,} | {len(mine)} | {largest(weights):.1%} | {one['bound']:.1%} "
              f"| {', '.join(sorted({c['code'] for c in one['certificates']})) or '-'} | {ours[1] / ours[2]:.0%} | {ours[0]:.2f} "
              f"| {len(official)} | {largest(counts):.0%} | {theirs[1] / theirs[2]:.0%} | {theirs[0]:.2f} |")
        sums.update(grids=len(mine), outside=len(outside), certified=bool(one["certificates"]), areas=len(official))
        sums.update({"compact": ours[0], "along": ours[1], "inner": ours[2]})
        sums.update({"their compact": theirs[0], "their along": theirs[1], "their inner": theirs[2]})
    n = len(report["communities"])
    print(f"{n} communities, {true:,} households: {sums['grids']} grids, {sums['outside']} outside {LEAST} to {MOST}, "
          f"{sums['certified']} communities certified; {report['seconds']} s")
    print(f"along barriers {sums['along'] / sums['inner']:.0%} of {sums['inner'] / 1000:.1f} km, small areas "
          f"{sums['their along'] / sums['their inner']:.0%} of {sums['their inner'] / 1000:.1f} km; mean Polsby-Popper "
          f"{sums['compact'] / n:.2f} and {sums['their compact'] / n:.2f}")
    assert n == 36 and told


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
