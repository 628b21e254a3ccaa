// What a tool may ask of the map, whatever draws it: a tool runs in a test on a surface of ten lines.

import type { LonLat } from "./place";
import type { Thing } from "./state";

export type Pixel = readonly [x: number, y: number];

/** A thing under the pointer; `code` and `name` come from the tile. `beside`: it is of the plan compared with. */
export type Picked = { thing: Thing; code: string; name: string; beside?: boolean };

/** A press is `down`; when the tool takes it, `drag` and `up` follow (or `cancel`), and the map stays put. */
export type PointerEventKind = "move" | "leave" | "click" | "down" | "drag" | "up" | "cancel";
export type SurfaceEvent = {
  kind: PointerEventKind;
  pixel: Pixel;
  at: LonLat;
  alt?: boolean;
  touch?: boolean;
};

/** What a tool draws over the map while it works; `role` says how it looks. */
export type Sketch =
  | { kind: "ring"; role: "brush" | "erase" | "snap"; at: LonLat; radius: number }
  | {
      kind: "line";
      role: "cut" | "lasso" | "border" | "course" | "crossing";
      line: readonly LonLat[];
    }
  | { kind: "lines"; role: "taken" | "cursor" | "stranded"; lines: readonly (readonly LonLat[])[] }
  | { kind: "dot"; role: "vertex" | "junction" | "grip" | "planner" | "comment"; at: LonLat; name?: string };

/** A surface in two: where `isOther` says so, `other` tells what lies there. */
export const sideBySide = (
  own: MapSurface,
  isOther: (pixel: Pixel) => boolean,
  other: () => MapSurface | null,
): MapSurface => ({
  ...own,
  pick: (pixel) => {
    if (!isOther(pixel)) return own.pick(pixel);
    const picked = other()?.pick(pixel) ?? null;
    return picked && { ...picked, beside: true };
  },
});

export interface MapSurface {
  /** The uppermost thing at a pixel: station, building, grid, gap, area, in this order. */
  pick(pixel: Pixel): Picked | null;
  zoom(): number;
  cursor(name: "" | "pointer" | "crosshair" | "grab" | "move" | "not-allowed"): void;
  project(at: LonLat): Pixel;
  unproject(pixel: Pixel): LonLat;
  /** Draws these and nothing else. */
  show(sketch: readonly Sketch[]): void;
  /** Edges of buildings drawn near a pixel, for snapping. */
  edges(pixel: Pixel, radius: number): LonLat[][];
}

/** What the map hands its events to. A `down` answered with true is taken: the map does not pan. */
export type Tool = {
  on(event: SurfaceEvent): boolean;
  /** A key while the tool is in hand; true when it was meant for the tool. */
  key?(key: string): boolean;
  /** Takes back whatever is under way. */
  exit(): void;
};

/** Metres one pixel covers at a place. */
export function metresPerPixelAt(surface: Pick<MapSurface, "project" | "unproject">, at: LonLat): number {
  const [x, y] = surface.project(at);
  const beside = surface.unproject([x + 100, y]);
  return (Math.abs(beside[0] - at[0]) * 111_319.49 * Math.cos((at[1] * Math.PI) / 180)) / 100;
}
