"""Merges two communities of the demo town through the real binary, and asks before and after.

usage: merge.py LIFANG

A sheet names a new community with two predecessors. Counted again from exported placements and buildings: every
building and household is where it was, in the same grid, under the new community; the day before answers as it
did; the sheet taken again changes nothing, and a code of old brought back for other ground is refused with its row.
"""

import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import diffed
from life import Named

FIRST, MERGED = "2030-03-01", "2030-03-02"


def imported(binary, db, file):
    done = subprocess.run([binary, "import", "areas", file, "--db", db, "--json"], capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout)


def placed(binary, db, *at):
    return {row["building"]: row for row in
            diffed.rows(diffed.exported(binary, db, "placements", "--format", "csv", *at))}


def main(binary):
    faults = []

    def expect(what, found, wanted):
        if found != wanted:
            faults.append(f"{what}: {str(found)[:300]}, not {str(wanted)[:300]}")

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        day, db = folder / "today", folder / "merge.db"
        day.write_text(FIRST)
        os.environ["LIFANG_TODAY"] = f"@{day}"
        server = Named(binary, "--db", db)
        areas = server.get("/api/v1/areas")["areas"]
        by_parent = collections.defaultdict(list)
        for area in areas:
            if area["level"] == "community":
                by_parent[area["parent"]].append(area)
        parent, pair = next((parent, all_[:2]) for parent, all_ in sorted(by_parent.items()) if len(all_) > 1)
        old = [area["code"] for area in pair]
        new = f"{parent}601"
        summed = {key: sum(area["tally"][key] for area in pair) for key in ("buildings", "households", "persons")}
        whole = {area["code"]: area["tally"] for area in areas}
        before = placed(binary, db)
        building = next(code for code, row in before.items() if row["community"] == old[1] and row["grid"])
        server.close()

        day.write_text(MERGED)
        sheet = folder / "merger.csv"
        sheet.write_text("区划代码,名称,层级,上级代码,前身,设立日期\n"
                         f"{new},合并社区,社区,{parent},{old[0]}、{old[1]},{MERGED}\n", encoding="utf-8")
        status, report = imported(binary, db, sheet)
        expect("the merger", (status, report["refused"], report["issues"]), (0, 0, []))
        _, again = imported(binary, db, sheet)
        expect("the merger again", (again["new"], again["changed"]), (0, 0))
        stale = folder / "stale.geojson"
        lon, lat = pair[0]["label"]
        ring = [[lon, lat], [lon + 0.001, lat], [lon + 0.001, lat + 0.001], [lon, lat]]
        stale.write_text(json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"code": old[0], "name": "x", "level": "community"},
             "geometry": {"type": "Polygon", "coordinates": [ring]}}]}))
        status, refused = imported(binary, db, stale)
        codes = [(issue["code"], issue["row"], issue["place"] is not None) for issue in refused["issues"]]
        expect("a code of old", (status, refused["refused"], codes), (1, 1, [("area.code-used", 1, True)]))

        now = placed(binary, db)
        moved = {code: {**row, "community": new if row["community"] in old else row["community"]}
                 for code, row in before.items()}
        for code, row in moved.items():
            # Registered in one of the two and standing in the other: they contradict each other no more.
            if row["community"] == new and row["reason"] == "outside-stated-area" and now[code]["grid"]:
                moved[code] = now[code]
        expect("buildings and their grids",
               {code: row for code, row in now.items() if row != moved[code]}, {})
        expect("nothing is lost", set(now), set(before))
        expect("the day before", placed(binary, db, "--at", FIRST), before)

        server = Named(binary, "--db", db)
        areas = {area["code"]: area for area in server.get("/api/v1/areas")["areas"]}
        expect("abolished communities are counted", [code for code in old if code in areas], [])
        expect("the sum", {key: areas[new]["tally"][key] for key in summed}, summed)
        for code, tally in whole.items():
            if code in areas:
                expect(f"tally of {code}", areas[code]["tally"], tally)
        detail = server.get(f"/api/v1/areas/{old[0]}")
        expect("what became of it", ([one["code"] for one in detail["successors"]], detail["valid_to"]),
               ([new], MERGED))
        expect("what it came of", sorted(one["code"] for one in server.get(f"/api/v1/areas/{new}")["predecessors"]),
               sorted(old))
        before_it = server.get(f"/api/v1/areas?at={FIRST}")["areas"]
        past = {area["code"]: area["tally"] for area in before_it}
        told = {area["code"]: [one["code"] for one in area["successors"]] for area in before_it if area["successors"]}
        expect("what became of them, told of the day before", told, {code: [new] for code in old})
        expect("areas of the day before", past, whole)
        where = server.get(f"/api/v1/locate?building={building}&at={FIRST}")
        expect("locate the day before", where["community"]["code"], old[1])
        expect("locate now", server.get(f"/api/v1/locate?building={building}")["community"]["code"], new)
        eras = server.get(f"/api/v1/history/building?code={building}")
        expect("history of a building", {era["grid"] for era in eras}, {before[building]["grid"]})
        days = [era["to"] for era in eras]
        expect("it goes on", days[0], None)
        findings = server.get("/api/v1/findings?limit=1000")
        about = {one["area"] for one in findings["findings"]} & set(old)
        expect("findings about what is no more", about, set())
        status, draft = server.post("/api/v1/plans", {"title": "after", "based_on": "current", "areas": []}, "a")
        expect("a draft of all", (status, set(old) & set(draft.get("areas", []))), (201, set()))
        server.close()
    for fault in faults:
        print(fault)
    print(f"two communities merged: {len(now)} buildings, {summed['households']} households, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
