// A state drawn on the map. Each part is redrawn only when what it reads is another value than last time.

import type { GeoJSONSource, Map as MapLibre, VectorTileSource } from "maplibre-gl";
import { hatched, hoverOn, labelAt } from "../model/compare";
import { countOf } from "../model/numbers";
import { paintedOf } from "../model/paint";
import type { Geometry } from "../model/place";
import { boxOf } from "../model/place";
import type { Grid } from "../model/register";
import { atOf, communitiesUnder, drawnMark, gridOf, planOf, tallyOf } from "../model/select";
import type { State, Thing } from "../model/state";
import type { DraftSync } from "./drafting";
import { hatches } from "./hatch";
import { COUNTS, MARK, MINE, MOVES, TILES } from "./layers/source";
import { namingOf } from "./naming";
import { type Palette, readPalette } from "./palette";
import { SIGN_RATIO, signs } from "./signs";
import { styleOf, tilesOf } from "./style";

type Feature = { type: "Feature"; id?: number; properties: Record<string, unknown>; geometry: Geometry };
/** The words the map itself says. */
const LOCKED = { zh: "已锁定", en: "locked" } as const;
const NEW = { zh: "新网格", en: "new grid" } as const;
const LAYER = {
  grid: "grids",
  building: "buildings",
  area: "areas",
  gap: "gaps",
  station: "stations",
} as const;

export class Sync {
  private palette: Palette;
  private readonly seen = new Map<string, readonly unknown[]>();
  private hovered: Thing | null = null;
  private chosen: Thing | null = null;
  private looked: number[] = [];
  private colored = new Set<number>();

  constructor(
    private readonly map: MapLibre,
    private readonly format: () => Intl.NumberFormat,
    private readonly draft: DraftSync,
  ) {
    this.palette = readPalette();
    for (const [name, image] of Object.entries(hatches(this.palette))) map.addImage(name, image);
    for (const [name, image] of Object.entries(signs(this.palette)))
      map.addImage(name, image, { pixelRatio: SIGN_RATIO });
  }

  draw(state: State): void {
    const { view, grids, tallies, breaks, areas, me } = state;
    const fabric = view.workspace === "plan" ? state.fabric.value : null;
    const { bench } = state;
    if (this.fresh("plan", [planOf(view), atOf(view)])) this.plan(planOf(view), atOf(view));
    if (this.fresh("theme", [state.dark])) this.theme();
    if (
      this.fresh("draft", [
        fabric,
        bench.colors,
        bench.hues,
        bench.stroke,
        bench.dividing,
        bench.mending,
        bench.preview,
        bench.cursor,
        bench.planners,
        tallies.value,
        breaks.value,
        areas.value,
        me.value,
        state.comments.value,
        view.paint,
        state.dark,
      ])
    )
      this.draft.draw(state, this.palette);
    if (
      this.fresh("fills", [
        grids.value,
        tallies.value,
        breaks.value,
        areas.value,
        me.value,
        view.paint,
        view.workspace,
        view.area,
        state.dark,
        fabric?.community,
        bench.hues,
        isDimmed(state),
      ])
    )
      this.fills(state);
    if (
      this.fresh("counts", [
        grids.value,
        tallies.value,
        view.workspace,
        view.area,
        view.mine,
        state.lang,
        fabric,
        bench.colors,
        namingOf(state),
      ])
    )
      this.counts(state);
    const under = hoverOn(state, false)?.thing ?? null;
    if (this.fresh("hover", [under])) this.hover(under);
    if (this.fresh("chosen", [view.selection, view.workspace, grids.value, state.building.value]))
      this.choose(state);
    if (this.fresh("look", [state.buildings.value, view.workspace])) this.attention(state);
    if (this.fresh("mark", [state.mark])) this.mark(drawnMark(state));
    if (
      this.fresh("moves", [
        state.moves.value,
        state.rebase.value,
        state.life.rebasing,
        grids.value,
        state.beside.value,
        view.against,
        view.show,
        bench.hues,
      ])
    )
      this.moves(state);
    if (this.fresh("mine", [state.outline.value, view.workspace, view.mine])) this.mine(state);
  }

