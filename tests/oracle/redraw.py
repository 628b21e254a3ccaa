"""Redraws a plan with a thousand random edits, then holds its ground against shapely.

usage: redraw.py LIFANG [FOLDER]     (LIFANG: the binary; FOLDER: real geometry instead of the demo town)

The binary serves a fresh database. Edits of every kind, drawn from a seed and from the fabric as the
server tells it, go in over HTTP, with steps back and forth in between, until a thousand were taken.
Then `sewn.py` looks at what is left, and `diffed.py` at how it is compared with the plan in force. `LIFANG_ORACLE_EDITS` and `LIFANG_ORACLE_SEED` change the run.
"""

import collections
import http.client
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import urllib.parse

import diffed
import sewn

N_EDITS = int(os.environ.get("LIFANG_ORACLE_EDITS", "1000"))
SEED = int(os.environ.get("LIFANG_ORACLE_SEED", "1"))
# Edits asked for each one that has to be taken: random ones do not always leave a grid in one piece.
PATIENCE = 6
METRE = 9e-6


class Server:
    """The real binary on a port of its own choice."""

    def __init__(self, binary, *arguments):
        self.process = subprocess.Popen([binary, "demo", "--listen", "127.0.0.1:0", *map(str, arguments)],
                                        stdout=subprocess.PIPE, text=True, env=os.environ | {"RUST_LOG": "warn"})
        for line in self.process.stdout:
            if line.startswith("http://"):
                break
        else:
            sys.exit("the server did not start")
        self.door = http.client.HTTPConnection(urllib.parse.urlsplit(line.strip()).netloc, timeout=60)

    def ask(self, method, path, body=None, accept="application/json"):
        headers = {"accept": accept, "accept-language": "en", "lifang-actor": "oracle"}
        if body is not None:
            headers["content-type"] = "application/json"
        self.door.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self.door.getresponse()
        return answer.status, json.loads(answer.read() or b"null")

    def get(self, path, **more):
        status, body = self.ask("GET", path, **more)
        if status != 200:
            sys.exit(f"{path}: {status} {body}")
        return body

    def close(self):
        self.process.terminate()
        self.process.wait()


class Draft:
    """A draft of every community, with the fabrics read so far."""

    def __init__(self, server, dice):
        self.server, self.dice, self.fabrics = server, dice, {}
        status, plan = server.ask("POST", "/api/v1/plans",
                                  {"title": "oracle", "based_on": "current", "areas": []})
        if status != 201:
            sys.exit(f"no draft: {plan}")
        self.path, self.id = f"/api/v1/plans/{plan['id']}", plan["id"]
        self.communities, self.revision = plan["areas"], plan["revision"]

    def fabric(self, community):
        if community not in self.fabrics:
            self.fabrics[community] = Ground(self.server.get(f"{self.path}/fabric?community={community}"))
        return self.fabrics[community]

    def post(self, path, body):
        status, answer = self.server.ask("POST", self.path + path, body)
        if status == 200:
            self.revision = answer["revision"]
            for community in answer["communities"]:
                self.fabrics.pop(community, None)
        elif status not in (409, 412, 422):
            sys.exit(f"{body}: {status} {answer}")
        return status, answer


class Ground:
    """One community's fabric, ready to draw from."""

    def __init__(self, sheet):
        self.sheet, self.community = sheet, sheet["community"]
        self.cells, self.seams = sheet["cells"], sheet["seams"]
        self.codes = {grid["id"]: grid["code"] for grid in sheet["grids"]}
        self.size = collections.Counter(cell["grid"] for cell in self.cells)
        self.inner = [seam for seam in self.seams if seam["left"] and seam["right"]]
        self.borders = [seam for seam in self.inner
                        if None not in self.grids(seam) and len(set(self.grids(seam))) == 2]
        self.gaps = [seam for seam in self.inner if self.grids(seam).count(None) == 1]

    def cell(self, number):
        return self.cells[number - 1]

    def grids(self, seam):
        return [self.cell(seam["left"])["grid"], self.cell(seam["right"])["grid"]]

    def beside(self, number):
        sides = [(seam["left"], seam["right"]) for seam in self.inner]
        return [b if a == number else a for a, b in sides if number in (a, b)]


def near(dice, at, metres):
    return [round(one + dice.uniform(-metres, metres) * METRE, 7) for one in at]


