// What helps to find one's way: green, water, roads, rail. Quiet on purpose.

import type { LayerSpecification } from "maplibre-gl";
import type { Palette } from "../palette";
import { ease, FONT, grow, isArea, isKind, isLine, tiled } from "./source";

/** Width of the white of a road by zoom; the casing is two pixels more. */
const ROADS: { kind: string; from: number; widths: [number, number][] }[] = [
  {
    kind: "lane",
    from: 15,
    widths: [
      [15, 0.6],
      [17, 3],
      [20, 16],
    ],
  },
  {
    kind: "street",
    from: 13,
    widths: [
      [13, 0.7],
      [15, 2],
      [17, 7],
      [20, 32],
    ],
  },
  {
    kind: "road",
    from: 11,
    widths: [
      [11, 0.7],
      [13, 1.4],
      [15, 4],
      [17, 11],
      [20, 48],
    ],
  },
  {
    kind: "avenue",
    from: 8,
    widths: [
      [8, 0.7],
      [12, 1.8],
      [14, 4],
      [15, 6.5],
      [17, 16],
      [20, 70],
    ],
  },
];

const casingWidths = (widths: [number, number][]): [number, number][] =>
  widths.map(([zoom, width]) => [zoom, width + (zoom < 14 ? 1 : 1.6)]);

export function baseGround(p: Palette): LayerSpecification[] {
  return [
    tiled("base", {
      id: "ground",
      type: "fill",
      filter: ["all", isKind("ground"), isArea],
      paint: { "fill-color": p.land },
    }),
    tiled("base", {
      id: "green",
      type: "fill",
      filter: ["all", isKind("green"), isArea],
      paint: { "fill-color": p.green },
    }),
  ];
}

/** Water lies over the coloured grids: a river is what one finds one's way by. */
export function baseWater(p: Palette): LayerSpecification[] {
  return [
    tiled("base", {
      id: "water",
      type: "fill",
      filter: ["all", isKind("water"), isArea],
      paint: { "fill-color": p.water },
    }),
    tiled("base", {
      id: "water-shore",
      type: "line",
      minzoom: 13,
      filter: ["all", isKind("water"), isArea],
      paint: { "line-color": p.waterInk, "line-opacity": 0.45, "line-width": 0.7 },
    }),
    tiled("base", {
      id: "stream",
      type: "line",
      filter: ["all", isKind("water"), isLine],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": p.water, "line-width": grow([10, 1], [14, 4], [17, 14], [20, 60]) },
    }),
  ];
}

export function baseLines(p: Palette): LayerSpecification[] {
  const rounded = { "line-cap": "round", "line-join": "round" } as const;
  const roads = ROADS.flatMap(({ kind, from, widths }) => [
    tiled("base", {
      id: `${kind}-casing`,
      type: "line",
      minzoom: from,
      filter: ["all", isKind(kind), isLine],
      layout: rounded,
      paint: { "line-color": p.casing, "line-width": grow(...casingWidths(widths)) },
    }),
  ]).concat(
    ROADS.map(({ kind, from, widths }) =>
      tiled("base", {
        id: kind,
        type: "line",
        minzoom: from,
        filter: ["all", isKind(kind), isLine],
        layout: rounded,
        paint: { "line-color": p.road, "line-width": grow(...widths) },
      }),
    ),
  );
  return [
    tiled("base", {
      id: "metro",
      type: "line",
      minzoom: 11,
      filter: ["all", isKind("metro"), isLine],
      layout: rounded,
      paint: { "line-color": p.metro, "line-width": ease([11, 0.8], [16, 1.6]) },
    }),
    ...roads,
    tiled("base", {
      id: "rail-bed",
      type: "line",
      minzoom: 9,
      filter: ["all", isKind("rail"), isLine],
      paint: { "line-color": p.rail, "line-width": ease([9, 0.8], [14, 2], [18, 4]) },
    }),
    tiled("base", {
      id: "rail-dash",
      type: "line",
      minzoom: 11,
      filter: ["all", isKind("rail"), isLine],
      paint: {
        "line-color": p.halo,
        "line-width": ease([11, 0.5], [14, 1.1], [18, 2.4]),
        "line-dasharray": [5, 5],
      },
    }),
    tiled("base", {
      id: "wall",
      type: "line",
      minzoom: 15,
      filter: ["all", isKind("wall"), isLine],
      paint: { "line-color": p.rail, "line-width": 0.8, "line-dasharray": [6, 2] },
    }),
  ];
}

export function baseNames(p: Palette): LayerSpecification[] {
  const halo = { "text-halo-color": p.halo, "text-halo-width": 1.4 } as const;
  return [
    tiled("base", {
      id: "road-name",
      type: "symbol",
      minzoom: 14,
      filter: ["all", isKind("street", "road", "avenue"), ["has", "name"]],
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 420,
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": ease([14, 10.5], [18, 13]),
        "text-letter-spacing": 0.12,
        "text-padding": 8,
      },
      paint: { "text-color": p.label2, ...halo },
    }),
    tiled("base", {
      id: "lane-name",
      type: "symbol",
      minzoom: 16.5,
      filter: ["all", isKind("lane", "rail", "metro"), ["has", "name"]],
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 420,
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": 11,
        "text-padding": 8,
      },
      paint: { "text-color": p.label2, ...halo },
    }),
    tiled("base", {
      id: "water-name",
      type: "symbol",
      minzoom: 12,
      filter: ["all", isKind("water", "green"), ["has", "name"]],
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": ease([12, 11], [16, 13]),
        "text-letter-spacing": 0.2,
        "text-padding": 12,
      },
      paint: { "text-color": p.waterInk, ...halo },
    }),
  ];
}
