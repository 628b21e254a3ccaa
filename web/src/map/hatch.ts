// Hatches are drawn here, pixel by pixel, so that no image is fetched. Colour is never the only sign.

import type { Palette } from "./palette";

export type Hatch = { width: number; height: number; data: Uint8ClampedArray };

const SIZE = 12;

/** Diagonal lines that meet themselves at the edges; `rising` leans like a slash. */
function diagonal(color: string, width: number, rising: boolean): Hatch {
  const [red, green, blue] = channels(color);
  const data = new Uint8ClampedArray(SIZE * SIZE * 4);
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      const at = (rising ? x + y : x - y + SIZE) % SIZE;
      const far = Math.min(at, SIZE - at) / Math.SQRT2;
      const ink = Math.max(0, Math.min(1, width / 2 - far + 0.5));
      data.set([red, green, blue, Math.round(ink * 255)], (y * SIZE + x) * 4);
    }
  }
  return { width: SIZE, height: SIZE, data };
}

export function channels(color: string): [number, number, number] {
  const hex = Number.parseInt(color.slice(1), 16);
  return [(hex >> 16) & 255, (hex >> 8) & 255, hex & 255];
}

export const hatches = (p: Palette): Record<string, Hatch> => ({
  "hatch-none": diagonal(p.hatch, 1.2, false),
  "hatch-gap": diagonal(p.gap, 1.8, true),
  "hatch-lock": diagonal(p.border2, 0.7, false),
  ...Object.fromEntries(p.hues.map((hue, i) => [`hatch-from-${i}`, diagonal(deeper(hue), 4, true)])),
  "hatch-from--1": diagonal(p.gap, 4, true),
});

/** A hue made for a ground, strong enough to be read as lines upon another. */
function deeper(color: string): string {
  const part = (channel: number) => {
    const dark = channel < 100;
    const strong = dark ? channel + (255 - channel) * 0.4 : channel * 0.62;
    return Math.round(strong).toString(16).padStart(2, "0");
  };
  return `#${channels(color).map(part).join("")}`;
}
