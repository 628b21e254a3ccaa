// What the server tells, in the words of the domain. `wire/decode.ts` makes these from unknown JSON;
// nothing here can be wrong in shape once it exists.

import type { Box, Geometry, LonLat } from "./place";

export type Code = string;
/** The integer key of a grid: also its feature id in the tiles. */
export type GridKey = number;

/** A member count as it may be seen. */
export type Shown = { shown: number } | { below: number } | { hidden: true };
export type Share = { n: number; d: number };

/** Counts; NaN where one may not be seen. */
export type Tally = {
  buildings: number;
  dwellings: number;
  households: number;
  persons: number;
  members: Shown;
};

export type Level = "city" | "district" | "subdistrict" | "community";
export type Profile = { target: number; min: number; max: number; overload: number };

export type Me = {
  actor: string;
  loopback: boolean;
  version: string;
  revision: number;
  title: { zh: string; en: string };
  madeUp: boolean;
  attribution: string | null;
  profile: Profile;
  /** Bands that kinds of communities have of their own. */
  bands: (Profile & { kind: string })[];
};

export type Coverage = {
  households: Share;
  buildings: Share;
  areaM2: Share;
  inBand: Share;
  /** Communities served, square metres times a hundred over households, homes in reach; `d` is 0 while no
   *  station is known. */
  stations: Share;
  stationArea: Share;
  stationReach: Share;
  overloaded: number;
  small: number;
  findings: number;
};

export type Area = {
  id: number;
  code: Code;
  name: string;
  level: Level;
  kind: string;
  parent: Code | null;
  bounds: Box | null;
  label: LonLat | null;
  areaM2: number;
  grids: number;
  statedHouseholds: number | null;
  tally: Tally;
  coverage: Coverage;
  /** First day as an area, and the day it was abolished. */
  validFrom: string | null;
  validTo: string | null;
  predecessors: Kin[];
  successors: Kin[];
};

export const STATION_KINDS = ["service_centre", "workstation", "service_point", "venue", "other"] as const;
export type StationKind = (typeof STATION_KINDS)[number];

/** One place that serves residents. */
export type Station = {
  id: number;
  code: Code;
  name: string;
  kind: StationKind;
  level: Level | null;
  floorM2: number | null;
  open: boolean;
  /** Names of the communities it serves. */
  serves: string[];
};

/** An area in another one's lineage; without a name where only the code is on record. */
export type Kin = { code: Code; name: string };

export type Plan = {
  id: string;
  title: string;
  status: string;
  effectiveFrom: string | null;
  areas: Code[];
  revision: number;
  basedOn: string | null;
  canUndo: boolean;
  canRedo: boolean;
  changedBy: string | null;
  changedAt: string | null;
  author: string | null;
  approver: string | null;
  submittedAt: string | null;
  publishedAt: string | null;
  /** The last word given with a deed, or nothing. */
  reason: string;
  /** The last day it counts everywhere; null while open. */
  effectiveTo: string | null;
  isInForce: boolean;
  /** A draft whose base is no longer what counts. */
  isBehind: boolean;
  basedOnTitle: string;
};

/** One line of a plan's history. */
export type Past = {
  revision: number;
  kind: string;
  who: string;
  when: string;
  what: string;
  grids: Code[];
  buildings: number;
  undone: boolean;
};

/** Another planner at work. */
export type Planner = {
  plan: string;
  who: string;
  client: string;
  community: Code | null;
  at: LonLat | null;
  tool: string;
  gone: boolean;
  /** When the page last heard of them, in milliseconds. */
  seen: number;
};

export type Grid = {
  id: GridKey;
  code: Code;
  name: string;
  community: Code;
  communityName: string;
  kind: string;
  areaM2: number;
  bounds: Box | null;
  label: LonLat | null;
  head: string | null;
  manager: string | null;
  workPhone: string | null;
  tally: Tally;
};