def middle(line):
    """Halfway along the middle edge of a seam."""
    (a, b), (c, d) = line[(len(line) - 1) // 2], line[(len(line) - 1) // 2 + 1]
    return [(a + c) / 2, (b + d) / 2]


def flock(dice, ground, first, most):
    """Some cells around `first`, all of its grid."""
    cells = [first]
    for _ in range(dice.randrange(most)):
        grid = ground.cell(first)["grid"]
        more = [cell for cell in ground.beside(dice.choice(cells))
                if ground.cell(cell)["grid"] == grid and cell not in cells]
        cells += more[:1]
    return cells


def side(dice, ground):
    """A border: a cell at one side of it, and the grid at the other."""
    seam = dice.choice(ground.borders)
    ends = [(seam["left"], seam["right"]), (seam["right"], seam["left"])]
    own, other = dice.choice(ends)
    return seam, own, ground.codes[ground.cell(other)["grid"]]


def around(dice, at, metres):
    """A ring of five to eight corners about a place."""
    turns = sorted(dice.uniform(0, 2 * math.pi) for _ in range(dice.randrange(5, 9)))
    reach = [dice.uniform(0.4, 1.0) * metres * METRE for _ in turns]
    ring = [[round(at[0] + r * math.cos(t), 7), round(at[1] + r * math.sin(t), 7)]
            for r, t in zip(reach, turns)]
    return [ring + ring[:1]]


def paint(dice, ground):
    _, own, to = side(dice, ground)
    cells = flock(dice, ground, own, 4)
    buildings = [code for cell in cells for code in ground.cell(cell)["buildings"]]
    if buildings and dice.random() < 0.5:
        return {"op": "paint", "buildings": buildings, "to": to}
    return {"op": "paint", "cells": cells, "community": ground.community, "to": to}


def erase(dice, ground):
    _, own, _ = side(dice, ground)
    return {"op": "paint", "cells": [own], "community": ground.community, "to": None}


def fill(dice, ground):
    seam = dice.choice(ground.gaps)
    gap, beside = (seam["left"], seam["right"]) if ground.cell(seam["left"])["grid"] is None \
        else (seam["right"], seam["left"])
    to = ground.codes[ground.cell(beside)["grid"]]
    return {"op": "paint", "cells": flock(dice, ground, gap, 6), "community": ground.community, "to": to}


def lasso(dice, ground, by):
    seam, _, to = side(dice, ground)
    ring = around(dice, near(dice, middle(seam["line"]), 10), dice.uniform(8, 60))
    return {"op": "lasso", "polygon": ring, "to": to, "by": by}


def split(dice, ground):
    grid = dice.choice([key for key, n in ground.size.items() if key is not None and n > 3])
    about = dice.choice([cell for cell in ground.cells if cell["grid"] == grid])["label"]
    west, south, east, north = ground.sheet["bounds"]
    turn, reach = dice.uniform(0, math.pi), math.hypot(east - west, north - south)
    by = [reach * math.cos(turn), reach * math.sin(turn)]
    line = [[about[0] - by[0], about[1] - by[1]], near(dice, about, 5), [about[0] + by[0], about[1] + by[1]]]
    line = [[round(x, 7), round(y, 7)] for x, y in line]
    return {"op": "split", "grid": ground.codes[grid], "line": line, "name": "新"}


def reroute(dice, ground):
    seam = dice.choice(ground.borders)
    between = [ground.codes[key] for key in ground.grids(seam)]
    line = [seam["line"][0], near(dice, middle(seam["line"]), 8), seam["line"][-1]]
    return {"op": "reroute", "between": between, "line": line}


def move(dice, ground):
    at = dice.choice(dice.choice(ground.borders)["line"])
    return {"op": "move", "at": at, "to": near(dice, at, 3)}


def insert(dice, ground):
    at = middle(dice.choice(ground.borders)["line"])
    return {"op": "insert", "at": near(dice, at, 0.05), "to": near(dice, at, 3)}


def remove(dice, ground):
    line = dice.choice([seam["line"] for seam in ground.borders if len(seam["line"]) > 2])
    return {"op": "remove", "at": dice.choice(line[1:-1])}


def merge(dice, ground):
    both = [ground.codes[key] for key in ground.grids(dice.choice(ground.borders))]
    return {"op": "merge", "grids": both, "keep": dice.choice(both)}


def create(dice, ground):
    cell = dice.choice(ground.cells)
    made = {"op": "create", "name": "增", "community": ground.community}
    if dice.random() < 0.5:
        return made | {"cells": flock(dice, ground, cell["id"], 8)}
    return made | {"polygon": around(dice, cell["label"], dice.uniform(10, 50))}


def rename(dice, ground):
    return {"op": "rename", "grid": dice.choice(list(ground.codes.values())), "name": f"改{dice.randrange(99)}"}


def lock(dice, ground):
    return {"op": "lock", "grid": dice.choice(list(ground.codes.values()))}


def unlock(dice, ground):
    return {"op": "unlock", "all": True}


def detach(dice, ground):
    grid = dice.choice(list(ground.codes.values()))
    return {"op": "detach", "grid": grid, "allowed": dice.random() < 0.5}


def link(dice, ground):
    one, two = dice.sample(ground.cells, 2)
    return {"op": "link", "from": one["label"], "to": two["label"]}


def unlink(dice, ground):
    one, two = dice.choice(ground.sheet["links"])
    return {"op": "unlink", "from": one, "to": two}


# How often each kind is tried, about: those that turn ground most.
KINDS = {
    "paint": (paint, 20), "erase": (erase, 3), "fill": (fill, 6),
    "lasso building": (lambda dice, ground: lasso(dice, ground, "building"), 8),
    "lasso area": (lambda dice, ground: lasso(dice, ground, "area"), 8),
    "split": (split, 9), "reroute": (reroute, 10), "move": (move, 10), "insert": (insert, 8),
    "remove": (remove, 8), "merge": (merge, 5), "create": (create, 3), "rename": (rename, 1),
    "lock": (lock, 2), "unlock": (unlock, 3), "detach": (detach, 1), "link": (link, 2), "unlink": (unlink, 4),
}


def draw(draft, kind):
    """An edit of one kind somewhere in the plan; None where this ground has nothing of the sort."""
    ground = draft.fabric(draft.dice.choice(draft.communities))
    try:
        return KINDS[kind][0](draft.dice, ground)
    except (IndexError, ValueError):
        return None


def redraw(draft):
    taken, refused, faults = collections.Counter(), collections.Counter(), collections.Counter()
    names, weights = list(KINDS), [weight for _, weight in KINDS.values()]
    asked = 0
    while sum(taken.values()) < N_EDITS:
        if asked > PATIENCE * N_EDITS:
            sys.exit(f"only {sum(taken.values())} of {asked} edits were taken: {refused} {faults}")
        kind = draft.dice.choices(names, weights)[0]
        edit = draw(draft, kind)
        if edit is None:
            continue
        asked += 1
        repair = draft.dice.choice(["refuse", "carry", "carry"])
        status, answer = draft.post("/edits", {"base": draft.revision, "id": f"edit {asked}",
                                               "edits": [edit], "repair": repair})
        if status == 200:
            taken[kind] += answer["changed"]
        else:
            refused[kind] += 1
            faults.update(issue["code"] for issue in answer.get("issues", []))
        if draft.dice.random() < 0.04:
            back_and_forth(draft, taken)
    return taken, refused, faults


def back_and_forth(draft, taken):
    """Some steps back, most of them forth again; what stays undone does not count as taken."""
    back, forth = draft.dice.randrange(1, 5), 0
    done = sum(draft.post("/undo", {})[0] == 200 for _ in range(back))
    for _ in range(done - (draft.dice.random() < 0.3)):
        forth += draft.post("/redo", {})[0] == 200
    STEPS.update(undo=done, redo=forth)


STEPS = collections.Counter()


def main():
    binary, place = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        if place:
            buildings = pathlib.Path(place[0]) / "buildings.geojson"
        else:
            subprocess.run([binary, "sample", "--town", "--out", folder / "town"], check=True)
            buildings = folder / "town" / "buildings.geojson"
        server = Server(binary, "--db", folder / "redraw.db", *(["--place", place[0]] if place else []))
        try:
            draft = Draft(server, random.Random(SEED))
            print(f"{place[0] if place else 'demo town'}: {len(draft.communities)} communities, seed {SEED}")
            taken, refused, faults = redraw(draft)
            print(f"  taken {sum(taken.values())}:", ", ".join(f"{k} {n}" for k, n in taken.most_common()))
            print(f"  refused {sum(refused.values())}:", ", ".join(f"{k} {n}" for k, n in faults.most_common()))
            print(f"  undone {STEPS['undo']}, redone {STEPS['redo']}, {time.monotonic() - start:.0f} s")
            faults = sewn.check(server, draft, buildings)
            homes = None if place else folder / "town" / "households.csv"
            faults += diffed.check(binary, server, draft, folder, folder / "redraw.db", homes)
            never = [kind for kind in KINDS if not taken[kind]]
            if never or not (STEPS["undo"] and STEPS["redo"]):
                faults.append(f"never taken: {never} {STEPS}")
        finally:
            server.close()
    print(f"  {len(faults)} faults, {time.monotonic() - start:.0f} s")
    sys.exit("\n".join(faults[:20]) if faults else 0)


if __name__ == "__main__":
    main()
