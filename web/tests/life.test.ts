// A plan's life in the model: days and the timeline, what may be done when, deeds and what they bring back.

import { describe, expect, test } from "vitest";
import type { Action, Effect } from "../src/model/action";
import { dayAfter, daysBetween, isDay } from "../src/model/days";
import { actsOf, type Check, type Checks, canBeAccepted, openStops, unsettled } from "../src/model/life";
import type { Plan } from "../src/model/register";
import type { State } from "../src/model/state";
import { axisOf, begunBy, beside, placeOf, type Timeline, within } from "../src/model/timeline";
import { update } from "../src/model/update";
import { hashOf, viewOf } from "../src/model/view";
import { Node, WireError } from "../src/wire/decode";
import * as life from "../src/wire/life";
import { bench, cells } from "./cells";
import { town } from "./support";

describe("days", () => {
  test.each([
    ["2026-02-28", 1, "2026-03-01"],
    ["2024-02-28", 1, "2024-02-29"],
    ["2026-01-01", -1, "2025-12-31"],
    ["2026-11-22", 365, "2027-11-22"],
  ])("%s and %i days", (day, n, to) => {
    expect(dayAfter(day, n)).toBe(to);
    expect(daysBetween(day, to)).toBe(n);
  });
  test.each(["2026-02-30", "2026-13-01", "2026-1-1", "", "today", "2026-11-22T00:00"])(
    "%s is no day",
    (text) => expect(isDay(text)).toBe(false),
  );
  test("a link to an impossible day looks at today", () => {
    expect(viewOf("#/coverage?at=2026-02-30").at).toBeNull();
    expect(viewOf("#/coverage?at=2026-02-28").at).toBe("2026-02-28");
  });
});

const begun = (day: string, ...ids: string[]) => ({
  day,
  plans: ids.map((id) => ({ id, title: `plan ${id}`, areas: ["C1"] })),
});
const timeline: Timeline = {
  today: "2026-11-22",
  first: "2025-01-01",
  days: [begun("2025-01-01", "1"), begun("2026-03-01", "2", "3"), begun("2026-12-01", "4")],
};

describe("timeline", () => {
  test("the axis reaches from the first plan to the last one to come", () =>
    expect(axisOf(timeline)).toEqual({ from: "2025-01-01", length: 699 }));
  test("a town that began today still has an axis to drag along", () =>
    expect(axisOf({ ...timeline, first: timeline.today, days: [] })).toEqual({
      from: "2026-10-23",
      length: 30,
    }));
  test("days beyond its ends stand at its ends", () => {
    expect([placeOf(timeline, "2024-05-05"), placeOf(timeline, "2030-01-01")]).toEqual([0, 699]);
  });
  test("on a day counts what began last before it", () => {
    expect(begunBy(timeline, "2026-11-30")?.plans.map((plan) => plan.id)).toEqual(["2", "3"]);
    expect(begunBy(timeline, "2026-12-01")?.day).toBe("2026-12-01");
    expect(begunBy(timeline, "2024-12-31")).toBeNull();
  });
  test("in one community count the plans that divide it", () => {
    const elsewhere = { ...begun("2026-06-01", "5"), plans: [{ id: "5", title: "", areas: ["C2"] }] };
    const all = { ...timeline, days: [...timeline.days, elsewhere] };
    expect(within(all, new Set(["C2"])).days.map((one) => one.day)).toEqual(["2026-06-01"]);
  });
  test("the days beside one", () => {
    expect([beside(timeline, "2026-03-01", -1), beside(timeline, "2026-03-01", 1)]).toEqual([
      "2025-01-01",
      "2026-12-01",
    ]);
    expect(beside(timeline, "2026-12-01", 1)).toBeNull();
  });
});

