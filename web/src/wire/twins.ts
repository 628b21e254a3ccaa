// The server's replies read into the model's types: one function a shape of the wire.

import type { Box, Geometry, LonLat } from "../model/place";
import type * as m from "../model/register";
import { STATION_KINDS } from "../model/register";
import type { Areas, Buildings, Grids, Outline, Stations, Tallies } from "../model/state";
import { type Node, WireError } from "./decode";

const SEVERITIES = ["note", "warning", "stop"] as const;
const LEVELS = ["city", "district", "subdistrict", "community"] as const;
const GEOMETRIES = [
  "Point",
  "MultiPoint",
  "LineString",
  "MultiLineString",
  "Polygon",
  "MultiPolygon",
] as const;

export const lonLat = (node: Node): LonLat => {
  const [lon, lat] = node.list((item) => item.number());
  if (lon === undefined || lat === undefined) throw new WireError(node.path, "[lon, lat]");
  return [lon, lat];
};

export const box = (node: Node): Box => {
  const [west, south, east, north] = node.list((item) => item.number());
  if (west === undefined || south === undefined || east === undefined || north === undefined)
    throw new WireError(node.path, "[west, south, east, north]");
  return [west, south, east, north];
};

const DEPTH = {
  Point: 0,
  MultiPoint: 1,
  LineString: 1,
  MultiLineString: 2,
  Polygon: 2,
  MultiPolygon: 3,
} as const;

const nested = (node: Node, depth: number): unknown =>
  depth === 0 ? node.list((item) => item.number()) : node.list((item) => nested(item, depth - 1));

/** A GeoJSON geometry, every coordinate checked down to its numbers. */
export function geometry(node: Node): Geometry {
  const type = node.get("type").oneOf(GEOMETRIES);
  const coordinates = nested(node.get("coordinates"), DEPTH[type]);
  return { type, coordinates } as Geometry;
}

const share = (node: Node): m.Share => ({ n: node.get("n").integer(), d: node.get("d").integer() });

export function shown(node: Node): m.Shown {
  const below = node.get("below");
  if (!below.isNull) return { below: below.integer() };
  const number = node.get("shown");
  if (!number.isNull) return { shown: number.integer() };
  if (node.get("hidden").boolean()) return { hidden: true };
  throw new WireError(node.path, "a shown number");
}

/** A count that may not be seen is no number: it spreads through sums and is said as a dash. */
const count = (node: Node): number => node.maybe((value) => value.integer()) ?? Number.NaN;

/** Text of which an empty one says as much as none. */
const text = (node: Node): string | null => node.textOr() || null;

const tally = (node: Node): m.Tally => ({
  buildings: count(node.get("buildings")),
  dwellings: count(node.get("dwellings")),
  households: count(node.get("households")),
  persons: count(node.get("persons")),
  members: shown(node.get("members")),
});

const coverage = (node: Node): m.Coverage => ({
  households: share(node.get("households")),
  buildings: share(node.get("buildings")),
  areaM2: share(node.get("area_m2")),
  inBand: share(node.get("in_band")),
  stations: share(node.get("stations")),
  stationArea: share(node.get("station_area")),
  stationReach: share(node.get("station_reach")),
  overloaded: node.get("overloaded").integer(),
  small: node.get("small").integer(),
  findings: node.get("findings").integer(),
});

const profile = (node: Node): m.Profile => ({
  target: node.get("target").number(),
  min: node.get("min").number(),
  max: node.get("max").number(),
  overload: node.get("overload").number(),
});

export function me(node: Node): m.Me {
  const database = node.get("database");
  const title = database.get("title");
  return {
    actor: node.get("actor").string(),
    loopback: node.get("loopback").boolean(),
    version: node.get("version").string(),
    revision: node.get("revision").integer(),
    title: { zh: title.get("zh").string(), en: title.get("en").string() },
    madeUp: database.get("made_up").boolean(),
    attribution: database.get("attribution").maybe((text) => text.string()),
    profile: profile(node.get("profile")),
    bands: node.get("bands").list((band) => ({ kind: band.get("kind").string(), ...profile(band) })),
  };
}

const kin = (node: Node): m.Kin[] =>
  node.maybe((list) =>
    list.list((one) => ({ code: one.get("code").string(), name: one.get("name").textOr() })),
  ) ?? [];

