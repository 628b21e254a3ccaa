import { describe, expect, test } from "vitest";
import type { Stroke } from "../src/model/bench";
import {
  borderSeams,
  compactness,
  looseCells,
  neighborsOf,
  piecesOf,
  recolored,
  shapesOf,
  sharedSeams,
  shifts,
  sums,
  troubleOf,
} from "../src/model/draft";
import { awaited, foreseen, NEW_GRID, type Pending, painting } from "../src/model/edits";
import { type Cell, cellAt, cellsInside, cellsUnder, meshOf } from "../src/model/fabric";
import { keepHues } from "../src/model/hues";
import { nextName } from "../src/model/names";
import { bars, countOf, foreseenPairs, standing } from "../src/model/numbers";
import { cellToward, nextLoose, numbered } from "../src/model/walk";
import { bench, cells, letters } from "./cells";

const AB = `AAB
            AAB
            CC.`;

/** Cell 1 around cell 2. */
function meshWith(cell: Cell, outer: [number, number][], inner: [number, number][]) {
  return meshOf(
    [cell, { ...cell, id: 2, buildings: ["inner"] }],
    [
      { left: 1, right: null, barrier: "none", line: outer },
      { left: 2, right: 1, barrier: "none", line: inner },
    ],
    [],
  );
}

describe("mesh", () => {
  const { mesh } = cells(AB);
  test("each cell gets its square back from the seams", () => {
    expect(mesh.shapes[1]?.[0]?.[0]).toHaveLength(5);
    expect(mesh.shapes.slice(1).every((shape) => shape.length === 1)).toBe(true);
  });
  test("neighbours share a seam, not only a corner", () => {
    expect([...(mesh.near[1] ?? [])].sort()).toEqual([2, 4]);
    expect([...(mesh.near[5] ?? [])].sort()).toEqual([2, 4, 6, 8]);
  });
  test("places find their cell", () => {
    expect(cellAt(mesh, [0.0005, -0.0005])).toBe(1);
    expect(cellAt(mesh, [0.0025, -0.0015])).toBe(6);
    expect(cellAt(mesh, [0.01, 0])).toBeNull();
  });
  test("a brush takes the cell under it and those whose label it covers", () => {
    expect(cellsUnder(mesh, [0.0005, -0.0005], 20)).toEqual([1]);
    expect(cellsUnder(mesh, [0.001, -0.0005], 70).sort()).toEqual([1, 2]);
  });
  test("a ring takes the cells whose label lies inside", () => {
    const ring = [
      [0, 0],
      [0.002, 0],
      [0.002, -0.0012],
      [0, -0.0012],
    ] as const;
    expect(cellsInside(mesh, ring).sort()).toEqual([1, 2]);
  });
  test("a hole becomes a ring of the cell around it", () => {
    // Cell 1 is a frame around cell 2: its outline and the hole are sewn from two closed seams.
    const square = (a: number, b: number) =>
      [
        [a, a],
        [b, a],
        [b, b],
        [a, b],
        [a, a],
      ] as [number, number][];
    const fabric = cells("A");
    const one = fabric.mesh.cells[1];
    if (one === undefined) throw new Error("no cell");
    const made = meshWith(one, square(0, 9), square(3, 6));
    expect(made.shapes[1]?.[0]).toHaveLength(2);
    expect(cellAt(made, [1, 1])).toBe(1);
    expect(cellAt(made, [4, 4])).toBe(2);
  });
});

