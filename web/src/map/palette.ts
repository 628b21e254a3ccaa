// The map's colours, read from tokens.css. A theme switch reads them again.

export type Palette = {
  land: string;
  green: string;
  water: string;
  waterInk: string;
  road: string;
  casing: string;
  rail: string;
  metro: string;
  building: string;
  buildingLine: string;
  border: string;
  border2: string;
  halo: string;
  label: string;
  label2: string;
  mask: string;
  hatch: string;
  gap: string;
  select: string;
  amber: string;
  ramp: string[];
  band: string[];
  hues: string[];
};

export function readPalette(root: Element = document.documentElement): Palette {
  const style = getComputedStyle(root);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const series = (name: string, n: number) => Array.from({ length: n }, (_, i) => color(`${name}-${i + 1}`));
  return {
    land: color("map-land"),
    green: color("map-green"),
    water: color("map-water"),
    waterInk: color("map-water-ink"),
    road: color("map-road"),
    casing: color("map-casing"),
    rail: color("map-rail"),
    metro: color("map-metro"),
    building: color("map-building"),
    buildingLine: color("map-building-line"),
    border: color("map-border"),
    border2: color("map-border-2"),
    halo: color("map-halo"),
    label: color("map-label"),
    label2: color("map-label-2"),
    mask: color("map-mask"),
    hatch: color("map-hatch"),
    gap: color("map-gap"),
    select: color("map-select"),
    amber: color("amber"),
    ramp: series("ramp", 7),
    band: series("band", 7),
    hues: series("hue", 8),
  };
}
