// A division as steps of the state: asked for, watched, looked at, accepted.

import type { Action, Effect, Step } from "./action";
import { type Best, type Dividing, isAtWork, type Job, notDividing, openProposals } from "./division";
import { draftCommunity, planOf } from "./select";
import type { State } from "./state";

export type DivideAction = Extract<Action, { of: "divide" }>;

/** How often a running job is asked after. */
const WATCH_MS = 250;

const put = (state: State, by: Partial<Dividing>): State => ({
  ...state,
  bench: { ...state.bench, dividing: { ...state.bench.dividing, ...by } },
});

/** News of the divisions that are drawn to compare with. */
function surveyed(state: State, job: Job): Step {
  const { survey } = state.bench.dividing;
  const isOther = survey !== "asked" && survey?.id !== job.id;
  if (job.plan !== planOf(state.view) || survey === null || isOther) return [state, []];
  const effects: Effect[] = isAtWork(job) ? [{ do: "watchJob", id: job.id, cells: null, ms: WATCH_MS }] : [];
  return [put(state, { survey: job }), effects];
}

/** The same round keeps its identity, for the same reason. */
const bestOf = (dividing: Dividing, job: Job): Best[] =>
  job.best.map((one) => {
    const held = dividing.job?.best.find((other) => other.code === one.code && other.round === one.round);
    return held !== undefined && (held.grids === null) === (one.grids === null) ? held : one;
  });

export function updateDivision(state: State, action: DivideAction): Step {
  const { dividing } = state.bench;
  const plan = planOf(state.view);
  switch (action.do) {
    case "begin":
      return [
        put(state, { ...notDividing, survey: dividing.survey, busy: true }),
        [{ do: "divide", plan, wish: action.wish }],
      ];
    case "survey": {
      const { wish, area } = action;
      return [put(state, { survey: "asked", problem: null }), [{ do: "survey", plan, wish, area }]];
    }
    case "endSurvey": {
      const { survey } = dividing;
      const isRunning = survey !== null && survey !== "asked" && isAtWork(survey);
      return [put(state, { survey: null }), isRunning ? [{ do: "stopJob", id: survey.id }] : []];
    }
    case "job": {
      if (action.job.kind === "ensemble") return surveyed(state, action.job);
      // News of a job that was let go of, or of another plan.
      if (action.job.plan !== plan || (dividing.job !== null && dividing.job.id !== action.job.id))
        return [state, []];
      if (dividing.job === null && !dividing.busy) return [state, []];
      // Proposals that are the same keep their identity: what was worked out for them stays known.
      const held = new Map(dividing.job?.communities.map((one) => [one.code, one]) ?? []);
      const communities = action.job.communities.map((one) => held.get(one.code) ?? one);
      const job = { ...action.job, communities, best: bestOf(dividing, action.job) };
      const cells = draftCommunity(state);
      const effects: Effect[] = isAtWork(job) ? [{ do: "watchJob", id: job.id, cells, ms: WATCH_MS }] : [];
      return [put(state, { job, busy: isAtWork(job), problem: null }), effects];
    }
    case "failed":
      return [
        put(state, {
          busy: false,
          problem: action.problem,
          survey: dividing.survey === "asked" ? null : dividing.survey,
        }),
        [],
      ];
    case "stop":
      return dividing.job === null ? [state, []] : [state, [{ do: "stopJob", id: dividing.job.id }]];
    case "drop":
      return [
        { ...put(state, { ...notDividing, survey: dividing.survey }), mark: null },
        isAtWork(dividing.job) && dividing.job !== null ? [{ do: "stopJob", id: dividing.job.id }] : [],
      ];
    case "hide":
      return [put(state, { hidden: action.on }), []];
    case "accept": {
      const open = openProposals(dividing).map((one) => one.code);
      const codes = action.communities.filter((code) => open.includes(code));
      if (dividing.job === null || codes.length === 0) return [state, []];
      const made = state.bench.made + 1;
      const next = put({ ...state, bench: { ...state.bench, made } }, { busy: true, problem: null });
      const id = `${state.bench.client}-${made}`;
      return [next, [{ do: "acceptJob", plan, id: dividing.job.id, communities: codes, edit: id }]];
    }
    case "accepted": {
      const accepted = new Set([...dividing.accepted, ...action.communities]);
      const next = put(state, { accepted, busy: false, problem: null });
      return openProposals(next.bench.dividing).length === 0
        ? [{ ...put(next, notDividing), mark: null }, []]
        : [next, []];
    }
  }
}
