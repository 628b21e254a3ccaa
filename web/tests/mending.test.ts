// Repairs: asked for, drawn over the draft without touching it, done as an ordinary edit, put away when they are old.

import { describe, expect, test } from "vitest";
import type { Action, Effect } from "../src/model/action";
import { foreshown, isMended, mended, openRemedies } from "../src/model/mending";
import type { State } from "../src/model/state";
import { update } from "../src/model/update";
import { Node } from "../src/wire/decode";
import { remedies } from "../src/wire/mending";
import { bench, cells } from "./cells";

const fabric = cells("AAAB");
const turned = (before: number | null, after: number | null) => ({ before, after });
const stand = (weight: number, band: string) => ({
  weight,
  households: weight,
  buildings: weight / 10,
  area_m2: 1,
  compactness: null,
  band,
});
const sheet = (revision: number) =>
  remedies(
    new Node({
      revision,
      community: fabric.community,
      picked: [{ grid: "A", id: 1, name: "", weight: 30, band: "large" }],
      min: 10,
      max: 20,
      outside: 10,
      least: 10,
      alternatives: [
        {
          rank: 1,
          kind: "transfer",
          households: 10,
          buildings: 1,
          band: turned(10, 0),
          deviation: turned(0.5, 0),
          cut_m: turned(100, 100),
          barrier_share: turned(null, null),
          grids: [
            { grid: "A", id: 1, name: "", before: stand(30, "large"), after: stand(20, "in") },
            { grid: "B", id: 2, name: "", before: stand(10, "in"), after: stand(20, "in") },
          ],
          moves: [{ from: "A", to: "B", to_id: 2, buildings: ["b3"], households: 10, cells: [3] }],
          edits: [{ op: "paint", community: fabric.community, cells: [3], to: "B" }],
          place: null,
        },
        {
          rank: 2,
          kind: "split",
          households: 10,
          buildings: 1,
          band: turned(10, 0),
          deviation: turned(0.5, 0.4),
          cut_m: turned(100, 200),
          barrier_share: turned(0.5, 0.25),
          grids: [{ grid: "C", id: 3, name: "", before: null, after: stand(10, "in") }],
          moves: [{ from: "A", to: null, to_id: null, buildings: ["b1"], households: 10, cells: [1] }],
          edits: [{ op: "create", community: fabric.community, cells: [1], name: "" }],
          place: null,
        },
      ],
      certificates: [{ code: "divide.unit", message: "too heavy", weight: 9, cells: [1], place: null }],
      said: null,
      cut_short: false,
    }),
  );

/** A state with a draft on the bench, and what came of some actions. */
function reached(...actions: Action[]): [State, Effect[]] {
  let state = bench(fabric);
  let effects: Effect[] = [];
  for (const action of actions) [state, effects] = update(state, action);
  return [state, effects];
}
const ask: Action = { of: "mend", do: "ask", grids: ["A"], bindEstates: true };
function found(): State {
  const [asked] = reached(ask);
  const { wish } = asked.bench.mending;
  if (wish === null) throw new Error("was asked");
  return update(asked, { of: "mend", do: "found", wish, found: sheet(fabric.revision) })[0];
}
const shown = (state: State) => [...foreshown(state, state.fabric.value ?? fabric)];

describe("a repair", () => {
  test("is asked for the community on the bench and shown in the panel of divisions", () => {
    const [state, effects] = reached(ask);
    const wish = { area: fabric.community, grids: ["A"], bindEstates: true };
    expect(effects).toContainEqual({ do: "mend", plan: state.view.plan, wish });
    expect(state.bench.tab).toBe("divide");
    expect(state.bench.mending.busy).toBe(true);
  });

  test("is drawn while it is looked at, and nothing else of the draft changes", () => {
    const state = found();
    expect(shown(state)).toEqual([]);
    const [one] = update(state, { of: "mend", do: "show", at: 0 });
    expect(shown(one)).toEqual([[3, 2]]);
    expect(one.bench.colors).toEqual(state.bench.colors);
    const [two] = update(one, { of: "mend", do: "show", at: 1 });
    expect(shown(two)).toEqual([[1, 1_000_000_000]]);
    const [none] = update(two, { of: "mend", do: "show", at: null });
    expect(shown(none)).toEqual([]);
    const remedy = one.bench.mending.found?.remedies[0];
    if (remedy === undefined) throw new Error("was found");
    expect(mended(remedy, fabric)).toBe(mended(remedy, fabric));
  });

  test("is done as an edit like any other, and can be taken back as long as it is the last", () => {
    const state = found();
    const edits = state.bench.mending.found?.remedies[0]?.edits ?? [];
    const [sent, effects] = update(state, { of: "draft", do: "edit", edits });
    const post = effects.find((effect) => effect.do === "post");
    if (post?.do !== "post") throw new Error("was sent");
    expect(post.pending.edits).toEqual([{ op: "paint", community: fabric.community, cells: [3], to: "B" }]);
    const [done] = update(sent, { of: "mend", do: "done" });
    expect(done.bench.mending.found).toBeNull();
    expect(isMended(done)).toBe(false);
    const outcome = {
      revision: fabric.revision + 1,
      changed: true,
      id: post.pending.id,
      grids: [],
      removed: [],
      before: [],
      after: [],
      findings: { gone: [], fresh: [] },
      carried: [],
      fabricChanged: false,
      recolored: [{ cell: 3, grid: 2 }],
      canUndo: true,
      canRedo: false,
      what: "",
    };
    const [came] = update(done, { of: "draft", do: "outcome", id: post.pending.id, outcome });
    expect(isMended(came)).toBe(true);
    const [more] = update(came, {
      of: "draft",
      do: "outcome",
      id: "another",
      outcome: { ...outcome, id: "another", revision: fabric.revision + 2 },
    });
    expect(isMended(more)).toBe(false);
  });

  test("is put away when the draft has changed since, when it comes too late or fails", () => {
    const state = found();
    expect(openRemedies(state.bench.mending, fabric)).not.toBeNull();
    expect(openRemedies(state.bench.mending, { ...fabric, revision: fabric.revision + 1 })).toBeNull();
    expect(openRemedies(state.bench.mending, { ...fabric, community: "elsewhere" })).toBeNull();
    const stranger = { area: fabric.community, grids: [], bindEstates: false };
    const [late] = update(state, { of: "mend", do: "found", wish: stranger, found: sheet(99) });
    expect(late).toBe(state);
    const [asked] = reached(ask);
    const { wish } = asked.bench.mending;
    if (wish === null) throw new Error("was asked");
    const problem = { status: 409, code: "grid.locked", title: "", detail: "", issues: [] };
    const [failed] = update(asked, { of: "mend", do: "failed", wish, problem });
    expect(failed.bench.mending).toMatchObject({ busy: false, problem, found: null });
    const [dropped] = update(failed, { of: "mend", do: "drop" });
    expect(dropped.bench.mending.problem).toBeNull();
  });
});
