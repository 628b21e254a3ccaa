// Work for the server's desk: drafts started, edits, previews, undo and redo, presence. Every request says who acts.

import type { Edit, Outcome, Pending } from "../model/edits";
import type { LonLat } from "../model/place";
import type { Plan } from "../model/register";
import { type Reply, read, unreachable } from "./api";
import type { Node } from "./decode";
import * as drafts from "./drafts";
import * as twins from "./twins";
import { headersOf, type Who } from "./who";

const part = encodeURIComponent;

export const post = <T>(
  path: string,
  body: unknown,
  who: Who,
  decode: (node: Node) => T,
): Promise<Reply<T>> => sent("POST", path, body, who, decode);

/** Sends and decodes; an answer without a body is read as null. */
export async function sent<T>(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body: unknown,
  who: Who,
  decode: (node: Node) => T,
): Promise<Reply<T>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { ...headersOf(who), "Content-Type": "application/json", Accept: "application/json" },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    return { ok: false, problem: unreachable() };
  }
  const text = response.status === 204 ? "null" : await response.text().catch(() => null);
  return text === null ? { ok: false, problem: unreachable() } : read(response.status, text, decode);
}

export const startDraft = (
  draft: { title: string; basedOn: string | null; areas: string[] },
  who: Who,
): Promise<Reply<Plan>> =>
  post("/api/v1/plans", { title: draft.title, based_on: draft.basedOn, areas: draft.areas }, who, twins.plan);

export function sendPending(plan: string, pending: Pending, who: Who): Promise<Reply<Outcome>> {
  const path = `/api/v1/plans/${part(plan)}/${pending.kind}`;
  const { id, base, edits, repair } = pending;
  // An undo whose answer was lost says on what ground it stood, so that it is not done twice.
  const again = pending.kept ? { base } : {};
  const body = pending.kind === "edits" ? { id, base, edits, repair } : again;
  return post(path, body, who, drafts.outcome);
}

export const preview = (plan: string, base: number, edits: Edit[], who: Who): Promise<Reply<Outcome>> =>
  post(`/api/v1/plans/${part(plan)}/edits/preview`, { base, edits, repair: "refuse" }, who, drafts.outcome);

export type Here = { client: string; community: string | null; at: LonLat | null; tool: string };

/** Tells the others where one works; nobody waits for the answer. */
export function tell(plan: string, here: Here | { client: string; gone: true }, who: Who): void {
  fetch(`/api/v1/plans/${part(plan)}/presence`, {
    method: "POST",
    headers: { ...headersOf(who), "Content-Type": "application/json" },
    body: JSON.stringify(here),
    keepalive: "gone" in here,
  }).catch(() => {});
}
