// The planner's work as steps of the state: opening and starting drafts, tools in hand, strokes, and edits on their
// way out and back. A stroke is only looked at until it is let go; then it is an edit, durable once acknowledged.

import type { Action, Effect, Step } from "./action";
import { asking } from "./answers";
import { type Bench, firstBench, type Target } from "./bench";
import { keyOfCode, neighborsOf } from "./draft";
import { awaited, type Edit, NEW_GRID, type Outcome, type Pending, type Repair } from "./edits";
import type { DraftGrid, Fabric } from "./fabric";
import { keepHues } from "./hues";
import { firstLife } from "./life";
import { look } from "./look";
import * as queues from "./queue";
import type { GridKey, Plan, Planner, Problem, TallyRow } from "./register";
import { CURRENT, draftCommunity, planOf } from "./select";
import type { Grids, State } from "./state";

export type DraftAction = Extract<Action, { of: "draft" }>;

const bench = (state: State, by: Partial<Bench>): State => ({ ...state, bench: { ...state.bench, ...by } });

export function updateDraft(state: State, action: DraftAction): Step {
  switch (action.do) {
    case "plan":
      return openPlan(state, action.to);
    case "startDraft":
      return [
        bench(state, { starting: { busy: true, problem: null } }),
        [{ do: "startDraft", title: action.title, basedOn: action.basedOn, areas: action.areas }],
      ];
    case "started":
      return startedPlan(state, action.plan, action.areas);
    case "startFailed":
      return [bench(state, { starting: { busy: false, problem: action.problem } }), []];
    case "tool":
      return [
        bench(
          { ...withoutMark(state), sheet: state.narrow && action.to !== "browse" ? "peek" : state.sheet },
          {
            tool: action.to,
            stroke: null,
            preview: null,
            erase: false,
            queue: queues.cleared(state.bench.queue),
          },
        ),
        [],
      ];
    case "brush":
      return [bench(state, { brush: action.to }), []];
    case "erase":
      return [bench(state, { erase: action.on }), []];
    case "exact":
      return [bench(state, { exact: action.on, stroke: null, preview: null }), []];
    case "target":
      return [bench(state, { target: action.to, erase: false }), []];
    case "cursor":
      return [bench(state, { cursor: action.cell }), []];
    case "tab":
      return [bench(state, { tab: action.to }), []];
    case "name":
      return [
        bench(state, { name: action.to }),
        [
          { do: "keep", key: "name", value: action.to },
          { do: "thread", plan: planOf(state.view) },
        ],
      ];
    case "stroke":
      return stroke(state, action.stroke);
    case "previewed":
      if (state.bench.stroke === null) return [state, []];
      return [bench(state, { preview: action.preview }), []];
    case "edit":
      return edit(state, "edits", action.edits, action.repair ?? "refuse");
    case "undo":
      return undo(state);
    case "redo":
      return edit(state, "redo", [], "refuse");
    case "goBack":
      return goBack(state, action.revision);
    case "outcome":
      return outcome(state, action.id, action.outcome);
    case "unsent":
      return unsent(state, action.id, action.problem);
    case "retryEdit":
      return retry(state, action.id, action.repair);
    case "dropEdit": {
      const queue = queues.without(state.bench.queue, action.id);
      return flush(requeue(withoutMark(state), queue));
    }
    case "recalled":
      if (planOf(state.view) !== action.plan) return [state, []];
      return flush(requeue(state, [...action.queue, ...state.bench.queue]));
    case "sendAgain":
      return flush(bench(state, { offline: false }));
    case "presence":
      return [bench(state, { planners: present(state.bench.planners, action.planner, action.at) }), []];
    case "forget": {
      const planners = state.bench.planners.filter((one) => action.at - one.seen < FORGET_MS);
      return [planners.length === state.bench.planners.length ? state : bench(state, { planners }), []];
    }
  }
}

const FORGET_MS = 20_000;

const present = (known: Planner[], news: Omit<Planner, "seen">, at: number): Planner[] => {
  const others = known.filter((one) => one.client !== news.client && at - one.seen < FORGET_MS);
  return news.gone ? others : [...others, { ...news, seen: at }];
};

