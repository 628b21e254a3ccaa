// Divisions: watched while they are made, drawn over the draft without touching it, accepted one by one or together.

import { describe, expect, test } from "vitest";
import { namingOf } from "../src/map/naming";
import type { Action, Effect } from "../src/model/action";
import { doubtOf, histogram, openProposals, proposed, recolorOf, type Wish } from "../src/model/division";
import type { State } from "../src/model/state";
import { update } from "../src/model/update";
import { Node } from "../src/wire/decode";
import { job as readJob } from "../src/wire/division";
import { bench, cells } from "./cells";

const judged = { grids: 2, deviation_max: 0.1, out_of_band: 0, compactness: 0.5, barrier_share: null };
const part = (grid: string | null, id: number | null, of: number[]) => ({
  grid,
  id,
  name: "",
  weight: of.length * 10,
  households: of.length * 10,
  band: "in",
  cells: of,
  area_m2: 1,
  compactness: 0.5,
  border_m: 3,
  barrier_share: 0.5,
});
const row = (code: string, parts: object[]) => ({
  code,
  name: code,
  seconds: 0.1,
  division: {
    parts,
    after: judged,
    before: null,
    bound: 0.05,
    households: 60,
    moved: 10,
    same: false,
    cut_short: false,
    unproven: [],
  },
  certificates: [{ code: "divide.unit", message: "too heavy", weight: 9, cells: [1], place: null }],
  problem: null,
});
const job = (plan: string, state: string, communities: object[], best: object[] = []) =>
  readJob(
    new Node({
      id: 7,
      kind: "divide",
      plan: Number(plan),
      who: "",
      state,
      revision: 3,
      done: 1,
      of: 2,
      communities,
      best,
    }),
  );

const wish: Wish = {
  communities: [],
  target: 30,
  min: 20,
  max: 40,
  isOwnBand: true,
  weight: "households",
  mix: { households: 1, persons: 0, buildings: 2, area: 0 },
  bindEstates: false,
  reach: null,
  hard: [],
  seed: 1,
};

/** A state with a draft on the bench, and what came of some actions. */
function reached(...actions: Action[]): [State, Effect[]] {
  let state = bench(cells("AAABBB"));
  let effects: Effect[] = [];
  for (const action of actions) [state, effects] = update(state, action);
  return [state, effects];
}
const plan = bench(cells("AAABBB")).view.plan ?? "";
const code = cells("AAABBB").community;
const here = row(code, [part("A", 1, [1, 2]), part("B", 2, [3, 4, 5]), part(null, null, [6])]);

