"""Reads tiles with a decoder that is not ours and looks at them with a geometry library that is not ours.

usage: tiles.py FOLDER...     (each holds z/x/y.mvt; `cargo test --test tiles` writes target/tmp/tiles/*)
needs: pip install mapbox-vector-tile shapely

Every tile must decode; every polygon must be valid; no two pieces of one layer may overlap; a corner of
one grid on the border of another must be a corner of both; properties must be on the list.
Exit 1 and a line for each fault.
"""

import pathlib
import sys

import mapbox_vector_tile
from shapely import STRtree
from shapely.geometry import Point, shape
from shapely.validation import explain_validity

ALLOWED = {
    "base": {"kind", "name"},
    "areas": {"code", "name", "level", "kind"},
    "grids": {"code", "name", "community", "kind"},
    "gaps": {"community"},
    "buildings": {"code", "name", "use", "floors"},
    "borders": {"rank"},
    "stations": {"code", "name", "kind", "level"},
    "labels": {"code", "name", "level"},
}
NUMBERS = {"floors"}
LOW, HIGH = -64, 4160


def corners(geometry):
    parts = getattr(geometry, "geoms", [geometry])
    return {
        xy
        for part in parts
        for ring in [part.exterior, *part.interiors]
        for xy in ring.coords
    }


def check_pieces(pieces):
    """Overlaps and lone corners among polygons that should be sewn together."""
    faults = []
    tree = STRtree(pieces)
    own = [corners(piece) for piece in pieces]
    for i, piece in enumerate(pieces):
        for j in tree.query(piece, predicate="intersects"):
            if j == i:
                continue
            other = pieces[j]
            if i < j and piece.intersection(other).area > 0:
                faults.append(f"pieces {i} and {j} overlap by {piece.intersection(other).area}")
            for x, y in own[i] - own[j]:
                on_rim = x in (LOW, HIGH) or y in (LOW, HIGH)
                if not on_rim and other.boundary.distance(Point(x, y)) == 0:
                    faults.append(f"corner {x},{y} of piece {i} is not one of piece {j}")
    return faults


def check(path):
    faults = []
    tile = mapbox_vector_tile.decode(
        path.read_bytes(), default_options={"y_coord_down": True}
    )
    counts = {}
    cut = []
    areas = {}
    for name, layer in tile.items():
        if name not in ALLOWED:
            faults.append(f"layer {name} is not on the list")
            continue
        for feature in layer["features"]:
            counts[name] = counts.get(name, 0) + 1
            for key, value in feature["properties"].items():
                if key not in ALLOWED[name]:
                    faults.append(f"{name} carries {key}")
                if isinstance(value, str) == (key in NUMBERS):
                    faults.append(f"{name}.{key} is {value!r}")
            geometry = shape(feature["geometry"])
            if geometry.is_empty or not geometry.is_valid:
                faults.append(f"{name} {feature['id']}: {explain_validity(geometry)}")
                continue
            west, south, east, north = geometry.bounds
            if min(west, south) < LOW or max(east, north) > HIGH:
                faults.append(f"{name} {feature['id']} leaves the tile")
            if name in ("grids", "gaps"):
                cut.append(geometry)
            if name == "areas":
                areas.setdefault(feature["properties"]["level"], []).append(geometry)
    for pieces in [cut, *areas.values()]:
        faults += check_pieces(pieces)
    return counts, faults


def main(folders):
    n_tiles, n_faults, totals = 0, 0, {}
    for folder in folders:
        paths = sorted(pathlib.Path(folder).rglob("*.mvt"))
        if not paths:
            print(f"{folder}: no tiles")
            n_faults += 1
        for path in paths:
            if path.stat().st_size == 0:
                continue
            n_tiles += 1
            counts, faults = check(path)
            n_faults += len(faults)
            for name, count in counts.items():
                totals[name] = totals.get(name, 0) + count
            for fault in faults[:20]:
                print(f"{path}: {fault}")
    print(f"{n_tiles} tiles, {n_faults} faults, features: {totals}")
    return 1 if n_faults or not n_tiles else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