export const area = (node: Node): m.Area => ({
  id: node.get("id").integer(),
  code: node.get("code").string(),
  name: node.get("name").string(),
  level: node.get("level").oneOf(LEVELS),
  kind: node.get("kind").textOr(),
  parent: node.get("parent").maybe((code) => code.string()),
  bounds: node.get("bounds").maybe(box),
  label: node.get("label").maybe(lonLat),
  areaM2: node.get("area_m2").number(),
  grids: node.get("grids").integer(),
  statedHouseholds: node.get("stated_households").maybe((count) => count.integer()),
  tally: tally(node.get("tally")),
  coverage: coverage(node.get("coverage")),
  validFrom: node.get("valid_from").maybe((day) => day.string()),
  validTo: node.get("valid_to").maybe((day) => day.string()),
  predecessors: kin(node.get("predecessors")),
  successors: kin(node.get("successors")),
});

export function areas(node: Node): Areas {
  const list = node.get("areas").list(area);
  const byCode = new Map(list.map((one) => [one.code, one]));
  const roots = list.filter((one) => one.parent === null || !byCode.has(one.parent)).map((one) => one.code);
  return { revision: node.get("revision").integer(), byCode, roots };
}

const station = (node: Node): m.Station => ({
  id: node.get("id").integer(),
  code: node.get("code").string(),
  name: node.get("name").string(),
  kind: node.get("kind").oneOf(STATION_KINDS),
  level: node.get("level").maybe((level) => level.oneOf(LEVELS)),
  floorM2: node.get("floor_area_m2").maybe((area) => area.number()),
  open: node.get("open").boolean(),
  serves: node.get("serves").list((area) => area.get("name").string()),
});

export const stations = (node: Node): Stations => ({
  byId: new Map(
    node
      .get("stations")
      .list(station)
      .map((one) => [one.id, one]),
  ),
});

export const plan = (node: Node): m.Plan => ({
  id: node.get("id").id(),
  title: node.get("title").textOr(),
  status: node.get("status").string(),
  effectiveFrom: node.get("effective_from").maybe((day) => day.string()),
  areas: node.get("areas").list((code) => code.string()),
  revision: node.get("revision").maybe((number) => number.integer()) ?? 0,
  basedOn: node.get("based_on").maybe((id) => id.id()),
  canUndo: node.get("can_undo").maybe((value) => value.boolean()) ?? false,
  canRedo: node.get("can_redo").maybe((value) => value.boolean()) ?? false,
  changedBy: node.get("changed_by").maybe((who) => who.string()),
  changedAt: node.get("changed_at").maybe((time) => time.string()),
  author: node.get("author").textOr() || null,
  approver: node.get("approver").textOr() || null,
  submittedAt: node.get("submitted_at").maybe((time) => time.string()),
  publishedAt: node.get("published_at").maybe((time) => time.string()),
  reason: node.get("reason").textOr(),
  effectiveTo: node.get("effective_to").maybe((day) => day.string()),
  isInForce: node.get("is_in_force").maybe((value) => value.boolean()) ?? false,
  isBehind: node.get("is_behind").maybe((value) => value.boolean()) ?? false,
  basedOnTitle: node.get("based_on_title").textOr(),
});

export const plans = (node: Node): m.Plan[] => node.get("plans").list(plan);

export const grid = (node: Node): m.Grid => ({
  id: node.get("id").integer(),
  code: node.get("code").string(),
  name: node.get("name").textOr(),
  community: node.get("community").string(),
  communityName: node.get("community_name").textOr(),
  kind: node.get("kind").textOr(),
  areaM2: node.get("area_m2").number(),
  bounds: node.get("bounds").maybe(box),
  label: node.get("label").maybe(lonLat),
  head: text(node.get("head")),
  manager: text(node.get("manager")),
  workPhone: text(node.get("work_phone")),
  tally: tally(node.get("tally")),
});

export function grids(node: Node): Grids {
  const list = node.get("grids").list(grid);
  return {
    revision: node.get("revision").integer(),
    byId: new Map(list.map((one) => [one.id, one])),
    byCode: new Map(list.map((one) => [one.code, one])),
  };
}

const codes = (node: Node): string[] => node.maybe((list) => list.list((code) => code.string())) ?? [];

export const gridDetail = (node: Node): m.GridDetail => ({
  ...grid(node),
  neighbors: node.get("neighbors").list((item) => ({
    grid: item.get("grid").string(),
    name: item.get("name").textOr(),
    community: item.get("community").string(),
    borderM: item.get("border_m").number(),
  })),
  pieces: node.get("pieces").integer(),
  perimeterM: node.get("perimeter_m").number(),
  compactness: node.get("compactness").number(),
  predecessors: codes(node.get("predecessors")),
  successors: codes(node.get("successors")),
});