export type Neighbor = { grid: Code; name: string; community: Code; borderM: number };
export type GridDetail = Grid & {
  neighbors: Neighbor[];
  pieces: number;
  perimeterM: number;
  compactness: number;
  /** Grids it came from, and grids that came from it. */
  predecessors: Code[];
  successors: Code[];
};

export type TallyRow = Tally & {
  grid: Code | null;
  id: GridKey | null;
  community: Code | null;
  name: string;
};

export type Building = {
  id: number;
  code: Code;
  name: string;
  estate: string;
  address: string;
  use: string;
  floors: number | null;
  entrances: number | null;
  dwellings: number;
  households: number;
  persons: number;
  at: LonLat | null;
  community: Code | null;
  statedCommunity: Code | null;
  grid: Code | null;
  reason: string;
  verified: string | null;
  attention: string[];
};
export type Place = { code: Code; name: string; level: string };
export type BuildingDetail = Building & { chain: Place[] };

export type Severity = "note" | "warning" | "stop";
export type Finding = {
  id: string;
  code: string;
  severity: Severity;
  area: Code | null;
  areaName: string;
  subject: Code | null;
  subjectKind: string | null;
  subjectName: string;
  figure: number | null;
  place: Geometry | null;
  since: string | null;
  message: string;
};
export type Findings = {
  revision: number;
  total: number;
  counts: ReadonlyMap<string, number>;
  list: Finding[];
};

export type Located = {
  building: Code | null;
  community: { code: Code; name: string } | null;
  grid: { id: GridKey; code: Code; name: string } | null;
  reason: string;
};

export type Hit = {
  kind: string;
  code: Code;
  name: string;
  detail: string;
  at: LonLat | null;
  bounds: Box | null;
};

export type Breaks = { measure: string; breaks: number[] };

export type ImportEntry = {
  id: string;
  kind: string;
  file: string;
  at: string;
  who: string;
  revision: number | null;
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  gone: number;
  refused: number;
  issues: number;
};

export type RowIssue = {
  code: string;
  severity: Severity;
  row: number | null;
  column: string | null;
  id: string | null;
  place: Geometry | null;
  message: string;
  /** Of an edit: the grid and the buildings it is about. */
  grid?: Code | null;
  buildings?: Code[];
};

export type Report = {
  kind: string;
  file: string;
  datum: string | null;
  dryRun: boolean;
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  gone: number;
  refused: number;
  droppedColumns: string[];
  revision: number | null;
  issues: RowIssue[];
  issuesTotal: number;
  placed: ReadonlyMap<string, number> | null;
};

export type ColumnState = "used" | "ignored" | "dropped";
export type Inspection = {
  kind: string | null;
  format: string;
  encoding: string | null;
  delimiter: string | null;
  rows: number;
  columns: { header: string; field: string | null; state: ColumnState }[];
  preview: string[][];
  datum: string | null;
  candidates: { datum: string; at: LonLat; inside: boolean }[];
};

export type Change = {
  revision: number;
  boxes: Box[];
  grids: GridKey[];
  areas: Code[];
  tallies: TallyRow[];
  kinds: string[];
  /** Plans it belongs to, and the edits it came from. */
  plans: string[];
  edits: { plan: string; id: string; who: string; what: string; kind: string }[];
};

/** Anything that went wrong between the page and the server, ready to be said. */
export type Problem = {
  status: number;
  code: string;
  title: string;
  detail: string;
  issues: RowIssue[];
  /** Of an overtaken edit: where the world stands, and who got there. */
  stale?: {
    revision: number;
    changes: { revision: number; who: string; when: string; what: string; grids: Code[] }[];
  };
};

/** Import kinds the page offers, in the order they depend on each other. */
export const IMPORT_KINDS = [
  "areas",
  "grids",
  "buildings",
  "households",
  "members",
  "barriers",
  "stations",
] as const;

/** Datums the page offers; an EPSG number may be written by hand besides. */
export const DATUMS = ["auto", "4326", "4490", "gcj02", "bd09", "3857"] as const;
