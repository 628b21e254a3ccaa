// What a tool may ask of the map, whatever draws it: a tool runs in a test on a surface of ten lines.

import type { LonLat } from "./place";
import type { Thing } from "./state";

export type Pixel = readonly [x: number, y: number];

/** A thing under the pointer; `code` and `name` come from the tile. */
export type Picked = { thing: Thing; code: string; name: string };

export type PointerEventKind = "move" | "leave" | "click";
export type SurfaceEvent = { kind: PointerEventKind; pixel: Pixel; at: LonLat };

export interface MapSurface {
  /** The uppermost thing at a pixel: building, grid, gap, area, in this order. */
  pick(pixel: Pixel): Picked | null;
  zoom(): number;
  cursor(name: "" | "pointer" | "crosshair"): void;
}
