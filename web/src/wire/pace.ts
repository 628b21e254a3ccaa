// How often the server is spoken to while the pointer moves: one preview at a time and only the latest, where one
// works at most twice a second.

import type { Preview } from "../model/bench";
import type { Edit } from "../model/edits";
import type { LonLat } from "../model/place";
import { CURRENT, planOf } from "../model/select";
import type { State } from "../model/state";
import * as desk from "./desk";
import type { Who } from "./who";

/** `still`: the page foresees this one itself and asks only when the pointer rests. */
type Question = { plan: string; base: number; edits: Edit[]; still: boolean };
const REST_MS = 220;

/** Asks for the outcome of the latest question; those that were overtaken while one was under way are never asked. */
export function previews(who: () => Who, tell: (preview: Preview) => void): (question: Question) => void {
  let next: Question | null = null;
  let busy = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async () => {
    if (busy) return;
    busy = true;
    while (next !== null) {
      const question = next;
      next = null;
      const reply = await desk.preview(question.plan, question.base, question.edits, who());
      if (timer !== undefined) continue;
      const nothing = { before: [], after: [], findings: { gone: [], fresh: [] } };
      if (reply.ok) {
        const { before, after, findings } = reply.value;
        tell({ before, after, findings, problem: null });
      } else tell({ ...nothing, problem: reply.problem });
    }
    busy = false;
  };
  return (question) => {
    clearTimeout(timer);
    const now = () => {
      timer = undefined;
      next = question;
      void ask();
    };
    if (question.still) timer = setTimeout(now, REST_MS);
    else now();
  };
}

const LEAST_MS = 600;

/** Tells the others where one works. */
export function teller(who: () => Who) {
  let plan: string | null = null;
  let said = "";
  let place: LonLat | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const speak = (state: State, always: boolean) => {
    const { bench, view } = state;
    if (plan === null) return;
    const here = {
      client: bench.client,
      community: state.fabric.value?.community ?? view.area,
      at: place,
      tool: bench.tool,
    };
    const text = JSON.stringify([plan, here, bench.name]);
    if (text === said && !always) return;
    said = text;
    desk.tell(plan, here, who());
  };
  const soon = (state: State) => {
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      speak(state, false);
    }, LEAST_MS);
  };
  const leave = (state: State) => {
    if (plan !== null) desk.tell(plan, { client: state.bench.client, gone: true }, who());
    plan = null;
  };
  let tool = "";
  return {
    /** After each step of the state: another plan or another tool is worth a word. */
    look(state: State) {
      const shown = planOf(state.view);
      const now = shown === CURRENT ? null : shown;
      if (now !== plan) {
        leave(state);
        plan = now;
        speak(state, true);
      } else if (state.bench.tool !== tool) soon(state);
      tool = state.bench.tool;
    },
    at(state: State, to: LonLat | null) {
      place = to;
      if (plan !== null) soon(state);
    },
    beat: (state: State) => speak(state, true),
    leave,
  };
}