describe("colours", () => {
  const fabric = cells(AB);
  test("what one grid gives the other receives", () => {
    const moved = shifts(fabric.mesh, fabric.colors, new Map([[2, 2]]));
    expect(moved.get(1)).toMatchObject({ buildings: -1, households: -10, persons: -20 });
    expect(moved.get(2)).toMatchObject({ buildings: 1, households: 10, persons: 20 });
    expect(moved.size).toBe(2);
  });
  test("sums over all grids are the sum over all cells, before and after", () => {
    const after = recolored(fabric.colors, new Map([[1, 3]]));
    for (const colors of [fabric.colors, after]) {
      const total = [...sums(fabric.mesh, colors).values()].reduce((sum, one) => sum + one.households, 0);
      expect(total).toBe(90);
    }
    expect(letters(after)).toBe("CABAABCC.");
  });
  test("a corner does not connect", () => {
    expect(piecesOf(cells("AB\nBA").mesh, cells("AB\nBA").colors, 1)).toHaveLength(2);
    expect(piecesOf(fabric.mesh, fabric.colors, 1)).toHaveLength(1);
  });
  test("a declared crossing connects", () => {
    const links: [[number, number], [number, number]][] = [
      [
        [0.0005, -0.0005],
        [0.0025, -0.0005],
      ],
    ];
    const apart = cells("ABA", { links });
    expect(piecesOf(apart.mesh, apart.colors, 1)).toHaveLength(1);
  });
  test("borders are the seams between grids, gaps included", () => {
    expect(sharedSeams(fabric.mesh, fabric.colors, 1, 2)).toHaveLength(2);
    expect(sharedSeams(fabric.mesh, fabric.colors, 2, null)).toHaveLength(1);
    expect(borderSeams(fabric.mesh, fabric.colors)).toHaveLength(2 + 2 + 1 + 1);
  });
  test("neighbours come by the length of the border", () => {
    expect(neighborsOf(fabric.mesh, fabric.colors, 1)).toEqual([2, 3]);
  });
  test("a square is as compact as a square", () => {
    const shape = shapesOf(fabric.mesh, fabric.colors, new Set([1])).get(1);
    expect(compactness(4 * 111 * 111, shape?.perimeterM ?? 0)).toBeCloseTo(Math.PI / 4, 1);
  });
  test("barriers under the border are counted", () => {
    const road = cells("AB", {
      barrier: (line) => (line[0]?.[0] === 0.001 && line[1]?.[0] === 0.001 ? "road" : "none"),
    });
    const shape = shapesOf(road.mesh, road.colors, new Set([1])).get(1);
    expect((shape?.barrierM ?? 0) / (shape?.perimeterM ?? 1)).toBeCloseTo(0.25, 2);
  });
});

describe("trouble", () => {
  test.each([
    ["in pieces", "AAA", 2, 2, "edit.in-pieces"],
    ["nothing left", "AB", 2, 1, "edit.swallowed"],
    ["fine", "AAB", 2, 2, null],
  ])("%s", (_, map, cell, to, code) => {
    const fabric = cells(`${map}B`);
    expect(troubleOf(fabric, fabric.colors, new Map([[cell, to]]))?.code ?? null).toBe(
      code === "edit.swallowed" ? null : code,
    );
  });
  test("a grid that loses its last cell is swallowed", () => {
    const fabric = cells("AB");
    expect(troubleOf(fabric, fabric.colors, new Map([[2, 1]]))).toMatchObject({
      code: "edit.swallowed",
      grid: 2,
    });
  });
  test("the stranded cells are named", () => {
    const fabric = cells("AAAB\nBBBB");
    expect(troubleOf(fabric, fabric.colors, new Map([[2, 2]]))?.cells).toEqual([3]);
  });
  test("a locked grid neither gives nor takes", () => {
    const fabric = cells("AABB", { locked: "B" });
    expect(troubleOf(fabric, fabric.colors, new Map([[2, 2]]))?.code).toBe("grid.locked");
  });
  test("a grid that may be in pieces may be", () => {
    const fabric = cells("AAAB\nBBBB");
    const grids = new Map(fabric.grids);
    const own = grids.get(1);
    if (own !== undefined) grids.set(1, { ...own, detached: true });
    expect(troubleOf({ ...fabric, grids }, fabric.colors, new Map([[2, 2]]))).toBeNull();
  });
});

describe("edits foreseen", () => {
  const fabric = cells(AB);
  test("a cell with a building is named by it, one without by its number", () => {
    const bare = { ...fabric.mesh.cells[9], buildings: [] } as Cell;
    const mesh = { ...fabric.mesh, cells: [...fabric.mesh.cells.slice(0, 9), bare] };
    expect(painting({ ...fabric, mesh }, [2, 9], 2, "")).toEqual({
      op: "paint",
      cells: [2, 9],
      to: "B",
    });
    expect(painting(fabric, [], 2, "")).toBeNull();
    expect(painting(fabric, [9], NEW_GRID, "N")).toMatchObject({
      op: "create",
      name: "N",
      buildings: ["b9"],
    });
  });
  test("paint, lasso and merge are foreseen; a cut is not", () => {
    const to = (edit: Parameters<typeof foreseen>[2]) =>
      letters(recolored(fabric.colors, foreseen(fabric, fabric.colors, edit)));
    expect(to({ op: "paint", buildings: ["b2"], to: "B" })).toBe("ABBAABCC.");
    expect(to({ op: "paint", buildings: ["b9"], to: "B" })).toBe("AABAABCCB");
    expect(to({ op: "paint", buildings: ["b3"], to: null })).toBe("AA.AABCC.");
    expect(to({ op: "merge", grids: ["A", "C"], keep: "A" })).toBe("AABAABAA.");
    expect(to({ op: "split", grid: "A", line: [] })).toBe("AABAABCC.");
    expect(to({ op: "paint", buildings: ["b2"], to: "nowhere" })).toBe("AABAABCC.");
  });
  test("what would be refused is not shown as done", () => {
    const pending = (edits: Pending["edits"], step: Pending["step"] = "waiting"): Pending => ({
      id: "x",
      kind: "edits",
      edits,
      repair: "refuse",
      community: "C1",
      base: 7,
      step,
      kept: false,
      problem: null,
    });
    const paint = (building: string, to: string) => pending([{ op: "paint", buildings: [building], to }]);
    expect(letters(awaited(fabric, [paint("b2", "B"), paint("b5", "B")]))).toBe("ABBABBCC.");
    expect(letters(awaited(fabric, [paint("b1", "B")]))).toBe("AABAABCC.");
    expect(letters(awaited(fabric, [{ ...paint("b2", "B"), step: "refused" }]))).toBe("AABAABCC.");
    expect(letters(awaited(fabric, [pending([{ op: "merge", grids: ["A", "B"], keep: "A" }])]))).toBe(
      "AAAAAACC.",
    );
  });
});

