// Two plans beside each other: what the server says differs, and how the page shows it.

import { HUES } from "./hues";
import { paintedOf } from "./paint";
import { boxOf, type Geometry, positionsOf } from "./place";
import type { Code } from "./register";
import { emptySlot, type State } from "./state";

export type Flow = { in: number; out: number; before: number; after: number };
export type Turn<T> = { before: T; after: T };
export type GridDiff = {
  grid: Code;
  name: string;
  community: Code;
  isNew: boolean;
  isGone: boolean;
  predecessors: Code[];
  buildings: Flow;
  households: Flow;
  persons: Flow;
  manager: Turn<string | null>;
  borderM: Turn<number | null>;
  /** Per cent of the community's mean. */
  deviation: Turn<number | null>;
  compactness: Turn<number | null>;
  barrierShare: Turn<number | null>;
  sentence: string;
};
export type Diff = {
  from: { id: string; title: string };
  to: { id: string; title: string };
  revision: number;
  grids: GridDiff[];
  totals: {
    buildings: number;
    households: number;
    persons: number;
    householdsAll: number;
    gridsNew: number;
    gridsGone: number;
    gridsChanged: number;
    managers: number;
    areaM2: number;
  };
  sentences: string[];
};
/** Ground that moves from one grid to another; null is a gap. */
export type Move = {
  community: Code;
  from: Code | null;
  to: Code | null;
  households: number;
  buildings: number;
  areaM2: number;
  geometry: Geometry;
};

/** Nothing differs: not a grid comes, goes or changes. */
export const isSame = (diff: Diff): boolean =>
  diff.grids.length === 0 && diff.totals.areaM2 === 0 && diff.totals.buildings === 0;

/** The state as the map at the left draws it: the other plan's grids, and nothing of the bench. */
export function besideState(state: State): State {
  const other = state.beside.value;
  const own = hoverOn(state, true);
  const bare = { colors: null, stroke: null, preview: null, cursor: null, planners: NOBODY };
  return {
    ...state,
    view: {
      ...state.view,
      plan: state.view.against === "current" ? null : state.view.against,
      against: null,
    },
    grids: { ...emptySlot, value: other },
    tallies: emptySlot,
    fabric: emptySlot,
    comments: emptySlot,
    bench: { ...state.bench, ...bare, hues: huesBeside(state) },
    hover: own && { ...own, beside: false },
    mark: null,
  };
}

/** What is under the pointer, as one of the two maps draws it: a gap is one in its own plan alone. */
export const hoverOn = ({ hover }: State, beside: boolean): State["hover"] =>
  hover?.thing.kind === "gap" && (hover.beside ?? false) !== beside ? null : hover;

const NOBODY: State["bench"]["planners"] = [];

let memo: { reads: readonly unknown[]; hues: ReadonlyMap<number, number> } | null = null;
/** A grid looks the same on both maps; those only the other plan has take a hue of their own. */
export function huesBeside(state: State): ReadonlyMap<number, number> {
  const reads = [state.grids.value, state.beside.value, state.bench.hues, state.view.workspace];
  if (memo?.reads.every((value, i) => value === reads[i])) return memo.hues;
  const hues = new Map(paintedOf({ ...state, view: { ...state.view, paint: "hues" } }).grids);
  for (const id of state.beside.value?.byId.keys() ?? []) if (!hues.has(id)) hues.set(id, (id * 5) % HUES);
  memo = { reads, hues };
  return hues;
}

export type Ground = { geometry: Geometry; from: number; to: number; label: string };

/** Hue of a grid by its code; -1 for a gap. */
function hueOf(state: State, hues: ReadonlyMap<number, number>, code: Code | null): number {
  if (code === null) return -1;
  const grid = state.grids.value?.byCode.get(code) ?? state.beside.value?.byCode.get(code);
  return grid === undefined ? 0 : (hues.get(grid.id) ?? (grid.id * 5) % HUES);
}

export const nameBeside = (state: State, code: Code): string => {
  const grid = state.grids.value?.byCode.get(code) ?? state.beside.value?.byCode.get(code);
  return grid?.name || code;
};

/** What is hatched on the map: ground that moves while comparing, ground in conflict while bringing up to date. */
export function hatched(state: State): Ground[] {
  const hues = huesBeside(state);
  const name = (code: Code | null) => (code === null ? "–" : nameBeside(state, code));
  const ground = (geometry: Geometry, from: Code | null, to: Code | null): Ground => ({
    geometry,
    from: hueOf(state, hues, from),
    to: hueOf(state, hues, to),
    label: `${name(from)} → ${name(to)}`,
  });
  if (state.life.rebasing)
    return (state.rebase.value?.conflicts ?? []).flatMap(({ place, ours, theirs }) =>
      place === null ? [] : [ground(place, theirs, ours)],
    );
  if (state.view.against === null || state.view.show !== "moves") return [];
  return (state.moves.value ?? []).map(({ geometry, from, to }) => ground(geometry, from, to));
}

/** A point near the middle of the largest part of a shape: where its label goes. */
export function labelAt(geometry: Geometry): readonly [number, number] | null {
  const parts =
    geometry.type === "MultiPolygon"
      ? geometry.coordinates.map((coordinates): Geometry => ({ type: "Polygon", coordinates }))
      : [geometry];
  let best: { size: number; at: readonly [number, number] } | null = null;
  for (const part of parts) {
    const box = boxOf(part);
    if (box === null) continue;
    const size = (box[2] - box[0]) * (box[3] - box[1]);
    const middle = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] as const;
    if (best === null || size > best.size) best = { size, at: inside(part, middle) };
  }
  return best?.at ?? null;
}

/** The middle when it lies inside, else the corner of the ring nearest to it. */
function inside(part: Geometry, middle: readonly [number, number]): readonly [number, number] {
  if (part.type !== "Polygon") return middle;
  const ring = part.coordinates[0] ?? [];
  let odd = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [x, y] = ring[i] ?? [];
    const [u, v] = ring[j] ?? [];
    if (x === undefined || y === undefined || u === undefined || v === undefined) continue;
    if (y > middle[1] !== v > middle[1] && middle[0] < ((u - x) * (middle[1] - y)) / (v - y) + x) odd = !odd;
  }
  if (odd) return middle;
  const far = (at: readonly [number, number]) => Math.hypot(at[0] - middle[0], at[1] - middle[1]);
  return positionsOf(part).reduce(
    (near, at) => (far(at) < far(near) ? at : near),
    positionsOf(part)[0] ?? middle,
  );
}
