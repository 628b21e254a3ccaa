// A comparison as rows of text and figures, the same for the table, the print and the card.

import type { Diff, Flow, GridDiff } from "./compare";

/** The largest change of households first; grids that come or go before those that only shift a border. */
export const byWeight = (diff: Diff): GridDiff[] =>
  [...diff.grids].sort(
    (a, b) =>
      Math.abs(b.households.in) + Math.abs(b.households.out) - (a.households.in + a.households.out) ||
      Number(b.isNew || b.isGone) - Number(a.isNew || a.isGone) ||
      a.grid.localeCompare(b.grid, undefined, { numeric: true }),
  );

/** Two values as one text: once when they are the same. */
export function turned<T>(before: T, after: T, say: (value: T) => string): string {
  const [old, now] = [say(before), say(after)];
  return old === now ? now : `${old} → ${now}`;
}

/** 45 → 47 (+3 −1); what neither comes nor goes is said once. */
export function flowed({ in: came, out: went, before, after }: Flow, say: (value: number) => string): string {
  const both = turned(before, after, say);
  if (came === 0 && went === 0) return both;
  return `${both} (${[came > 0 ? `+${say(came)}` : "", went > 0 ? `−${say(went)}` : ""].filter(Boolean).join(" ")})`;
}

/** One decimal with its sign; a dash for what cannot be said. */
export const deviated = (value: number | null): string =>
  value === null ? "–" : `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value).toFixed(1)}`;
export const ratio = (value: number | null): string => (value === null ? "–" : value.toFixed(2));
export const share = (value: number | null): string =>
  value === null ? "–" : `${Math.round(value * 100)} %`;
