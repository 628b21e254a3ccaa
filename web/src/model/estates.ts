// Buildings of a grid in the order one walks them: by estate, then by number; searchable.

import type { Building } from "./register";

export type Estate = { name: string; buildings: Building[]; households: number; persons: number };

/** Estates sorted by name (buildings in none come last), counts added up; `query` keeps what it names. */
export function estatesOf(list: readonly Building[], query: string, locale: string): Estate[] {
  const collator = new Intl.Collator(locale, { numeric: true });
  const needle = query.trim().toLowerCase();
  const holds = (building: Building) =>
    needle === "" ||
    [building.name, building.code, building.estate, building.address].some((text) =>
      text.toLowerCase().includes(needle),
    );
  const byName = new Map<string, Building[]>();
  for (const building of list) {
    if (!holds(building)) continue;
    const found = byName.get(building.estate);
    if (found === undefined) byName.set(building.estate, [building]);
    else found.push(building);
  }
  const label = (building: Building) => building.name || building.address || building.code;
  return [...byName]
    .map(([name, buildings]) => ({
      name,
      buildings: buildings.sort((a, b) => collator.compare(label(a), label(b))),
      households: buildings.reduce((sum, building) => sum + building.households, 0),
      persons: buildings.reduce((sum, building) => sum + building.persons, 0),
    }))
    .sort((a, b) => Number(a.name === "") - Number(b.name === "") || collator.compare(a.name, b.name));
}
