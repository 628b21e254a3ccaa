// Work on its way: in order, under one id, through lost connections, reloads and refusals.

import { describe, expect, test } from "vitest";
import type { Action, Effect } from "../src/model/action";
import type { Edit, Outcome, Pending, Row } from "../src/model/edits";
import type { Change, Problem } from "../src/model/register";
import type { State } from "../src/model/state";
import { update } from "../src/model/update";
import { keptQueue, keptText } from "../src/wire/drafts";
import { headersOf } from "../src/wire/who";
import { bench, cells, letters } from "./cells";

const AB = "AAABBB";
const give = (building: string, to: string): Edit => ({ op: "paint", buildings: [building], to });
const edit = (building: string, to: string): Action => ({
  of: "draft",
  do: "edit",
  edits: [give(building, to)],
});
const row = (id: number, households: number): Row => ({
  grid: String.fromCharCode(64 + id),
  id,
  name: "",
  buildings: households / 10,
  dwellings: households,
  households,
  persons: households * 2,
  deviation: 0,
  band: "small",
  areaM2: 1,
  compactness: 0.5,
  barrierShare: 0,
  pieces: 1,
});
const outcome = (revision: number, by: Partial<Outcome> = {}): Outcome => ({
  revision,
  changed: true,
  id: "",
  grids: [],
  removed: [],
  before: [],
  after: [],
  findings: { gone: [], fresh: [] },
  carried: [],
  fabricChanged: false,
  recolored: [],
  canUndo: true,
  canRedo: false,
  what: "",
  ...by,
});
const lost: Problem = { status: 0, code: "page.no-connection", title: "", detail: "", issues: [] };
const stale = (...revisions: number[]): Problem => ({
  ...lost,
  status: 412,
  code: "edit.stale",
  stale: {
    revision: Math.max(...revisions),
    changes: revisions.map((revision) => ({ revision, who: "Li", when: "", what: "", grids: ["A"] })),
  },
});

function page(state = bench(cells(AB))) {
  let now: State = state;
  let effects: Effect[] = [];
  const send = (action: Action) => {
    const [next, more] = update(now, action);
    now = next;
    effects = [...effects, ...more];
  };
  return {
    send,
    now: () => now,
    letters: () => letters(now.bench.colors ?? []),
    steps: () => now.bench.queue.map((one) => one.step),
    posted: () => effects.flatMap((one) => (one.do === "post" ? [one.pending] : [])),
    asked: () => effects.flatMap((one) => (one.do === "ask" ? [one.ask.what] : [])),
    keeps: () => effects.flatMap((one) => (one.do === "keepQueue" ? [one.queue] : [])).at(-1),
    quiet: () => {
      effects = [];
    },
  };
}
const idOf = (at: ReturnType<typeof page>, n: number): string => at.posted()[n]?.id ?? "none";