export const tallyRow = (node: Node): m.TallyRow => ({
  ...tally(node),
  grid: node.get("grid").maybe((code) => code.string()),
  id: node.get("id").maybe((id) => id.integer()),
  community: node.get("community").maybe((code) => code.string()),
  name: node.get("name").textOr(),
});

export function tallies(node: Node): Tallies {
  const rows = node.get("rows").list(tallyRow);
  return {
    revision: node.get("revision").integer(),
    byGrid: new Map(rows.flatMap((row) => (row.id === null ? [] : [[row.id, row]]))),
    loose: new Map(rows.flatMap((row) => (row.id === null ? [[row.community ?? "", row]] : []))),
  };
}

export function building(node: Node): m.Building {
  const lon = node.get("lon").maybe((number) => number.number());
  const lat = node.get("lat").maybe((number) => number.number());
  return {
    id: node.get("id").integer(),
    code: node.get("code").string(),
    name: node.get("name").textOr(),
    estate: node.get("estate").textOr(),
    address: node.get("address").textOr(),
    use: node.get("use").textOr(),
    floors: node.get("floors").maybe((number) => number.integer()) || null,
    entrances: node.get("entrances").maybe((number) => number.integer()) || null,
    dwellings: node.get("dwellings").integer(),
    households: node.get("households").integer(),
    persons: node.get("persons").integer(),
    at: lon === null || lat === null ? null : [lon, lat],
    community: node.get("community").maybe((code) => code.string()),
    statedCommunity: node.get("stated_community").maybe((code) => code.string()),
    grid: node.get("grid").maybe((code) => code.string()),
    reason: node.get("reason").string(),
    verified: node.get("verified").maybe((day) => day.string()),
    attention: node.get("attention").maybe((list) => list.list((code) => code.string())) ?? [],
  };
}

const place = (node: Node): m.Place => ({
  code: node.get("code").string(),
  name: node.get("name").textOr(),
  level: node.get("level").string(),
});

export const buildingDetail = (node: Node): m.BuildingDetail => ({
  ...building(node),
  chain: node.get("areas").list(place),
});

export const buildings = (node: Node): Buildings => ({
  grid: node.get("grid").string(),
  list: node.get("buildings").list(building),
});

/** The outline of one grid out of a community's feature collection. */
export function outline(node: Node, code: m.Code): Outline {
  const found = node
    .get("features")
    .list((feature) => feature)
    .find((feature) => feature.get("properties").get("code").value === code);
  if (found === undefined) throw new WireError(`${node.path}.features`, `a feature with code ${code}`);
  return { grid: code, geometry: geometry(found.get("geometry")) };
}

export const finding = (node: Node): m.Finding => ({
  id: node.get("id").id(),
  code: node.get("code").string(),
  severity: node.get("severity").oneOf(SEVERITIES),
  area: node.get("area").maybe((code) => code.string()),
  areaName: node.get("area_name").textOr(),
  subject: node.get("subject").maybe((code) => code.string()),
  subjectKind: node.get("subject_kind").maybe((kind) => kind.string()),
  subjectName: node.get("subject_name").textOr(),
  figure: node.get("figure").maybe((number) => number.number()),
  place: node.get("place").maybe(geometry),
  since: node.get("since").maybe((time) => time.string()),
  message: node.get("message").textOr(),
});

export const findings = (node: Node): m.Findings => ({
  revision: node.get("revision").integer(),
  total: node.get("total").integer(),
  counts: node.get("counts").counts(),
  list: node.get("findings").list(finding),
});

const named = (node: Node) => ({ code: node.get("code").string(), name: node.get("name").textOr() });

export const located = (node: Node): m.Located => ({
  building: node.get("building").maybe((code) => code.string()),
  community: node.get("community").maybe(named),
  grid: node.get("grid").maybe((item) => ({ ...named(item), id: item.get("id").integer() })),
  reason: node.get("reason").string(),
});

export const hits = (node: Node): m.Hit[] =>
  node.get("results").list((item) => {
    const lon = item.get("lon").maybe((number) => number.number());
    const lat = item.get("lat").maybe((number) => number.number());
    return {
      kind: item.get("kind").string(),
      code: item.get("code").textOr(),
      name: item.get("name").textOr(),
      detail: item.get("detail").textOr(),
      at: lon === null || lat === null ? null : ([lon, lat] as const),
      bounds: item.get("bounds").maybe(box),
    };
  });

export const breaks = (node: Node): m.Breaks => ({
  measure: node.get("measure").string(),
  breaks: node.get("breaks").list((number) => number.number()),
});

