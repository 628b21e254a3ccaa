import { describe, expect, test } from "vitest";
import type { Action, Effect } from "../src/model/action";
import { bandLimits, classOf, legendOf, lowerBounds } from "../src/model/classes";
import { groupsOf } from "../src/model/findings";
import { huesOf } from "../src/model/hues";
import { boundsOf, legendFor, paintedOf } from "../src/model/paint";
import { boxOf, positionsOf, scaleBar } from "../src/model/place";
import type { Change, Me } from "../src/model/register";
import { bandsUnder, chainOf, gridsUnder, tallyOf } from "../src/model/select";
import type { State } from "../src/model/state";
import { tilesOf, touchedTiles } from "../src/model/tiles";
import { update } from "../src/model/update";
import { firstView, hashOf, sameButCamera, viewOf } from "../src/model/view";
import { area, grid, tally, town } from "./support";

const run = (state: State, ...actions: Action[]): [State, Effect[]] =>
  actions.reduce<[State, Effect[]]>(
    ([now, effects], action) => {
      const [next, more] = update(now, action);
      return [next, [...effects, ...more]];
    },
    [state, []],
  );
const asked = (effects: Effect[]) =>
  effects.flatMap((effect) => (effect.do === "ask" ? [effect.ask.what] : []));

describe("the address is the view", () => {
  test("a view survives the trip through the hash", () => {
    const view = {
      ...firstView,
      workspace: "plan" as const,
      plan: "7",
      area: "640001/甲 &=?",
      mine: "G 1",
      selection: { kind: "grid" as const, code: "a#b" },
      paint: "band" as const,
      camera: { at: [109.6, 38.9] as const, zoom: 14.25 },
      findings: "fabric.gap",
    };
    expect(viewOf(hashOf(view))).toEqual(view);
  });
  test.each(["", "#", "#/nowhere?map=x/y/z", "#/coverage?map=9999/1/2", "#/coverage?paint=red", "?&&&=%"])(
    "%s falls back to something sane",
    (hash) => {
      const view = viewOf(hash);
      expect(view.workspace).toBe("coverage");
      expect(view.camera).toBeNull();
      expect(view.paint).toBeNull();
    },
  );
  test("moving the map replaces the entry, choosing pushes one", () => {
    const moved = run(town(), { do: "moved", camera: { at: [1, 2], zoom: 9 }, byHand: true })[1];
    expect(moved).toMatchObject([{ do: "address", push: false }]);
    const chosen = run(town(), { do: "select", selection: { kind: "grid", code: "C1-1" } })[1];
    expect(chosen.find((effect) => effect.do === "address")).toMatchObject({ push: true });
  });
  test("going back writes no address", () => {
    const [, effects] = run(town(), { do: "visited", view: { ...firstView, workspace: "plan" } });
    expect(effects.filter((effect) => effect.do === "address")).toEqual([]);
  });
  test("views that differ by the camera alone are the same entry", () => {
    expect(sameButCamera(firstView, { ...firstView, camera: { at: [1, 1], zoom: 3 } })).toBe(true);
    expect(sameButCamera(firstView, { ...firstView, area: "C" })).toBe(false);
  });
});

describe("choosing", () => {
  test("a grid asks for its details once and flies there", () => {
    const [state, effects] = run(town(), { do: "select", selection: { kind: "grid", code: "C1-3" } });
    expect(asked(effects)).toEqual(["grid", "buildings", "eras"]);
    expect(effects).toContainEqual({ do: "fly", to: { box: [3, 0, 4, 1] } });
    const again = run(state, { do: "select", selection: { kind: "grid", code: "C1-3" } })[1];
    expect(asked(again)).toEqual([]);
  });
  test("a press on a small grid goes one area deeper, on a large one chooses it", () => {
    const picked = { thing: { kind: "grid" as const, id: 1 }, code: "C1-1", name: "" };
    const far = run(town(), { do: "press", picked, at: [1, 0], zoom: 10 })[0];
    expect(far.view).toMatchObject({ area: "C", selection: null });
    const farther = run(far, { do: "press", picked, at: [1, 0], zoom: 10 })[0];
    expect(farther.view.area).toBe("C1");
    const near = run(town(), { do: "press", picked, at: [1, 0], zoom: 14 })[0];
    expect(near.view).toMatchObject({ area: null, selection: { kind: "grid", code: "C1-1" } });
  });
  test("a tap while My grid waits for a place asks which grid is there", () => {
    const [state, effects] = run(
      town(),
      { do: "workspace", to: "mygrid" },
      { do: "pointing", on: true },
      { do: "press", picked: null, at: [1, 2], zoom: 14 },
    );
    expect(asked(effects)).toEqual(["locate"]);
    const value = {
      building: null,
      community: null,
      grid: { id: 4, code: "C2-4", name: "" },
      reason: "shape",
    };
    const [mine, more] = run(state, { do: "answered", what: "locate", with: { at: [1, 2] }, value });
    expect(mine.view.mine).toBe("C2-4");
    expect(mine.pointing).toBe(false);
    expect(more).toContainEqual({ do: "keep", key: "mine", value: "C2-4" });
    expect(asked(more)).toEqual(["grid", "buildings", "outline"]);
  });
  test("Escape takes back one thing at a time", () => {
    const open: State = {
      ...town(),
      keys: true,
      palette: true,
      mark: { key: "m", geometry: { type: "Point", coordinates: [0, 0] }, title: "" },
      view: { ...firstView, selection: { kind: "grid", code: "C1-1" } },
    };
    const seen: string[] = [];
    let state = open;
    for (let i = 0; i < 5; i += 1) {
      state = update(state, { do: "escape" })[0];
      seen.push(
        [
          state.keys && "keys",
          state.palette && "palette",
          state.mark && "mark",
          state.view.selection && "grid",
        ]
          .filter(Boolean)
          .join(),
      );
    }
    expect(seen).toEqual(["palette,mark,grid", "mark,grid", "grid", "", ""]);
  });
});

