// Deeds on a plan as steps of the state: its dialogs, what was done and what was refused, mending, comparing,
// bringing up to date, looking back in time.

import type { Action, Ask, Came, Effect, Step } from "./action";
import { asking } from "./answers";
import type { ToolName } from "./bench";
import { openPlan, startedPlan } from "./drafting";
import type { Check, Deed, Life } from "./life";
import { flyTo, look } from "./look";
import { boxOf } from "./place";
import type { Plan } from "./register";
import { areaOf, gridOf, planOf, wants } from "./select";
import type { State } from "./state";

export type LifeAction = Extract<Action, { of: "life" }>;

const life = (state: State, by: Partial<Life>): State => ({ ...state, life: { ...state.life, ...by } });

/** Asks again, keeping what is shown until the answer comes. */
function askAgain(state: State, asks: Ask[]): Step {
  return [
    asks.reduce((next, ask) => asking(next, ask, true), state),
    asks.map((ask): Effect => ({ do: "ask", ask })),
  ];
}
const wanted = (state: State, ...names: string[]): Ask[] =>
  wants(state).filter(({ what }) => names.includes(what));

export function updateLife(state: State, action: LifeAction): Step {
  switch (action.do) {
    case "ask":
      return [life(state, { asking: action.act, failed: null }), []];
    case "carryOut": {
      const { deed } = action;
      const plan = planOf(state.view);
      return [
        life(state, { doing: deed.act, failed: null }),
        [{ do: "deed", plan, deed, base: lookedAt(state, deed) }],
      ];
    }
    case "done":
      return done(life(state, { doing: null, failed: null }), action.deed, action.came);
    case "failed":
      return failed(state, action);
    case "recheck": {
      const isHere = planOf(state.view) === action.plan;
      const isIdle = state.bench.queue.every((one) => one.step === "refused");
      return isHere && isIdle ? askAgain(state, wanted(state, "checks")) : [state, []];
    }
    case "mend":
      return mend(state, action.check);
    case "pinning":
      return [
        {
          ...life(state, { pinning: action.on, pin: action.on === "comment" ? null : state.life.pin }),
          bench: { ...state.bench, tool: "browse", stroke: null, preview: null },
          sheet: state.narrow && action.on !== null ? "peek" : state.sheet,
        },
        [],
      ];
    case "pin":
      return pin(state, action.at);
    case "compare":
      return compare(state, action.against);
    case "show":
      return [look(state, { show: action.to }), []];
    case "divide":
      return [life(state, { split: Math.max(0.02, Math.min(0.98, action.at)) }), []];
    case "rebasing":
      return [
        {
          ...life(state, { rebasing: action.on, settled: new Map(), failed: null }),
          bench: { ...state.bench, tool: "browse" },
          mark: null,
        },
        [],
      ];
    case "settle":
      return [life(state, { settled: new Map(state.life.settled).set(action.key, action.take) }), []];
    case "asOf":
      return [look(state, { at: action.day, selection: null }), []];
  }
}

/** The revision a deed was decided on; what does not depend on one names none. */
function lookedAt(state: State, deed: Deed): number | null {
  if (deed.act === "rebase") return state.rebase.value?.revision ?? null;
  return deed.act === "submit" || deed.act === "approve" ? (state.checks.value?.revision ?? null) : null;
}

/** A plan as the answer has it takes the place of the one known. */
function known(state: State, plan: Plan): State {
  const list = state.plans.value ?? [];
  const plans = list.some((one) => one.id === plan.id)
    ? list.map((one) => (one.id === plan.id ? plan : one))
    : [...list, plan];
  const isShown = state.view.plan === plan.id;
  return {
    ...state,
    plans: { ...state.plans, value: plans },
    plan: isShown ? { ...state.plan, value: plan } : state.plan,
  };
}