  private fresh(part: string, reads: readonly unknown[]): boolean {
    const before = this.seen.get(part);
    if (before?.every((value, i) => value === reads[i])) return false;
    this.seen.set(part, reads);
    return true;
  }

  /** Tiles of another plan: a grid keeps its key over plans, so what is known of it stays. */
  private plan(plan: string, at: string | null): void {
    this.map.getSource<VectorTileSource>(TILES)?.setTiles([tilesOf(location.origin, plan, at)]);
  }

  private state(thing: Thing, value: Record<string, unknown>): void {
    this.map.setFeatureState({ source: TILES, sourceLayer: LAYER[thing.kind], id: thing.id }, value);
  }

  private data(source: string, features: Feature[]): void {
    this.map.getSource<GeoJSONSource>(source)?.setData({ type: "FeatureCollection", features } as never);
  }

  /** Sets what differs between two palettes; sources, images and feature states stay. */
  private theme(): void {
    this.palette = readPalette();
    for (const layer of styleOf(this.palette, "").layers) {
      for (const [name, value] of Object.entries(layer.paint ?? {}))
        this.map.setPaintProperty(layer.id, name as never, value as never);
      if (layer.type === "symbol" && layer.layout?.["text-field"] !== undefined)
        this.map.setLayoutProperty(layer.id, "text-field", layer.layout["text-field"]);
    }
    const images = { ...hatches(this.palette), ...signs(this.palette) };
    for (const [name, image] of Object.entries(images)) this.map.updateImage(name, image);
  }

  private fills(state: State): void {
    const painted = paintedOf(state);
    const colors = this.palette[painted.series];
    const inside = state.view.area === null ? null : communitiesUnder(state, state.view.area);
    const now = new Set<number>();
    const dimmed = isDimmed(state);
    const redrawn = state.view.workspace === "plan" ? (state.fabric.value?.community ?? null) : null;
    for (const layer of ["gap", "gap-ground", "gap-line"])
      this.map.setFilter(layer, redrawn === null ? null : ["!=", ["get", "community"], redrawn]);
    for (const grid of state.grids.value?.byId.values() ?? []) {
      const index = painted.grids.get(grid.id);
      const fill = index === undefined ? null : (colors[index] ?? null);
      const out = dimmed || (inside !== null && !inside.has(grid.community));
      // The community being redrawn is coloured cell by cell.
      this.state({ kind: "grid", id: grid.id }, { fill: grid.community === redrawn ? null : fill, out });
      now.add(grid.id);
    }
    for (const id of this.colored)
      if (!now.has(id)) this.state({ kind: "grid", id }, { fill: null, out: false });
    this.colored = now;
    for (const area of state.areas.value?.byCode.values() ?? []) {
      if (area.level !== "community") continue;
      const index = painted.areas.get(area.id);
      this.state(
        { kind: "area", id: area.id },
        { fill: index === undefined ? null : (colors[index] ?? null) },
      );
    }
    this.map.setFilter("grid-none", ["in", ["id"], ["literal", painted.none]]);
  }

  private counts(state: State): void {
    const number = this.format();
    const { view } = state;
    const withCount = view.workspace !== "mygrid";
    const inside = view.area === null ? null : communitiesUnder(state, view.area);
    const features: Feature[] = [];
    const fabric = view.workspace === "plan" ? state.fabric.value : null;
    const householdsOf = (grid: Grid) =>
      fabric?.grids.has(grid.id) ? countOf(state, grid.id).households : tallyOf(state, grid).households;
    const naming = namingOf(state);
    for (const { grid, at } of naming?.named ?? [])
      features.push({
        type: "Feature",
        properties: {
          name: grid.id === null ? NEW[state.lang] : grid.name || fabric?.grids.get(grid.id)?.name || "",
          count: number.format(grid.weight),
          out: false,
        },
        geometry: { type: "Point", coordinates: [...at] },
      });
    for (const grid of state.grids.value?.byId.values() ?? []) {
      if (grid.label === null || naming?.gone.has(grid.id)) continue;
      const out =
        view.workspace === "mygrid"
          ? view.mine !== null && grid.code !== view.mine
          : inside !== null && !inside.has(grid.community);
      features.push({
        type: "Feature",
        id: grid.id,
        properties: {
          name:
            (grid.name || grid.code) + (fabric?.grids.get(grid.id)?.locked ? ` · ${LOCKED[state.lang]}` : ""),
          count: withCount ? number.format(householdsOf(grid)) : "",
          out,
        },
        geometry: { type: "Point", coordinates: [...grid.label] },
      });
    }
    this.data(COUNTS, features);
  }

