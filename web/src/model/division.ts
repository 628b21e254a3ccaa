// A division the server proposes: what was wished for, how far the work has come, and which cells would go where.
// Nothing of it has happened until it is accepted.

import { neighborsOf, type Recolor, recolored } from "./draft";
import type { CellId, Fabric } from "./fabric";
import { keepHues } from "./hues";
import type { Geometry } from "./place";
import type { Code, GridKey, Problem } from "./register";

export const WEIGHTS = ["households", "persons", "buildings", "mix"] as const;
export const MIXED = ["households", "persons", "buildings", "area"] as const;
export const BARRIERS = ["road", "avenue", "rail", "water", "wall"] as const;
/** Most that one thing may count in a mix. */
const MOST = 1000;
/** Metres people may be asked to walk to a station: what is offered, least and most. */
export const WALK = { usual: 500, min: 10, max: 20_000 };

export type Mix = Record<(typeof MIXED)[number], number>;

export type Wish = {
  /** Empty: every community of the draft. */
  communities: Code[];
  target: number;
  min: number;
  max: number;
  /** The band was chosen here; else each community has its own. */
  isOwnBand: boolean;
  weight: (typeof WEIGHTS)[number];
  /** How much each counts, where `weight` is a mix. */
  mix: Mix;
  bindEstates: boolean;
  /** Not crossed but by declared crossings. */
  hard: (typeof BARRIERS)[number][];
  /** Metres within which a grid's households share a station; null: not asked. */
  reach: number | null;
  seed: number;
};

export type Part = {
  grid: Code | null;
  id: GridKey | null;
  name: string;
  weight: number;
  households: number;
  band: string;
  cells: CellId[];
  areaM2: number;
  compactness: number;
  barrierShare: number | null;
  /** The station most of its households reach, where that was asked for. */
  station: string | null;
};

export type Judged = {
  grids: number;
  deviationMax: number;
  outOfBand: number;
  compactness: number;
  barrierShare: number | null;
};

/** Households that reach a station, but not the one their grid shares; and those that reach none. */
export type Reach = { metres: number; beyond: number; missed: number; missedBefore: number | null };

export type Certificate = { code: string; message: string; weight: number; place: Geometry | null };

export type Proposal = {
  code: Code;
  name: string;
  seconds: number;
  division: {
    parts: Part[];
    after: Judged;
    before: Judged | null;
    bound: number;
    households: number;
    moved: number;
    same: boolean;
    cutShort: boolean;
    reach: Reach | null;
  } | null;
  certificates: Certificate[];
  problem: { code: string; message: string } | null;
};

/** The best so far of a community at work; its grids where they were asked for. */
export type Best = {
  code: Code;
  name: string;
  parts: number;
  deviation: number;
  outside: number;
  round: number;
  grids: Pick<Part, "id" | "weight" | "band" | "cells">[] | null;
};

/** One figure over many divisions, ascending; what it is today, and how many of them that is better than. */
export type Spread = { values: number[]; present: number | null; rank: number | null };
export const SPREADS = ["deviation", "barrierShare", "compactness"] as const;

/** The grids of a community among many other divisions of it. */
export type Survey = {
  code: Code;
  kept: number;
  /** Left out because a grid would lie inside another. */
  nested: number;
  cutShort: boolean;
  measures: Record<(typeof SPREADS)[number], Spread>;
  problem: { code: string; message: string } | null;
};

export type JobState = "waiting" | "running" | "done" | "cancelled" | "failed";
export type Job = {
  id: number;
  kind: "divide" | "ensemble";
  plan: string;
  state: JobState;
  done: number;
  of: number;
  communities: Proposal[];
  best: Best[];
  survey: Survey | null;
};

/** What the bench holds of a division. */
export type Dividing = {
  job: Job | null;
  busy: boolean;
  problem: Problem | null;
  /** Many divisions to compare with: asked for, or the job that draws them. */
  survey: Job | "asked" | null;
  /** The present plan is shown instead, to compare. */
  hidden: boolean;
  /** Communities whose proposal was carried out. */
  accepted: ReadonlySet<Code>;
};

export const notDividing: Dividing = {
  job: null,
  survey: null,
  busy: false,
  problem: null,
  hidden: false,
  accepted: new Set(),
};

export const isAtWork = (job: Job | null): boolean => job?.state === "waiting" || job?.state === "running";

/** What can still be accepted. */
export const openProposals = (dividing: Dividing): Proposal[] =>
  (dividing.job?.communities ?? []).filter(
    (one) => one.division !== null && !one.division.same && !dividing.accepted.has(one.code),
  );

