// A draft on the map: the fabric's cells and seams as sources of the page's own, coloured by feature state, so that a
// moving pointer costs no more than the cells it changes.

import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { classOf } from "../model/classes";
import { proposedHues } from "../model/division";
import type { CellId, Mesh } from "../model/fabric";
import { foreshown } from "../model/mending";
import { bars } from "../model/numbers";
import { boundsOf, colorOf } from "../model/paint";
import type { LonLat } from "../model/place";
import type { GridKey } from "../model/register";
import { gridOf, paintOf } from "../model/select";
import type { State } from "../model/state";
import type { Sketch } from "../model/surface";
import { GAP_LAYERS, LOCK_LAYERS } from "./layers/draft";
import { CELLS, SEAMS } from "./layers/source";
import type { Palette } from "./palette";
import type { SketchPad } from "./sketch";

type Look = { fill: string; gap: boolean; locked: boolean };

export class DraftSync {
  private mesh: Mesh | null = null;
  private looks: (Look | undefined)[] = [];
  private colors: (GridKey | null)[] = [];
  private palette: Palette | null = null;
  private readonly revealed = new Set<string>();

  constructor(
    private readonly map: MapLibre,
    private readonly pad: SketchPad,
  ) {}

  draw(state: State, palette: Palette): void {
    const fabric = state.view.workspace === "plan" ? state.fabric.value : null;
    const mesh = fabric?.mesh ?? null;
    if (mesh !== this.mesh) this.lay(mesh);
    if (palette !== this.palette) this.looks = [];
    this.palette = palette;
    this.pad.keep(this.kept(state));
    if (fabric === null || mesh === null || state.bench.colors === null) return;
    const { stroke, colors: still } = state.bench;
    const fills = fillsOf(state, palette);
    const recolor = stroke?.recolor ?? foreshown(state, fabric);
    const changed: CellId[] = [];
    let gaps = false;
    let locks = false;
    for (let id = 1; id < mesh.cells.length; id += 1) {
      if (mesh.cells[id] === undefined) continue;
      const moved = recolor?.has(id) === true;
      const grid = moved ? (recolor?.get(id) ?? null) : (still[id] ?? null);
      if (this.colors[id] !== grid) {
        this.colors[id] = grid;
        changed.push(id);
      }
      const fill = grid === null ? "" : fills(grid);
      const locked = grid !== null && fabric.grids.get(grid)?.locked === true;
      const before = this.looks[id];
      gaps ||= grid === null;
      locks ||= locked;
      if (
        before !== undefined &&
        before.fill === fill &&
        before.locked === locked &&
        before.gap === (grid === null)
      )
        continue;
      const look = { fill, gap: grid === null, locked };
      this.looks[id] = look;
      this.map.setFeatureState({ source: CELLS, id }, { ...look, fill: fill === "" ? null : fill });
    }
    this.borders(mesh, changed);
    this.reveal(GAP_LAYERS, gaps);
    this.reveal(LOCK_LAYERS, locks);
  }

  private reveal(layers: readonly string[], on: boolean): void {
    for (const layer of layers) {
      if (this.revealed.has(layer) === on) continue;
      if (on) this.revealed.add(layer);
      else this.revealed.delete(layer);
      this.map.setLayoutProperty(layer, "visibility", on ? "visible" : "none");
    }
  }

  /** New ground: everything drawn again. */
  private lay(mesh: Mesh | null): void {
    this.mesh = mesh;
    // Arrows walk cells while one draws; they pan the map otherwise.
    if (mesh === null) this.map.keyboard.enable();
    else this.map.keyboard.disable();
    this.looks = [];
    this.colors = [];
    this.map.removeFeatureState({ source: CELLS });
    this.map.removeFeatureState({ source: SEAMS });
    const cells = (mesh?.shapes ?? []).flatMap((polygons, id) =>
      polygons.length === 0
        ? []
        : [
            {
              type: "Feature",
              id,
              properties: {},
              geometry: { type: "MultiPolygon", coordinates: polygons },
            },
          ],
    );
    const seams = (mesh?.seams ?? []).map((seam, i) => ({
      type: "Feature",
      id: i + 1,
      properties: {},
      geometry: { type: "LineString", coordinates: seam.line },
    }));
    this.set(CELLS, cells);
    this.set(SEAMS, seams);
  }