  private hover(thing: Thing | null): void {
    if (this.hovered !== null) this.state(this.hovered, { hover: false });
    if (thing !== null) this.state(thing, { hover: true });
    this.hovered = thing;
  }

  private choose(state: State): void {
    const { selection, workspace } = state.view;
    let thing: Thing | null = null;
    if (selection?.kind === "grid" && workspace !== "mygrid") {
      const grid = gridOf(state, selection.code);
      if (grid !== null) thing = { kind: "grid", id: grid.id };
    }
    if (selection?.kind === "building" && state.building.value?.code === selection.code)
      thing = { kind: "building", id: state.building.value.id };
    if (this.chosen !== null) this.state(this.chosen, { chosen: false });
    if (thing !== null) this.state(thing, { chosen: true });
    this.chosen = thing;
  }

  /** My grid: buildings that need a look are tinted. */
  private attention(state: State): void {
    for (const id of this.looked) this.state({ kind: "building", id }, { look: false });
    const list = state.view.workspace === "mygrid" ? (state.buildings.value?.list ?? []) : [];
    this.looked = list.flatMap((building) => (building.attention.length > 0 ? [building.id] : []));
    for (const id of this.looked) this.state({ kind: "building", id }, { look: true });
  }

  private mark(geometry: Geometry | null): void {
    if (geometry === null) {
      this.data(MARK, []);
      return;
    }
    const box = boxOf(geometry);
    const shape: Feature = { type: "Feature", properties: {}, geometry };
    if (box === null || geometry.type === "Point") {
      this.data(MARK, [shape]);
      return;
    }
    const middle: Geometry = {
      type: "Point",
      coordinates: [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2],
    };
    this.data(MARK, [shape, { type: "Feature", properties: {}, geometry: middle }]);
  }

  /** Ground that moves, and what it is called where it is widest. */
  private moves(state: State): void {
    const features = hatched(state).flatMap(({ geometry, from, to, label }): Feature[] => {
      const at = labelAt(geometry);
      const ground: Feature = { type: "Feature", properties: { from, to }, geometry };
      if (at === null) return [ground];
      const name: Geometry = { type: "Point", coordinates: [...at] };
      return [ground, { type: "Feature", properties: { label }, geometry: name }];
    });
    this.data(MOVES, features);
  }

  private mine(state: State): void {
    const outline = state.outline.value;
    const shown = state.view.workspace === "mygrid" && outline !== null && outline.grid === state.view.mine;
    if (!shown) {
      this.data(MINE, []);
      return;
    }
    const { geometry } = outline;
    const polygons =
      geometry.type === "Polygon"
        ? [geometry.coordinates]
        : geometry.type === "MultiPolygon"
          ? geometry.coordinates
          : [];
    const mask = maskOf(polygons);
    this.data(MINE, [
      { type: "Feature", properties: { part: "mask" }, geometry: mask },
      { type: "Feature", properties: { part: "line" }, geometry },
    ]);
  }
}

/** What stays is put back while what moves is looked at. */
const isDimmed = (state: State): boolean =>
  state.view.workspace === "plan" &&
  ((state.view.against !== null && state.view.show === "moves") || state.life.rebasing);

/** The whole map but for the polygons: their outer rings are holes, their holes are filled again. */
function maskOf(polygons: number[][][][]): Geometry {
  const box = boxOf({ type: "MultiPolygon", coordinates: polygons }) ?? [0, 0, 0, 0];
  const [west, south, east, north] = [box[0] - 3, box[1] - 3, box[2] + 3, box[3] + 3];
  const frame = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  const outers = polygons.flatMap((rings) => rings.slice(0, 1));
  const holes = polygons.flatMap((rings) => rings.slice(1).map((ring) => [ring]));
  return { type: "MultiPolygon", coordinates: [[frame, ...outers], ...holes] };
}