/** Opens a plan (null: the one in force); a draft of one community goes there. */
export function openPlan(state: State, to: string | null): Step {
  const plan = state.plans.value?.find((one) => one.id === to) ?? null;
  const area = plan !== null && plan.areas.length === 1 ? (plan.areas[0] ?? null) : state.view.area;
  const box = area === null ? null : (state.areas.value?.byCode.get(area)?.bounds ?? null);
  const next = look(state, { plan: to, area, selection: null, findings: null, against: null });
  return [
    { ...next, mark: null, untouched: false },
    to !== null && box !== null ? [{ do: "fly", to: { box, fit: true } }] : [],
  ];
}

export function startedPlan(state: State, plan: Plan, areas: string[]): Step {
  const known = state.plans.value ?? [];
  const plans = { ...state.plans, value: [...known.filter((one) => one.id !== plan.id), plan] };
  const next = bench({ ...state, plans }, { starting: { busy: false, problem: null } });
  const [opened, effects] = openPlan(next, plan.id);
  return [look(opened, { area: areas[0] ?? opened.view.area }), effects];
}

/** Called when another plan comes into view: what belonged to the old one goes. */
export function toPlan(state: State): Step {
  const { client, name, made, brush } = state.bench;
  const plan = planOf(state.view);
  const fresh = { ...firstBench(client, name), made, brush };
  return [
    { ...state, bench: fresh, life: { ...firstLife, split: state.life.split }, mark: null, hover: null },
    [{ do: "thread", plan }, ...(plan === CURRENT ? [] : [{ do: "recall", plan } satisfies Effect])],
  ];
}

const withoutMark = (state: State): State =>
  state.mark?.key.startsWith("refused ") ? { ...state, mark: null } : state;

function stroke(state: State, to: Bench["stroke"]): Step {
  const before = state.bench;
  if (to === null && before.stroke === null) return [state, []];
  const base = state.fabric.value?.revision ?? 0;
  const next = bench(to?.pressed ? withoutMark(state) : state, {
    stroke: to,
    preview: to?.exact ? before.preview : null,
    queue: to?.pressed ? queues.cleared(before.queue) : before.queue,
  });
  if (to === null || !to.pressed || to.edits.length === 0 || before.offline) return [next, []];
  return [next, [{ do: "preview", plan: planOf(state.view), base, edits: to.edits, still: !to.exact }]];
}

/** Puts a step on its way. */
function edit(state: State, kind: Pending["kind"], edits: Edit[], repair: Repair): Step {
  const fabric = state.fabric.value;
  if (kind === "edits" && edits.length === 0) return [bench(state, { stroke: null, preview: null }), []];
  const made = state.bench.made + 1;
  const pending: Pending = {
    id: `${state.bench.client}-${made}`,
    kind,
    edits,
    repair,
    community: fabric?.community ?? draftCommunity(state) ?? "",
    base: fabric?.revision ?? state.revision,
    step: "waiting",
    kept: false,
    problem: null,
  };
  const queue = [...queues.cleared(state.bench.queue), pending];
  const next = bench(withoutMark(state), { made, stroke: null, preview: null });
  return flush(requeue(next, queue));
}

function undo(state: State): Step {
  const unsent = state.bench.queue.filter(
    (pending) => pending.step === "waiting" && pending.kind === "edits",
  );
  const last = unsent.at(-1);
  if (last === undefined) return edit(state, "undo", [], "refuse");
  return flush(requeue(state, queues.without(state.bench.queue, last.id)));
}

/** Undoes, one by one, every edit that still stands after a revision. */
function goBack(state: State, revision: number): Step {
  const after = (state.history.value ?? []).filter(
    (past) => past.kind === "edit" && !past.undone && past.revision > revision,
  );
  return after.reduce<Step>(
    ([next, effects]) => {
      const [then, more] = edit(next, "undo", [], "refuse");
      return [then, [...effects, ...more]];
    },
    [state, []],
  );
}

/** A new queue: the colours follow it. */
function requeue(state: State, queue: Pending[]): State {
  const fabric = state.fabric.value;
  return bench(state, { queue, colors: fabric === null ? null : awaited(fabric, queue) });
}

/** Keeps what is on its way and sends what is next. */
export function flush(state: State): Step {
  const plan = planOf(state.view);
  const next = state.bench.offline ? null : queues.nextUp(state.bench.queue);
  const queue = next === null ? state.bench.queue : queues.sending(state.bench.queue, next.id);
  const effects: Effect[] = [{ do: "keepQueue", plan, queue }];
  if (next !== null) effects.push({ do: "post", plan, pending: next });
  return [bench(state, { queue }), effects];
}

