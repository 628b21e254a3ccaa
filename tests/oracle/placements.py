"""Holds the placements of real buildings against shapely, and against themselves in another datum.

Imports the 36 communities and 4,884 buildings of Wanhua with the binary given as the first argument,
from the folder given as the second. Every building must be in the community shapely finds for it (the
largest share of its footprint), but for those the findings list as straddling or on an edge. Then the
communities, shifted to GCJ-02 here by the published formula, must give the same placements.
"""

import csv
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import shapely
from shapely.geometry import shape

BINARY, REAL = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
WANHUA = REAL / "taipei-wanhua"


def lifang(*arguments):
    done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode == 2:
        sys.exit(f"lifang {' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


def placements(db, communities, *options):
    lifang("import", "areas", communities, "--db", db, *options)
    lifang("import", "buildings", WANHUA / "buildings.geojson", "--db", db)
    lifang("check", "--db", db)
    rows = csv.DictReader(lifang("export", "placements", "--db", db).splitlines())
    return {row["building"]: row["community"] for row in rows}


def listed(db):
    report = json.loads(lifang("check", "--json", "--db", db))
    if report["broken"]:
        sys.exit(f"broken laws: {report['broken'][:3]}")
    codes = {"placement.straddles", "placement.on-edge"}
    return {one["subject"] for one in report["findings"] if one["code"] in codes}


def to_gcj02(lon, lat):
    """The published forward formula (GCJ-02), as in every open implementation."""
    a, ee = 6378245.0, 0.00669342162296594323
    x, y = lon - 105.0, lat - 35.0
    dlat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    dlon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    wave = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    dlat += wave
    dlon += wave
    dlat += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    dlat += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    dlon += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    dlon += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    magic = 1.0 - ee * math.sin(math.radians(lat)) ** 2
    dlat = dlat * 180.0 / ((a * (1.0 - ee)) / (magic * math.sqrt(magic)) * math.pi)
    dlon = dlon * 180.0 / (a / math.sqrt(magic) * math.cos(math.radians(lat)) * math.pi)
    return [lon + dlon, lat + dlat]


def shifted(coordinates):
    if isinstance(coordinates[0], (int, float)):
        return to_gcj02(*coordinates[:2])
    return [shifted(part) for part in coordinates]


def main():
    communities = json.loads((WANHUA / "communities.geojson").read_text())
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        ours = placements(folder / "plain.db", WANHUA / "communities.geojson")
        excused = listed(folder / "plain.db")
        for feature in communities["features"]:
            feature["geometry"]["coordinates"] = shifted(feature["geometry"]["coordinates"])
        (folder / "gcj.geojson").write_text(json.dumps(communities))
        again = placements(folder / "gcj.db", folder / "gcj.geojson", "--datum", "gcj02")

    plain = json.loads((WANHUA / "communities.geojson").read_text())["features"]
    codes = [feature["properties"]["code"] for feature in plain]
    shapes = [shape(feature["geometry"]) for feature in plain]
    tree = shapely.STRtree(shapes)
    buildings = json.loads((WANHUA / "buildings.geojson").read_text())["features"]
    wrong = []
    for feature in buildings:
        code = feature["properties"]["id"]
        footprint = shapely.make_valid(shape(feature["geometry"]))
        near = tree.query(footprint)
        best = max(near, key=lambda i: shapes[i].intersection(footprint).area, default=None)
        theirs = codes[best] if best is not None else ""
        if ours.get(code) != theirs and code not in excused:
            wrong.append((code, ours.get(code), theirs))
    moved = [code for code in ours if again.get(code) != ours[code] and code not in excused]
    print(f"{len(buildings)} buildings, {len(excused)} listed as straddling or on an edge, "
          f"{len(wrong)} against shapely, {len(moved)} moved by the way over GCJ-02")
    if wrong or moved or len(ours) != len(buildings):
        sys.exit(f"placements differ: {wrong[:5]} {moved[:5]}")


main()