describe("answers", () => {
  test("an answer nobody waits for any more is dropped", () => {
    const [state] = run(
      town(),
      { do: "select", selection: { kind: "grid", code: "C1-1" } },
      { do: "select", selection: { kind: "grid", code: "C1-3" } },
      { do: "answered", what: "buildings", with: { grid: "C1-1" }, value: { grid: "C1-1", list: [] } },
    );
    expect(state.buildings.value).toBeNull();
    expect(state.buildings.busy).toBe(true);
  });
  test("counts older than the page are asked for once more, and only once", () => {
    const old = { revision: 6, byGrid: new Map(), loose: new Map() };
    const first = run(town(), { do: "answered", what: "tallies", with: {}, value: old });
    expect(first[1]).toEqual([{ do: "ask", ask: { what: "tallies", with: { again: true } } }]);
    const second = run(town(), { do: "answered", what: "tallies", with: { again: true }, value: old });
    expect(asked(second[1])).toEqual([]);
  });
  test("a refusal keeps what was there and can be tried again", () => {
    const problem = { status: 500, code: "internal", title: "", detail: "", issues: [] };
    const [state] = run(town(), { do: "refused", ask: { what: "grids", with: {} }, problem });
    expect(state.grids.problem).toBe(problem);
    expect(state.grids.value?.byId.size).toBe(4);
    const [again, effects] = run(state, { do: "retry", ask: { what: "grids", with: {} } });
    expect(again.grids.busy).toBe(true);
    expect(asked(effects)).toEqual(["grids"]);
  });
  test("a late search result is not shown under a newer query", () => {
    const [state] = run(
      town(),
      { do: "search", query: "a" },
      { do: "search", query: "ab" },
      { do: "answered", what: "search", with: { query: "a" }, value: [] },
    );
    expect(state.search.hits).toMatchObject({ value: null, busy: true });
  });
});

describe("live", () => {
  const change = (revision: number, kinds: string[]): Change => ({
    revision,
    boxes: [[1, 0, 2, 1]],
    grids: [1],
    areas: ["C1"],
    kinds,
    plans: [],
    edits: [],
    tallies: [{ ...tally(555), grid: "C1-1", id: 1, community: "C1", name: "" }],
  });
  test("counts are joined at once and the touched tiles refreshed", () => {
    const [state, effects] = run(town(), { do: "change", change: change(8, ["people"]), at: 0 });
    const first = state.grids.value?.byId.get(1);
    expect(first && tallyOf(state, first).households).toBe(555);
    expect(state.revision).toBe(8);
    expect(state.note).toMatchObject({ revision: 8, grids: 1 });
    expect(effects[0]).toEqual({ do: "refresh", boxes: [[1, 0, 2, 1]] });
    expect(asked(effects)).toEqual(["areas", "breaks", "findings", "timeline"]);
  });
  test("new grids are fetched with their shapes", () => {
    const effects = run(town(), { do: "change", change: change(8, ["grids"]), at: 0 })[1];
    expect(asked(effects)).toContain("grids");
  });
  test("what happened in another plan alone moves the revision and nothing else", () => {
    const news = { ...change(8, []), boxes: [], tallies: [], grids: [], areas: [] };
    const [state, effects] = run(town(), { do: "change", change: news, at: 0 });
    expect(state.revision).toBe(8);
    expect(state.note).toBeNull();
    expect(effects).toEqual([]);
  });
  test("a gap in the revisions asks for everything again", () => {
    const [state, effects] = run(town(), { do: "change", change: change(12, ["people"]), at: 0 });
    expect(state.revision).toBe(12);
    expect(effects[0]).toEqual({ do: "refresh", boxes: null });
    expect(asked(effects)).toEqual(
      expect.arrayContaining(["me", "areas", "grids", "tallies", "breaks", "plan", "findings"]),
    );
  });
});

