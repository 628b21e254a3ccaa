// What colour means at the moment: a series of colours, and each grid's place in it. Legend and map read the
// same answer.

import { bandLimits, classOf, legendOf, lowerBounds, rampIndex } from "./classes";
import { huesOf } from "./hues";
import type { Area, Grid, GridKey } from "./register";
import { gridsUnder, paintOf, profileOf, tallyOf } from "./select";
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

/** Lower bounds of the classes in force; empty while colour means nothing but "different". */
export function boundsOf(state: State): number[] {
  const paint = paintOf(state.view);
  if (paint === "band") return bandLimits(profileOf(state));
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
  const bounds = boundsOf(state);
  const series: Series = paint === "band" ? "band" : "ramp";
  const index = new Map<GridKey, number>();
  for (const [grid, count] of counts) {
    const at = classOf(bounds, count);
    if (at >= 0) index.set(grid.id, colorOf(series, at, bounds.length));
  }
  return { series, grids: index, areas: bareAreas(state, series, bounds), none };
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

/** Rows of the legend for the grids in scope. */
export function legendFor(state: State) {
  const bounds = boundsOf(state);
  const households = (grid: Grid) => tallyOf(state, grid).households;
  const most = gridsUnder(state, null).reduce((largest, grid) => Math.max(largest, households(grid)), 0);
  return { bounds, ...legendOf(bounds, gridsUnder(state, state.view.area).map(households), most) };
}
