// Every tool on a surface of ten lines: real strokes, no map.

import { describe, expect, test } from "vitest";
import { keyed } from "../src/model/plankeys";
import { lasso } from "../src/tools/lasso";
import { link } from "../src/tools/link";
import { merge } from "../src/tools/merge";
import { paint } from "../src/tools/paint";
import { reshape, thinned } from "../src/tools/reshape";
import { split } from "../src/tools/split";
import { sweep } from "../src/tools/sweep";
import { cells, desk } from "./cells";

const AB = `AAABBB
            AAABBB
            AAABBB`;
/** The middle of the nth cell of a row. */
const mid = (x: number, y: number) => [x * 100 + 50, y * 100 + 50] as const;

describe("paint", () => {
  test("extends the grid it begins in, and says what it takes before it is let go", () => {
    const at = desk(cells(AB));
    const tool = paint(at.hand);
    expect(at.on(tool, "down", mid(2, 1))).toBe(true);
    at.on(tool, "drag", mid(4, 1));
    expect([...(at.now().bench.stroke?.recolor ?? [])]).toEqual([
      [10, 1],
      [11, 1],
    ]);
    expect(at.letters()).toBe("AAABBB".repeat(3));
    at.on(tool, "up", mid(4, 1));
    expect(at.edits()).toEqual([[{ op: "paint", buildings: ["b10", "b11"], to: "A" }]]);
    expect(at.letters()).toBe("AAABBBAAAAABAAABBB");
  });
  test("a fast pointer leaves no cell out", () => {
    const at = desk(cells("ABBBBBBB\nBBBBBBBB"));
    at.stroke(paint(at.hand), [mid(0, 0), mid(6, 0)]);
    expect(at.letters()).toBe("AAAAAAABBBBBBBBB");
  });
  test("works for the grid that is chosen", () => {
    const at = desk(cells(AB));
    at.send({ do: "select", selection: { kind: "grid", code: "B" } });
    at.stroke(paint(at.hand), [mid(2, 0), mid(2, 1)]);
    expect(at.letters()).toBe("AABBBBAABBBBAAABBB");
  });
  test("Alt takes cells from every grid", () => {
    const at = desk(cells(AB));
    at.stroke(paint(at.hand), [mid(2, 0), mid(3, 0)], true);
    expect(at.edits()).toEqual([[{ op: "paint", buildings: ["b3", "b4"], to: null }]]);
  });
  test("passes by what is locked", () => {
    const at = desk(cells("AABBCC", { locked: "B" }));
    at.stroke(paint(at.hand), [mid(1, 0), mid(3, 0)]);
    expect(at.edits()).toEqual([]);
    at.on(paint(at.hand), "down", mid(1, 0));
    at.on(paint(at.hand), "cancel", mid(1, 0));
    expect(at.now().bench.stroke).toBeNull();
  });
  test("nothing happens when it is taken back", () => {
    const at = desk(cells(AB));
    const tool = paint(at.hand);
    at.on(tool, "down", mid(2, 1));
    at.on(tool, "drag", mid(4, 1));
    tool.exit();
    at.on(tool, "up", mid(4, 1));
    expect(at.edits()).toEqual([]);
    expect(at.now().bench.stroke).toBeNull();
    expect(at.sketch()).toEqual([]);
  });
  test("a grid torn apart is said at once", () => {
    const at = desk(cells("AAA\nBBB"));
    at.send({ do: "select", selection: { kind: "grid", code: "B" } });
    const tool = paint(at.hand);
    at.on(tool, "down", mid(1, 0));
    expect(at.now().bench.stroke?.trouble).toMatchObject({ code: "edit.in-pieces" });
  });
  test("a new grid is made of what is painted", () => {
    const at = desk(cells(AB));
    at.send({ of: "draft", do: "target", to: { grid: -1 } });
    at.stroke(paint(at.hand), [mid(0, 0), mid(1, 0)]);
    expect(at.edits()).toEqual([
      [{ op: "create", name: "网格003", community: "C1", buildings: ["b1", "b2"] }],
    ]);
    expect(at.letters().slice(0, 3)).toBe("**A");
  });
});

