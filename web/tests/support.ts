// Small made-up worlds for the tests of the model.

import type { Area, Grid, Share, Tally } from "../src/model/register";
import { blankState, type State } from "../src/model/state";

export const device = {
  lang: "zh",
  theme: "light",
  prefersDark: false,
  narrow: false,
  webgl: true,
  mine: null,
  client: "page",
  name: "",
} as const;

export const tally = (households: number): Tally => ({
  buildings: 1,
  dwellings: households,
  households,
  persons: households * 2,
  members: { shown: 0 },
});

const all: Share = { n: 1, d: 1 };

export const area = (code: string, parent: string | null, level: Area["level"], id: number): Area => ({
  id,
  code,
  name: `area ${code}`,
  level,
  kind: "",
  parent,
  bounds: [0, 0, 10, 10],
  label: null,
  areaM2: 1,
  grids: 1,
  statedHouseholds: null,
  tally: tally(1),
  coverage: {
    households: all,
    buildings: all,
    areaM2: all,
    inBand: all,
    stations: { n: 0, d: 0 },
    stationArea: { n: 0, d: 0 },
    stationReach: { n: 0, d: 0 },
    overloaded: 0,
    small: 0,
    findings: 0,
  },
  validFrom: null,
  validTo: null,
  predecessors: [],
  successors: [],
});

export const grid = (id: number, community: string, households: number, x = id): Grid => ({
  id,
  code: `${community}-${id}`,
  name: `grid ${id}`,
  community,
  communityName: `area ${community}`,
  kind: "",
  areaM2: 100,
  bounds: [x, 0, x + 1, 1],
  label: [x + 0.5, 0.5],
  head: null,
  manager: null,
  workPhone: null,
  tally: tally(households),
});

/** One city, two communities, three grids in the first and one in the second; loaded and live. */
export function town(): State {
  const areas = [
    area("C", null, "city", 1),
    area("C1", "C", "community", 2),
    area("C2", "C", "community", 3),
  ];
  const grids = [grid(1, "C1", 400), grid(2, "C1", 0), grid(3, "C1", 900), grid(4, "C2", 350)];
  return {
    ...blankState(device),
    map: "ready",
    live: "open",
    revision: 7,
    areas: {
      value: { revision: 7, byCode: new Map(areas.map((one) => [one.code, one])), roots: ["C"] },
      busy: false,
      problem: null,
    },
    grids: {
      value: {
        revision: 7,
        byId: new Map(grids.map((one) => [one.id, one])),
        byCode: new Map(grids.map((one) => [one.code, one])),
      },
      busy: false,
      problem: null,
    },
    tallies: { value: { revision: 7, byGrid: new Map(), loose: new Map() }, busy: false, problem: null },
  };
}
