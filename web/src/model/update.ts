// The one place where a state becomes the next one: `update(state, action)` gives the new state and what
// should be done outside. Pure; families of actions with much to say have files of their own.

import type { Action, Ask, Effect, Step } from "./action";
import { answered, asking, refused } from "./answers";
import { updateDivision } from "./dividing";
import { toPlan, updateDraft } from "./drafting";
import { updateJobs } from "./files";
import { change, resync } from "./live";
import { updateLife } from "./living";
import { flyTo, hit, home, look, mark, mine, press, scope, select, toWorkspace } from "./look";
import { updateMending } from "./mending";
import { askKey, atOf, baseAsks, CURRENT, draftCommunity, planOf, wants } from "./select";
import { emptySlot, isDark, type State } from "./state";
import { sameButCamera } from "./view";

export function update(state: State, action: Action): Step {
  const [next, effects] = step(state, action);
  return settle(state, next, effects, action.do === "visited");
}

/** After each step: the address follows the view, and what the view newly needs is asked for. */
function settle(before: State, after: State, effects: Effect[], visited: boolean): Step {
  const all = [...effects];
  let state = after;
  if (planOf(before.view) !== planOf(after.view)) {
    const [turned, more] = toPlan(after);
    const asks = PLAN_ASKS;
    state = asks.reduce((next, ask) => asking(next, ask, false), turned);
    all.push(...more, ...asks.map((ask): Effect => ({ do: "ask", ask })));
  }
  if (atOf(before.view) !== atOf(after.view)) {
    // Another day: what is shown stays until its counterpart has come, so that one can drag through time.
    const asks = DAY_ASKS.concat(wants(after).filter(({ what }) => what.startsWith("finding")));
    state = asks.reduce((next, ask) => asking(next, ask, true), state);
    all.push(...asks.map((ask): Effect => ({ do: "ask", ask })));
  }
  if (before.view !== after.view && !visited)
    all.push({ do: "address", view: after.view, push: !sameButCamera(before.view, after.view) });
  // What was redrawn is put away with its draft.
  if (state.fabric.value !== null && draftCommunity(state) !== state.fabric.value.community)
    state = { ...state, fabric: emptySlot, history: emptySlot };
  const had = new Set(wants(before).map(askKey));
  for (const ask of wants(after)) {
    if (had.has(askKey(ask))) continue;
    state = asking(state, ask, false);
    all.push({ do: "ask", ask });
  }
  return [state, all];
}

function step(state: State, action: Action): Step {
  if ("of" in action) {
    if (action.of === "divide") return updateDivision(state, action);
    if (action.of === "mend") return updateMending(state, action);
    return action.of === "draft" ? updateDraft(state, action) : updateLife(state, action);
  }
  switch (action.do) {
    case "start":
      return start(state);
    case "answered":
      return answered(state, action);
    case "refused":
      return refused(state, action.ask, action.problem);
    case "retry":
      return [asking(state, action.ask, true), [{ do: "ask", ask: action.ask }]];
    case "workspace":
      return toWorkspace(state, action.to);
    case "visited":
      return [
        { ...state, view: { ...action.view, mine: action.view.mine ?? state.view.mine }, mark: null },
        action.view.camera === null
          ? []
          : [{ do: "fly", to: { at: action.view.camera.at, zoom: action.view.camera.zoom } }],
      ];
    case "lang":
      return [
        { ...state, lang: action.to },
        [{ do: "keep", key: "lang", value: action.to }, ...again(state)],
      ];
    case "theme":
      return [
        { ...state, theme: action.to, dark: isDark(action.to, state.prefersDark) },
        [{ do: "keep", key: "theme", value: action.to }],
      ];
    case "device":
      return [
        {
          ...state,
          narrow: action.narrow,
          prefersDark: action.prefersDark,
          dark: isDark(state.theme, action.prefersDark),
        },
        [],
      ];
    case "palette":
      return [{ ...state, palette: action.open, keys: false }, []];
    case "keys":
      return [{ ...state, keys: action.open, palette: false }, []];
    case "drawer":
      return [{ ...state, drawer: action.open }, []];
    case "sheet":
      return [{ ...state, sheet: action.to }, []];
    case "escape":
      return [stepBack(state), []];
    case "search":
      return search(state, action.query);
    case "mapReady":
      return [{ ...state, map: "ready" }, state.untouched ? flyTo(home(state)) : []];
    case "mapMissing":
      return [{ ...state, map: "missing", drawer: !state.narrow }, []];
    case "moved":
      return [
        { ...look(state, { camera: action.camera }), untouched: state.untouched && !action.byHand },
        [],
      ];
    case "hover":
      return [{ ...state, hover: action.hover }, []];
    case "press":
      if (state.life.pinning !== null) return updateLife(state, { of: "life", do: "pin", at: action.at });
      return press(state, action.picked, action.at, action.zoom);
    case "scope":
      return scope(state, action.area, action.fly ?? true);
    case "select":
      return select(state, action);
    case "mine":
      return mine(state, action.grid);
    case "pointing":
      return [{ ...state, pointing: action.on, sheet: action.on ? "peek" : "half" }, []];
    case "hit":
      return hit(state, action.hit);
    case "paint":
      return [look(state, { paint: action.to }), []];
    case "findings":
      return [{ ...look(state, { findings: action.code, selection: null }), mark: null }, []];
    case "moreFindings":
      return moreFindings(state);
    case "mark":
      return mark(state, action.mark);
    case "goTo":
      return [state, flyTo({ at: action.at, zoom: Math.max(15.6, state.view.camera?.zoom ?? 0) })];
    case "live":
      return action.to === "open" && state.bench.offline
        ? updateDraft({ ...state, live: action.to }, { of: "draft", do: "sendAgain" })
        : [{ ...state, live: action.to }, []];
    case "change":
      return change(state, action.change, action.at);
    case "resync":
      return resync(state);
    case "noteRead":
      return [{ ...state, note: null }, []];
    case "dragging":
      return [{ ...state, dragging: action.on }, []];
    case "dropped":
    case "inspected":
    case "choose":
    case "send":
    case "progress":
    case "sent":
    case "jobFailed":
    case "dismiss":
    case "openReport":
      return updateJobs(state, action);
  }
}

