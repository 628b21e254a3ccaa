// Fabrics as text: a letter is a cell of that grid, `.` a gap, a blank nothing. Cell 1 is the upper left; every cell
// holds one building with as many households as `households` says. A cell measures 0.001 degrees, some 100 metres.

import type { Action } from "../src/model/action";
import type { Barrier, Cell, DraftGrid, Fabric, Link, Seam } from "../src/model/fabric";
import { meshOf } from "../src/model/fabric";
import type { LonLat } from "../src/model/place";
import type { State } from "../src/model/state";
import type { MapSurface, Pixel, Sketch, SurfaceEvent, Tool } from "../src/model/surface";
import { update } from "../src/model/update";
import { area, grid, tally, town } from "./support";

export const STEP = 0.001;
const pin = (x: number, y: number): LonLat => [Number((x * STEP).toFixed(7)), Number((-y * STEP).toFixed(7))];

type Options = {
  households?: number;
  links?: Link[];
  barrier?: (line: LonLat[]) => Barrier;
  locked?: string;
};

/** Grid keys follow the letters: A is 1. */
export function cells(map: string, options: Options = {}): Fabric {
  const rows = map.split("\n").map((row) => [...row.trim()]);
  const id = new Map<string, number>();
  const list: Cell[] = [];
  const colors: (number | null)[] = [null];
  rows.forEach((row, y) => {
    row.forEach((letter, x) => {
      if (letter === "_") return;
      const n = list.length + 1;
      id.set(`${x},${y}`, n);
      const households = options.households ?? 10;
      list.push({
        id: n,
        label: pin(x + 0.5, y + 0.5),
        buildings: [`b${n}`],
        dwellings: households,
        households,
        persons: households * 2,
        areaM2: 12_000,
      });
      colors.push(letter === "." ? null : letter.charCodeAt(0) - 64);
    });
  });
  const seams: Seam[] = [];
  const at = (x: number, y: number) => id.get(`${x},${y}`) ?? null;
  const sew = (left: number | null, right: number | null, line: LonLat[]) => {
    if (left !== right) seams.push({ left, right, line, barrier: options.barrier?.(line) ?? "none" });
  };
  const wide = Math.max(...rows.map((row) => row.length));
  for (let y = 0; y <= rows.length; y += 1)
    for (let x = 0; x <= wide; x += 1) {
      sew(at(x, y), at(x - 1, y), [pin(x, y), pin(x, y + 1)]);
      sew(at(x, y - 1), at(x, y), [pin(x, y), pin(x + 1, y)]);
    }
  const keys = [...new Set(colors.filter((color) => color !== null))];
  const grids = keys.map((key): [number, DraftGrid] => {
    const mine = list.filter((cell) => colors[cell.id] === key);
    const own = { ...grid(key, "C1", mine.length * (options.households ?? 10)), name: `网格00${key}` };
    const letter = String.fromCharCode(64 + key);
    const locked = options.locked?.includes(letter) === true;
    const label = mine[0]?.label ?? null;
    return [key, { ...own, code: letter, label, areaM2: mine.length * 12_000, locked, detached: false }];
  });
  return {
    revision: 7,
    readAt: 7,
    plan: "9",
    community: "C1",
    bounds: null,
    mesh: meshOf(list, seams, options.links ?? []),
    colors,
    grids: new Map(grids),
    links: options.links ?? [],
  };
}

/** The colours as text again: one letter a cell. */
export const letters = (colors: readonly (number | null)[]): string =>
  colors
    .slice(1)
    .map((color) => (color === null ? "." : color < 0 ? "*" : String.fromCharCode(64 + color)))
    .join("");

/** A page with that fabric on the bench. */
export function bench(fabric: Fabric): State {
  const base = town();
  const plan = {
    id: "9",
    title: "draft",
    status: "draft",
    effectiveFrom: null,
    areas: ["C1"],
    revision: 7,
    basedOn: null,
    canUndo: false,
    canRedo: false,
    changedBy: null,
    changedAt: null,
    author: null,
    approver: null,
    submittedAt: null,
    publishedAt: null,
    reason: "",
    effectiveTo: null,
    isInForce: false,
    isBehind: false,
    basedOnTitle: "",
  };
  const rows = [...fabric.grids.values()].map((one): [number, never] => [
    one.id,
    { ...one.tally, grid: one.code, id: one.id, community: "C1", name: one.name } as never,
  ]);
  const loose = fabric.colors.slice(1).filter((color) => color === null).length;
  const start: State = {
    ...base,
    view: { ...base.view, workspace: "plan", plan: "9", area: "C1" },
    areas: base.areas,
    plans: { value: [plan], busy: false, problem: null },
    plan: { value: plan, busy: false, problem: null },
    tallies: {
      value: {
        revision: 7,
        byGrid: new Map(rows),
        loose: new Map([["C1", { ...tally(loose * 10), grid: null, id: null, community: "C1", name: "" }]]),
      },
      busy: false,
      problem: null,
    },
  };
  const with_ = { plan: "9", community: "C1" };
  return update(start, { do: "answered", what: "fabric", with: with_, value: fabric })[0];
}
export const anArea = area;

/** A surface of ten lines: one degree is 100,000 pixels, so a cell is 100 pixels wide. */
export function desk(fabric: Fabric) {
  let state = bench(fabric);
  const sent: Action[] = [];
  let sketch: readonly Sketch[] = [];
  const surface: MapSurface = {
    pick: () => null,
    zoom: () => 16,
    cursor: () => {},
    project: ([lon, lat]) => [lon * 100_000, -lat * 100_000],
    unproject: ([x, y]) => [x / 100_000, -y / 100_000],
    show: (shapes) => {
      sketch = shapes;
    },
    edges: () => [],
  };
  const send = (action: Action) => {
    sent.push(action);
    state = update(state, action)[0];
  };
  const at = (kind: SurfaceEvent["kind"], pixel: Pixel, alt = false): SurfaceEvent => ({
    kind,
    pixel,
    at: surface.unproject(pixel),
    alt,
  });
  return {
    hand: { surface, send, now: () => state },
    send,
    now: () => state,
    sketch: () => sketch,
    /** Presses at the first place, drags over the others, lets go at the last. */
    stroke(tool: Tool, places: Pixel[], alt = false): boolean {
      const [first, ...rest] = places;
      if (first === undefined || !tool.on(at("down", first, alt))) return false;
      for (const place of rest) tool.on(at("drag", place, alt));
      tool.on(at("up", places.at(-1) ?? first, alt));
      return true;
    },
    on: (tool: Tool, kind: SurfaceEvent["kind"], pixel: Pixel, alt = false) => tool.on(at(kind, pixel, alt)),
    edits: () => sent.flatMap((action) => (action.do === "edit" ? [action.edits] : [])),
    letters: () => letters(state.bench.colors ?? []),
  };
}
