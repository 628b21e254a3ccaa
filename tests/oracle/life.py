"""One plan's life through the real binary: drafted, compared, reviewed by somebody else, in force from tomorrow.

usage: life.py LIFANG

The day is moved by a file (`LIFANG_TODAY=@FILE`) while the server runs, and once more over a restart. Before the
day the map, counts, placements and `locate` answer with the old plan, from it on with the new one, and `at=`
with whichever counted then. Nobody here reads our own comparison of the two: placements are exported as of
either day and recounted.
"""

import atexit
import json
import math
import os
import pathlib
import sys
import tempfile
import time

import diffed
from redraw import Server

FIRST, NEXT = "2030-03-01", "2030-03-02"


class Named(Server):
    """The demo with somebody at the door; stopped however this ends."""

    def __init__(self, binary, *arguments):
        super().__init__(binary, *arguments)
        atexit.register(self.process.kill)

    def post(self, path, body, who):
        headers = {"accept": "application/json", "accept-language": "en", "lifang-actor": who,
                   "content-type": "application/json"}
        self.door.request("POST", path, json.dumps(body), headers)
        answer = self.door.getresponse()
        return answer.status, json.loads(answer.read() or b"null")

    def tile(self, path):
        self.door.request("GET", path)
        answer = self.door.getresponse()
        return answer.status, answer.getheader("etag"), answer.read()


def said(what, status, body, *wanted):
    if status not in wanted:
        sys.exit(f"{what}: {status} {json.dumps(body)[:400]}")
    return body


def edited(server, plan, community, n):
    """Gives `n` buildings beside borders to the grid next door, one edit each; the buildings."""
    moved = []
    for _ in range(20 * n):
        fabric = server.get(f"/api/v1/plans/{plan}/fabric?community={community}")
        cells = fabric["cells"]
        codes = {grid["id"]: grid["code"] for grid in fabric["grids"]}
        for seam in fabric["seams"]:
            if not seam["left"] or not seam["right"]:
                continue
            mine, theirs = (cells[seam[side] - 1] for side in ("left", "right"))
            fresh = mine["buildings"] and mine["households"] and not set(mine["buildings"]) & set(moved)
            if not fresh or None in (mine["grid"], theirs["grid"]) or mine["grid"] == theirs["grid"]:
                continue
            body = {"base": fabric["revision"], "id": f"edit-{len(moved)}", "edits": [
                {"op": "paint", "buildings": mine["buildings"], "to": codes[theirs["grid"]]}]}
            status, _ = server.post(f"/api/v1/plans/{plan}/edits", body, "author")
            if status == 200:
                moved += mine["buildings"]
                break
        else:
            sys.exit("no border has a building to move")
        if len(moved) >= n:
            return moved
    sys.exit("the edits were not taken")


def placed(binary, db, at):
    rows = diffed.rows(diffed.exported(binary, db, "placements", "--format", "csv", "--at", at))
    return {row["building"]: row["grid"] for row in rows}


def tile_of(lon, lat, z=16):
    n = 2 ** z
    x = int((lon + 180) / 360 * n)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
    return f"{z}/{x}/{y}"


