// Signs of stations, drawn pixel by pixel like the hatches: no image is fetched, and shape alone tells the kind.

import { STATION_KINDS, type StationKind } from "../model/register";
import { SIGNS } from "../model/signs";
import { channels, type Hatch } from "./hatch";
import type { Palette } from "./palette";

/** Twice as many pixels as points. */
export const SIGN_RATIO = 2;
const SIZE = 36;
const MIDDLE = (SIZE - 1) / 2;
/** Pixels from the middle to the edge of the ink, and of the rim around it. */
const INK = 11;
const RIM = 3;

/** How far a pixel lies from the middle, as the shape counts it. */
type Shape = (x: number, y: number) => number;

const round: Shape = (x, y) => Math.hypot(x, y);
const square: Shape = (x, y) => Math.max(Math.abs(x), Math.abs(y)) * 1.12;
const diamond: Shape = (x, y) => (Math.abs(x) + Math.abs(y)) * 0.8;
/** Pointing up; its weight sits a little below the middle. */
const triangle: Shape = (x, y) => Math.max(y - 2, Math.abs(x) * 0.87 - (y - 2) / 2) * 1.35;

const SHAPES: Record<StationKind, Shape> = {
  service_centre: square,
  workstation: round,
  service_point: diamond,
  venue: triangle,
  other: round,
};

export const signs = (p: Palette): Record<string, Hatch> =>
  Object.fromEntries(
    STATION_KINDS.map((kind) => [`station-${kind}`, sign(SHAPES[kind], p, SIGNS[kind].hollow)]),
  );

function sign(shape: Shape, p: Palette, hollow: boolean): Hatch {
  const ink = channels(p.select);
  const rim = channels(p.halo);
  const data = new Uint8ClampedArray(SIZE * SIZE * 4);
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      const far = shape(x - MIDDLE, y - MIDDLE);
      const cover = (edge: number) => Math.max(0, Math.min(1, edge - far + 0.5));
      const all = cover(INK + RIM);
      const inked = cover(INK) - (hollow ? cover(INK - 4) : 0);
      const mix = (channel: 0 | 1 | 2) => rim[channel] + (ink[channel] - rim[channel]) * inked;
      data.set([mix(0), mix(1), mix(2), Math.round(all * 255)], (y * SIZE + x) * 4);
    }
  }
  return { width: SIZE, height: SIZE, data };
}