describe("on its way", () => {
  test("seen at once, sent at once, the second waits for the first", () => {
    const at = page();
    at.send(edit("b3", "B"));
    at.send(edit("b2", "B"));
    expect(at.letters()).toBe("ABBBBB");
    expect(at.steps()).toEqual(["sending", "waiting"]);
    expect(at.posted()).toHaveLength(1);
    at.send({
      of: "draft",
      do: "outcome",
      id: idOf(at, 0),
      outcome: outcome(8, { recolored: [{ cell: 3, grid: 2 }], after: [row(1, 20), row(2, 40)] }),
    });
    expect(at.steps()).toEqual(["sending"]);
    expect(at.posted()[1]?.base).toBe(8);
    expect(at.now().fabric.value?.revision).toBe(8);
    expect(at.now().tallies.value?.byGrid.get(1)?.households).toBe(20);
    expect(at.letters()).toBe("ABBBBB");
  });
  test("a lost connection keeps it under the same id, the return of the connection sends it", () => {
    const at = page();
    at.send(edit("b3", "B"));
    const id = idOf(at, 0);
    at.send({ of: "draft", do: "unsent", id, problem: lost });
    expect(at.now().bench.offline).toBe(true);
    at.send(edit("b2", "B"));
    expect(at.posted()).toHaveLength(1);
    expect(at.letters()).toBe("ABBBBB");
    at.send({ do: "live", to: "open" });
    expect(at.posted()[1]).toMatchObject({ id, base: 7 });
    at.send({ of: "draft", do: "outcome", id, outcome: outcome(8, { recolored: [{ cell: 3, grid: 2 }] }) });
    expect(at.posted()[2]?.edits).toEqual([give("b2", "B")]);
  });
  test("a reload finds it again; nonsense kept by the browser is nothing", () => {
    const before = page();
    before.send(edit("b3", "B"));
    const text = keptText(before.keeps() ?? []);
    const queue = keptQueue(text);
    expect(queue).toMatchObject([{ id: idOf(before, 0), step: "waiting", kept: true }]);
    const after = page();
    after.send({ of: "draft", do: "recalled", plan: "9", queue });
    expect(after.letters()).toBe("AABBBB");
    expect(after.posted()).toMatchObject([{ id: idOf(before, 0), edits: [give("b3", "B")] }]);
    for (const bad of [null, "", "{", "[]", "[{}]", '[{"id":1}]', '{"a":1}'])
      expect(keptQueue(bad)).toEqual([]);
  });
  test("undo of what was not sent yet is to forget it", () => {
    const at = page();
    at.send(edit("b3", "B"));
    at.send(edit("b2", "B"));
    at.send({ of: "draft", do: "undo" });
    expect(at.letters()).toBe("AABBBB");
    expect(at.steps()).toEqual(["sending"]);
  });
  test("a cut fabric is read again", () => {
    const at = page();
    at.send({ of: "draft", do: "edit", edits: [{ op: "split", grid: "A", line: [] }] });
    at.quiet();
    at.send({
      of: "draft",
      do: "outcome",
      id: at.now().bench.queue[0]?.id ?? "",
      outcome: outcome(8, { fabricChanged: true }),
    });
    expect(at.asked()).toContain("fabric");
  });
});

describe("refused", () => {
  const broken: Problem = {
    status: 422,
    code: "edit.in-pieces",
    title: "",
    detail: "",
    issues: [
      {
        code: "edit.in-pieces",
        severity: "stop",
        row: null,
        column: null,
        id: null,
        place: { type: "Point", coordinates: [0, 0] },
        message: "",
        buildings: ["b1"],
      },
    ],
  };
  test("the map shows what is, the place is marked, and it can be carried", () => {
    const at = page();
    at.send(edit("b3", "B"));
    const id = idOf(at, 0);
    at.send({ of: "draft", do: "unsent", id, problem: broken });
    expect(at.letters()).toBe("AAABBB");
    expect(at.now().mark?.key).toBe(`refused ${id}`);
    at.send({ of: "draft", do: "retryEdit", id, repair: "carry" });
    expect(at.posted()[1]).toMatchObject({ repair: "carry", edits: [give("b3", "B")] });
    expect(at.posted()[1]?.id).not.toBe(id);
    expect(at.now().mark).toBeNull();
  });
  test("it does not hold up what follows, and the next stroke clears it away", () => {
    const at = page();
    at.send(edit("b3", "B"));
    at.send(edit("b4", "A"));
    at.send({ of: "draft", do: "unsent", id: idOf(at, 0), problem: broken });
    expect(at.posted()[1]?.edits).toEqual([give("b4", "A")]);
    at.send(edit("b3", "B"));
    expect(at.steps()).toEqual(["sending", "waiting"]);
  });
  test("what was overtaken is shown and made anew on the newest ground", () => {
    const at = page();
    at.send(edit("b3", "B"));
    at.send({ of: "draft", do: "unsent", id: idOf(at, 0), problem: stale(9) });
    expect(at.steps()).toEqual(["refused"]);
    expect(at.asked()).toContain("fabric");
    at.send({ of: "draft", do: "retryEdit", id: idOf(at, 0) });
    expect(at.posted()[1]?.base).toBe(9);
    at.send({ of: "draft", do: "unsent", id: idOf(at, 1), problem: stale(12) });
    at.send({ of: "draft", do: "dropEdit", id: idOf(at, 1) });
    expect(at.steps()).toEqual([]);
  });
  test("being overtaken by oneself is no conflict", () => {
    const at = page();
    at.send(edit("b3", "B"));
    at.send(edit("b2", "B"));
    // Somebody else's revision 8 touched other grids; ours became 9.
    at.send({ of: "draft", do: "outcome", id: idOf(at, 0), outcome: outcome(9) });
    expect(at.posted()[1]?.base).toBe(7);
    at.send({ of: "draft", do: "unsent", id: idOf(at, 1), problem: stale(9) });
    expect(at.posted()[2]).toMatchObject({ id: idOf(at, 1), base: 9 });
  });
});

