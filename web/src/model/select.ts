// What the page reads out of a state: derived, never stored.

import type { Ask } from "./action";
import type { Bench } from "./bench";
import type { Geometry } from "./place";
import type { Area, Building, Code, Grid, Plan, Profile, Tally } from "./register";
import type { State, Target } from "./state";
import type { Paint, Selection, View } from "./view";

export const areaOf = (state: State, code: Code | null): Area | null =>
  (code !== null && state.areas.value?.byCode.get(code)) || null;

export const gridOf = (state: State, code: Code | null): Grid | null =>
  (code !== null && state.grids.value?.byCode.get(code)) || null;

export const defaultProfile: Profile = { target: 400, min: 300, max: 500, overload: 1.2 };
/** The size band of a community, by its kind; without one the band for all. */
export function profileOf(state: State, community: Code | null = null): Profile {
  const me = state.me.value;
  const kind = me === null || me.bands.length === 0 ? null : areaOf(state, community)?.kind;
  return me?.bands.find((band) => band.kind === kind) ?? me?.profile ?? defaultProfile;
}

/** A size band and the kinds of community that have it. */
export type Band = { profile: Profile; kinds: string[] };
/** Bands of the grids under an area, each once, the smallest first; without a grid the area's own. */
export function bandsUnder(state: State, code: Code | null): Band[] {
  const found = new Map<string, Band>();
  const communities = new Set<Code | null>(gridsUnder(state, code).map((grid) => grid.community));
  for (const community of communities.size === 0 ? [code] : communities) {
    const profile = profileOf(state, community);
    const kind = areaOf(state, community)?.kind ?? "";
    const key = `${profile.min} ${profile.max} ${profile.overload}`;
    const band = found.get(key) ?? { profile, kinds: [] };
    if (!band.kinds.includes(kind)) band.kinds.push(kind);
    found.set(key, band);
  }
  return [...found.values()].sort((a, b) => a.profile.min - b.profile.min || a.profile.max - b.profile.max);
}

/** Counts of a grid: the live row when there is one, else what came with the grid. */
export const tallyOf = (state: State, grid: Grid): Tally =>
  state.tallies.value?.byGrid.get(grid.id) ?? grid.tally;

export const paintOf = (view: View): Paint =>
  view.paint ?? (view.workspace === "coverage" || view.workspace === "data" ? "households" : "hues");

/** The plan whose shapes and counts are on show: only Plan opens another than the one in force. */
export const planOf = (view: View): string => (view.workspace === "plan" ? view.plan : null) ?? CURRENT;
export const CURRENT = "current";

/** The day as of which the map answers; null is what counts today. */
export const atOf = (view: View): string | null => (view.workspace === "coverage" ? view.at : null);

/** The plan opened in Plan, as far as it is known. */
export function openedPlan(state: State): Plan | null {
  const id = planOf(state.view);
  if (id === CURRENT) return null;
  const shown = state.plan.value?.id === id ? state.plan.value : null;
  return state.plans.value?.find((one) => one.id === id) ?? shown;
}

/** The community being redrawn: the one in scope, or the only one of the draft. */
export function draftCommunity(state: State): Code | null {
  if (planOf(state.view) === CURRENT || state.view.against !== null) return null;
  const plan = state.plans.value?.find((one) => one.id === state.view.plan) ?? null;
  if (plan === null || plan.status !== "draft") return null;
  const within = communitiesUnder(state, state.view.area);
  const here = plan.areas.flatMap((code) => [...communitiesUnder(state, code)]);
  const inScope = here.filter((code) => within.has(code) && areaOf(state, code)?.level === "community");
  return inScope.length === 1 ? (inScope[0] ?? null) : null;
}

/** The grid whose details are on show. */
export const focusGrid = (view: View): Code | null => {
  if (view.workspace === "mygrid") return view.mine;
  if (planOf(view) !== CURRENT) return null;
  return view.selection?.kind === "grid" ? view.selection.code : null;
};

/** Areas from the root down to `code`. */
export function chainOf(state: State, code: Code | null): Area[] {
  const chain: Area[] = [];
  for (let area = areaOf(state, code); area !== null && chain.length < 12; area = areaOf(state, area.parent))
    chain.unshift(area);
  return chain;
}

/** The community a selection lies in, as far as it is known. */
export function communityOf(state: State, selection: Selection | null): Code | null {
  if (selection === null) return null;
  if (selection.kind === "grid") return gridOf(state, selection.code)?.community ?? null;
  return state.building.value?.code === selection.code ? state.building.value.community : null;
}

export function childrenOf(state: State, code: Code | null): Area[] {
  const areas = state.areas.value;
  if (areas === null) return [];
  if (code === null) return areas.roots.flatMap((root) => areas.byCode.get(root) ?? []);
  return [...areas.byCode.values()].filter((area) => area.parent === code);
}

/** Codes of every community at or under an area (all of them for null). */
export function communitiesUnder(state: State, code: Code | null): Set<Code> {
  const found = new Set<Code>();
  for (const area of state.areas.value?.byCode.values() ?? []) {
    const inside = code === null || area.code === code || (area.parent !== null && found.has(area.parent));
    if (inside) found.add(area.code);
  }
  return found;
}

export function gridsUnder(state: State, code: Code | null): Grid[] {
  const all = [...(state.grids.value?.byId.values() ?? [])];
  if (code === null) return all;
  const inside = communitiesUnder(state, code);
  return all.filter((grid) => inside.has(grid.community));
}