describe("files on their way in", () => {
  const file = new File(["x"], "b.csv");
  const inspection = {
    kind: "buildings",
    format: "csv",
    encoding: "utf-8",
    delimiter: ",",
    rows: 1,
    columns: [],
    preview: [],
    datum: "4326",
    candidates: [],
  };
  const dropped = () => run(town(), { do: "dropped", files: [file] })[0];
  test("a drop leads to Data and looks into the file", () => {
    const [state, effects] = run(town(), { do: "dropped", files: [file, file] });
    expect(state.view.workspace).toBe("data");
    expect(state.jobs.map((job) => job.step)).toEqual(["inspecting", "inspecting"]);
    expect(effects.filter((effect) => effect.do === "inspect").length).toBe(2);
  });
  test("a file that says what it is goes straight into its dry run", () => {
    const [state, effects] = run(dropped(), { do: "inspected", job: 1, inspection });
    expect(state.jobs[0]?.step).toBe("trying");
    expect(effects).toContainEqual(expect.objectContaining({ do: "send", dry: true }));
  });
  test("an uncertain datum is asked, never guessed", () => {
    const candidates = [
      { datum: "4326", at: [1, 1] as const, inside: true },
      { datum: "gcj02", at: [1, 1] as const, inside: true },
    ];
    const [state, effects] = run(dropped(), {
      do: "inspected",
      job: 1,
      inspection: { ...inspection, datum: null, candidates },
    });
    expect(state.jobs[0]).toMatchObject({ step: "asking", choices: { datum: "" } });
    expect(effects.filter((effect) => effect.do === "send")).toEqual([]);
    expect(run(state, { do: "send", job: 1, dry: true })[1]).toEqual([]);
  });
  test("a choice after the dry run asks for another one before importing", () => {
    const report = { dryRun: true } as never;
    const [state] = run(
      dropped(),
      { do: "inspected", job: 1, inspection },
      { do: "sent", job: 1, report },
      { do: "choose", job: 1, choices: { datum: "gcj02" } },
    );
    expect(state.jobs[0]).toMatchObject({ step: "asking", report: null });
  });
  test("removing a file under way cancels it", () => {
    const [state, effects] = run(dropped(), { do: "dismiss", job: 1 });
    expect(state.jobs).toEqual([]);
    expect(effects).toContainEqual({ do: "cancel", job: 1 });
  });
});

/** The town with villages in its second community, and a band of their own; coloured by bands. */
function mixed(): State {
  const state = town();
  const general = { target: 400, min: 300, max: 500, overload: 1.2 };
  const byCode = new Map(state.areas.value?.byCode);
  for (const [code, kind] of [
    ["C1", "rc"],
    ["C2", "vc"],
  ] as const)
    byCode.set(code, { ...area(code, "C", "community", code === "C1" ? 2 : 3), kind });
  const bands = [{ ...general, kind: "vc", target: 130, min: 100, max: 170 }];
  const me = { profile: general, bands } as unknown as Me;
  return {
    ...state,
    areas: { ...state.areas, value: { revision: 7, roots: ["C"], byCode } },
    me: { value: me, busy: false, problem: null },
    view: { ...state.view, paint: "band" },
  };
}

