// What colour means at the moment: a series of colours, and each grid's place in it. Legend and map read the
// same answer.

import { bandLimits, classOf, type LegendRow, legendOf, lowerBounds, rampIndex } from "./classes";
import { huesOf } from "./hues";
import type { Area, Code, Grid, GridKey } from "./register";
import { type Band, bandsUnder, gridsUnder, paintOf, profileOf, tallyOf } from "./select";
import type { State } from "./state";

export const RAMP = 7;

export type Series = "ramp" | "band" | "hues";
export type Painted = {
  series: Series;
  /** Colour index by grid; a grid that is missing has none. */
  grids: ReadonlyMap<GridKey, number>;
  /** Communities without grids, coloured by their own count. */
  areas: ReadonlyMap<number, number>;
  /** Grids without a single household: hatched. */
  none: GridKey[];
};

/**
 * Lower bounds of the classes in force for grids of a community, by its own band where colour tells of bands; empty
 * while colour means nothing but "different".
 */
export function boundsOf(state: State, community: Code | null): number[] {
  const paint = paintOf(state.view);
  if (paint === "band") return bandLimits(profileOf(state, community));
  if (paint === "households") return lowerBounds(state.breaks.value?.breaks ?? []);
  return [];
}

/** Colour index of a class: the ramp keeps its ends whatever the number of classes. */
export const colorOf = (series: Series, at: number, n: number): number =>
  series === "ramp" ? rampIndex(at, n, RAMP) : at;

export function paintedOf(state: State): Painted {
  const grids = [...(state.grids.value?.byId.values() ?? [])];
  const paint = paintOf(state.view);
  const counts = grids.map((grid): [Grid, number] => [grid, tallyOf(state, grid).households]);
  const none = counts.flatMap(([grid, count]) => (count === 0 ? [grid.id] : []));
  if (state.view.workspace === "mygrid")
    return { series: "hues", grids: new Map(), areas: new Map(), none: [] };
  if (paint === "hues")
    return {
      series: "hues",
      grids: state.bench.hues.size > 0 ? state.bench.hues : huesOf(grids),
      areas: new Map(),
      none,
    };
  const series: Series = paint === "band" ? "band" : "ramp";
  const boundsIn = eachOnce((community: Code) => boundsOf(state, community));
  const index = new Map<GridKey, number>();
  for (const [grid, count] of counts) {
    const bounds = boundsIn(grid.community);
    const at = classOf(bounds, count);
    if (at >= 0) index.set(grid.id, colorOf(series, at, bounds.length));
  }
  return { series, grids: index, areas: bareAreas(state, series, boundsOf(state, null)), none };
}

/** A question whose answers are kept: communities are asked once and not for each of their grids. */
function eachOnce<T>(ask: (community: Code) => T): (community: Code) => T {
  const known = new Map<Code, T>();
  return (community) => {
    const answer = known.get(community) ?? ask(community);
    known.set(community, answer);
    return answer;
  };
}

function bareAreas(state: State, series: Series, bounds: number[]): Map<number, number> {
  const bare = [...(state.areas.value?.byCode.values() ?? [])].filter(
    (area): area is Area => area.level === "community" && area.grids === 0 && area.tally.households > 0,
  );
  const found = new Map<number, number>();
  if (series !== "ramp" || bounds.length === 0) return found;
  for (const area of bare) {
    const at = classOf(bounds, area.tally.households);
    if (at >= 0) found.set(area.id, colorOf(series, at, bounds.length));
  }
  return found;
}

/** What the colours say of the grids in scope. */
export type Legend = {
  rows: LegendRow[];
  none: number;
  /** Bands in scope; where there are several, a class has no figures of its own: `rows` tell of the first band. */
  bands: Band[];
};

export function legendFor(state: State): Legend {
  const inScope = gridsUnder(state, state.view.area);
  const bands = bandsUnder(state, state.view.area);
  const all = [...(state.grids.value?.byId.values() ?? [])];
  const most = all.reduce((largest, grid) => Math.max(largest, tallyOf(state, grid).households), 0);
  const boundsIn = eachOnce((community: Code) => boundsOf(state, community));
  const classed = inScope.map((grid) => classOf(boundsIn(grid.community), tallyOf(state, grid).households));
  const paint = paintOf(state.view);
  const bounds = paint === "band" ? bandLimits(bands[0]?.profile ?? profileOf(state)) : boundsOf(state, null);
  return { bands, ...legendOf(bounds, classed, most) };
}