describe("lasso", () => {
  const ring = [
    [310, 10],
    [490, 10],
    [490, 190],
    [310, 190],
  ] as const;
  test("takes the buildings inside", () => {
    const at = desk(cells(AB));
    at.send({ do: "select", selection: { kind: "grid", code: "A" } });
    at.stroke(lasso(at.hand), [...ring]);
    expect(at.edits()[0]?.[0]).toMatchObject({ op: "lasso", to: "A", by: "building" });
    expect(at.letters()).toBe("AAAAABAAAAABAAABBB");
  });
  test("by exact area the server is asked and no cell is guessed", () => {
    const at = desk(cells(AB));
    at.send({ do: "select", selection: { kind: "grid", code: "A" } });
    at.send({ of: "draft", do: "exact", on: true });
    at.stroke(lasso(at.hand), [...ring]);
    const edit = at.edits()[0]?.[0];
    expect(edit).toMatchObject({ op: "lasso", by: "area" });
    expect(edit?.op === "lasso" && edit.polygon[0]?.[0]).toEqual(
      edit?.op === "lasso" && edit.polygon[0]?.at(-1),
    );
    expect(at.letters()).toBe("AAABBB".repeat(3));
  });
  test("around nothing nothing is asked", () => {
    const at = desk(cells(AB));
    at.send({ do: "select", selection: { kind: "grid", code: "A" } });
    at.stroke(lasso(at.hand), [
      [10, 10],
      [20, 10],
      [20, 20],
    ]);
    expect(at.edits()).toEqual([]);
  });
});

describe("split", () => {
  test("a drag is a straight cut through the grid below", () => {
    const at = desk(cells(AB));
    at.stroke(split(at.hand), [
      [-20, 150],
      [100, 150],
      [320, 150],
    ]);
    expect(at.edits()).toEqual([
      [
        {
          op: "split",
          grid: "A",
          name: "网格003",
          line: [
            [-0.0002, -0.0015],
            [0.0032, -0.0015],
          ],
        },
      ],
    ]);
  });
  test("presses set points, Enter cuts", () => {
    const at = desk(cells(AB));
    const tool = split(at.hand);
    for (const place of [[310, -20] as const, [450, 150] as const, [310, 320] as const])
      at.stroke(tool, [place]);
    expect(at.edits()).toEqual([]);
    expect(tool.key?.("Enter")).toBe(true);
    expect(at.edits()[0]?.[0]).toMatchObject({ op: "split", grid: "B" });
  });
  test("Escape forgets the points", () => {
    const at = desk(cells(AB));
    const tool = split(at.hand);
    at.stroke(tool, [[10, 10]]);
    tool.exit();
    expect(tool.key?.("Enter")).toBe(false);
    expect(at.sketch()).toEqual([]);
  });
});

describe("sweep", () => {
  test("a shared border thickens under the pointer", () => {
    const at = desk(cells(AB));
    const tool = sweep(at.hand);
    at.on(tool, "move", [303, 150]);
    expect(at.sketch().filter((one) => one.kind === "line" && one.role === "border")).toHaveLength(3);
    at.on(tool, "move", [250, 150]);
    expect(at.sketch()).toEqual([]);
  });
  test("cells flip as it passes and flip back when it comes back", () => {
    const at = desk(cells(AB));
    const tool = sweep(at.hand);
    expect(at.on(tool, "down", [301, 150])).toBe(true);
    const flipped = () => [...(at.now().bench.stroke?.recolor.keys() ?? [])].sort((a, b) => a - b);
    at.on(tool, "drag", [360, 150]);
    expect(flipped()).toEqual([10]);
    at.on(tool, "drag", [460, 150]);
    expect(flipped()).toEqual([10, 11]);
    at.on(tool, "drag", [360, 150]);
    expect(flipped()).toEqual([10]);
    at.on(tool, "drag", [301, 150]);
    expect(flipped()).toEqual([]);
    at.on(tool, "drag", [240, 150]);
    expect([...(at.now().bench.stroke?.recolor ?? [])]).toEqual([[9, 2]]);
    at.on(tool, "up", [240, 150]);
    expect(at.letters()).toBe("AAABBBAABBBBAAABBB");
  });
  test("taken back with nothing changed", () => {
    const at = desk(cells(AB));
    const tool = sweep(at.hand);
    at.on(tool, "down", [301, 150]);
    at.on(tool, "drag", [460, 150]);
    tool.exit();
    expect(at.now().bench.stroke).toBeNull();
    expect(at.letters()).toBe("AAABBB".repeat(3));
  });
  test("a border of a locked grid does not move", () => {
    const at = desk(cells(AB, { locked: "B" }));
    at.stroke(sweep(at.hand), [
      [301, 150],
      [460, 150],
    ]);
    expect(at.edits()).toEqual([]);
  });
  test("away from a border the press is not taken: the map pans", () => {
    const at = desk(cells(AB));
    expect(at.on(sweep(at.hand), "down", [250, 150])).toBe(false);
  });
});

