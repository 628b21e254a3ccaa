// Deeds on plans: submitted, approved, accepted, commented, brought up to date. Each answers with what it changed.

import type { Came } from "../model/action";
import type { Deed } from "../model/life";
import type { Reply } from "./api";
import { sent } from "./desk";
import * as life from "./life";
import * as twins from "./twins";
import type { Who } from "./who";

const part = encodeURIComponent;

/** `base` is the revision the deed was decided on; null when it does not matter. */
export function carryOut(plan: string, deed: Deed, base: number | null, who: Who): Promise<Reply<Came>> {
  const path = `/api/v1/plans/${part(plan)}`;
  const on = base === null ? {} : { base };
  const ofPlan = (node: Parameters<typeof twins.plan>[0]): Came => ({ plan: twins.plan(node) });
  const nothing = (): Came => ({});
  switch (deed.act) {
    case "submit":
    case "return":
    case "withdraw":
      return sent("POST", `${path}/${deed.act}`, { ...on, ...said(deed.reason) }, who, ofPlan);
    case "approve":
      return sent(
        "POST",
        `${path}/approve`,
        { ...on, effective_from: deed.day, ...said(deed.reason) },
        who,
        ofPlan,
      );
    case "rename":
      return sent("PATCH", path, { title: deed.title }, who, ofPlan);
    case "duplicate":
      return sent(
        "POST",
        "/api/v1/plans",
        { title: deed.title, based_on: plan, areas: deed.areas },
        who,
        ofPlan,
      );
    case "discard":
      return sent("DELETE", path, null, who, nothing);
    case "accept":
      return sent("POST", `${path}/accept`, { key: deed.key, reason: deed.reason }, who, (node) => ({
        checks: life.checks(node),
      }));
    case "comment":
      return sent(
        "POST",
        `${path}/comments`,
        {
          text: deed.text,
          ...(deed.at === null ? {} : { at: deed.at }),
          ...(deed.grid === null ? {} : { grid: deed.grid }),
        },
        who,
        nothing,
      );
    case "resolve":
      return sent("PATCH", `${path}/comments/${part(deed.id)}`, { resolved: deed.resolved }, who, nothing);
    case "rebase":
      return sent("POST", `${path}/rebase`, { ...on, settle: deed.settle }, who, (node) => ({
        rebase: life.rebase(node),
      }));
  }
}

const said = (reason: string) => (reason === "" ? {} : { reason });
