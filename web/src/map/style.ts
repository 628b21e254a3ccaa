// The whole style from a palette, in the order ink is laid: ground, fills, buildings, roads, borders, overlays,
// names (the last one drawn keeps its place when two collide). A theme switch builds it again and sets what
// differs.

import type { StyleSpecification } from "maplibre-gl";
import { baseGround, baseLines, baseNames, baseWater } from "./layers/base";
import { areaNames, borders } from "./layers/borders";
import { buildingNames, buildings } from "./layers/buildings";
import { cellFills, cellLines } from "./layers/draft";
import { gaps, gridFills, gridLines, gridNames } from "./layers/grids";
import { moveFills, moveLines, moveNames } from "./layers/moves";
import { markLayers, mineLayers } from "./layers/overlay";
import {
  CELLS,
  COUNTS,
  MARK,
  MAX_TILE_ZOOM,
  MIN_ZOOM,
  MINE,
  MOVES,
  SEAMS,
  TILE_LAYERS,
  TILES,
} from "./layers/source";
import { stations } from "./layers/stations";
import type { Palette } from "./palette";

const nothing = { type: "FeatureCollection" as const, features: [] };

export const tilesOf = (origin: string, plan: string, at: string | null = null): string =>
  `${origin}/tiles/${encodeURIComponent(plan)}/${TILE_LAYERS.join(",")}/{z}/{x}/{y}${at === null ? "" : `?at=${at}`}`;

export function styleOf(palette: Palette, origin: string, plan = "current"): StyleSpecification {
  const empty = () => ({ type: "geojson" as const, data: nothing });
  return {
    version: 8,
    sources: {
      [TILES]: {
        type: "vector",
        tiles: [tilesOf(origin, plan)],
        minzoom: MIN_ZOOM,
        maxzoom: MAX_TILE_ZOOM,
      },
      [COUNTS]: empty(),
      [MARK]: empty(),
      [MINE]: empty(),
      [MOVES]: empty(),
      [CELLS]: { ...empty(), tolerance: 0, buffer: 16, maxzoom: 17 },
      [SEAMS]: { ...empty(), tolerance: 0, buffer: 16, maxzoom: 17 },
    },
    layers: [
      { id: "land", type: "background", paint: { "background-color": palette.land } },
      ...baseGround(palette),
      ...gridFills(),
      ...gaps(palette),
      ...cellFills(palette),
      ...moveFills(palette),
      ...baseWater(palette),
      ...buildings(palette),
      ...baseLines(palette),
      ...borders(palette),
      ...cellLines(palette),
      ...gridLines(palette),
      ...moveLines(palette),
      ...mineLayers(palette),
      ...markLayers(palette),
      ...baseNames(palette),
      ...buildingNames(palette),
      ...stations(palette),
      ...gridNames(palette),
      ...moveNames(palette),
      ...areaNames(palette),
    ],
  };
}