/** Base data that answers as of a day. */
const DAY_ASKS = baseAsks.filter(({ what }) => ["areas", "grids", "tallies"].includes(what));

/** Base data that belongs to a plan. */
const PLAN_ASKS = baseAsks.filter(({ what }) => ["plan", "grids", "tallies", "breaks"].includes(what));

function start(state: State): Step {
  const asks = baseAsks.concat(wants(state));
  const plan = planOf(state.view);
  const recall: Effect[] = plan === CURRENT ? [] : [{ do: "recall", plan }];
  return [
    asks.reduce((next, ask) => asking(next, ask, true), state),
    [...asks.map((ask): Effect => ({ do: "ask", ask })), { do: "thread", plan }, ...recall],
  ];
}

/** Words from the server (messages, sentences) are asked again in the new language. */
const again = (state: State): Effect[] =>
  wants(state)
    .filter(({ what }) => ["findings", "findingList", "checks", "diff", "history"].includes(what))
    .map((ask): Effect => ({ do: "ask", ask }));

function stepBack(state: State): State {
  if (state.keys) return { ...state, keys: false };
  if (state.palette) return { ...state, palette: false };
  if (state.life.asking !== null) return { ...state, life: { ...state.life, asking: null } };
  if (state.life.pinning !== null) return { ...state, life: { ...state.life, pinning: null } };
  if (state.pointing) return { ...state, pointing: false };
  if (state.narrow && state.drawer) return { ...state, drawer: false };
  if (state.mark !== null) return { ...state, mark: null };
  if (state.bench.tool !== "browse") return { ...state, bench: { ...state.bench, tool: "browse" } };
  if (state.view.against !== null && state.view.selection === null) return look(state, { against: null });
  if (state.life.rebasing) return { ...state, life: { ...state.life, rebasing: false } };
  if (state.bench.cursor !== null) return { ...state, bench: { ...state.bench, cursor: null } };
  if (state.view.selection !== null) return look(state, { selection: null });
  return state;
}

function search(state: State, query: string): Step {
  const text = query.trim();
  const hits = { value: text === "" ? null : state.search.hits.value, busy: text !== "", problem: null };
  return [
    { ...state, search: { query, hits } },
    text === "" ? [] : [{ do: "ask", ask: { what: "search", with: { query: text } } }],
  ];
}

function moreFindings(state: State): Step {
  const list = state.findingList.value;
  if (list === null || list.list.length >= list.total || state.findingList.busy) return [state, []];
  const ask: Ask = {
    what: "findingList",
    with: { area: state.view.area, code: list.code, offset: list.list.length },
  };
  return [{ ...state, findingList: { ...state.findingList, busy: true } }, [{ do: "ask", ask }]];
}