describe("a division", () => {
  test("is asked for, watched while it works, and let go of", () => {
    const [, begun] = reached({ of: "divide", do: "begin", wish });
    expect(begun).toContainEqual({ do: "divide", plan, wish });
    const [running, watch] = reached(
      { of: "divide", do: "begin", wish },
      { of: "divide", do: "job", job: job(plan, "running", []) },
    );
    expect(running.bench.dividing.busy).toBe(true);
    expect(watch).toContainEqual({ do: "watchJob", id: 7, cells: code, ms: 250 });
    const [dropped, stop] = update(running, { of: "divide", do: "drop" });
    expect(stop).toContainEqual({ do: "stopJob", id: 7 });
    // Its last news comes too late.
    const [still] = update(dropped, { of: "divide", do: "job", job: job(plan, "cancelled", [here]) });
    expect(still.bench.dividing.job).toBeNull();
  });

  test("is drawn over the draft: kept grids by their keys, new ones by keys of their own", () => {
    const [state] = reached(
      { of: "divide", do: "begin", wish },
      { of: "divide", do: "job", job: job(plan, "done", [here]) },
    );
    const fabric = state.fabric.value;
    const recolor = proposed(state.bench.dividing, fabric);
    expect([...recolor]).toEqual([
      [3, 2],
      [6, 1_000_000_002],
    ]);
    expect(state.bench.colors).toEqual(fabric?.colors);
    const [hidden] = update(state, { of: "divide", do: "hide", on: true });
    expect(proposed(hidden.bench.dividing, fabric).size).toBe(0);
    const one = state.bench.dividing.job?.communities[0];
    if (one === undefined || fabric === null) throw new Error("was read");
    expect(recolorOf(one, fabric)).toBe(recolor);
  });

  test("names the grids it would make where they would lie, and today's where they stay", () => {
    const [state] = reached(
      { of: "divide", do: "begin", wish },
      { of: "divide", do: "job", job: job(plan, "done", [here]) },
    );
    const naming = namingOf(state);
    const mesh = state.fabric.value?.mesh;
    expect(naming?.named.map(({ grid, at }) => [grid.id, grid.weight, at])).toEqual([
      [1, 20, mesh?.cells[1]?.label],
      [2, 30, mesh?.cells[4]?.label],
      [null, 10, mesh?.cells[6]?.label],
    ]);
    expect([...(naming?.gone ?? [])]).toEqual([1, 2]);
    expect(namingOf(state), "worked out once").toBe(naming);
    const redrawn = cells("AAACCC");
    const later = namingOf({ ...state, fabric: { ...state.fabric, value: redrawn } });
    expect([...(later?.gone ?? [])], "another state of the draft").toEqual([1, 3]);
    const [hidden] = update(state, { of: "divide", do: "hide", on: true });
    expect(namingOf(hidden)).toBeNull();
    const [dropped] = update(state, { of: "divide", do: "drop" });
    expect(namingOf(dropped)).toBeNull();
  });

  test("shows the best so far until there is a proposal, and draws a new one only when it is new", () => {
    const best = (round: number, of: number[]) => ({
      area: code,
      name: "",
      parts: 2,
      deviation: 0.2,
      outside: 1,
      round,
      grids: [
        { id: 1, weight: 10, band: "in", cells: of },
        { id: null, weight: 10, band: "small", cells: [6] },
      ],
    });
    const told = (state: State, ...bests: object[]) =>
      update(state, { of: "divide", do: "job", job: job(plan, "running", [], bests) })[0];
    const [begun] = reached({ of: "divide", do: "begin", wish });
    const first = told(begun, best(1, [1, 2, 3, 4]));
    const shown = proposed(first.bench.dividing, first.fabric.value);
    expect([...shown]).toEqual([
      [4, 1],
      [6, 1_000_000_001],
    ]);
    expect(proposed(told(first, best(1, [1, 2, 3, 4])).bench.dividing, first.fabric.value)).toBe(shown);
    const second = told(first, best(2, [1, 2]));
    expect([...proposed(second.bench.dividing, second.fabric.value).keys()]).toEqual([6]);
    const [done] = update(second, { of: "divide", do: "job", job: job(plan, "done", [here]) });
    expect([...proposed(done.bench.dividing, done.fabric.value).keys()]).toEqual([3, 6]);
  });

  test("is compared with many others, whatever else is on the bench", () => {
    const spread = { values: [0.1, 0.2, 0.2, 0.5], present: 0.3, rank: 1 };
    const told = (state: string, done: number, ensemble: object | null) =>
      readJob(
        new Node({
          id: 9,
          kind: "ensemble",
          plan: Number(plan),
          state,
          done,
          of: 4,
          communities: [],
          best: [],
          ensemble,
        }),
      );
    const [asked, effects] = reached(
      { of: "divide", do: "begin", wish },
      { of: "divide", do: "job", job: job(plan, "done", [here]) },
      { of: "divide", do: "survey", wish, area: code },
    );
    expect(effects).toEqual([{ do: "survey", plan, wish, area: code }]);
    const [running, watch] = update(asked, { of: "divide", do: "job", job: told("running", 2, null) });
    expect(watch).toContainEqual({ do: "watchJob", id: 9, cells: null, ms: 250 });
    expect(running.bench.dividing.job?.id).toBe(7);
    const measures = { deviation: spread, barrier_share: spread, compactness: spread };
    const found = { area: code, kept: 4, nested: 2, cut_short: false, measures, problem: null };
    const [done] = update(running, { of: "divide", do: "job", job: told("done", 4, found) });
    const survey = done.bench.dividing.survey;
    expect(survey !== "asked" && survey?.survey?.measures.barrierShare.rank).toBe(1);
    const { counts, low, high, at } = histogram(spread);
    expect([low, high]).toEqual([0.1, 0.5]);
    expect(at).toBeCloseTo(0.5);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect([counts[0], counts.at(-1)]).toEqual([1, 1]);
    const [ended, stop] = update(running, { of: "divide", do: "endSurvey" });
    expect([ended.bench.dividing.survey, stop]).toEqual([null, [{ do: "stopJob", id: 9 }]]);
    expect(update(ended, { of: "divide", do: "job", job: told("cancelled", 2, null) })[0]).toBe(ended);
  });

  test("is accepted for one community, then for the rest", () => {
    const other = row("elsewhere", [part(null, null, [1])]);
    const [state] = reached(
      { of: "divide", do: "begin", wish },
      { of: "divide", do: "job", job: job(plan, "done", [here, other]) },
    );
    expect(openProposals(state.bench.dividing)).toHaveLength(2);
    const [asked, effects] = update(state, { of: "divide", do: "accept", communities: [code, "nowhere"] });
    const sent = effects.find((effect) => effect.do === "acceptJob");
    expect(sent).toMatchObject({ id: 7, communities: [code], plan });
    const [done] = update(asked, { of: "divide", do: "accepted", communities: [code] });
    expect(openProposals(done.bench.dividing).map((one) => one.code)).toEqual(["elsewhere"]);
    expect(proposed(done.bench.dividing, done.fabric.value).size).toBe(0);
    const [all] = update(done, { of: "divide", do: "accepted", communities: ["elsewhere"] });
    expect(all.bench.dividing.job).toBeNull();
  });

  test("keeps what it has when the server refuses", () => {
    const [state] = reached(
      { of: "divide", do: "begin", wish },
      { of: "divide", do: "job", job: job(plan, "done", [here]) },
    );
    const problem = { status: 412, code: "edit.stale", title: "", detail: "", issues: [] };
    const [failed] = update(state, { of: "divide", do: "failed", problem });
    expect(failed.bench.dividing.problem).toBe(problem);
    expect(failed.bench.dividing.job).not.toBeNull();
    expect(failed.bench.dividing.busy).toBe(false);
  });

  test("is not asked for what nobody can mean", () => {
    expect(doubtOf(wish)).toBeNull();
    expect(doubtOf({ ...wish, target: 0 })).toBe("target");
    expect(doubtOf({ ...wish, target: Number.NaN })).toBe("target");
    expect(doubtOf({ ...wish, min: 31 })).toBe("band");
    expect(doubtOf({ ...wish, max: 29 })).toBe("band");
    expect(doubtOf({ ...wish, weight: "mix" })).toBeNull();
    const mix = { households: 0, persons: 0, buildings: 0, area: 0 };
    expect(doubtOf({ ...wish, weight: "mix", mix })).toBe("mix");
    expect(doubtOf({ ...wish, weight: "mix", mix: { ...mix, area: 0.5 } })).toBe("mix");
    expect(doubtOf({ ...wish, mix })).toBeNull();
    expect(doubtOf({ ...wish, reach: 500 })).toBeNull();
    expect(doubtOf({ ...wish, reach: 9 })).toBe("reach");
    expect(doubtOf({ ...wish, reach: Number.NaN })).toBe("reach");
  });
});
