// The planner's bench: the tool in hand, the grid it works for, the stroke under the pointer, and the work that is
// on its way to the server.

import { type Dividing, notDividing } from "./division";
import type { Recolor, Trouble } from "./draft";
import type { Edit, Outcome, Pending, Row } from "./edits";
import type { CellId, Colors } from "./fabric";
import { type Mending, notMending } from "./mending";
import type { GridKey, Plan, Planner, Problem } from "./register";
import type { Pixel } from "./surface";

export const TOOLS = ["browse", "paint", "lasso", "split", "sweep", "reshape", "merge", "link"] as const;
export type ToolName = (typeof TOOLS)[number];
export const TOOL_KEYS: Record<ToolName, string> = {
  browse: "v",
  paint: "p",
  lasso: "l",
  split: "s",
  sweep: "w",
  reshape: "r",
  merge: "m",
  link: "c",
};

/** Brush radii in pixels. */
export const BRUSHES = [8, 16, 28, 44, 64, 96, 140] as const;

/** What is under way between press and release, or under a hovering pointer: nothing of it has happened yet. */
export type Stroke = {
  tool: ToolName;
  /** Where the pointer is; null when the keyboard leads. */
  at: Pixel | null;
  /** What the page foresees by itself. */
  recolor: Recolor;
  /** What release would ask. */
  edits: Edit[];
  /** Only the server can tell: it is asked while the pointer moves. */
  exact: boolean;
  /** False while the pointer only hovers. */
  pressed: boolean;
  trouble: Trouble | null;
  /** A grid that is named though it gains and loses nothing. */
  note: string;
};

export type Preview = {
  before: Row[];
  after: Row[];
  findings: Outcome["findings"];
  problem: Problem | null;
};

/** A grid, a gap (`null`), or nothing chosen: then the grid a stroke begins in. */
export type Target = { grid: GridKey | null } | null;

export const TABS = ["numbers", "divide", "checks", "comments", "history"] as const;
/** What the panel shows of a plan. */
export type Tab = (typeof TABS)[number];

export type Bench = {
  client: string;
  /** Edits made on this page, for their ids. */
  made: number;
  name: string;
  tool: ToolName;
  target: Target;
  brush: number;
  erase: boolean;
  /** Lasso by exact area instead of by building. */
  exact: boolean;
  /** The cell the keyboard stands on. */
  cursor: CellId | null;
  /** Colours with everything on its way; null without a fabric. */
  colors: Colors | null;
  hues: ReadonlyMap<GridKey, number>;
  stroke: Stroke | null;
  preview: Preview | null;
  queue: Pending[];
  /** Revisions this page made. */
  mine: ReadonlySet<number>;
  last: Outcome | null;
  offline: boolean;
  starting: { busy: boolean; problem: Problem | null };
  tab: Tab;
  dividing: Dividing;
  mending: Mending;
  /** Undoing step by step until this revision is the last that stands. */
  goingBack: number | null;
  planners: Planner[];
};

export const firstBench = (client: string, name: string): Bench => ({
  client,
  made: 0,
  name,
  tool: "browse",
  target: null,
  brush: 28,
  erase: false,
  exact: false,
  cursor: null,
  colors: null,
  hues: new Map(),
  stroke: null,
  preview: null,
  queue: [],
  mine: new Set(),
  last: null,
  offline: false,
  starting: { busy: false, problem: null },
  tab: "numbers",
  dividing: notDividing,
  mending: notMending,
  goingBack: null,
  planners: [],
});

export const isDraft = (plan: Plan | null): boolean => plan?.status === "draft";
