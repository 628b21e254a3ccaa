// Everything the page shows follows from one `State` value, which `update` alone replaces.

import { type Bench, firstBench } from "./bench";
import type { Diff, Move } from "./compare";
import type { Fabric } from "./fabric";
import { type Checks, type Comment, type Era, firstLife, type Life, type Rebase } from "./life";
import type { Box, Geometry, LonLat } from "./place";
import type {
  Area,
  Breaks,
  Building,
  BuildingDetail,
  Code,
  Finding,
  Findings,
  Grid,
  GridDetail,
  GridKey,
  Hit,
  ImportEntry,
  Inspection,
  Me,
  Past,
  Plan,
  Problem,
  Report,
  Station,
  TallyRow,
} from "./register";
import type { Timeline } from "./timeline";
import { firstView, type View } from "./view";

/** Something asked of the server: what we have, whether more is on its way, what went wrong last. */
export type Slot<T> = { value: T | null; busy: boolean; problem: Problem | null };
export const emptySlot = { value: null, busy: false, problem: null };

export type Lang = "zh" | "en";
export type Theme = "auto" | "light" | "dark";

/** All areas by code, in the server's order (parents first). */
export type Areas = { revision: number; byCode: ReadonlyMap<Code, Area>; roots: Code[] };
export type Grids = {
  revision: number;
  byId: ReadonlyMap<GridKey, Grid>;
  byCode: ReadonlyMap<Code, Grid>;
};
/** Counts by grid key, and of what has no grid by community ("" for what lies in no community). */
export type Tallies = {
  revision: number;
  byGrid: ReadonlyMap<GridKey, TallyRow>;
  loose: ReadonlyMap<Code, TallyRow>;
};
export type Buildings = { grid: Code; list: Building[] };
/** Stations by the id their tiles carry. */
export type Stations = { byId: ReadonlyMap<number, Station> };
/** The exact shape of one grid, for drawing it strong. */
export type Outline = { grid: Code; geometry: Geometry };
/** One list of findings, opened by its code and filled page by page. */
export type FindingList = { code: string; total: number; list: Finding[] };

export type Thing =
  | { kind: "grid"; id: GridKey }
  | { kind: "building"; id: number }
  | { kind: "area"; id: number }
  | { kind: "gap"; id: number }
  | { kind: "station"; id: number };
/** What lies under the pointer, on the map (`at` in pixels) or in a list (`at` null). */
/** `beside`: of the plan compared with, whose counts then are told. */
export type Hover = { thing: Thing; at: readonly [number, number] | null; name: string; beside?: boolean };

/** A place drawn over the map because a list pointed at it. */
export type Mark = { key: string; geometry: Geometry; title: string };

export type JobStep = "inspecting" | "asking" | "trying" | "tried" | "importing" | "done" | "failed";
export type Choices = { kind: string; datum: string; community: string; columns: Record<string, string> };
/** One dropped file on its way in. */
export type Job = {
  id: number;
  file: File;
  step: JobStep;
  progress: number | null;
  inspection: Inspection | null;
  choices: Choices;
  report: Report | null;
  problem: Problem | null;
};

export type Note = { revision: number; grids: number; kinds: string[]; at: number; who?: string };
export type Sheet = "peek" | "half" | "full";

export type State = {
  view: View;
  lang: Lang;
  theme: Theme;
  /** The theme in force. */
  dark: boolean;
  prefersDark: boolean;
  narrow: boolean;
  map: "starting" | "ready" | "missing";
  live: "connecting" | "open" | "lost";
  revision: number;
  me: Slot<Me>;
  plan: Slot<Plan>;
  areas: Slot<Areas>;
  grids: Slot<Grids>;
  tallies: Slot<Tallies>;
  breaks: Slot<Breaks>;
  stations: Slot<Stations>;
  findings: Slot<Findings>;
  findingList: Slot<FindingList>;
  grid: Slot<GridDetail>;
  buildings: Slot<Buildings>;
  building: Slot<BuildingDetail>;
  outline: Slot<Outline>;
  imports: Slot<ImportEntry[]>;
  /** Every plan there is, drafts among them. */
  plans: Slot<Plan[]>;
  /** The community being redrawn. */
  fabric: Slot<Fabric>;
  history: Slot<Past[]>;
  bench: Bench;
  /** What keeps the plan on show from its next step. */
  checks: Slot<Checks>;
  comments: Slot<Comment[]>;
  rebase: Slot<Rebase>;
  /** The plan on show against another; that other's grids. */
  diff: Slot<Diff>;
  moves: Slot<Move[]>;
  beside: Slot<Grids>;
  timeline: Slot<Timeline>;
  /** Periods of what is selected. */
  eras: Slot<Era[]>;
  life: Life;
  /** The report that is open in the timeline. */
  report: Slot<{ id: string; report: Report }>;
  search: { query: string; hits: Slot<Hit[]> };
  jobs: Job[];
  hover: Hover | null;
  mark: Mark | null;
  note: Note | null;
  palette: boolean;
  keys: boolean;
  drawer: boolean;
  sheet: Sheet;
  dragging: boolean;
  /** My grid waits for a tap on the map. */
  pointing: boolean;
  /** The user has not moved the map yet, so it may go where the data is. */
  untouched: boolean;
};

export type Device = {
  lang: Lang;
  theme: Theme;
  prefersDark: boolean;
  narrow: boolean;
  webgl: boolean;
  mine: Code | null;
  /** This page among all that are open, and who sits before it. */
  client: string;
  name: string;
};

export const isDark = (theme: Theme, prefersDark: boolean): boolean =>
  theme === "auto" ? prefersDark : theme === "dark";

export const firstState = (view: View, device: Device): State => ({
  view: { ...view, mine: view.mine ?? device.mine },
  lang: device.lang,
  theme: device.theme,
  dark: isDark(device.theme, device.prefersDark),
  prefersDark: device.prefersDark,
  narrow: device.narrow,
  map: device.webgl ? "starting" : "missing",
  live: "connecting",
  revision: 0,
  me: emptySlot,
  plan: emptySlot,
  areas: emptySlot,
  grids: emptySlot,
  tallies: emptySlot,
  breaks: emptySlot,
  stations: emptySlot,
  findings: emptySlot,
  findingList: emptySlot,
  grid: emptySlot,
  buildings: emptySlot,
  building: emptySlot,
  outline: emptySlot,
  imports: emptySlot,
  plans: emptySlot,
  fabric: emptySlot,
  history: emptySlot,
  bench: firstBench(device.client, device.name),
  checks: emptySlot,
  comments: emptySlot,
  rebase: emptySlot,
  diff: emptySlot,
  moves: emptySlot,
  beside: emptySlot,
  timeline: emptySlot,
  eras: emptySlot,
  life: firstLife,
  report: emptySlot,
  search: { query: "", hits: emptySlot },
  jobs: [],
  hover: null,
  mark: null,
  note: null,
  palette: false,
  keys: false,
  drawer: !device.narrow && (!device.webgl || view.against !== null),
  sheet: "half",
  dragging: false,
  pointing: false,
  untouched: view.camera === null,
});

export const blankState = (device: Device): State => firstState(firstView, device);

/** Where the map should go: a box to bring into view (`fit`: to fill it), or a point to come near. */
export type Target = { box: Box; fit?: boolean } | { at: LonLat; zoom: number };
