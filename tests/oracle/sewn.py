"""Whether the ground of a plan, as exported, is sewn without gap or overlap, and its buildings lie right.

All places are taken to the lattice first (1e-7 degree, whole numbers in floats), so nothing is judged
with a tolerance.
"""

import collections
import json

import numpy
import shapely
from shapely.geometry import Polygon, shape


def lattice(geometry):
    return shapely.transform(geometry, lambda at: numpy.rint(at * 1e7))


def cells_of(fabric):
    """Each cell rebuilt from the seams that say they run along it."""
    lines = collections.defaultdict(list)
    for seam in fabric["seams"]:
        if seam["left"] == seam["right"]:
            continue
        line = numpy.rint(numpy.array(seam["line"]) * 1e7)
        for cell in (seam["left"], seam["right"]):
            if cell:
                lines[cell].append(line)
    pieces = [shapely.multilinestrings([shapely.linestrings(line) for line in lines[cell["id"]]])
              for cell in fabric["cells"]]
    return [shapely.build_area(piece) for piece in pieces]


def is_sewn(shapes):
    shapes = numpy.array([one for one in shapes if not shapely.is_empty(one)])
    return bool(shapely.coverage_is_valid(shapes, gap_width=0)), shapes


def overlaps(shapes):
    """Pairs that share ground. A coverage has none; said apart, so that a fault is told as what it is."""
    tree = shapely.STRtree(shapes)
    one, two = tree.query(shapes, predicate="overlaps")
    return sum(1 for a, b in zip(one, two) if a < b and shapely.intersection(shapes[a], shapes[b]).area > 0)


def check_ground(fabric, features, faults):
    """One community: its cells, and its grids as GeoJSON. Returns cells with their colors."""
    name = fabric["community"]
    cells = cells_of(fabric)
    for cell, ground in zip(fabric["cells"], cells):
        label = numpy.rint(numpy.array(cell["label"]) * 1e7)
        if not shapely.is_valid(ground) or not shapely.intersects_xy(ground, *label):
            faults.append(f"{name}: cell {cell['id']} is not what its seams enclose")
    valid, all_cells = is_sewn(cells)
    if not valid or overlaps(all_cells):
        faults.append(f"{name}: {overlaps(all_cells)} cells overlap or do not meet their neighbours")
    whole = shapely.coverage_union_all(all_cells)
    if whole.area != sum(shapely.area(all_cells)):
        faults.append(f"{name}: cells add up to {sum(shapely.area(all_cells))}, together are {whole.area}")
    colors = collections.defaultdict(list)
    for cell, ground in zip(fabric["cells"], cells):
        colors[cell["grid"]].append(ground)
    gap = shapely.coverage_union_all(colors.pop(None, [Polygon()]))
    grids = {one["id"]: lattice(shape(one["geometry"])) for one in features if one["geometry"]}
    for what, shapes in [("grids", list(grids.values())), ("grids and gap", [*grids.values(), gap])]:
        valid, shapes = is_sewn(shapes)
        if not valid or overlaps(shapes):
            faults.append(f"{name}: {what} are no coverage, {overlaps(shapes)} overlap")
    if set(grids) != set(colors):
        faults.append(f"{name}: grids {set(grids)} are told, cells are of {set(colors)}")
    for key in set(grids) & set(colors):
        if not grids[key].equals(shapely.coverage_union_all(colors[key])):
            faults.append(f"{name}: grid {key} is not the sum of its cells")
    return [(ground, name, cell["grid"]) for cell, ground in zip(fabric["cells"], cells)]


def told_placements(server, draft, codes):
    """Grid of each building as the server tells it, and what the findings list of it."""
    grids, listed = {}, collections.defaultdict(set)
    for key, code in codes.items():
        for one in server.get(f"{draft.path}/grids/{code}/buildings")["buildings"]:
            grids[one["code"]] = key
    total, at = 1, 0
    while at < total:
        page = server.get(f"/api/v1/findings?plan={draft.id}&limit=1000&offset={at}")
        total, at = page["total"], at + 1000
        for one in page["findings"]:
            listed[one["subject"]].add(one["code"])
    return grids, listed


def check_placements(server, draft, cells, codes, buildings, faults):
    """Every building against the largest share of its footprint: first the community, then the grid."""
    features = json.loads(buildings.read_text())["features"]
    told, listed = told_placements(server, draft, codes)
    shapes = numpy.array([ground for ground, _, _ in cells])
    tree = shapely.STRtree(shapes)
    counted = collections.Counter()
    excuses = {"placement.on-edge", "placement.outside-stated-area"}
    for feature in features:
        code = feature["properties"].get("code") or feature["properties"]["osm_id"]
        if feature["geometry"] is None:
            if code in told or "placement.no-position" not in listed[code]:
                faults.append(f"building {code} has no position, and this is not said of it")
            continue
        footprint = shapely.make_valid(lattice(shape(feature["geometry"])))
        near = tree.query(footprint, predicate="intersects")
        shares = collections.defaultdict(lambda: collections.defaultdict(float))
        for at in near:
            _, community, grid = cells[at]
            part = shapely.intersection(shapes[at], footprint)
            shares[community][grid] += part.area or float(footprint.area == 0)
        best = max(shares.values(), key=lambda grids: sum(grids.values()), default={None: 0})
        theirs = max(best, key=best.get)
        outside = footprint.area - sum(sum(grids.values()) for grids in shares.values())
        if outside > max(map(lambda grids: sum(grids.values()), shares.values()), default=0):
            theirs = None
        counted["straddle" if len(best) > 1 else "whole"] += 1
        if told.get(code) == theirs:
            continue
        if listed[code] & excuses:
            counted["excused"] += 1
            continue
        faults.append(f"building {code} is told in {told.get(code)}, lies in {theirs}: "
                      f"{dict(best)} {listed[code]}")
    n_listed = sum(1 for codes in listed.values() if "placement.on-edge" in codes)
    print(f"  {len(features)} buildings, {counted['straddle']} across borders, {n_listed} listed on an edge, "
          f"{counted['excused']} excused by a listing")


def check(server, draft, buildings):
    faults, cells, codes = [], [], {}
    for community in draft.communities:
        fabric = server.get(f"{draft.path}/fabric?community={community}")
        told = server.get(f"{draft.path}/grids?community={community}", accept="application/geo+json")
        cells += check_ground(fabric, told["features"], faults)
        codes |= {grid["id"]: grid["code"] for grid in fabric["grids"]}
    gaps = sum(1 for _, _, grid in cells if grid is None)
    print(f"  {len(cells)} cells, {gaps} of them gap, {len(codes)} grids")
    check_placements(server, draft, cells, codes, buildings, faults)
    return faults