/** The area whose figures head the page: the one in scope, or the single root. */
export function scopeArea(state: State): Area | null {
  if (state.view.area !== null) return areaOf(state, state.view.area);
  const roots = state.areas.value?.roots ?? [];
  return roots.length === 1 ? areaOf(state, roots[0] ?? null) : null;
}

export const buildingAt = (state: State, code: Code): Building | null =>
  state.buildings.value?.list.find((building) => building.code === code) ??
  (state.building.value?.code === code ? state.building.value : null);

/** Questions whose answers every view needs. */
export const baseAsks: Ask[] = [
  { what: "me", with: {} },
  { what: "areas", with: {} },
  { what: "grids", with: {} },
  { what: "tallies", with: {} },
  { what: "breaks", with: {} },
  { what: "stations", with: {} },
  { what: "plan", with: {} },
];

/** What the present view needs from the server beside the base data. */
export function wants(state: State): Ask[] {
  const { view } = state;
  const asks: Ask[] = [];
  const area = view.area;
  if (view.workspace === "coverage") {
    asks.push({ what: "findings", with: { area } });
    if (view.findings !== null)
      asks.push({ what: "findingList", with: { area, code: view.findings, offset: 0 } });
  }
  const grid = focusGrid(view);
  if (grid !== null) {
    asks.push({ what: "grid", with: { grid } }, { what: "buildings", with: { grid } });
    const community = gridOf(state, grid)?.community;
    if (view.workspace === "mygrid" && community !== undefined)
      asks.push({ what: "outline", with: { grid, community } });
  }
  if (view.selection?.kind === "building")
    asks.push({ what: "building", with: { building: view.selection.code } });
  if (view.workspace === "plan") asks.push({ what: "plans", with: {} });
  const community = draftCommunity(state);
  const plan = planOf(view);
  if (community !== null) {
    asks.push({ what: "fabric", with: { plan, community } });
    if (state.bench.tab === "history") asks.push({ what: "history", with: { plan } });
  }
  if (view.workspace === "data") asks.push({ what: "imports", with: {} });
  return asks.concat(lifeWants(state));
}

/** What the life of plans adds: checks, comments, a comparison, conflicts, periods, the timeline. */
function lifeWants(state: State): Ask[] {
  const { view, life, bench } = state;
  const asks: Ask[] = [];
  const plan = planOf(view);
  if (plan !== CURRENT) {
    const status = openedPlan(state)?.status;
    if (status === "draft" || status === "in_review") asks.push({ what: "checks", with: { plan } });
    asks.push({ what: "comments", with: { plan } });
    if (bench.tab === "history" && draftCommunity(state) === null)
      asks.push({ what: "history", with: { plan } });
    if (view.against !== null) {
      const { against } = view;
      asks.push({ what: "diff", with: { plan, against } }, { what: "beside", with: { plan: against } });
      if (view.show === "moves") asks.push({ what: "moves", with: { plan, against } });
    }
    if (life.rebasing) {
      asks.push({ what: "rebase", with: { plan } });
      const onto = state.rebase.value?.onto?.id;
      if (onto !== undefined) asks.push({ what: "beside", with: { plan: onto } });
    }
    if (life.asking === "approve") asks.push({ what: "timeline", with: {} });
    return asks;
  }
  if (view.workspace === "coverage") asks.push({ what: "timeline", with: {} });
  if (view.workspace !== "coverage" && view.workspace !== "plan") return asks;
  if (life.border !== null) asks.push({ what: "eras", with: { kind: "border", at: life.border } });
  else if (view.selection !== null)
    asks.push({ what: "eras", with: { kind: view.selection.kind, code: view.selection.code } });
  return asks;
}

export const askKey = (ask: Ask): string => `${ask.what} ${JSON.stringify(ask.with)}`;

/** Where a selection is, for flying there; null when that is not known yet. */
export function targetOf(state: State, selection: Selection): Target | null {
  if (selection.kind === "grid") {
    const box = gridOf(state, selection.code)?.bounds ?? null;
    return box && { box };
  }
  const at = buildingAt(state, selection.code)?.at ?? null;
  return at && { at, zoom: 17.2 };
}

/** Everything there is, as one box; null while nothing is known. */
export function wholeBox(state: State): readonly [number, number, number, number] | null {
  const boxes = childrenOf(state, null).flatMap((area) => (area.bounds === null ? [] : [area.bounds]));
  if (boxes.length === 0) return null;
  return [
    Math.min(...boxes.map((box) => box[0])),
    Math.min(...boxes.map((box) => box[1])),
    Math.max(...boxes.map((box) => box[2])),
    Math.max(...boxes.map((box) => box[3])),
  ];
}

/** The newer state, or the older one when only the pointer or the camera moved: what lists need not notice. */
export function calm(before: State, after: State): State {
  if (before === after) return before;
  for (const key of Object.keys(after) as (keyof State)[]) {
    if (key === "hover" || key === "view") continue;
    if (key === "bench" && sameButStroke(before.bench, after.bench)) continue;
    if (before[key] !== after[key]) return after;
  }
  for (const key of Object.keys(after.view) as (keyof View)[])
    if (key !== "camera" && before.view[key] !== after.view[key]) return after;
  return before;
}

function sameButStroke(before: Bench, after: Bench): boolean {
  if (before === after) return true;
  for (const key of Object.keys(after) as (keyof Bench)[])
    if (key !== "stroke" && key !== "preview" && before[key] !== after[key]) return false;
  return true;
}

/** True when the database holds nothing to look at. */
export const isEmpty = (state: State): boolean =>
  state.areas.value !== null && state.areas.value.byCode.size === 0;

/** What is drawn over the map: the marked place, or nothing. */
export const drawnMark = (state: State): Geometry | null => state.mark?.geometry ?? null;