describe("reshape", () => {
  const at3 = (x: number, y: number) => [x / 100_000, -y / 100_000];
  test("a point of the border moves, and everything that shares it", () => {
    const at = desk(cells(AB));
    at.stroke(reshape(at.hand), [
      [302, 101],
      [330, 130],
    ]);
    expect(at.edits()).toEqual([[{ op: "move", at: at3(300, 100), to: at3(330, 130) }]]);
  });
  test("a line gets a new point", () => {
    const at = desk(cells(AB));
    at.stroke(reshape(at.hand), [
      [302, 150],
      [340, 160],
    ]);
    expect(at.edits()[0]?.[0]).toMatchObject({ op: "insert", at: at3(300, 150), to: at3(340, 160) });
  });
  test("a point comes to rest on a barrier close by, and says so", () => {
    const road = cells(AB, { barrier: (line) => (line.every(([lon]) => lon === 0.004) ? "road" : "none") });
    const at = desk(road);
    const tool = reshape(at.hand);
    at.on(tool, "down", [301, 150]);
    at.on(tool, "drag", [396, 150]);
    expect(at.now().bench.stroke?.note).toBe("barrier");
    at.on(tool, "up", [396, 150]);
    expect(at.edits()[0]?.[0]).toMatchObject({ op: "insert", to: at3(400, 150) });
  });
  test("a long way that comes back to the border gives it a new course", () => {
    const at = desk(cells(AB));
    at.stroke(reshape(at.hand), [
      [301, 50],
      [360, 50],
      [420, 120],
      [420, 200],
      [360, 250],
      [303, 250],
    ]);
    expect(at.edits()[0]?.[0]).toMatchObject({ op: "reroute", between: ["B", "A"] });
  });
  test("Delete removes the point under the pointer, never a junction", () => {
    const bent = cells(AB);
    const seams = bent.mesh.seams.map((seam) => {
      const [a, b] = seam.line;
      return a?.[0] === 0.003 && b?.[0] === 0.003 && a[1] === -0.001
        ? { ...seam, line: [a, [0.0032, -0.0015] as const, b] }
        : seam;
    });
    const at = desk({ ...bent, mesh: { ...bent.mesh, seams } });
    const tool = reshape(at.hand);
    at.on(tool, "move", [300, 0]);
    expect(tool.key?.("Delete")).toBe(false);
    at.on(tool, "move", [321, 151]);
    expect(tool.key?.("Delete")).toBe(true);
    expect(at.edits()).toEqual([[{ op: "remove", at: [0.0032, -0.0015] }]]);
  });
  test("a hand-drawn path keeps its corners only", () => {
    const path = Array.from({ length: 21 }, (_, i) =>
      at3(i <= 10 ? i * 10 : 100, i <= 10 ? 0 : (i - 10) * 10),
    );
    expect(thinned(path as never, ([x, y]) => [x * 100_000, y * 100_000])).toHaveLength(3);
  });
});

describe("merge", () => {
  const ABC = "AABBCC";
  test("from one grid into its neighbour", () => {
    const at = desk(cells(ABC));
    at.stroke(merge(at.hand), [mid(0, 0), mid(2, 0)]);
    expect(at.edits()).toEqual([[{ op: "merge", grids: ["A", "B"], keep: "A" }]]);
    expect(at.letters()).toBe("AAAACC");
  });
  test("a press chooses, a second in the neighbour merges", () => {
    const at = desk(cells(ABC));
    const tool = merge(at.hand);
    at.stroke(tool, [mid(4, 0)]);
    expect(at.now().view.selection).toEqual({ kind: "grid", code: "C" });
    at.on(tool, "move", mid(2, 0));
    expect(at.now().bench.stroke).toMatchObject({ pressed: false, trouble: null });
    at.stroke(tool, [mid(2, 0)]);
    expect(at.edits()).toEqual([[{ op: "merge", grids: ["C", "B"], keep: "C" }]]);
  });
  test("what does not touch does not merge", () => {
    const at = desk(cells(ABC));
    const tool = merge(at.hand);
    at.on(tool, "down", mid(0, 0));
    at.on(tool, "drag", mid(5, 0));
    expect(at.now().bench.stroke?.trouble?.code).toBe("edit.not-neighbours");
    at.on(tool, "up", mid(5, 0));
    expect(at.edits()).toEqual([]);
  });
});

