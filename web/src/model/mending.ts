// Grids outside the band and what could be done about them: asked for, looked at on the map, done as an ordinary edit.
// What was found stands on one revision; the first edit after it makes it old, and it is put away.

import type { Action, Effect, Step } from "./action";
import type { Certificate } from "./division";
import { newKey, proposed } from "./division";
import type { Recolor } from "./draft";
import type { Edit } from "./edits";
import type { CellId, Fabric } from "./fabric";
import type { Geometry } from "./place";
import type { Code, GridKey, Problem } from "./register";
import { draftCommunity, planOf } from "./select";
import type { State } from "./state";

export type MendAction = Extract<Action, { of: "mend" }>;

/** Which grids of a community; none: all outside the band. */
export type MendWish = { area: Code; grids: Code[]; bindEstates: boolean };

export type Stand = {
  weight: number;
  households: number;
  buildings: number;
  compactness: number | null;
  band: string;
};

export type Remedy = {
  rank: number;
  kind: string;
  households: number;
  buildings: number;
  band: { before: number; after: number };
  deviation: { before: number; after: number };
  cutM: { before: number; after: number };
  barrierShare: { before: number | null; after: number | null };
  grids: { grid: Code; id: GridKey; name: string; before: Stand | null; after: Stand | null }[];
  moves: { from: Code; to: Code | null; toId: GridKey | null; households: number; cells: CellId[] }[];
  edits: Edit[];
  place: Geometry | null;
};

export type Remedies = {
  revision: number;
  community: Code;
  picked: { grid: Code; name: string; weight: number; band: string }[];
  min: number;
  max: number;
  outside: number;
  least: number;
  remedies: Remedy[];
  certificates: Certificate[];
  said: { code: string; message: string } | null;
  cutShort: boolean;
};

/** What the bench holds of it. */
export type Mending = {
  wish: MendWish | null;
  found: Remedies | null;
  busy: boolean;
  problem: Problem | null;
  /** The remedy on the map. */
  shown: number | null;
  /** The edit that did one. */
  done: string | null;
};

export const notMending: Mending = {
  wish: null,
  found: null,
  busy: false,
  problem: null,
  shown: null,
  done: null,
};

const put = (state: State, by: Partial<Mending>): State => ({
  ...state,
  bench: { ...state.bench, mending: { ...state.bench.mending, ...by } },
});

export function updateMending(state: State, action: MendAction): Step {
  const { mending } = state.bench;
  const plan = planOf(state.view);
  switch (action.do) {
    case "ask": {
      const area = draftCommunity(state);
      if (area === null) return [state, []];
      const wish = { area, grids: action.grids, bindEstates: action.bindEstates };
      const next = put(state, { ...notMending, wish, busy: true });
      const effect: Effect = { do: "mend", plan, wish };
      return [{ ...next, bench: { ...next.bench, tab: "divide" } }, [effect]];
    }
    case "found":
      if (mending.wish !== action.wish) return [state, []];
      return [put(state, { busy: false, found: action.found, shown: null }), []];
    case "failed":
      if (mending.wish !== action.wish) return [state, []];
      return [put(state, { busy: false, problem: action.problem }), []];
    case "show":
      return [mending.shown === action.at ? state : put(state, { shown: action.at }), []];
    case "done":
      return [put(state, { ...notMending, done: `${state.bench.client}-${state.bench.made}` }), []];
    case "drop":
      return [put(state, notMending), []];
  }
}

/** What was found, as long as it is true of the draft on show: an edit made since has a newer revision. */
export const openRemedies = ({ found }: Mending, fabric: Fabric | null): Remedies | null =>
  fabric !== null && found?.community === fabric.community && fabric.revision <= found.revision
    ? found
    : null;

/** Whether the newest edit is one that mended, so that undo takes that back. */
export const isMended = ({ bench }: State): boolean =>
  bench.mending.done !== null && bench.last?.id === bench.mending.done && bench.last.changed;

const drawn = new WeakMap<Remedy, Recolor>();

/** The cells a remedy moves, with the grid each would have. */
export function mended(remedy: Remedy, fabric: Fabric): Recolor {
  const known = drawn.get(remedy);
  if (known !== undefined) return known;
  const recolor = new Map<CellId, GridKey | null>();
  for (const move of remedy.moves)
    for (const cell of move.cells)
      if (fabric.mesh.cells[cell] !== undefined) recolor.set(cell, move.toId ?? newKey(0));
  drawn.set(remedy, recolor);
  return recolor;
}

/** What the map shows over the draft: the remedy looked at, else a division. */
export function foreshown({ bench }: State, fabric: Fabric): Recolor {
  const { mending, dividing } = bench;
  const remedy = mending.shown === null ? null : openRemedies(mending, fabric)?.remedies[mending.shown];
  return remedy ? mended(remedy, fabric) : proposed(dividing, fabric);
}
