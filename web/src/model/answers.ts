// Answers of the server find their slots. An answer to a question nobody asks any more is dropped;
// one that is older than what the page already knows is asked for once more.

import type { Answered, Ask, Effect, Step, What } from "./action";
import { fabricRead } from "./drafting";
import { home, mine } from "./look";
import type { Problem } from "./register";
import { askKey, focusGrid, gridOf, wants } from "./select";
import { emptySlot, type State } from "./state";

const KEYED: ReadonlySet<What> = new Set([
  "findings",
  "findingList",
  "grid",
  "buildings",
  "building",
  "outline",
  "fabric",
  "history",
  "checks",
  "comments",
  "rebase",
  "diff",
  "moves",
  "beside",
  "eras",
]);

type SlotName =
  | "me"
  | "plan"
  | "areas"
  | "grids"
  | "tallies"
  | "breaks"
  | "stations"
  | "findings"
  | "findingList"
  | "grid"
  | "buildings"
  | "building"
  | "outline"
  | "imports"
  | "report"
  | "plans"
  | "fabric"
  | "history"
  | "checks"
  | "comments"
  | "rebase"
  | "diff"
  | "moves"
  | "beside"
  | "timeline"
  | "eras";

const slotName = (what: What): SlotName | null => (what === "locate" || what === "search" ? null : what);

/** The slot of `ask` turns busy; what it holds stays only when `keep` says it is still about the same. */
export function asking(state: State, ask: Ask, keep: boolean): State {
  const name = slotName(ask.what);
  if (name === null) return state;
  const slot = state[name];
  return { ...state, [name]: keep ? { ...slot, busy: true } : { ...emptySlot, busy: true } };
}

const isWanted = (state: State, ask: Ask): boolean => {
  if (!KEYED.has(ask.what)) return true;
  const key = askKey(plain(ask));
  return wants(state).some((wanted) => askKey(wanted) === key);
};

/** The question without what a second try or a later page adds to it. */
function plain(ask: Ask): Ask {
  if (ask.what === "findingList") return { ...ask, with: { ...ask.with, offset: 0 } };
  if (ask.what === "fabric") return { ...ask, with: { plan: ask.with.plan, community: ask.with.community } };
  if (ask.what === "rebase") return { ...ask, with: { plan: ask.with.plan } };
  return ask;
}

export function refused(state: State, ask: Ask, problem: Problem): Step {
  if (!isWanted(state, ask)) return [state, []];
  if (ask.what === "search")
    return [{ ...state, search: { ...state.search, hits: { ...emptySlot, problem } } }, []];
  const name = slotName(ask.what);
  if (name === null) return [state, []];
  return [{ ...state, [name]: { ...state[name], busy: false, problem } }, []];
}

export function answered(state: State, action: Answered): Step {
  if (!isWanted(state, { what: action.what, with: action.with } as Ask)) return [state, []];
  switch (action.what) {
    case "areas":
    case "grids":
    case "tallies": {
      const old = action.value.revision < state.revision && action.with.again !== true;
      if (old) return [state, [{ do: "ask", ask: { what: action.what, with: { again: true } } }]];
      const [next, effects] = arrived(filled(state, action), action);
      const { area, at } = next.view;
      if (at !== null && area !== null && next.areas.value?.byCode.has(area) === false) {
        // On the day shown there was no such area: everything is looked at instead.
        return [next, [...effects, { do: "wait", ms: 0, next: { do: "scope", area: null } }]];
      }
      return [next, effects];
    }
    case "fabric": {
      const known = state.fabric.value;
      // Under a pressed pointer the ground does not change: the stroke is ended first.
      if (state.bench.stroke?.pressed) return [state, [{ do: "wait", ms: 300, next: action }]];
      const old =
        known !== null &&
        known.community === action.value.community &&
        action.value.revision < known.revision;
      if (old && action.with.again !== true)
        return [state, [{ do: "ask", ask: { what: "fabric", with: { ...action.with, again: true } } }]];
      return [fabricRead(filled(state, action)), []];
    }
    case "findingList": {
      const before = action.with.offset > 0 ? (state.findingList.value?.list ?? []) : [];
      const list = [...before, ...action.value.list];
      const value = { code: action.with.code, total: action.value.total, list };
      return [{ ...state, findingList: { value, busy: false, problem: null } }, []];
    }
    case "report": {
      const value = { id: action.with.id, report: action.value };
      return [{ ...state, report: { value, busy: false, problem: null } }, []];
    }
    case "search": {
      if (action.with.query !== state.search.query.trim()) return [state, []];
      const hits = { value: action.value, busy: false, problem: null };
      return [{ ...state, search: { ...state.search, hits } }, []];
    }
    case "locate":
      return located(state, action);
    case "me": {
      const known = filled(state, action);
      return [{ ...known, revision: Math.max(state.revision, action.value.revision) }, []];
    }
    default:
      return arrived(filled(state, action), action);
  }
}

const filled = (state: State, action: Answered): State => {
  const name = slotName(action.what);
  return name === null ? state : { ...state, [name]: { value: action.value, busy: false, problem: null } };
};

/** The first shapes to arrive decide where an untouched map looks. */
function arrived(state: State, action: Answered): Step {
  const effects: Effect[] = [];
  if ((action.what === "areas" || action.what === "grids") && state.untouched && state.map === "ready") {
    const to = home(state);
    if (to !== null) effects.push({ do: "fly", to });
  }
  const { view } = state;
  const gone =
    action.what === "grids" && view.workspace === "mygrid" && view.mine !== null && !gridOf(state, view.mine);
  if (gone) return [{ ...state, view: { ...view, mine: null } }, effects];
  if (action.what === "building" && action.value.at !== null && focusGrid(view) === null && state.untouched)
    effects.push({ do: "fly", to: { at: action.value.at, zoom: 17.2 } });
  return [state, effects];
}

/** A tap on the map names a grid: My grid takes it, elsewhere it is selected. */
function located(state: State, action: Extract<Answered, { what: "locate" }>): Step {
  const { grid, community } = action.value;
  if (grid !== null) return mine(state, grid.code);
  const mark = {
    key: "tap",
    geometry: { type: "Point" as const, coordinates: [...action.with.at] },
    title: community?.name ?? "",
  };
  return [{ ...state, mark }, []];
}
