// Two plans beside each other: what is hatched, where it is named, and how rows read.

import { describe, expect, test } from "vitest";
import {
  besideState,
  type GridDiff,
  hatched,
  hoverOn,
  huesBeside,
  isSame,
  labelAt,
} from "../src/model/compare";
import { byWeight, deviated, flowed, ratio, share, turned } from "../src/model/comparing";
import { paintedOf } from "../src/model/paint";
import type { Geometry } from "../src/model/place";
import { planOf } from "../src/model/select";
import type { State } from "../src/model/state";
import { grid, town } from "./support";

const say = String;
const still = { in: 0, out: 0, before: 7, after: 7 };
const square = (x: number, y: number, size: number): number[][][] => [
  [
    [x, y],
    [x + size, y],
    [x + size, y + size],
    [x, y + size],
    [x, y],
  ],
];

const row = (code: string, came: number, went: number, by: Partial<GridDiff> = {}): GridDiff => ({
  grid: code,
  name: "",
  community: "C1",
  isNew: false,
  isGone: false,
  predecessors: [],
  buildings: still,
  households: { in: came, out: went, before: 400, after: 400 + came - went },
  persons: still,
  manager: { before: null, after: null },
  borderM: { before: 1, after: 1 },
  deviation: { before: null, after: null },
  compactness: { before: null, after: null },
  barrierShare: { before: null, after: null },
  sentence: "",
  ...by,
});
const none = {
  buildings: 0,
  households: 0,
  persons: 0,
  householdsAll: 10,
  gridsNew: 0,
  gridsGone: 0,
  gridsChanged: 0,
  managers: 0,
  areaM2: 0,
};
const diff = (grids: GridDiff[], totals = none) => ({
  from: { id: "1", title: "" },
  to: { id: "2", title: "" },
  revision: 1,
  grids,
  totals,
  sentences: [],
});

describe("rows", () => {
  test("what comes and goes is told with both ends", () => {
    expect(flowed({ in: 42, out: 3, before: 370, after: 409 }, say)).toBe("370 → 409 (+42 −3)");
    expect(flowed({ in: 5, out: 5, before: 10, after: 10 }, say)).toBe("10 (+5 −5)");
    expect(flowed(still, say)).toBe("7");
  });
  test("what stays is said once", () => expect(turned("Li", "Li", say)).toBe("Li"));
  test("signs, shares and what cannot be said", () => {
    expect([deviated(12.34), deviated(-3), deviated(0), deviated(null)]).toEqual([
      "+12.3",
      "−3.0",
      "0.0",
      "–",
    ]);
    expect([ratio(0.614), ratio(null), share(0.855), share(null)]).toEqual(["0.61", "–", "86 %", "–"]);
  });
  test("the grid most households move into or out of comes first", () => {
    const all = diff([row("3", 0, 0), row("2", 40, 0), row("10", 0, 0, { isNew: true }), row("1", 30, 30)]);
    expect(byWeight(all).map((one) => one.grid)).toEqual(["1", "2", "10", "3"]);
  });
  test("plans that do not differ say so", () => {
    expect(isSame(diff([]))).toBe(true);
    expect(isSame(diff([row("1", 0, 0)]))).toBe(false);
    expect(isSame(diff([], { ...none, areaM2: 3 }))).toBe(false);
  });
});

/** The town compared with a plan that has one grid more. */
function comparing(): State {
  const base = town();
  const other = [...(base.grids.value?.byId.values() ?? []), grid(9, "C1", 50)];
  const beside = {
    revision: 7,
    byId: new Map(other.map((one) => [one.id, one])),
    byCode: new Map(other.map((one) => [one.code, one])),
  };
  const move = { community: "C1", households: 5, buildings: 1, areaM2: 100 };
  const ground: Geometry = { type: "Polygon", coordinates: square(0, 0, 1) };
  return {
    ...base,
    view: { ...base.view, workspace: "plan", plan: "2", against: "current", show: "moves" },
    beside: { value: beside, busy: false, problem: null },
    moves: {
      value: [
        { ...move, from: "C1-1", to: "C1-3", geometry: ground },
        { ...move, from: "C1-9", to: null, geometry: ground },
      ],
      busy: false,
      problem: null,
    },
  };
}

describe("the map", () => {
  test("a grid wears one hue on both maps", () => {
    const state = comparing();
    const here = paintedOf({ ...state, view: { ...state.view, paint: "hues" } }).grids;
    const there = besideState(state);
    for (const [id, hue] of here) expect(there.bench.hues.get(id)).toBe(hue);
    expect(there.bench.hues.has(9)).toBe(true);
    expect(planOf(there.view)).toBe("current");
    expect(there.grids.value?.byCode.has("C1-9")).toBe(true);
  });
  test("a grid under the pointer lights up on both maps, a gap on its own alone", () => {
    const over = (kind: "grid" | "gap", beside: boolean): State => ({
      ...comparing(),
      hover: { thing: { kind, id: 1 }, at: [0, 0], name: "", beside },
    });
    for (const beside of [true, false]) {
      expect(besideState(over("grid", beside)).hover?.thing.id).toBe(1);
      expect(hoverOn(over("grid", beside), false)?.thing.id).toBe(1);
      expect(besideState(over("gap", beside)).hover === null).toBe(!beside);
      expect(hoverOn(over("gap", beside), false) === null).toBe(beside);
    }
    // What the left map is given is its own: it draws by the same rule.
    expect(hoverOn(besideState(over("gap", true)), false)).not.toBeNull();
  });
  test("the hues are the same map until a plan changes: no map is redrawn under a moving pointer", () => {
    const state = comparing();
    expect(huesBeside({ ...state, hover: null })).toBe(huesBeside(state));
  });
  test("ground is coloured as what it becomes and hatched as what it was, a gap in no hue", () => {
    const state = comparing();
    const hues = huesBeside(state);
    expect(hatched(state).map(({ from, to, label }) => [from, to, label])).toEqual([
      [hues.get(1), hues.get(3), "grid 1 → grid 3"],
      [hues.get(9), -1, "grid 9 → –"],
    ]);
    expect(hatched({ ...state, view: { ...state.view, show: "swipe" } })).toEqual([]);
  });
  test("the name stands in the largest part, inside it", () => {
    const parts: Geometry = { type: "MultiPolygon", coordinates: [square(0, 0, 1), square(10, 10, 4)] };
    expect(labelAt(parts)).toEqual([12, 12]);
    const hook = [
      [
        [0, 0],
        [9, 0],
        [9, 1],
        [1, 1],
        [1, 9],
        [0, 9],
        [0, 0],
      ],
    ];
    expect(labelAt({ type: "Polygon", coordinates: hook })).toEqual([1, 1]);
  });
});