function done(state: State, deed: Deed, { plan, checks, rebase }: Came): Step {
  const shut = life(state, { asking: null });
  switch (deed.act) {
    case "submit":
    case "return":
    case "withdraw":
    case "approve":
    case "rename": {
      const next = { ...(plan === undefined ? shut : known(shut, plan)), mark: null };
      return askAgain(next, [{ what: "plans", with: {} }, ...wanted(next, "checks", "history", "comments")]);
    }
    case "duplicate":
      return plan === undefined ? [shut, []] : startedPlan(shut, plan, deed.areas);
    case "discard": {
      const [next, effects] = openPlan(shut, null);
      const [asked, more] = askAgain(next, [{ what: "plans", with: {} }]);
      return [asked, [...effects, ...more]];
    }
    case "accept":
      return checks === undefined
        ? askAgain(state, wanted(state, "checks"))
        : [{ ...state, checks: { value: checks, busy: false, problem: null } }, []];
    case "comment":
    case "resolve":
      return askAgain(
        life(state, { pin: deed.act === "comment" ? null : state.life.pin }),
        wanted(state, "comments"),
      );
    case "rebase":
      return rebased(state, rebase?.isDone !== false);
  }
}

/** The draft stands on new ground: everything about it is read again. */
function rebased(state: State, isDone: boolean): Step {
  if (!isDone) return askAgain(state, wanted(state, "rebase"));
  const next = { ...life(state, { rebasing: false, settled: new Map() }), mark: null };
  const base: Ask[] = [
    { what: "plan", with: {} },
    { what: "grids", with: {} },
    { what: "tallies", with: {} },
  ];
  const [asked, effects] = askAgain(next, base.concat(wants(next)));
  return [asked, [{ do: "refresh", boxes: null }, ...effects]];
}

function failed(state: State, { deed, problem }: Extract<LifeAction, { do: "failed" }>): Step {
  const next = life(state, { doing: null, failed: { act: deed.act, problem } });
  // What was overtaken or not settled is read again, so that it can be judged anew.
  if (problem.status !== 412 && problem.status !== 409) return [next, []];
  const settle = deed.act === "rebase" ? { settle: deed.settle } : {};
  const again = wanted(next, "checks", "rebase").map((ask) =>
    ask.what === "rebase" ? { ...ask, with: { ...ask.with, ...settle } } : ask,
  );
  return askAgain(next, [{ what: "plans", with: {} }, ...again]);
}

/** Opens what mends a check: the community, the grid, the tool, at the place. */
function mend(state: State, check: Check): Step {
  if (check.code === "plan.behind") return updateLife(state, { of: "life", do: "rebasing", on: true });
  const { tool, grid, buildings } = check.mend;
  const hand: ToolName = tool === null || tool === "rename" || tool === "lock" ? "browse" : tool;
  const community = areaOf(state, check.area)?.level === "community" ? check.area : state.view.area;
  const fabric = state.fabric.value;
  const cell = buildings.map((code) => fabric?.mesh.ofBuilding.get(code)).find((one) => one !== undefined);
  const selection = grid === null ? null : ({ kind: "grid", code: grid } as const);
  const next = look(state, { area: community, selection: selection ?? state.view.selection });
  const shown =
    check.place === null ? null : { key: `check ${check.key}`, geometry: check.place, title: check.message };
  const box = check.place === null ? null : boxOf(check.place);
  const bounds = gridOf(state, grid)?.bounds ?? null;
  return [
    {
      ...next,
      mark: shown,
      untouched: false,
      sheet: state.narrow ? "peek" : state.sheet,
      bench: {
        ...state.bench,
        tool: hand,
        tab: "numbers",
        stroke: null,
        preview: null,
        cursor: hand === "paint" ? (cell ?? null) : state.bench.cursor,
        target: null,
      },
    },
    flyTo(box !== null ? { box } : bounds === null ? null : { box: bounds }),
  ];
}

/** A press on the map while a place is waited for. */
function pin(state: State, at: Life["pin"]): Step {
  const sheet = state.narrow ? ("half" as const) : state.sheet;
  if (state.life.pinning === "border") return [{ ...life(state, { pinning: null, border: at }), sheet }, []];
  return [{ ...life(state, { pinning: null, pin: at }), sheet }, []];
}

function compare(state: State, against: string | null): Step {
  const next = look(state, { against, selection: against === null ? state.view.selection : null });
  const bench = { ...state.bench, tool: "browse" as const, stroke: null, preview: null };
  const drawer = against === null ? (state.view.against === null ? state.drawer : false) : !state.narrow;
  return [{ ...life(next, { rebasing: false, asking: null }), bench, mark: null, drawer }, []];
}
