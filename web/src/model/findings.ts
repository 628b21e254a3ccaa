// The order findings are worked through: worst kind first, then the larger group.

import type { Severity } from "./register";

const WEIGHT: Record<string, Severity> = {
  "fabric.gap": "stop",
  "placement.gap": "stop",
  "area.no-plan": "stop",
  "placement.outside": "stop",
  "fabric.overlap": "warning",
  "placement.no-position": "warning",
  "placement.no-building": "warning",
  "placement.outside-stated-area": "warning",
  "station.none": "warning",
  "grid.overloaded": "warning",
  "grid.in-pieces": "warning",
  "grid.empty": "warning",
  "grid.small": "note",
  "station.far": "note",
  "placement.straddles": "note",
  "placement.on-edge": "note",
  "fabric.outside": "note",
};
const RANK: Record<Severity, number> = { stop: 0, warning: 1, note: 2 };
const KINDS = Object.keys(WEIGHT);

export const severityOf = (code: string): Severity => WEIGHT[code] ?? "warning";

export type Group = { code: string; count: number; severity: Severity };

export function groupsOf(counts: ReadonlyMap<string, number>): Group[] {
  const place = (code: string) => {
    const at = KINDS.indexOf(code);
    return at < 0 ? KINDS.length : at;
  };
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([code, count]) => ({ code, count, severity: severityOf(code) }))
    .sort((a, b) => RANK[a.severity] - RANK[b.severity] || place(a.code) - place(b.code));
}