function outcome(state: State, id: string, came: Outcome): Step {
  const done = state.bench.queue.find((pending) => pending.id === id);
  const queue = queues.acknowledged(state.bench.queue, id, came.revision);
  const known = state.fabric.value;
  const isHere = done === undefined || done.community === known?.community;
  const fabric = known === null || !isHere ? known : settled(known, came, done);
  const fresh = came.grids.find((grid) => known !== null && !known.grids.has(grid.id));
  const isTargetNew = state.bench.target?.grid === NEW_GRID && done?.edits.some((one) => one.op === "create");
  const target: Target = isTargetNew && fresh !== undefined ? { grid: fresh.id } : state.bench.target;
  let next: State = {
    ...state,
    fabric: { ...state.fabric, value: fabric },
    grids: { ...state.grids, value: state.grids.value && merged(state.grids.value, came) },
    tallies: { ...state.tallies, value: state.tallies.value && tallied(state, came) },
    plan: {
      ...state.plan,
      value: state.plan.value && { ...state.plan.value, canUndo: came.canUndo, canRedo: came.canRedo },
    },
  };
  const { selection } = next.view;
  if (selection?.kind === "grid" && came.removed.includes(selection.code))
    next = look(next, { selection: null });
  if (selection?.kind === "grid" && known !== null) {
    // What is in hand stays in hand when it is numbered otherwise.
    const key = keyOfCode(known, selection.code);
    const now = came.grids.find((grid) => grid.id === key && grid.code !== selection.code);
    if (now !== undefined) next = look(next, { selection: { kind: "grid", code: now.code } });
  }
  next = bench(next, {
    last: came,
    target,
    offline: false,
    mine: new Set([...state.bench.mine, came.revision]),
  });
  next = requeue(next, queue);
  if (fabric !== null) next = withHues(next, fabric);
  const [sent, effects] = flush(next);
  const isJoined = done?.edits.some((one) => one.op === "link" || one.op === "unlink") === true;
  return asked(sent, effects, came.fabricChanged || isJoined);
}

/** Checks are read again when the hand rests for a moment. */
const RECHECK_MS = 700;

/** After an edit the history is read again when it is open, the fabric when it was cut, and soon the checks. */
function asked(state: State, effects: Effect[], cut: boolean): Step {
  let next = state;
  const all = [...effects];
  const community = draftCommunity(state);
  const plan = planOf(state.view);
  if (cut && community !== null) {
    const ask = { what: "fabric" as const, with: { plan, community } };
    next = asking(next, ask, true);
    all.push({ do: "ask", ask });
  }
  if (state.bench.tab === "history") {
    const ask = { what: "history" as const, with: { plan } };
    next = asking(next, ask, true);
    all.push({ do: "ask", ask });
  }
  all.push({ do: "wait", ms: RECHECK_MS, next: { of: "life", do: "recheck", plan } });
  return [next, all];
}

/** The fabric with an answer taken in; a cut mesh stays as it was until it has been read again. */
function settled(fabric: Fabric, came: Outcome, done: Pending | undefined): Fabric {
  const colors = fabric.colors.slice();
  for (const { cell, grid } of came.recolored) if (fabric.mesh.cells[cell] !== undefined) colors[cell] = grid;
  const grids = new Map(fabric.grids);
  for (const grid of came.grids) {
    if (grid.community !== fabric.community) continue;
    const old = grids.get(grid.id);
    grids.set(grid.id, {
      ...grid,
      locked: grid.locked ?? old?.locked ?? false,
      detached: old?.detached ?? false,
    });
  }
  for (const code of came.removed)
    for (const grid of grids.values()) if (grid.code === code) grids.delete(grid.id);
  for (const row of came.after) {
    const grid = row.id === null ? undefined : grids.get(row.id);
    if (grid !== undefined) grids.set(grid.id, { ...grid, areaM2: row.areaM2 });
  }
  for (const one of done?.edits ?? []) relock(grids, one);
  return { ...fabric, colors, grids, revision: Math.max(fabric.revision, came.revision) };
}