test("leaving the draft puts its fabric away", () => {
  const at = page();
  expect(at.now().fabric.value).not.toBeNull();
  at.send({ of: "draft", do: "plan", to: null });
  expect(at.now().fabric.value).toBeNull();
  expect(at.now().bench.queue).toEqual([]);
  expect(at.asked()).toEqual(expect.arrayContaining(["grids", "tallies"]));
});

test("the ground does not change under a pressed pointer", () => {
  const at = page();
  const stroke = {
    tool: "paint",
    at: null,
    recolor: new Map(),
    edits: [],
    exact: false,
    pressed: true,
  } as const;
  at.send({ of: "draft", do: "stroke", stroke: { ...stroke, edits: [], trouble: null, note: "" } });
  const before = at.now().fabric.value;
  const answer: Action = {
    do: "answered",
    what: "fabric",
    with: { plan: "9", community: "C1" },
    value: cells("AB"),
  };
  at.send(answer);
  expect(at.now().fabric.value).toBe(before);
  at.send({ of: "draft", do: "stroke", stroke: null });
  at.send(answer);
  expect(at.letters()).toBe("AB");
});

describe("two planners", () => {
  const change = (id: string, revision = 8): Change => ({
    revision,
    boxes: [[0, 0, 1, 1]],
    grids: [],
    areas: [],
    tallies: [],
    kinds: ["grids"],
    plans: ["9"],
    edits: [{ plan: "9", id, who: "Li", what: "", kind: "edit" }],
  });
  test("another's edit is read, one's own is not read twice", () => {
    const at = page();
    at.send({ do: "change", change: change("page-1"), at: 0 });
    expect(at.asked()).toEqual([]);
    expect(at.now().note).toBeNull();
    at.send({ do: "change", change: change("other-1", 9), at: 0 });
    expect(at.asked()).toContain("fabric");
    expect(at.now().note?.who).toBe("Li");
  });
  test("planners are named while they are heard of", () => {
    const at = page();
    const planner = {
      plan: "9",
      who: "Li",
      client: "x",
      community: "C1",
      at: null,
      tool: "paint",
      gone: false,
    };
    at.send({ of: "draft", do: "presence", planner, at: 0 });
    at.send({ of: "draft", do: "presence", planner, at: 15_000 });
    expect(at.now().bench.planners).toHaveLength(1);
    at.send({ of: "draft", do: "forget", at: 30_000 });
    expect(at.now().bench.planners).toHaveLength(1);
    at.send({ of: "draft", do: "forget", at: 36_000 });
    expect(at.now().bench.planners).toHaveLength(0);
    at.send({ of: "draft", do: "presence", planner, at: 40_000 });
    at.send({ of: "draft", do: "presence", planner: { ...planner, gone: true }, at: 40_001 });
    expect(at.now().bench.planners).toHaveLength(0);
  });
});

test("going back undoes what still stands after it", () => {
  const at = page();
  const past = (revision: number, undone = false) => ({
    revision,
    kind: "edit",
    who: "",
    when: "",
    what: "",
    grids: [],
    buildings: 0,
    undone,
  });
  at.send({ of: "draft", do: "tab", to: "history" });
  at.send({
    do: "answered",
    what: "history",
    with: { plan: "9" },
    value: [past(5), past(6), past(7, true), past(8)],
  });
  at.send({ of: "draft", do: "goBack", revision: 5 });
  expect(at.now().bench.queue.map((one: Pending) => one.kind)).toEqual(["undo", "undo"]);
});

test("a name goes into the header, percent-encoded when it is not ASCII", () => {
  expect(headersOf({ name: "", lang: "zh" })["Lifang-Actor"]).toBeUndefined();
  expect(headersOf({ name: "Li Na", lang: "zh" })["Lifang-Actor"]).toBe("Li Na");
  expect(headersOf({ name: "李娜", lang: "zh" })["Lifang-Actor"]).toBe("%E6%9D%8E%E5%A8%9C");
});