const check = (by: Partial<Check> = {}): Check => ({
  key: "k",
  code: "grid.small",
  severity: "warning",
  message: "",
  place: null,
  area: "C1",
  subject: "A",
  subjectName: "",
  mend: { tool: "merge", grid: "A", buildings: [] },
  accepted: null,
  ...by,
});
const accepted = { who: "Li", when: "", reason: "so" };

describe("what may be done", () => {
  const today = "2026-11-22";
  const plan = (status: string, by: object = {}) => ({
    status,
    isInForce: false,
    effectiveFrom: null,
    ...by,
  });
  test.each([
    [plan("draft"), "submit"],
    [plan("in_review"), "approve"],
    [plan("published", { isInForce: true, effectiveFrom: "2026-01-01" }), "duplicate"],
    [plan("superseded"), "duplicate"],
  ])("%o: first %s", (one, act) => expect(actsOf(one, today)[0]).toBe(act));
  test("what counts is not withdrawn; what will count tomorrow can be", () => {
    expect(actsOf(plan("published", { isInForce: true, effectiveFrom: today }), today)).not.toContain(
      "withdraw",
    );
    expect(actsOf(plan("published", { effectiveFrom: "2026-11-23" }), today)).toContain("withdraw");
  });
  test("of the stops only a gap may be declared", () => {
    expect(canBeAccepted(check())).toBe(true);
    expect(canBeAccepted(check({ severity: "stop", code: "fabric.gap" }))).toBe(true);
    expect(canBeAccepted(check({ severity: "stop", code: "grid.in-pieces" }))).toBe(false);
  });
  test("a declared gap stands no longer in the way", () => {
    const stops = [check({ severity: "stop" }), check({ key: "l", severity: "stop", accepted })];
    const checks: Checks = { revision: 1, stops, warnings: [], maySubmit: false, mayApprove: false };
    expect(openStops(checks).map((one) => one.key)).toEqual(["k"]);
  });
});

function page(state: State = bench(cells("AAABBB"))) {
  let now = state;
  let effects: Effect[] = [];
  return {
    now: () => now,
    send(action: Action) {
      const [next, more] = update(now, action);
      now = next;
      effects = more;
    },
    asked: () => effects.flatMap((one) => (one.do === "ask" ? [one.ask.what] : [])),
    deeds: () => effects.flatMap((one) => (one.do === "deed" ? [one] : [])),
    flown: () => effects.some((one) => one.do === "fly"),
  };
}
const planOf = (state: State): Plan => {
  const plan = state.plan.value;
  if (plan === null) throw new Error("no plan");
  return plan;
};

