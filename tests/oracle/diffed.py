"""Whether a comparison of two plans says what can be found without it.

The buildings that move are counted again from the two exported placements and the sheet of households; the
ground that moves is held against shapely's difference of the exported grids; the workbook is read with a
reader that is not ours.
"""

import collections
import csv
import subprocess

import openpyxl
import shapely
from shapely.geometry import shape

from sewn import lattice

# In steps of the lattice (1e-7 degree): a border bent by others may run two of them beside where it was.
RIM = 2.5


def exported(binary, db, *arguments):
    done = subprocess.run([binary, "export", *map(str, arguments), "--db", db],
                          capture_output=True, check=True)
    return done.stdout


def rows(text):
    return list(csv.DictReader(text.decode().splitlines()))


def homes(binary, db, sheet):
    """Households and persons by building: from the sheet itself where there is one."""
    counts = collections.defaultdict(lambda: [0, 0])
    if sheet is None:
        for row in rows(exported(binary, db, "buildings")):
            counts[row["code"]] = [int(row["households"]), int(row["persons"])]
        return counts
    with open(sheet, encoding="utf-8-sig", newline="") as file:
        for _, building, persons in list(csv.reader(file))[1:]:
            counts[building][0] += 1
            counts[building][1] += int(persons)
    return counts


def recounted(before, after, counts):
    """What `export diff` should say, from two placements."""
    moved = [["building", "community", "from", "to", "households", "persons"]]
    was = {row["building"]: row for row in before}
    for row in sorted(after, key=lambda row: row["building"].encode()):
        old = was[row["building"]]
        if old["grid"] != row["grid"]:
            moved.append([row["building"], row["community"], old["grid"], row["grid"],
                          *map(str, counts[row["building"]])])
    return moved


def check_rows(moved, diff, faults):
    """The answer's rows, grids and totals against the recount."""
    told = [[row["building"], row["from"] or "", row["to"] or "", row["households"], row["persons"]]
            for row in diff["moved"]]
    count = [[building, old, new, int(homes), int(persons)]
             for building, _, old, new, homes, persons in moved[1:]]
    if told != count:
        faults.append(f"diff: {len(told)} buildings told as moved, {len(count)} counted")
    for grid in diff["grids"]:
        code = grid["grid"]
        for name, side in (("in", 2), ("out", 1)):
            found = [row for row in count if row[side] == code]
            for field, sum_of in (("buildings", len(found)), ("households", sum(row[3] for row in found)),
                                  ("persons", sum(row[4] for row in found))):
                if grid[field][name] != sum_of:
                    faults.append(f"diff: {code} {field} {name}: {grid[field][name]} told, {sum_of} counted")
    totals = diff["totals"]
    sums = {"buildings": len(count), "households": sum(row[3] for row in count),
            "persons": sum(row[4] for row in count)}
    faults += [f"diff: {totals[field]} {field} told in all, {found} counted"
               for field, found in sums.items() if totals[field] != found]


def covers(ground, part):
    """Shapely says that nothing is not covered."""
    return shapely.is_empty(part) or ground.covers(part)


def check_ground(server, draft, shapes, faults):
    """Each piece lies in the grid it leaves and in the grid it joins; together they are all that moves."""
    def grids(plan):
        found = server.get(f"/api/v1/plans/{plan}/grids", accept="application/geo+json")
        return {one["id"]: (one["properties"]["code"], shapely.make_valid(lattice(shape(one["geometry"]))))
                for one in found["features"] if one["geometry"]}

    before, after = grids("current"), grids(draft.id)
    by_code = [{code: ground for code, ground in side.values()} for side in (before, after)]
    pieces = collections.defaultdict(list)
    for feature in shapes["features"]:
        said, piece = feature["properties"], shapely.make_valid(lattice(shape(feature["geometry"])))
        core = piece.buffer(-RIM)
        for code, side in ((said["from"], by_code[0]), (said["to"], by_code[1])):
            if code is not None and not covers(side[code].buffer(RIM), core):
                faults.append(f"diff: the piece {said['from']} to {said['to']} is not in {code}")
            pieces[code, side is by_code[1]].append(core)
    for key in before.keys() | after.keys():
        old, new = (side.get(key, ("", shapely.Polygon())) for side in (before, after))
        for (code, ground), other, is_after in ((old, new[1], False), (new, old[1], True)):
            moved = ground.difference(other).buffer(-2 * RIM)
            told = shapely.union_all(pieces[code, is_after]).buffer(3 * RIM)
            if not covers(told, moved):
                faults.append(f"diff: ground of {code} moves that no piece tells of")


def check_workbook(folder, moved, diff, faults):
    book = openpyxl.load_workbook(folder / "diff.xlsx", read_only=True)
    sheet = [["" if cell is None else str(cell) for cell in row]
             for row in book["buildings"].iter_rows(values_only=True)]
    if sheet != moved:
        faults.append("diff: the workbook's buildings are not those of the CSV")
    grids = list(book["grids"].iter_rows(values_only=True))
    at = {name: column for column, name in enumerate(grids[0])}
    told = [[row[at["grid"]], row[at["households_in"]], row[at["households_after"]]] for row in grids[1:]]
    if told != [[grid["grid"], grid["households"]["in"], grid["households"]["after"]] for grid in diff["grids"]]:
        faults.append("diff: the workbook's grids are not those of the answer")


def check(binary, server, draft, folder, db, sheet):
    """All of the above for one draft against what is in force. Returns what is wrong."""
    faults = []
    before, after = (rows(exported(binary, db, "placements", "--plan", plan))
                     for plan in ("current", draft.id))
    moved = recounted(before, after, homes(binary, db, sheet))
    told = list(csv.reader(exported(binary, db, "diff", "--plan", draft.id).decode().splitlines()))
    if told != moved:
        faults.append(f"diff: {len(told) - 1} rows exported, {len(moved) - 1} counted")
    diff = server.get(f"{draft.path}/diff")
    check_rows(moved, diff, faults)
    shapes = server.get(f"{draft.path}/diff", accept="application/geo+json")
    check_ground(server, draft, shapes, faults)
    exported(binary, db, "diff", "--plan", draft.id, "--format", "xlsx", "--out", folder / "diff.xlsx")
    check_workbook(folder, moved, diff, faults)
    print(f"  compared: {len(moved) - 1} buildings move, {len(shapes['features'])} pieces of ground")
    if len(moved) < 2:
        faults.append("diff: nothing moved, so nothing was compared")
    return faults