def main(binary):
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        day, db = folder / "today", folder / "life.db"
        day.write_text(FIRST)
        os.environ["LIFANG_TODAY"] = f"@{day}"
        server = Named(binary, "--db", db)
        areas = server.get("/api/v1/areas")["areas"]
        community = next(area["code"] for area in areas
                         if area["level"] == "community" and area["grids"] >= 5)
        status, plan = server.post("/api/v1/plans", {"title": "spring", "based_on": "current",
                                                     "areas": [community]}, "author")
        draft = said("start", status, plan, 201)["id"]
        moved = edited(server, draft, community, 5)
        building = moved[0]
        where = server.get(f"/api/v1/locate?building={building}")
        old_grid = where["grid"]["code"]
        here = server.get(f"/api/v1/buildings/{building}")
        lon, lat = here["lon"], here["lat"]
        told = server.get(f"/api/v1/plans/{draft}/diff?against=current")
        new_grid = next(row["to"] for row in told["moved"] if row["building"] == building)
        tile = f"/tiles/current/grids/{tile_of(lon, lat)}"

        # Nobody approves what they drew; nothing is in force before its day.
        path = f"/api/v1/plans/{draft}"
        checks = server.get(f"{path}/checks")
        if checks["stops"]:
            sys.exit(f"the demo's plan has stops: {checks['stops'][:3]}")
        said("submit", *server.post(f"{path}/submit", {"reason": "spring"}, "author"), 200)
        said("approve alone", *server.post(f"{path}/approve", {"effective_from": NEXT}, "author"), 403)
        said("approve in the past", *server.post(f"{path}/approve", {"effective_from": "2030-02-01"}, "leader"),
             422, 409)
        said("approve", *server.post(f"{path}/approve", {"effective_from": NEXT}, "leader"), 200)
        said("edit what is published", *server.post(f"{path}/edits", {"base": 0, "edits": []}, "author"), 409)

        def grid_now(at=None):
            more = f"&at={at}" if at else ""
            return server.get(f"/api/v1/locate?building={building}{more}")["grid"]["code"]

        def households(grid, at=None):
            more = f"&at={at}" if at else ""
            rows = server.get(f"/api/v1/plans/current/tallies?community={community}{more}")["rows"]
            return next((row["households"] for row in rows if row["grid"] == grid), None)

        def expect(what, found, wanted):
            if found != wanted:
                faults.append(f"{what}: {found!r}, not {wanted!r}")

        before = households(old_grid)
        expect("locate the day before", grid_now(), old_grid)
        expect("locate as of tomorrow", grid_now(NEXT), new_grid)
        # Approving sewed its outer border to the neighbours', so tiles are compared from here on.
        old_tile, new_tile = server.tile(tile), server.tile(f"{tile}?at={NEXT}")
        if old_tile[2] == new_tile[2]:
            faults.append("the plan to come changes no tile")
        after = households(old_grid, NEXT)
        if after == before:
            faults.append("the plan to come changes no count")

        day.write_text(NEXT)
        for _ in range(300):
            if grid_now() == new_grid:
                break
            time.sleep(0.1)
        expect("locate on its day", grid_now(), new_grid)
        expect("locate as of yesterday", grid_now(FIRST), old_grid)
        expect("tallies on its day", households(old_grid), after)
        expect("tallies as of yesterday", households(old_grid, FIRST), before)
        expect("tile on its day", server.tile(tile)[2].hex(), new_tile[2].hex())
        expect("tile as of yesterday", server.tile(f"{tile}?at={FIRST}")[2].hex(), old_tile[2].hex())
        said("withdraw what is in force", *server.post(f"{path}/withdraw", {}, "leader"), 409)
        server.close()

        # The day stands after a restart, and turns back with the clock.
        server = Named(binary, "--db", db)
        expect("locate after a restart", grid_now(), new_grid)
        expect("locate as of yesterday, after a restart", grid_now(FIRST), old_grid)
        server.close()
        was, now = placed(binary, db, FIRST), placed(binary, db, NEXT)
        counted = {(code, was[code] or None, grid or None) for code, grid in now.items() if was[code] != grid}
        listed = {(row["building"], row["from"], row["to"]) for row in told["moved"]}
        expect("buildings that move", sorted(counted), sorted(listed))
        expect("are those that were given", {code for code, _, _ in counted} >= set(moved), True)
        day.write_text(FIRST)
        server = Named(binary, "--db", db)
        expect("locate with the clock back", grid_now(), old_grid)
        server.close()
    for fault in faults:
        print(fault)
    print(f"one plan's life: {len(counted)} buildings change grids on {NEXT}, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
