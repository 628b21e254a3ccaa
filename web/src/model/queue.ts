// Work on its way to the server: sent one at a time, in order, under the same id until it is acknowledged, so that
// nothing is lost and nothing doubles. What is refused stands aside and does not hold up what follows.

import type { Pending } from "./edits";
import type { Problem } from "./register";

/** The step to send next; null while one is under way. */
export function nextUp(queue: readonly Pending[]): Pending | null {
  if (queue.some((pending) => pending.step === "sending")) return null;
  return queue.find((pending) => pending.step === "waiting") ?? null;
}

const changed = (queue: readonly Pending[], id: string, by: Partial<Pending>): Pending[] =>
  queue.map((pending) => (pending.id === id ? { ...pending, ...by } : pending));

export const sending = (queue: readonly Pending[], id: string): Pending[] =>
  changed(queue, id, { step: "sending" });

export const without = (queue: readonly Pending[], id: string): Pending[] =>
  queue.filter((pending) => pending.id !== id);

/**
 * `id` was acknowledged at `revision`. When nobody came between, what was made on the same ground stands on
 * the new one; else it keeps its own base and the server judges.
 */
export function acknowledged(queue: readonly Pending[], id: string, revision: number): Pending[] {
  const done = queue.find((pending) => pending.id === id);
  const alone = done !== undefined && revision <= done.base + 1;
  return without(queue, id).map((pending) =>
    alone && pending.base === done.base ? { ...pending, base: revision } : pending,
  );
}

/** The connection was lost on the way: it waits and is sent again under the same id. */
export const heldBack = (queue: readonly Pending[], id: string): Pending[] =>
  changed(queue, id, { step: "waiting", kept: true });

export const refusedWith = (queue: readonly Pending[], id: string, problem: Problem): Pending[] =>
  changed(queue, id, { step: "refused", problem });

/** Made anew on the newest ground, under a new id: the refused one was never done. */
export const again = (queue: readonly Pending[], id: string, fresh: Partial<Pending>): Pending[] =>
  changed(queue, id, { step: "waiting", problem: null, ...fresh });

/** Everything a refusal left behind that never had to wait: the next stroke clears it away. */
export const cleared = (queue: readonly Pending[]): Pending[] =>
  queue.filter((pending) => pending.step !== "refused" || pending.kept);

export const waitingIn = (queue: readonly Pending[]): number =>
  queue.filter((pending) => pending.step !== "refused").length;

export const refusedIn = (queue: readonly Pending[]): Pending[] =>
  queue.filter((pending) => pending.step === "refused");

/** A refusal that names only what this page did itself is no conflict: it was made before the answer came. */
export const isOwnDoing = (problem: Problem, mine: ReadonlySet<number>): boolean =>
  problem.status === 412 &&
  problem.stale !== undefined &&
  problem.stale.changes.length > 0 &&
  problem.stale.changes.every((change) => mine.has(change.revision));

/** Lost on the way, not refused: no answer, or one from a server that was not itself. */
export const isLost = (problem: Problem): boolean =>
  problem.status === 0 || problem.status >= 502 || problem.status === 408 || problem.status === 429;
