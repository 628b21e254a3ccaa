// Names for new grids: the next in the row the others stand in.

import type { Fabric } from "./fabric";

/** 网格003, 网格007 → 网格008; without any number, the count of grids and one. */
export function nextName(fabric: Fabric): string {
  let best: { prefix: string; digits: string; n: number } | null = null;
  for (const { name } of fabric.grids.values()) {
    const found = /^(.*?)(\d+)\s*$/u.exec(name);
    if (found === null) continue;
    const [, prefix = "", digits = ""] = found;
    const n = Number(digits);
    if (best === null || n > best.n) best = { prefix, digits, n };
  }
  if (best === null) return String(fabric.grids.size + 1);
  return `${best.prefix}${String(best.n + 1).padStart(best.digits.length, "0")}`;
}
