// Life from the server: a change replaces the counts it names at once and asks for the rest;
// a lost thread (`resync`) asks for everything again.

import type { Ask, Effect, Step } from "./action";
import { asking } from "./answers";
import type { Change } from "./register";
import { atOf, baseAsks, CURRENT, planOf, wants } from "./select";
import type { State, Tallies } from "./state";

const askAll = (state: State, asks: Ask[]): [State, Effect[]] => [
  asks.reduce((next, ask) => asking(next, ask, true), state),
  asks.map((ask): Effect => ({ do: "ask", ask })),
];

function joined(tallies: Tallies, change: Change): Tallies {
  const byGrid = new Map(tallies.byGrid);
  const loose = new Map(tallies.loose);
  for (const row of change.tallies) {
    if (row.id !== null) byGrid.set(row.id, row);
    else loose.set(row.community ?? "", row);
  }
  return { revision: change.revision, byGrid, loose };
}

export function change(state: State, news: Change, at: number): Step {
  if (news.kinds.length > 0 && news.kinds.every((kind) => OF_LIFE.has(kind))) return lived(state, news);
  if (planOf(state.view) !== CURRENT && news.edits.length > 0) return edited(state, news, at);
  // On another day today's counts are not what is shown.
  if (atOf(state.view) !== null) return resync({ ...state, revision: news.revision });
  const isElsewhere =
    news.kinds.length === 0 && news.boxes.length === 0 && news.revision <= state.revision + 1;
  if (isElsewhere) return elsewhere(state, news);
  if (news.revision > state.revision + 1 && state.revision > 0) {
    const [next, effects] = resync({ ...state, revision: news.revision });
    return [{ ...next, note: noteOf(news, at) }, effects];
  }
  const touches = (...kinds: string[]) => news.kinds.some((kind) => kinds.includes(kind));
  const known = state.tallies.value;
  const counted: State = {
    ...state,
    revision: Math.max(state.revision, news.revision),
    note: noteOf(news, at),
    tallies: known === null ? state.tallies : { ...state.tallies, value: joined(known, news) },
  };
  const asks: Ask[] = [{ what: "areas", with: {} }];
  if (touches("grids", "areas"))
    asks.push({ what: "grids", with: {} }, { what: "tallies", with: {} }, { what: "plan", with: {} });
  if (touches("grids", "areas", "buildings", "people")) asks.push({ what: "breaks", with: {} });
  if (touches("stations", "areas")) asks.push({ what: "stations", with: {} });
  const [asked, effects] = askAll(counted, asks.concat(wants(counted)));
  return [asked, [{ do: "refresh", boxes: news.boxes }, ...effects]];
}

/** Kinds of change that move no border and no count. */
const OF_LIFE: ReadonlySet<string> = new Set(["comments"]);

/** Something was said or done about a plan: its list, and what is open of it. */
function lived(state: State, news: Change): Step {
  const known = { ...state, revision: Math.max(state.revision, news.revision) };
  const about = new Set(["plans", "comments", "checks", "history", "timeline", "rebase", "diff", "moves"]);
  const asks = wants(known).filter(({ what }) => about.has(what));
  const isShown = news.plans.length === 0 || news.plans.includes(planOf(known.view));
  return askAll(known, isShown ? [{ what: "plan", with: {} } satisfies Ask, ...asks] : asks);
}

/** Another plan changed: only the list of plans may care. */
function elsewhere(state: State, news: Change): Step {
  const known = { ...state, revision: Math.max(state.revision, news.revision) };
  return state.view.workspace === "plan" ? askAll(known, [{ what: "plans", with: {} }]) : [known, []];
}

/**
 * Someone edited a draft. Counts are joined and touched tiles refreshed; the fabric is read again only when the
 * edit was another's, since the page's own answer came with everything.
 */
function edited(state: State, news: Change, at: number): Step {
  const plan = planOf(state.view);
  const revision = Math.max(state.revision, news.revision);
  const here = news.edits.filter((edit) => edit.plan === plan);
  if (here.length === 0) return [{ ...state, revision }, []];
  const { client, mine, queue } = state.bench;
  const isUnderWay = (kind: string) => queue.some((one) => one.step === "sending" && one.kind === kind);
  const isOwn = here.every(
    ({ id, kind }) => id.startsWith(`${client}-`) || mine.has(news.revision) || isUnderWay(kind),
  );
  const known = state.tallies.value;
  const counted: State = {
    ...state,
    revision,
    note:
      isOwn || here.every(({ who }) => who !== "" && who === state.bench.name)
        ? state.note
        : { ...noteOf(news, at), who: here.map((edit) => edit.who)[0] ?? "" },
    tallies: known === null ? state.tallies : { ...state.tallies, value: joined(known, news) },
  };
  const refresh: Effect = { do: "refresh", boxes: news.boxes };
  const isSeen = isOwn || news.revision <= (state.fabric.value?.readAt ?? 0);
  if (isSeen) return [counted, [refresh]];
  const again = new Set(["fabric", "history", "plans", "checks", "diff", "moves"]);
  const asks: Ask[] = [
    { what: "grids", with: {} },
    { what: "tallies", with: {} },
    { what: "plan", with: {} },
  ];
  const [asked, effects] = askAll(counted, asks.concat(wants(counted).filter(({ what }) => again.has(what))));
  return [asked, [refresh, ...effects]];
}

const noteOf = (news: Change, at: number) => ({
  revision: news.revision,
  grids: news.grids.length,
  kinds: news.kinds,
  at,
});

export function resync(state: State): Step {
  const [asked, effects] = askAll(state, baseAsks.concat(wants(state)));
  return [asked, [{ do: "refresh", boxes: null }, ...effects]];
}
