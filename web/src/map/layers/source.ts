// Names the layers share: one vector source for all tile layers (one request a tile), and three small
// GeoJSON sources the page fills itself.

import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";

export const TILES = "lifang";
/** Grid names and counts, joined in the browser: tiles carry no count. */
export const COUNTS = "counts";
/** The place a list points at. */
export const MARK = "mark";
/** Ground that moves between two plans. */
export const MOVES = "moves";
/** My grid: its outline, and everything else as a mask. */
export const MINE = "mine";

/** The community being redrawn: its cells and its seams, exact. */
export const CELLS = "cells";
export const SEAMS = "seams";

export const TILE_LAYERS = [
  "areas",
  "grids",
  "borders",
  "labels",
  "gaps",
  "base",
  "buildings",
  "stations",
] as const;
export const MIN_ZOOM = 5;
/** Tiles exist to z20; beyond z18 a tile's unit is under 4 cm, so the page overzooms instead. */
export const MAX_TILE_ZOOM = 18;

/** System fonts only: the style has no `glyphs`. */
export const FONT = ["Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "sans-serif"];
/** The first name tells MapLibre the weight, the others are where it is looked for. */
export const FONT_BOLD = ["Noto Sans CJK SC Bold", ...FONT];

type Tiled = Exclude<LayerSpecification, { type: "background" }>;

/** A layer on the shared tile source. */
export const tiled = (
  layer: (typeof TILE_LAYERS)[number],
  spec:
    | Omit<Extract<Tiled, { type: "fill" }>, "source">
    | Omit<Extract<Tiled, { type: "line" }>, "source">
    | Omit<Extract<Tiled, { type: "symbol" }>, "source">
    | Omit<Extract<Tiled, { type: "circle" }>, "source">,
): LayerSpecification => ({ ...spec, source: TILES, "source-layer": layer }) as LayerSpecification;

/** A value that grows from one zoom to the next, doubling like the map does. */
export const grow = (...stops: [zoom: number, value: number][]): ExpressionSpecification =>
  ["interpolate", ["exponential", 1.6], ["zoom"], ...stops.flat()] as unknown as ExpressionSpecification;

/** A value that changes evenly. */
export const ease = (...stops: [zoom: number, value: number][]): ExpressionSpecification =>
  ["interpolate", ["linear"], ["zoom"], ...stops.flat()] as unknown as ExpressionSpecification;

export const isKind = (...kinds: string[]): ExpressionSpecification =>
  ["in", ["get", "kind"], ["literal", kinds]] as ExpressionSpecification;

export const on = (state: string): ExpressionSpecification => ["boolean", ["feature-state", state], false];

export const isArea: ExpressionSpecification = ["==", ["geometry-type"], "Polygon"];
export const isLine: ExpressionSpecification = ["==", ["geometry-type"], "LineString"];
export const isPoint: ExpressionSpecification = ["==", ["geometry-type"], "Point"];
