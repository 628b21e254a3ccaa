// A plan's life as the page knows it: checks and what mends them, comments, deeds on their way, conflicts of a
// draft whose ground has moved on, and the periods of one building, grid or border.

import type { ToolName } from "./bench";
import type { Day } from "./days";
import type { Geometry, LonLat } from "./place";
import type { Code, Problem } from "./register";

export type MendTool = ToolName | "rename" | "lock";
/** What mends a check: a tool, the grid it is about, the buildings to begin with. */
export type Mend = { tool: MendTool | null; grid: Code | null; buildings: Code[] };
export type Accepted = { who: string; when: string; reason: string };
export type Check = {
  /** The same while the thing is the same. */
  key: string;
  code: string;
  severity: "stop" | "warning";
  message: string;
  place: Geometry | null;
  area: Code | null;
  subject: string | null;
  subjectName: string;
  mend: Mend;
  accepted: Accepted | null;
};
export type Checks = {
  revision: number;
  stops: Check[];
  warnings: Check[];
  maySubmit: boolean;
  mayApprove: boolean;
};

export type Comment = {
  id: string;
  text: string;
  at: LonLat | null;
  grid: Code | null;
  who: string;
  when: string;
  resolved: { who: string; when: string } | null;
};

export type Take = "ours" | "theirs";
/** Ground that both the draft and the plan now in force gave to another grid than their common base. */
export type Conflict = {
  key: string;
  community: Code;
  place: Geometry | null;
  buildings: Code[];
  households: number;
  base: Code | null;
  ours: Code | null;
  theirs: Code | null;
  take: Take | null;
};
export type Rebase = {
  revision: number;
  /** The plan now in force; null when nothing is. */
  onto: { id: string; title: string } | null;
  carried: number;
  conflicts: Conflict[];
  isDone: boolean;
};

/** A period in which a building, grid or border was as it was; `to` is null while it lasts. */
export type Era = {
  from: Day;
  to: Day | null;
  plan: { id: string; title: string };
  grid: Code | null;
  name: string;
  head: string | null;
  manager: string | null;
  who: string;
  reason: string;
  at: string | null;
};
export type Asked = { kind: "building" | "grid"; code: Code } | { kind: "border"; at: LonLat };

/** What can be done with a plan; each has a dialog of its own. */
export const ACTS = ["submit", "return", "approve", "withdraw", "rename", "duplicate", "discard"] as const;
export type Act = (typeof ACTS)[number];

export type Deed =
  | { act: "submit" | "return" | "withdraw"; reason: string }
  | { act: "approve"; day: Day; reason: string }
  | { act: "rename"; title: string }
  | { act: "duplicate"; title: string; areas: Code[] }
  | { act: "discard" }
  | { act: "accept"; key: string; reason: string | null }
  | { act: "comment"; text: string; at: LonLat | null; grid: Code | null }
  | { act: "resolve"; id: string; resolved: boolean }
  | { act: "rebase"; settle: { key: string; take: Take }[] };

export type Life = {
  /** The dialog that is open. */
  asking: Act | null;
  /** The deed on its way, and what became of the last one that failed. */
  doing: Deed["act"] | null;
  failed: { act: Deed["act"]; problem: Problem } | null;
  /** The next press on the map is a place for this. */
  pinning: "comment" | "border" | null;
  pin: LonLat | null;
  rebasing: boolean;
  settled: ReadonlyMap<string, Take>;
  /** Where the slider between two maps stands, 0 at the left. */
  split: number;
  /** The border whose history is asked for. */
  border: LonLat | null;
};

export const firstLife: Life = {
  asking: null,
  doing: null,
  failed: null,
  pinning: null,
  pin: null,
  rebasing: false,
  settled: new Map(),
  split: 0.5,
  border: null,
};

/** What a plan in this state lets one do, the likeliest first. */
export function actsOf(
  plan: { status: string; isInForce: boolean; effectiveFrom: string | null },
  today: Day,
): Act[] {
  const toCome = plan.effectiveFrom !== null && plan.effectiveFrom > today;
  switch (plan.status) {
    case "draft":
      return ["submit", "rename", "duplicate", "withdraw", "discard"];
    case "in_review":
      return ["approve", "return", "duplicate", "withdraw"];
    case "published":
      return toCome && !plan.isInForce ? ["duplicate", "withdraw"] : ["duplicate"];
    case "withdrawn":
      return ["duplicate", "discard"];
    default:
      return ["duplicate"];
  }
}

/** How a conflict is to be settled: as chosen on the page, else as the server was told before. */
export const takeOf = (life: Life, conflict: Conflict): Take | null =>
  life.settled.get(conflict.key) ?? conflict.take;

export const unsettled = (life: Life, rebase: Rebase): Conflict[] =>
  rebase.conflicts.filter((conflict) => takeOf(life, conflict) === null);

export const openStops = (checks: Checks): Check[] => checks.stops.filter((one) => one.accepted === null);
export const openWarnings = (checks: Checks): Check[] =>
  checks.warnings.filter((one) => one.accepted === null);

/** Warnings may stay with a reason; of the stops only ground that is meant to belong to nobody. */
export const canBeAccepted = (check: Check): boolean =>
  check.severity === "warning" || check.code === "fabric.gap";

/** A draft behind its base is mended by bringing it up to date. */
export const isMendable = (check: Check): boolean => check.mend.tool !== null || check.code === "plan.behind";