export const proposalFor = (dividing: Dividing, community: Code | null): Proposal | null =>
  dividing.job?.communities.find((one) => one.code === community) ?? null;

/** Keys of grids that do not exist yet: beyond every key a database gives. */
export const newKey = (part: number): GridKey => 1_000_000_000 + part;

type Drawn = { parts: Pick<Part, "id" | "cells">[] };
const drawn = new WeakMap<object, Recolor>();
const nothing: Recolor = new Map();

/** The cells a proposal moves, with the grid each would have; worked out once for `source`. */
function recolorBy(source: object, { parts }: Drawn, fabric: Fabric): Recolor {
  const known = drawn.get(source);
  if (known !== undefined) return known;
  const recolor = new Map<CellId, GridKey | null>();
  parts.forEach((part, i) => {
    for (const cell of part.cells) {
      const to = part.id ?? newKey(i);
      if (fabric.mesh.cells[cell] !== undefined && fabric.colors[cell] !== to) recolor.set(cell, to);
    }
  });
  drawn.set(source, recolor);
  return recolor;
}

export const recolorOf = (proposal: Proposal, fabric: Fabric): Recolor =>
  recolorBy(proposal, proposal.division ?? { parts: [] }, fabric);

/** A grid as a division would have it; new ones have no name yet. */
export type Foreseen = Pick<Part, "id" | "weight" | "cells"> & { name?: string };

/** What is shown of a division over the draft: what was proposed, before that the best so far; null: nothing. */
function shownOf(dividing: Dividing, { community }: Fabric): { source: object; parts: Foreseen[] } | null {
  if (dividing.hidden || dividing.accepted.has(community)) return null;
  const proposal = proposalFor(dividing, community);
  if (proposal !== null) return proposal.division && { source: proposal, parts: proposal.division.parts };
  const best = dividing.job?.best.find((one) => one.code === community);
  return best?.grids ? { source: best, parts: best.grids } : null;
}

/** The grids as the division shown would have them; null where none is. */
export const foreseen = (dividing: Dividing, fabric: Fabric): readonly Foreseen[] | null =>
  shownOf(dividing, fabric)?.parts ?? null;

/** The cells the division shown moves. */
export function proposed(dividing: Dividing, fabric: Fabric | null): Recolor {
  const shown = fabric && shownOf(dividing, fabric);
  return fabric && shown ? recolorBy(shown.source, shown, fabric) : nothing;
}

const worn = new WeakMap<Recolor, ReadonlyMap<GridKey, number>>();

/** Hues of the grids as a proposal leaves them: those that go on keep theirs where they can. */
export function proposedHues(
  hues: ReadonlyMap<GridKey, number>,
  recolor: Recolor,
  fabric: Fabric,
): ReadonlyMap<GridKey, number> {
  if (recolor.size === 0) return hues;
  const known = worn.get(recolor);
  if (known !== undefined) return known;
  const colors = recolored(fabric.colors, recolor);
  const keys = [...new Set(colors)].filter((key) => key !== null && key !== undefined);
  const found = keepHues(hues, [], keys, (key) => neighborsOf(fabric.mesh, colors, key));
  worn.set(recolor, found);
  return found;
}

const BINS = 16;

/** How many values lie in each of some classes of one width that hold all of them and what is today; and where in
 *  them, from 0 to 1, that lies. */
export function histogram({ values, present }: Spread): {
  counts: number[];
  low: number;
  high: number;
  at: number | null;
} {
  const all = present === null ? values : [...values, present];
  const low = Math.min(...all);
  const high = Math.max(...all);
  const counts = new Array<number>(BINS).fill(0);
  const place = (value: number) => (high > low ? (value - low) / (high - low) : 0.5);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.floor(place(value) * BINS));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { counts, low, high, at: present === null ? null : place(present) };
}

/** Why a wish cannot be meant; null when it can. */
export function doubtOf(wish: Wish): "target" | "band" | "reach" | "mix" | null {
  if (!Number.isInteger(wish.target) || wish.target < 1) return "target";
  if (!(wish.min >= 0 && wish.min <= wish.target && wish.target <= wish.max)) return "band";
  if (wish.reach !== null && !(wish.reach >= WALK.min && wish.reach <= WALK.max)) return "reach";
  const shares = Object.values(wish.mix);
  const isMeant = shares.every((share) => Number.isInteger(share) && share >= 0 && share <= MOST);
  return wish.weight === "mix" && !(isMeant && shares.some((share) => share > 0)) ? "mix" : null;
}