describe("deeds", () => {
  test("an opened draft is checked and its comments read", () => {
    const at = page(town());
    const draft = planOf(bench(cells("AB")));
    at.send({ do: "workspace", to: "plan" });
    at.send({ do: "answered", what: "plans", with: {}, value: [draft] });
    at.send({ of: "draft", do: "plan", to: "9" });
    expect(at.asked()).toEqual(expect.arrayContaining(["plan", "grids", "checks", "comments", "fabric"]));
  });
  test("it is submitted on what was looked at, and its fabric is put away", () => {
    const at = page();
    const checks: Checks = { revision: 12, stops: [], warnings: [], maySubmit: true, mayApprove: false };
    at.send({ do: "answered", what: "checks", with: { plan: "9" }, value: checks });
    at.send({ of: "life", do: "ask", act: "submit" });
    at.send({ of: "life", do: "carryOut", deed: { act: "submit", reason: "" } });
    expect(at.deeds()).toEqual([{ do: "deed", plan: "9", deed: { act: "submit", reason: "" }, base: 12 }]);
    const plan = { ...planOf(at.now()), status: "in_review" };
    at.send({ of: "life", do: "done", deed: { act: "submit", reason: "" }, came: { plan } });
    expect(at.now().life.asking).toBeNull();
    expect(at.now().plans.value?.[0]?.status).toBe("in_review");
    expect(at.now().fabric.value).toBeNull();
  });
  test("a refusal stays in its dialog; what was overtaken is checked again", () => {
    const at = page();
    const deed = { act: "approve", day: "2026-11-23", reason: "" } as const;
    at.send({ of: "life", do: "ask", act: "approve" });
    expect(at.asked()).toEqual(["timeline"]);
    at.send({ of: "life", do: "carryOut", deed });
    const problem = { status: 412, code: "plan.stale", title: "", detail: "", issues: [] };
    at.send({ of: "life", do: "failed", deed, problem });
    expect(at.now().life).toMatchObject({ asking: "approve", doing: null, failed: { act: "approve" } });
    expect(at.asked()).toEqual(["plans", "checks"]);
  });
  test("mend takes the tool in hand, chooses the grid and goes to the place", () => {
    const at = page();
    const place = { type: "Point" as const, coordinates: [0.001, 0] };
    at.send({
      of: "life",
      do: "mend",
      check: check({ place, mend: { tool: "paint", grid: "A", buildings: ["b3"] } }),
    });
    expect(at.now().bench).toMatchObject({ tool: "paint", tab: "numbers", cursor: 3 });
    expect(at.now().view.selection).toEqual({ kind: "grid", code: "A" });
    expect(at.now().mark?.geometry).toEqual(place);
    expect(at.flown()).toBe(true);
  });
  test("a draft behind its base is mended by bringing it up to date", () => {
    const at = page();
    const mend = { tool: null, grid: null, buildings: [] };
    at.send({ of: "life", do: "mend", check: check({ code: "plan.behind", mend }) });
    expect(at.now().life.rebasing).toBe(true);
    expect(at.asked()).toEqual(["rebase"]);
  });
  test("a place is taken for a comment by the next press, not for a choice", () => {
    const at = page();
    at.send({ of: "life", do: "pinning", on: "comment" });
    at.send({
      do: "press",
      picked: { thing: { kind: "grid", id: 1 }, code: "A", name: "" },
      at: [1, 2],
      zoom: 16,
    });
    expect(at.now().life).toMatchObject({ pinning: null, pin: [1, 2] });
    expect(at.now().view.selection).toBeNull();
  });
  test("someone else's comment is read when the server tells of it", () => {
    const at = page();
    const news = {
      revision: 8,
      boxes: [],
      grids: [],
      areas: [],
      tallies: [],
      kinds: ["comments"],
      plans: ["9"],
    };
    at.send({ do: "change", change: { ...news, edits: [] }, at: 0 });
    expect(at.asked()).toContain("comments");
    expect(at.asked()).not.toContain("fabric");
  });
});

describe("comparing", () => {
  test("the fabric goes, the other plan's grids come; closing brings the bench back", () => {
    const at = page();
    at.send({ of: "life", do: "compare", against: "current" });
    expect(at.asked()).toEqual(["diff", "beside"]);
    expect(at.now().fabric.value).toBeNull();
    expect(hashOf(at.now().view)).toContain("against=current&show=swipe");
    at.send({ of: "life", do: "show", to: "moves" });
    expect(at.asked()).toEqual(["moves"]);
    at.send({ of: "life", do: "compare", against: null });
    expect(at.asked()).toContain("fabric");
  });
  test("the slider stays on the map", () => {
    const at = page();
    at.send({ of: "life", do: "divide", at: 7 });
    expect(at.now().life.split).toBe(0.98);
  });
});

