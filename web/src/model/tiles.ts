// Which tiles a change touches: the ones that are in view and meet one of its boxes.

import { type Box, boxesMeet } from "./place";

export type TileId = { z: number; x: number; y: number };

const column = (lon: number, z: number): number => Math.floor(((lon + 180) / 360) * 2 ** z);
const row = (lat: number, z: number): number => {
  const sine = Math.sin((Math.max(-85, Math.min(85, lat)) * Math.PI) / 180);
  return Math.floor((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 2 ** z);
};

/** Tiles of one zoom that cover a box. */
export function tilesOf(box: Box, z: number): TileId[] {
  const tiles: TileId[] = [];
  const last = 2 ** z - 1;
  const clamp = (n: number) => Math.max(0, Math.min(last, n));
  for (let x = clamp(column(box[0], z)); x <= clamp(column(box[2], z)); x += 1)
    for (let y = clamp(row(box[3], z)); y <= clamp(row(box[1], z)); y += 1) tiles.push({ z, x, y });
  return tiles;
}

/** A hair wider than the change, because a tile draws a little beyond its edge. */
const BUFFER = 64 / 4096;

/** Tiles in view (zooms `from` to `to`) that meet any box; null when naming them would be too long a list. */
export function touchedTiles(
  view: Box,
  boxes: readonly Box[],
  from: number,
  to: number,
  most = 600,
): TileId[] | null {
  const found: TileId[] = [];
  for (let z = from; z <= to; z += 1) {
    const pad = (360 / 2 ** z) * BUFFER;
    const wide = boxes.map((box): Box => [box[0] - pad, box[1] - pad, box[2] + pad, box[3] + pad]);
    const seen = new Set<string>();
    for (const box of wide) {
      if (!boxesMeet(box, view)) continue;
      const part: Box = [
        Math.max(box[0], view[0] - pad),
        Math.max(box[1], view[1] - pad),
        Math.min(box[2], view[2] + pad),
        Math.min(box[3], view[3] + pad),
      ];
      for (const tile of tilesOf(part, z)) {
        const key = `${tile.x}/${tile.y}`;
        if (seen.has(key)) continue;
        seen.add(key);
        found.push(tile);
        if (found.length > most) return null;
      }
    }
  }
  return found;
}
