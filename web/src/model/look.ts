// What is looked at: workspace, scope, selection, my grid, marked places; and where the map goes for them.

import type { Effect, Step } from "./action";
import { boxOf, type LonLat } from "./place";
import type { Hit } from "./register";
import { areaOf, chainOf, gridOf, targetOf, wholeBox } from "./select";
import type { Mark, State, Target } from "./state";
import type { Picked } from "./surface";
import type { View } from "./view";

export const look = (state: State, view: Partial<View>): State => ({
  ...state,
  view: { ...state.view, ...view },
});
export const flyTo = (to: Target | null): Effect[] => (to === null ? [] : [{ do: "fly", to }]);

/** Where the map opens when the address names no camera: the selection, the scope, or everything. */
export function home(state: State): Target | null {
  const { view } = state;
  if (view.workspace === "mygrid" && view.mine !== null) {
    const box = gridOf(state, view.mine)?.bounds;
    if (box) return { box, fit: true };
  }
  const selected = view.selection && targetOf(state, view.selection);
  if (selected) return selected;
  const box = areaOf(state, view.area)?.bounds ?? wholeBox(state);
  return box && { box, fit: true };
}

export function toWorkspace(state: State, to: View["workspace"]): Step {
  if (to === state.view.workspace) return [{ ...state, sheet: state.sheet === "peek" ? "half" : "peek" }, []];
  const next = look(state, {
    workspace: to,
    paint: null,
    selection: to === "data" ? null : state.view.selection,
  });
  const box = to === "mygrid" ? (gridOf(state, state.view.mine)?.bounds ?? null) : null;
  return [
    { ...next, mark: null, hover: null, pointing: false, sheet: to === "data" ? "full" : "half" },
    box === null ? [] : flyTo({ box, fit: true }),
  ];
}

/** A press on the map: what is small on the screen opens step by step, what is large is chosen at once. */
export function press(state: State, picked: Picked | null, at: LonLat, zoom: number): Step {
  if (state.pointing) return [state, [{ do: "ask", ask: { what: "locate", with: { at } } }]];
  if (picked === null) return select(state, { selection: null });
  const { thing, code } = picked;
  if (thing.kind === "gap") {
    const workspace = state.view.workspace;
    const next = look(state, { selection: null, findings: "fabric.gap" });
    const pin = { type: "Point" as const, coordinates: [...at] };
    if (workspace !== "coverage") return [state, []];
    return [{ ...next, mark: { key: "press", geometry: pin, title: "" } }, []];
  }
  // What there is to say of a station is said beside it.
  if (thing.kind === "station") return [state, []];
  if (thing.kind === "building") return select(state, { selection: { kind: "building", code }, fly: false });
  if (thing.kind === "area") return scope(state, code, true);
  const grid = gridOf(state, code);
  if (state.view.workspace === "mygrid" && state.view.mine === null) return mine(state, code);
  if (state.view.workspace === "mygrid") return select(state, { selection: null });
  if (zoom < DRILL_ZOOM && grid !== null) {
    const chain = chainOf(state, grid.community);
    const here = chain.findIndex((area) => area.code === state.view.area);
    const deeper = chain[here + 1];
    if (deeper !== undefined) return scope(state, deeper.code, true);
  }
  return select(state, { selection: { kind: "grid", code }, fly: false });
}

/** Below this zoom grids are too small to be meant. */
const DRILL_ZOOM = 12;

export function scope(state: State, area: string | null, fly: boolean): Step {
  const box = area === null ? wholeBox(state) : (areaOf(state, area)?.bounds ?? null);
  return [
    { ...look(state, { area, selection: null }), mark: null, untouched: false },
    fly && box !== null ? flyTo({ box, fit: true }) : [],
  ];
}

export function select(state: State, action: { selection: View["selection"]; fly?: boolean }): Step {
  const { selection, fly = true } = action;
  const sheet = state.narrow && selection !== null && state.sheet === "peek" ? "half" : state.sheet;
  const life = { ...state.life, border: null };
  const next = { ...look(state, { selection }), life, mark: null, sheet, untouched: false };
  return [next, selection !== null && fly ? flyTo(targetOf(state, selection)) : []];
}

export function mine(state: State, grid: string | null): Step {
  const next = {
    ...look(state, { mine: grid, selection: null }),
    pointing: false,
    untouched: false,
    sheet: "half" as const,
  };
  const box = gridOf(state, grid)?.bounds;
  return [next, [{ do: "keep", key: "mine", value: grid ?? "" }, ...flyTo(box ? { box, fit: true } : null)]];
}

export function hit(state: State, found: Hit): Step {
  const open = { ...state, palette: false };
  const near: Target | null = found.bounds
    ? { box: found.bounds }
    : found.at && { at: found.at, zoom: found.kind === "street" || found.kind === "estate" ? 16.5 : 17.2 };
  if (found.kind === "grid" && state.view.workspace === "mygrid") return mine(open, found.code);
  if (found.kind === "area") return scope(open, found.code, true);
  const workspace = state.view.workspace === "data" ? "coverage" : state.view.workspace;
  if (found.kind === "grid" || found.kind === "building") {
    const selection = { kind: found.kind, code: found.code } as const;
    const next = { ...look(open, { workspace, selection }), mark: null, untouched: false };
    return [next, flyTo(near ?? targetOf(state, selection))];
  }
  const pin = found.at && {
    key: `hit ${found.code}`,
    geometry: { type: "Point" as const, coordinates: [...found.at] },
    title: found.name,
  };
  return [{ ...open, mark: pin, untouched: false }, flyTo(near)];
}

/** Draws a place over the map; on a phone the sheet gives way to it. */
export function mark(state: State, shown: Mark | null): Step {
  const box = shown && boxOf(shown.geometry);
  const sheet = state.narrow && shown !== null && state.sheet === "full" ? "half" : state.sheet;
  return [{ ...state, mark: shown, sheet, untouched: false }, box === null ? [] : flyTo({ box })];
}