describe("bringing up to date", () => {
  const conflict = (key: string, take: "ours" | null) => ({
    key,
    community: "C1",
    place: null,
    buildings: ["b1"],
    households: 10,
    base: "A",
    ours: "B",
    theirs: null,
    take,
  });
  const rebase = {
    revision: 9,
    onto: { id: "3", title: "spring" },
    carried: 4,
    conflicts: [conflict("a", null), conflict("b", "ours")],
    isDone: false,
  };
  test("each conflict is settled by hand or was settled before", () => {
    const at = page();
    at.send({ of: "life", do: "rebasing", on: true });
    at.send({ do: "answered", what: "rebase", with: { plan: "9" }, value: rebase });
    expect(at.asked()).toEqual(["beside"]);
    expect(unsettled(at.now().life, rebase).map((one) => one.key)).toEqual(["a"]);
    at.send({ of: "life", do: "settle", key: "a", take: "theirs" });
    expect(unsettled(at.now().life, rebase)).toEqual([]);
  });
  test("done: everything about the draft is read again", () => {
    const at = page();
    at.send({ of: "life", do: "rebasing", on: true });
    const deed = { act: "rebase", settle: [] } as const;
    at.send({
      of: "life",
      do: "done",
      deed: { ...deed, settle: [] },
      came: { rebase: { ...rebase, isDone: true } },
    });
    expect(at.now().life.rebasing).toBe(false);
    expect(at.asked()).toEqual(expect.arrayContaining(["plan", "grids", "tallies", "fabric", "checks"]));
  });
});

describe("another day", () => {
  test("what answers as of a day is asked again, and shown until it comes", () => {
    const at = page(town());
    at.send({ of: "life", do: "asOf", day: "2026-03-01" });
    expect(at.asked()).toEqual(["areas", "grids", "tallies", "findings"]);
    expect(at.now().grids).toMatchObject({ busy: true, value: { revision: 7 } });
    expect(hashOf(at.now().view)).toContain("at=2026-03-01");
  });
  test("in Plan it is today", () => {
    const at = page(town());
    at.send({ of: "life", do: "asOf", day: "2026-03-01" });
    at.send({ do: "workspace", to: "plan" });
    expect(at.asked()).toEqual(expect.arrayContaining(["areas", "grids", "tallies"]));
  });
  test("today's counts do not spoil the past", () => {
    const at = page(town());
    at.send({ of: "life", do: "asOf", day: "2026-03-01" });
    const tallies = [{ grid: "C1-1", id: 1, community: "C1", name: "", households: 1 } as never];
    const news = {
      revision: 8,
      boxes: [],
      grids: [1],
      areas: ["C1"],
      kinds: ["grids"],
      plans: [],
      edits: [],
    };
    at.send({ do: "change", change: { ...news, tallies }, at: 0 });
    expect(at.now().tallies.value?.byGrid.size).toBe(0);
    expect(at.asked()).toContain("tallies");
  });
});

describe("on the wire", () => {
  const wire = {
    key: "grid.small/C1/A",
    code: "grid.small",
    severity: "warning",
    message: "m",
    place: null,
    area: "C1",
    subject: "A",
    mend: { tool: "merge", grid: "A", buildings: [] },
    accepted,
  };
  const all = { revision: 1, stops: [], warnings: [wire], may_submit: true, may_approve: false };
  test("checks", () => {
    const read = life.checks(new Node(all));
    expect(read.warnings[0]).toMatchObject({ mend: { tool: "merge", grid: "A" }, accepted });
  });
  test("a tool this page does not know is none", () => {
    const strange = { ...wire, mend: { tool: "laser", grid: null, buildings: [] } };
    expect(life.checks(new Node({ ...all, warnings: [strange] })).warnings[0]?.mend.tool).toBeNull();
  });
  test("what is no check says where", () =>
    expect(() => life.checks(new Node({ ...all, stops: [{ ...wire, severity: "grave" }] }))).toThrow(
      new WireError("$.stops[0].severity", "one of stop, warning"),
    ));
  test("comments come bare", () =>
    expect(
      life.comments(new Node([{ id: 1, text: "t", at: [1, 2], grid: null, who: "Li", when: "" }])),
    ).toEqual([{ id: "1", text: "t", at: [1, 2], grid: null, who: "Li", when: "", resolved: null }]));
  test("a town without any plan began today", () =>
    expect(life.timeline(new Node({ today: "2026-11-22", first: null, days: [] })).first).toBe("2026-11-22"));
});