describe("crossing", () => {
  const bridge = [
    [0.0015, -0.0005],
    [0.0035, -0.0005],
  ] as const;
  test("a drag from one cell to another declares it", () => {
    const at = desk(cells("AABB"));
    at.stroke(link(at.hand), [mid(0, 0), mid(3, 0)]);
    expect(at.edits()).toEqual([[{ op: "link", from: [0.0005, -0.0005], to: [0.0035, -0.0005] }]]);
  });
  test("within one cell or out of the community it says why not", () => {
    const at = desk(cells("AABB"));
    const tool = link(at.hand);
    at.on(tool, "down", mid(0, 0));
    at.on(tool, "drag", [80, 50]);
    expect(at.now().bench.stroke?.trouble?.code).toBe("edit.misses");
    at.on(tool, "drag", mid(9, 0));
    expect(at.now().bench.stroke?.trouble?.code).toBe("edit.misses");
    at.on(tool, "up", mid(9, 0));
    expect(at.edits()).toEqual([]);
  });
  test("a press on one that is there takes it back, with the places it was declared with", () => {
    const at = desk(cells("AABB", { links: [bridge] }));
    const tool = link(at.hand);
    at.on(tool, "move", [250, 53]);
    expect(at.now().bench.stroke?.note).toBe("crossing");
    at.stroke(tool, [[250, 53]]);
    expect(at.edits()).toEqual([[{ op: "unlink", from: bridge[0], to: bridge[1] }]]);
  });
  test("a press beside it does nothing", () => {
    const at = desk(cells("AABB", { links: [bridge] }));
    at.stroke(link(at.hand), [mid(0, 0)]);
    expect(at.edits()).toEqual([]);
  });
});

describe("by keyboard alone", () => {
  const press = (at: ReturnType<typeof desk>, ...keys: string[]) => {
    for (const key of keys)
      for (const action of keyed(at.now(), { key, ctrl: false, shift: false, alt: false }) ?? [])
        at.send(action);
  };
  test("choose a grid, take a neighbour as target, stand where they meet, apply, walk on", () => {
    const at = desk(cells(AB));
    at.send({ do: "select", selection: { kind: "grid", code: "A" } });
    press(at, "p", "1");
    expect(at.now().bench.target).toEqual({ grid: 2 });
    expect(at.now().bench.cursor).toBe(3);
    press(at, " ", "ArrowDown", " ");
    expect(at.edits()).toEqual([
      [{ op: "paint", buildings: ["b3"], to: "B" }],
      [{ op: "paint", buildings: ["b9"], to: "B" }],
    ]);
    expect(at.letters()).toBe("AABBBBAABBBBAAABBB");
  });
  test("arrows walk the cells from the first of the grid chosen", () => {
    const at = desk(cells(AB));
    at.send({ do: "select", selection: { kind: "grid", code: "B" } });
    press(at, "p", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft");
    expect(at.now().bench.cursor).toBe(10);
  });
  test("letters change the tool, brackets the brush, Tab finds what has no grid", () => {
    const at = desk(cells("A.."));
    press(at, "w");
    expect(at.now().bench.tool).toBe("sweep");
    press(at, "]", "]");
    expect(at.now().bench.brush).toBe(64);
    press(at, "Tab");
    expect(at.now().bench.cursor).toBe(2);
  });
  test("arrows walk the grids when one only looks", () => {
    const at = desk(cells(AB));
    at.send({ do: "select", selection: { kind: "grid", code: "A" } });
    press(at, "ArrowRight");
    expect(at.now().view.selection).toEqual({ kind: "grid", code: "B" });
  });
  test("Space merges the chosen grid with the target", () => {
    const at = desk(cells("AABB"));
    at.send({ do: "select", selection: { kind: "grid", code: "A" } });
    press(at, "m", "1", " ");
    expect(at.edits()).toEqual([[{ op: "merge", grids: ["A", "B"], keep: "A" }]]);
  });
});