describe("numbers", () => {
  const state = bench(cells(AB));
  test("totals come from tallies, differences from cells", () => {
    expect(countOf(state, 1).households).toBe(40);
    const stroke: Stroke = {
      tool: "paint",
      at: null,
      recolor: new Map([[2, 2]]),
      edits: [],
      exact: false,
      pressed: true,
      trouble: null,
      note: "",
    };
    const moving = { ...state, bench: { ...state.bench, stroke } };
    expect(bars(moving)).toEqual([
      { grid: 1, before: 40, after: 30 },
      { grid: 2, before: 20, after: 30 },
      { grid: 3, before: 20, after: 20 },
    ]);
    const [a] = foreseenPairs(moving, new Set([1]));
    expect(a?.before?.households).toBe(40);
    expect(a?.after).toMatchObject({ households: 30, buildings: 0, pieces: 1 });
    expect(standing(moving)).toMatchObject({ out: 3, looseHouseholds: 10 });
  });
});

describe("walking", () => {
  const fabric = cells(AB);
  test("arrows go to the cell that lies there", () => {
    expect(cellToward(fabric, 5, "ArrowUp")).toBe(2);
    expect(cellToward(fabric, 5, "ArrowRight")).toBe(6);
    expect(cellToward(fabric, 5, "ArrowDown")).toBe(8);
    expect(cellToward(fabric, 5, "ArrowLeft")).toBe(4);
    expect(cellToward(fabric, 1, "ArrowUp")).toBeNull();
  });
  test("numbers name the neighbours clockwise", () =>
    expect(numbered(fabric, fabric.colors, 1)).toEqual([2, 3]));
  test("the next unassigned comes round again", () => {
    const loose = cells("A..");
    expect(looseCells(loose, loose.colors)).toEqual([2, 3]);
    expect(nextLoose(loose, loose.colors, null)).toBe(2);
    expect(nextLoose(loose, loose.colors, 2)).toBe(3);
    expect(nextLoose(loose, loose.colors, 3)).toBe(2);
    expect(nextLoose(cells("A"), cells("A").colors, null)).toBeNull();
  });
});

describe("hues", () => {
  const fabric = cells(AB);
  const grids = [...fabric.grids.values()];
  const touch = (grid: number) => neighborsOf(fabric.mesh, fabric.colors, grid);
  test("neighbours differ, and a grid keeps its hue while it is edited", () => {
    const first = keepHues(new Map(), grids, [1, 2, 3], touch);
    for (const grid of [1, 2, 3])
      for (const other of touch(grid)) expect(first.get(grid)).not.toBe(first.get(other));
    const later = keepHues(first, grids, [1, 2, 3], () => []);
    expect(later).toEqual(first);
  });
  test("two that come to touch are told apart by the younger", () => {
    const hues = keepHues(
      new Map([
        [1, 4],
        [2, 4],
        [3, 0],
      ]),
      grids,
      [1, 2, 3],
      touch,
    );
    expect(hues.get(1)).toBe(4);
    expect(hues.get(2)).not.toBe(4);
  });
});

test("a new grid is named as the next in the row", () => {
  expect(nextName(cells("ABC"))).toBe("网格004");
  const named = (...names: string[]) => {
    const fabric = cells("ABC".slice(0, names.length));
    const grids = [...fabric.grids].map(([key, one], i) => [key, { ...one, name: names[i] ?? "" }] as const);
    return nextName({ ...fabric, grids: new Map(grids) });
  };
  expect(named("第七网格", "第二网格")).toBe("第八网格");
  expect(named("第九网格")).toBe("第十网格");
  expect(named("第十网格")).toBe("第十一网格");
  expect(named("第十九网格")).toBe("第二十网格");
  expect(named("第99号")).toBe("第100号");
  expect(named("东", "西")).toBe("3");
});