  private set(source: string, features: unknown[]): void {
    this.map.getSource<GeoJSONSource>(source)?.setData({ type: "FeatureCollection", features } as never);
  }

  private borders(mesh: Mesh, changed: readonly CellId[]): void {
    const seams = new Set(changed.flatMap((cell) => mesh.seamsOf[cell] ?? []));
    for (const i of seams) {
      const seam = mesh.seams[i];
      if (seam === undefined) continue;
      const side = (cell: CellId | null) => (cell === null ? -2 : (this.colors[cell] ?? null));
      this.map.setFeatureState(
        { source: SEAMS, id: i + 1 },
        { border: side(seam.left) !== side(seam.right) },
      );
    }
  }

  /** Crossings; outlines of what is taken, would be stranded, is under the keyboard; other planners. */
  private kept(state: State): Sketch[] {
    const { stroke, planners, cursor } = state.bench;
    const mesh = state.fabric.value?.mesh;
    const sketch: Sketch[] = [];
    for (const link of state.fabric.value?.links ?? [])
      sketch.push({ kind: "line", role: "crossing", line: link });
    if (mesh !== undefined) {
      if (stroke !== null)
        sketch.push({ kind: "lines", role: "taken", lines: outlineOf(mesh, stroke.recolor) });
      if (cursor !== null)
        sketch.push({ kind: "lines", role: "cursor", lines: outlineOf(mesh, new Set([cursor])) });
      const stranded = new Set(stroke?.trouble?.cells ?? []);
      sketch.push({ kind: "lines", role: "stranded", lines: outlineOf(mesh, stranded) });
    }
    if (state.view.workspace === "plan")
      for (const { at, grid, resolved, text } of state.comments.value ?? []) {
        const place = at ?? gridOf(state, grid)?.label ?? null;
        if (place !== null && resolved === null)
          sketch.push({ kind: "dot", role: "comment", at: place, name: shortened(text) });
      }
    for (const one of planners)
      if (one.at !== null) sketch.push({ kind: "dot", role: "planner", at: one.at, name: one.who });
    return sketch.filter((one) => one.kind !== "lines" || one.lines.length > 0);
  }
}

const shortened = (text: string): string => {
  const letters = [...text.replaceAll(/\s+/g, " ")];
  return letters.length <= 14 ? letters.join("") : `${letters.slice(0, 13).join("")}…`;
};

/** Seams around some cells, without those between them. */
function outlineOf(mesh: Mesh, cells: { has(cell: CellId): boolean; keys(): Iterable<CellId> }): LonLat[][] {
  const lines: LonLat[][] = [];
  for (const cell of cells.keys())
    for (const i of mesh.seamsOf[cell] ?? []) {
      const seam = mesh.seams[i];
      if (seam === undefined) continue;
      const other = seam.left === cell ? seam.right : seam.left;
      if (other === null || !cells.has(other)) lines.push(seam.line);
    }
  return lines;
}

/** The colour of each grid: its hue, or the class of its households as the pointer would leave them. */
function fillsOf(state: State, palette: Palette): (grid: GridKey) => string {
  const paint = paintOf(state.view);
  if (paint === "hues") {
    const { hues: own, stroke } = state.bench;
    const fabric = state.fabric.value;
    const hues =
      fabric === null || stroke !== null ? own : proposedHues(own, foreshown(state, fabric), fabric);
    return (grid) => palette.hues[hues.get(grid) ?? ((grid % 8) + 8) % 8] ?? "";
  }
  const bounds = boundsOf(state, state.fabric.value?.community ?? null);
  const series = paint === "band" ? "band" : "ramp";
  const found = new Map<GridKey, string>();
  for (const { grid, after } of bars(state)) {
    const at = classOf(bounds, after);
    if (at >= 0) found.set(grid, palette[series][colorOf(series, at, bounds.length)] ?? "");
  }
  return (grid) => found.get(grid) ?? "";
}
