// The network is not trusted: what decodes is right in shape, what is not says where.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { read } from "../src/wire/api";
import * as compare from "../src/wire/compare";
import { Node, WireError } from "../src/wire/decode";
import * as drafts from "../src/wire/drafts";
import { read as readChange } from "../src/wire/events";
import * as life from "../src/wire/life";
import * as twins from "../src/wire/twins";

const node = (value: unknown) => new Node(value);

describe("decode", () => {
  test("an error names the way to the fault", () => {
    const broken = { revision: 1, rows: [{ grid: "a", id: 1, community: "c", name: "", buildings: "many" }] };
    expect(() => twins.tallies(node(broken))).toThrow(new WireError("$.rows[0].buildings", "a whole number"));
  });
  test.each([
    [{ shown: 12 }, { shown: 12 }],
    [{ below: 10 }, { below: 10 }],
    [{ hidden: true }, { hidden: true }],
  ])("member count %o", (wire, model) => expect(twins.shown(node(wire))).toEqual(model));
  test.each([{}, { hidden: false }, { shown: 1.5 }, null, 7])("no member count: %o", (wire) =>
    expect(() => twins.shown(node(wire))).toThrow(WireError),
  );
  test.each([
    { type: "Point", coordinates: ["1", 2] },
    { type: "Polygon", coordinates: [[1, 2]] },
    { type: "Circle", coordinates: [1, 2] },
    { type: "Point", coordinates: [Number.NaN, 2] },
  ])("no geometry: %o", (wire) => expect(() => twins.geometry(node(wire))).toThrow(WireError));
  test("codes stay text", () => {
    const area = { code: 110101001001, name: "" };
    expect(() => node(area).get("code").string()).toThrow(WireError);
  });
});

describe("replies", () => {
  test("a problem of the server is passed on", () => {
    const reply = read(422, '{"status":422,"code":"row.bad","title":"t","detail":"d"}', () => 1);
    expect(reply).toEqual({
      ok: false,
      problem: { status: 422, code: "row.bad", title: "t", detail: "d", issues: [] },
    });
  });
  test("a body that is no JSON is a problem with the status as its code", () => {
    expect(read(502, "<html>", () => 1)).toMatchObject({ ok: false, problem: { code: "http.502" } });
    expect(read(200, "", () => 1)).toMatchObject({ ok: false, problem: { code: "page.wrong-reply" } });
  });
  test("a reply of the wrong shape says where", () => {
    const reply = read(200, '{"results":[{"kind":1}]}', twins.hits);
    expect(reply).toMatchObject({
      problem: { code: "page.wrong-reply", detail: expect.stringContaining("$.results[0].kind") },
    });
  });
  test("an event that cannot be read is a gap", () => {
    expect(readChange("{")).toBeNull();
    expect(readChange('{"revision":1}')).toBeNull();
  });
});

/** Golden replies of the server, decoded by the very functions the page uses; null where the page reads none. */
const GOLDEN = join(import.meta.dirname, "../../tests/golden/api");
const firstCode = (reply: Node): string =>
  reply.get("features").list((feature) => feature.get("properties").get("code").string())[0] ?? "";
const READERS: [name: RegExp, ((node: Node) => unknown) | null][] = [
  [/^(healthz|readyz|tilejson|openapi)$/, null],
  [/^plans$/, twins.plans],
  [/^fabric/, drafts.fabric],
  [/^(outcome|edit|preview|undo|redo)/, drafts.outcome],
  [/^(history-(building|grid|border)|eras)/, life.eras],
  [/^history/, drafts.history],
  [/^checks/, life.checks],
  [/^comments/, life.comments],
  [/^rebase/, life.rebase],
  [/^timeline/, life.timeline],
  [/^diff-shapes/, compare.moves],
  [/^diff/, compare.diff],
  [/^me$/, twins.me],
  [/^areas$/, twins.areas],
  [/^area$/, twins.area],
  [/^plan(-current|-draft|-started)?$/, twins.plan],
  [/^grids-shapes$/, (reply) => twins.outline(reply, firstCode(reply))],
  [/^grids$/, twins.grids],
  [/^grid$/, twins.gridDetail],
  [/^grid-buildings$/, twins.buildings],
  [/^building$/, twins.buildingDetail],
  [/^tallies/, twins.tallies],
  [/^classes$/, twins.breaks],
  [/^findings/, twins.findings],
  [/^locate/, twins.located],
  [/^search/, twins.hits],
  [/^imports$/, twins.imports],
  [/^stations$/, twins.stations],
  [/^(import|report)(-|$)/, twins.report],
  [/^inspection$/, twins.inspection],
  [/^(event|change)/, twins.change],
  [/^problem-/, (reply) => twins.problem(reply, 400)],
];

describe("golden replies decode", () => {
  const names = readdirSync(GOLDEN).filter((name) => name.endsWith(".json"));
  test("they are there", () => expect(names.length).toBeGreaterThan(20));
  test.each(names)("%s", (name) => {
    const reader = READERS.find(([pattern]) => pattern.test(name.replace(/\.json$/, "")));
    expect(reader, "a reader, or a word that the page needs none").toBeDefined();
    const reply = node(JSON.parse(readFileSync(join(GOLDEN, name), "utf8")));
    expect(() => reader?.[1]?.(reply)).not.toThrow();
  });
});
