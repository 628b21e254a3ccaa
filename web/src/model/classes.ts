// Classes of a coloured map: which class a count falls in, how many fall in each, what the legend says.

import type { Profile } from "./register";

/** Seven classes around the band: three too small, one fitting, three too large. */
export function bandLimits(profile: Profile): number[] {
  const { min, max, overload } = profile;
  return [
    1,
    Math.round(min / 2),
    Math.round(min * 0.8),
    min,
    max + 1,
    Math.floor(max * overload) + 1,
    max * 2,
  ];
}

/** Index of the last lower bound at or below `value`; -1 below the first. */
export function classOf(bounds: readonly number[], value: number): number {
  let found = -1;
  for (let i = 0; i < bounds.length; i += 1) if (value >= (bounds[i] ?? Number.POSITIVE_INFINITY)) found = i;
  return found;
}

/** Lower bounds from the server's breaks (n lower bounds and the maximum), without doubles or zero. */
export function lowerBounds(breaks: readonly number[]): number[] {
  const lower = breaks.slice(0, -1).map((bound) => Math.max(1, Math.ceil(bound)));
  return [...new Set(lower)].sort((a, b) => a - b);
}

export type LegendRow = { from: number; to: number | null; count: number };

/**
 * One legend row a class; `classed` says which each falls in, `none` counts those below the first (no households).
 * `most` is the largest value anywhere: it closes the last class whatever is in scope.
 */
export function legendOf(
  bounds: readonly number[],
  classed: readonly number[],
  most: number,
): { rows: LegendRow[]; none: number } {
  const counts = bounds.map(() => 0);
  let none = 0;
  for (const at of classed)
    if (at < 0) none += 1;
    else counts[at] = (counts[at] ?? 0) + 1;
  const rows = bounds.map((from, i) => {
    const next = bounds[i + 1];
    return { from, to: next === undefined ? Math.max(most, from) : next - 1, count: counts[i] ?? 0 };
  });
  return { rows, none };
}

/** Spreads `n` classes over a ramp of `size` colours, keeping both ends. */
export const rampIndex = (at: number, n: number, size: number): number =>
  n <= 1 ? size - 1 : Math.round((at * (size - 1)) / (n - 1));
