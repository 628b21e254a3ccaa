// Texts about repairs in English; `mend.zh.ts` has the same keys.

import type { mend as zh } from "./mend.zh";

export const mend: typeof zh = {
  title: "Repair",
  hint: "Brings grids outside the size band back into it, moving as few households as can be. Nothing changes until you apply one.",
  all: "Find ways for all grids out of band",
  again: "Look again",
  drop: "Discard",
  busy: "Looking for ways…",
  bindEstates: "Keep estates together",
  picked: (names) => `For ${names}`,
  some: (names, n) => `${names} and others, ${n} grids`,
  found: (n) => (n === "1" ? "1 way" : `${n} ways, fewest moves first`),
  keys: "Point at one or focus it to see it on the map; Enter applies it",
  loose: (n) =>
    `Repairs leave ground without a grid as it is: ${n === "1" ? "1 household lives" : `${n} households live`} there. Divide the community or draw to give it a grid.`,
  least: (n) => `At least ${n} households have to move`,
  kinds: {
    transfer: "Give to neighbours",
    chain: "Pass along a chain",
    redraw: "Redraw locally",
    split: "Split off a new grid",
    merge: "Merge into neighbours",
  } as Record<string, string>,
  moved: (households, buildings) => `${households} households in ${buildings} buildings move`,
  newGrid: "new grid",
  gone: "gone",
  outside: (n) => `${n} households still out of band`,
  deviation: "Largest deviation",
  cut: "Border",
  barrier: "on barriers",
  adopt: "Apply",
  done: "Applied; it can be taken back.",
  undo: "Undo",
  cutShort: "The time limit ended the search; there may be better ways.",
  whyNot: "Why not all of it can be in the band",
  weightOf: (n) => `weighs ${n}`,
  show: "Show",
  failed: "Looking for ways failed.",
};
