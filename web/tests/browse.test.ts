// A tool runs on a surface of ten lines: no map is needed.

import { expect, test } from "vitest";
import type { Action } from "../src/model/action";
import { type MapSurface, type Picked, type Pixel, sideBySide } from "../src/model/surface";
import { browse } from "../src/tools/browse";

const grid = (id: number): Picked => ({ thing: { kind: "grid", id }, code: `G${id}`, name: "" });

type Other = [isOther: (pixel: Pixel) => boolean, other: () => MapSurface | null];

function setUp(under: (x: number) => Picked | null, beside?: (own: MapSurface) => Other) {
  const sent: Action[] = [];
  const cursors: string[] = [];
  const surface: MapSurface = {
    pick: ([x]) => under(x),
    zoom: () => 15,
    cursor: (name) => cursors.push(name),
    project: ([x, y]) => [x, y],
    unproject: ([x, y]) => [x, y],
    show: () => {},
    edges: () => [],
  };
  const tool = browse(
    beside === undefined ? surface : sideBySide(surface, ...beside(surface)),
    (action) => sent.push(action),
    () => false,
  );
  const at = (kind: "move" | "click" | "leave", x: number) => tool.on({ kind, pixel: [x, 0], at: [x, 0] });
  return { sent, cursors, at };
}

test("moving over a grid tells of it, leaving it takes that back", () => {
  const { sent, cursors, at } = setUp((x) => (x < 10 ? null : grid(x < 20 ? 1 : 2)));
  at("move", 5);
  expect(sent).toEqual([]);
  at("move", 12);
  at("move", 13);
  at("move", 25);
  at("leave", 0);
  const things = sent.map((action) => (action.do === "hover" ? (action.hover?.thing.id ?? null) : action.do));
  expect(things).toEqual([1, 1, 2, null]);
  expect(cursors).toEqual(["", "pointer", "pointer", "pointer"]);
});

test("the same grid stays the same value, so the map redraws nothing", () => {
  const { sent, at } = setUp(() => grid(1));
  at("move", 1);
  at("move", 2);
  const [first, second] = sent.map((action) => (action.do === "hover" ? action.hover?.thing : null));
  expect(first).toBe(second);
});

test("a press says what is there and how near one is", () => {
  const { sent, at } = setUp(() => grid(3));
  at("click", 1);
  expect(sent).toEqual([{ do: "press", picked: grid(3), at: [1, 0], zoom: 15 }]);
});

test("left of the slider the other plan's map says what is there", () => {
  const { sent, at } = setUp(
    () => grid(1),
    (own) => [([x]) => x < 10, () => ({ ...own, pick: ([x]) => (x < 5 ? null : grid(1)) })],
  );
  at("move", 2);
  at("move", 7);
  at("move", 12);
  at("click", 7);
  expect(sent.map((action) => (action.do === "hover" ? (action.hover?.beside ?? false) : action.do))).toEqual(
    [true, false, "press"],
  );
  expect(sent.at(-1)).toMatchObject({ picked: { code: "G1", beside: true } });
});

test("while the other map is not there yet, nothing is there", () => {
  const { sent, at } = setUp(
    () => grid(1),
    () => [() => true, () => null],
  );
  at("move", 2);
  expect(sent).toEqual([]);
});

test("a finger that presses a station is told of it until it presses elsewhere", () => {
  const station: Picked = { thing: { kind: "station", id: 7 }, code: "S7", name: "工作站" };
  const { sent, at } = setUp((x) => (x < 10 ? station : grid(1)));
  at("click", 5);
  at("click", 25);
  at("click", 26);
  const told = sent.map((action) =>
    action.do === "hover" ? (action.hover?.name ?? null) : action.do === "press" ? action.picked?.code : "",
  );
  expect(told).toEqual(["工作站", "S7", null, "G1", "G1"]);
});