export const imports = (node: Node): m.ImportEntry[] =>
  node.get("imports").list((item) => ({
    id: item.get("id").id(),
    kind: item.get("kind").string(),
    file: item.get("file").textOr(),
    at: item.get("at").string(),
    who: item.get("who").textOr(),
    revision: item.get("revision").maybe((number) => number.integer()),
    issues: item.get("issues").integer(),
    ...rowCounts(item),
  }));

const rowCounts = (node: Node) => ({
  rows: node.get("rows").integer(),
  added: node.get("new").integer(),
  changed: node.get("changed").integer(),
  unchanged: node.get("unchanged").integer(),
  gone: node.get("gone").integer(),
  refused: node.get("refused").integer(),
});

export const rowIssue = (node: Node): m.RowIssue => ({
  code: node.get("code").string(),
  severity: node.get("severity").oneOf(SEVERITIES),
  row: node.get("row").maybe((number) => number.integer()),
  column: node.get("column").maybe((text) => text.string()),
  id: node.get("id").maybe((id) => id.id()),
  place: node.get("place").maybe(geometry),
  message: node.get("message").textOr(),
  ...about(node),
});

/** The grid and the buildings an issue of an edit names. */
function about(node: Node): Pick<m.RowIssue, "grid" | "buildings"> {
  const grid = node.get("grid").maybe((code) => code.string());
  const buildings = node.get("buildings").maybe((list) => list.list((code) => code.string()));
  return { ...(grid === null ? {} : { grid }), ...(buildings === null ? {} : { buildings }) };
}

export const report = (node: Node): m.Report => ({
  kind: node.get("kind").string(),
  file: node.get("file").textOr(),
  datum: node.get("datum").maybe((text) => text.string()),
  dryRun: node.get("dry_run").boolean(),
  ...rowCounts(node),
  droppedColumns: node.get("dropped_columns").list((text) => text.string()),
  revision: node.get("revision").maybe((number) => number.integer()),
  issues: node.get("issues").list(rowIssue),
  issuesTotal: node.get("issues_total").integer(),
  placed: node.get("placed").maybe((item) => item.counts()),
});

export const inspection = (node: Node): m.Inspection => ({
  kind: node.get("kind").maybe((text) => text.string()),
  format: node.get("format").string(),
  encoding: node.get("encoding").maybe((text) => text.string()),
  delimiter: node.get("delimiter").maybe((text) => text.string()),
  rows: node.get("rows").integer(),
  columns: node.get("columns").list((item) => ({
    header: item.get("header").string(),
    field: item.get("field").maybe((text) => text.string()),
    state: item.get("state").oneOf(["used", "ignored", "dropped"] as const),
  })),
  preview: node.get("preview").list((row) => row.list((cell) => cell.textOr())),
  datum: node.get("datum").maybe((text) => text.string()),
  candidates: node.get("datum_candidates").list((item) => ({
    datum: item.get("datum").string(),
    at: [item.get("lon").number(), item.get("lat").number()] as const,
    inside: item.get("inside").boolean(),
  })),
});

export const change = (node: Node): m.Change => ({
  revision: node.get("revision").integer(),
  boxes: node.get("boxes").list(box),
  grids: node.get("grids").list((id) => id.integer()),
  areas: node.get("areas").list((code) => code.string()),
  tallies: node.get("tallies").list(tallyRow),
  kinds: node.get("kinds").list((kind) => kind.string()),
  plans: node.get("plans").maybe((list) => list.list((id) => id.id())) ?? [],
  edits:
    node.get("edits").maybe((list) =>
      list.list((edit) => ({
        plan: edit.get("plan").id(),
        id: edit.get("id").textOr(),
        who: edit.get("who").textOr(),
        what: edit.get("what").textOr(),
        kind: edit.get("kind").textOr("edit"),
      })),
    ) ?? [],
});

export function problem(node: Node, status: number): m.Problem {
  return {
    status: node.get("status").maybe((number) => number.integer()) ?? status,
    code: node.get("code").textOr("unknown"),
    title: node.get("title").textOr(),
    detail: node.get("detail").textOr(),
    issues: node.get("issues").maybe((list) => list.list(rowIssue)) ?? [],
    ...stale(node),
  };
}

function stale(node: Node): Pick<m.Problem, "stale"> {
  const changes = node.get("changes");
  if (changes.isNull) return {};
  const list = changes.list((change) => ({
    revision: change.get("revision").integer(),
    who: change.get("who").textOr(),
    when: change.get("when").textOr(),
    what: change.get("what").textOr(),
    grids: change.get("grids").maybe((codes) => codes.list((code) => code.string())) ?? [],
  }));
  return { stale: { revision: node.get("revision").integer(), changes: list } };
}
