// Replies about the life of plans read into the model's types: checks, comments, conflicts, periods, the timeline.

import { TOOLS } from "../model/bench";
import type { Check, Checks, Comment, Era, MendTool, Rebase } from "../model/life";
import type { Timeline } from "../model/timeline";
import type { Node } from "./decode";
import { geometry, lonLat } from "./twins";

const MENDS: readonly MendTool[] = [...TOOLS, "rename", "lock"];

const code = (node: Node): string => node.string();
const moment = (node: Node) => ({ who: node.get("who").textOr(), when: node.get("when").textOr() });

const check = (node: Node): Check => {
  const mend = node.get("mend");
  return {
    key: node.get("key").string(),
    code: node.get("code").string(),
    severity: node.get("severity").oneOf(["stop", "warning"] as const),
    message: node.get("message").textOr(),
    place: node.get("place").maybe(geometry),
    area: node.get("area").maybe(code),
    subject: node.get("subject").maybe((subject) => subject.id()),
    subjectName: node.get("subject_name").textOr(),
    mend: {
      tool: MENDS.find((tool) => tool === mend.maybe((one) => one.get("tool").value)) ?? null,
      grid: mend.maybe((one) => one.get("grid").maybe(code)),
      buildings: mend.maybe((one) => one.get("buildings").maybe((list) => list.list(code))) ?? [],
    },
    accepted: node
      .get("accepted")
      .maybe((accepted) => ({ ...moment(accepted), reason: accepted.get("reason").textOr() })),
  };
};

export const checks = (node: Node): Checks => ({
  revision: node.get("revision").integer(),
  stops: node.get("stops").list(check),
  warnings: node.get("warnings").list(check),
  maySubmit: node.get("may_submit").boolean(),
  mayApprove: node.get("may_approve").boolean(),
});

const comment = (node: Node): Comment => ({
  id: node.get("id").id(),
  text: node.get("text").string(),
  at: node.get("at").maybe(lonLat),
  grid: node.get("grid").maybe(code),
  ...moment(node),
  resolved: node.get("resolved").maybe(moment),
});

/** A list that comes bare or in an envelope. */
const listed = (node: Node, name: string): Node => (Array.isArray(node.value) ? node : node.get(name));

export const comments = (node: Node): Comment[] => listed(node, "comments").list(comment);

const plan = (node: Node) => ({ id: node.get("id").id(), title: node.get("title").textOr() });

const TAKES = ["ours", "theirs"] as const;

export const rebase = (node: Node): Rebase => ({
  revision: node.get("revision").integer(),
  onto: node.get("onto").maybe(plan),
  carried: node.get("carried").maybe((count) => count.integer()) ?? 0,
  conflicts: node.get("conflicts").list((one) => ({
    key: one.get("key").string(),
    community: one.get("community").string(),
    place: one.get("place").maybe(geometry),
    buildings: one.get("buildings").list(code),
    households: one.get("households").integer(),
    base: one.get("base").maybe(code),
    ours: one.get("ours").maybe(code),
    theirs: one.get("theirs").maybe(code),
    take: TAKES.find((take) => take === one.get("take").value) ?? null,
  })),
  isDone: node.get("is_done").boolean(),
});

const era = (node: Node): Era => ({
  from: node.get("from").string(),
  to: node.get("to").maybe((day) => day.string()),
  plan: plan(node.get("plan")),
  grid: node.get("grid").maybe(code),
  name: node.get("name").textOr(),
  head: node.get("head").textOr() || null,
  manager: node.get("manager").textOr() || null,
  who: node.get("who").textOr(),
  reason: node.get("reason").textOr(),
  at: node.get("at").maybe((time) => time.string()),
});

/** Newest first. */
export const eras = (node: Node): Era[] => listed(node, "history").list(era);

export function timeline(node: Node): Timeline {
  const today = node.get("today").string();
  return {
    today,
    first: node.get("first").maybe((day) => day.string()) ?? today,
    days: node.get("days").list((one) => ({
      day: one.get("day").string(),
      plans: one.get("plans").list((begun) => ({
        ...plan(begun),
        areas: begun.get("areas").maybe((list) => list.list(code)) ?? [],
      })),
    })),
  };
}