function relock(grids: Map<GridKey, DraftGrid>, edit: Edit): void {
  if (edit.op === "detach")
    for (const grid of grids.values())
      if (grid.code === edit.grid) grids.set(grid.id, { ...grid, detached: edit.allowed });
  if (edit.op !== "lock" && edit.op !== "unlock") return;
  for (const grid of grids.values())
    if ("all" in edit || edit.grid === grid.code) grids.set(grid.id, { ...grid, locked: edit.op === "lock" });
}

function merged(grids: Grids, came: Outcome): Grids {
  const byId = new Map(grids.byId);
  for (const grid of came.grids) byId.set(grid.id, grid);
  for (const grid of grids.byId.values()) if (came.removed.includes(grid.code)) byId.delete(grid.id);
  return {
    revision: Math.max(grids.revision, came.revision),
    byId,
    byCode: new Map([...byId.values()].map((grid) => [grid.code, grid])),
  };
}

function tallied(state: State, came: Outcome) {
  const tallies = state.tallies.value;
  if (tallies === null) return null;
  const byGrid = new Map(tallies.byGrid);
  const loose = new Map(tallies.loose);
  const community = state.fabric.value?.community ?? "";
  for (const row of came.after) {
    const { grid, id, name, buildings, dwellings, households, persons } = row;
    const tally = { buildings, dwellings, households, persons, members: { hidden: true as const } };
    const known: TallyRow = { ...tally, grid, id, community, name };
    if (id === null) loose.set(community, known);
    else byGrid.set(id, known);
  }
  return { revision: Math.max(tallies.revision, came.revision), byGrid, loose };
}

/** Hues stay with their grids; only new ones are chosen. */
export function withHues(state: State, fabric: Fabric): State {
  const grids = [...(state.grids.value?.byId.values() ?? []), ...fabric.grids.values()];
  const touch = (grid: GridKey) => neighborsOf(fabric.mesh, fabric.colors, grid);
  return bench(state, { hues: keepHues(state.bench.hues, grids, [...fabric.grids.keys()], touch) });
}

/** A fabric was read: what is on its way is laid over it again. */
export function fabricRead(state: State): State {
  const fabric = state.fabric.value;
  if (fabric === null) return state;
  const { cursor } = state.bench;
  const here = cursor !== null && fabric.mesh.cells[cursor] !== undefined ? cursor : null;
  return withHues(
    bench(requeue(state, state.bench.queue), { cursor: here, stroke: null, preview: null }),
    fabric,
  );
}

function unsent(state: State, id: string, problem: Problem): Step {
  const pending = state.bench.queue.find((one) => one.id === id);
  if (pending === undefined) return [state, []];
  if (queues.isLost(problem)) {
    const held = requeue(bench(state, { offline: true }), queues.heldBack(state.bench.queue, id));
    const [kept, effects] = flush(held);
    return [kept, [...effects, { do: "wait", ms: 3000, next: { of: "draft", do: "sendAgain" } }]];
  }
  if (queues.isOwnDoing(problem, state.bench.mine))
    return flush(
      requeue(state, queues.again(state.bench.queue, id, { base: problem.stale?.revision ?? pending.base })),
    );
  const rest = state.bench.queue.filter(
    (one) => pending.kind === "edits" || one.kind !== pending.kind || one.id === id,
  );
  const [next, effects] = flush(requeue(state, queues.refusedWith(rest, id, problem)));
  const place = problem.issues.find((issue) => issue.place !== null)?.place ?? null;
  const shown =
    place === null ? next : { ...next, mark: { key: `refused ${id}`, geometry: place, title: "" } };
  // What was overtaken is read again, so that it can be judged and made anew.
  return problem.status === 412 ? asked(shown, effects, true) : [shown, effects];
}

/** Makes a refused step anew on the newest ground: under a new id, since the old one was never done. */
function retry(state: State, id: string, repair: Repair | undefined): Step {
  const pending = state.bench.queue.find((one) => one.id === id);
  if (pending === undefined) return [state, []];
  const made = state.bench.made + 1;
  const base = Math.max(state.fabric.value?.revision ?? 0, pending.problem?.stale?.revision ?? 0);
  const queue = queues.again(state.bench.queue, id, {
    id: `${state.bench.client}-${made}`,
    base: base || pending.base,
    repair: repair ?? pending.repair,
  });
  return flush(requeue(bench(withoutMark(state), { made }), queue));
}