describe("colour", () => {
  test("classes take their lower bound and leave zero out", () => {
    expect(lowerBounds([0, 100.2, 200, 200, 300])).toEqual([1, 101, 200]);
    expect([0, 1, 100, 101, 999].map((value) => classOf([1, 101], value))).toEqual([-1, 0, 0, 1, 1]);
  });
  test("the legend counts every grid once", () => {
    const { rows, none } = legendOf([1, 101], [-1, 0, 0, 1, 1], 700);
    expect(none).toBe(1);
    expect(rows).toEqual([
      { from: 1, to: 100, count: 2 },
      { from: 101, to: 700, count: 2 },
    ]);
  });
  test("the band is the fourth of seven classes", () => {
    const limits = bandLimits({ target: 400, min: 300, max: 500, overload: 1.2 });
    expect([299, 300, 500, 501, 600, 601].map((value) => classOf(limits, value))).toEqual([2, 3, 3, 4, 4, 5]);
  });
  test("a grid is overloaded on the map where it is overloaded by rule", () => {
    // 303 x 1.2 is 363.6: 364 is above it.
    const limits = bandLimits({ target: 200, min: 100, max: 303, overload: 1.2 });
    expect([363, 364].map((value) => classOf(limits, value))).toEqual([4, 5]);
  });
  test("each grid has the colour of its own community's band", () => {
    const state = mixed();
    // 350 households fit 300-500, and are twice too many for 100-170.
    expect([...paintedOf(state).grids]).toEqual([
      [1, 3],
      [3, 5],
      [4, 6],
    ]);
    expect(boundsOf(state, "C2")[3]).toBe(100);
  });
  test("the legend counts by own bands and names them where there are several", () => {
    const all = legendFor(mixed());
    expect(all.rows.map((row) => row.count)).toEqual([0, 0, 0, 1, 0, 1, 1]);
    expect(all.bands.map((band) => [band.kinds, band.profile.max])).toEqual([
      [["vc"], 170],
      [["rc"], 500],
    ]);
    const one = legendFor({ ...mixed(), view: { ...mixed().view, area: "C2" } });
    expect(one.bands.length).toBe(1);
    expect(one.rows[3]).toEqual({ from: 100, to: 170, count: 0 });
    expect(bandsUnder(town(), null).length).toBe(1);
  });
  test("grids without households are hatched, not coloured", () => {
    const state = {
      ...town(),
      breaks: { value: { measure: "households", breaks: [1, 500, 900] }, busy: false, problem: null },
    };
    expect(boundsOf(state, null)).toEqual([1, 500]);
    const painted = paintedOf(state);
    expect(painted.none).toEqual([2]);
    expect([...painted.grids]).toEqual([
      [1, 0],
      [3, 6],
      [4, 0],
    ]);
  });
  test("neighbours get different hues, and a new grid recolours no older one", () => {
    const row = Array.from({ length: 60 }, (_, i) => grid(i + 1, "C1", 1, i));
    const hues = huesOf(row);
    for (let id = 1; id < 60; id += 1) expect(hues.get(id)).not.toBe(hues.get(id + 1));
    const more = huesOf([...row, grid(61, "C1", 1, 30)]);
    for (const [id, hue] of hues) expect(more.get(id)).toBe(hue);
  });
});

describe("places", () => {
  test("boxes of any geometry", () => {
    const geometry = {
      type: "MultiPolygon" as const,
      coordinates: [
        [
          [
            [1, 2],
            [3, 4],
            [0, 9],
          ],
        ],
      ],
    };
    expect(positionsOf(geometry).length).toBe(3);
    expect(boxOf(geometry)).toEqual([0, 2, 3, 9]);
    expect(boxOf({ type: "Polygon", coordinates: [] })).toBeNull();
  });
  test("the scale bar is a round number that fits", () => {
    for (const zoom of [5, 9.3, 12, 15.7, 19]) {
      const { metres, pixels } = scaleBar(39, zoom, 110);
      expect(pixels).toBeLessThanOrEqual(110);
      expect(pixels).toBeGreaterThan(40);
      expect(["1", "2", "5"]).toContain(String(metres).replace(/[0.]/g, "")[0]);
    }
  });
  test("tiles of a box", () => {
    expect(tilesOf([0.1, 0.1, 0.2, 0.2], 1)).toEqual([{ z: 1, x: 1, y: 0 }]);
    expect(tilesOf([-180, -85, 180, 85], 2).length).toBe(16);
  });
  test("only tiles in view that meet the change, each once", () => {
    const view = [109.58, 38.88, 109.6, 38.9] as const;
    const near = touchedTiles(
      view,
      [
        [109.59, 38.89, 109.591, 38.891],
        [109.59, 38.89, 109.591, 38.891],
      ],
      14,
      14,
    );
    expect(near?.length).toBeGreaterThan(0);
    expect(new Set(near?.map((tile) => `${tile.x}/${tile.y}`)).size).toBe(near?.length);
    expect(touchedTiles(view, [[120, 30, 121, 31]], 14, 14)).toEqual([]);
    expect(touchedTiles([-180, -85, 180, 85], [[-180, -85, 180, 85]], 8, 8)).toBeNull();
  });
});

test("the chain of an area and the grids under it", () => {
  expect(chainOf(town(), "C1").map((one) => one.code)).toEqual(["C", "C1"]);
  expect(gridsUnder(town(), "C2").map((one) => one.id)).toEqual([4]);
  expect(gridsUnder(town(), null).length).toBe(4);
});

test("findings stand worst first", () => {
  const counts = new Map([
    ["grid.small", 90],
    ["grid.overloaded", 2],
    ["fabric.gap", 1],
    ["placement.gap", 0],
  ]);
  expect(groupsOf(counts).map((group) => group.code)).toEqual([
    "fabric.gap",
    "grid.overloaded",
    "grid.small",
  ]);
});
