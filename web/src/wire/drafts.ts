// Replies about drafts read into the model's types, and edits written for the server.

import type { Edit, Outcome, Pending, Row } from "../model/edits";
import {
  type Barrier,
  type Cell,
  type DraftGrid,
  type Fabric,
  type Link,
  meshOf,
  type Seam,
} from "../model/fabric";
import type { Past, Planner } from "../model/register";
import { Node, WireError } from "./decode";
import { box, finding, grid, lonLat } from "./twins";

const BARRIERS: readonly Barrier[] = ["none", "lane", "road", "avenue", "rail", "water", "wall"];

const cell = (node: Node): Cell & { grid: number | null } => ({
  id: node.get("id").integer(),
  grid: node.get("grid").maybe((key) => key.integer()),
  label: lonLat(node.get("label")),
  buildings: node.get("buildings").list((code) => code.string()),
  dwellings: node.get("dwellings").integer(),
  households: node.get("households").integer(),
  persons: node.get("persons").integer(),
  areaM2: node.get("area_m2").number(),
});

const seam = (node: Node): Seam => ({
  left: node.get("left").maybe((id) => id.integer()),
  right: node.get("right").maybe((id) => id.integer()),
  barrier: BARRIERS.find((kind) => kind === node.get("barrier").value) ?? "none",
  line: node.get("line").list(lonLat),
});

const draftGrid = (node: Node): DraftGrid => ({
  ...grid(node),
  locked: node.get("locked").maybe((value) => value.boolean()) ?? false,
  detached: node.get("detached").maybe((value) => value.boolean()) ?? false,
});

const link = (node: Node): Link => {
  const [from, to] = node.list(lonLat);
  if (from === undefined || to === undefined) throw new WireError(node.path, "two places");
  return [from, to];
};

export function fabric(node: Node): Fabric {
  const cells = node.get("cells").list(cell);
  const links = node.get("links").maybe((list) => list.list(link)) ?? [];
  const mesh = meshOf(cells, node.get("seams").list(seam), links);
  const colors: (number | null)[] = new Array(mesh.cells.length).fill(null);
  for (const { id, grid } of cells) colors[id] = grid;
  const revision = node.get("revision").integer();
  return {
    revision,
    readAt: revision,
    plan: node.get("plan").id(),
    community: node.get("community").string(),
    bounds: node.get("bounds").maybe(box),
    mesh,
    colors,
    grids: new Map(
      node
        .get("grids")
        .list(draftGrid)
        .map((one) => [one.id, one]),
    ),
    links,
  };
}

const row = (node: Node): Row => ({
  grid: node.get("grid").maybe((code) => code.string()),
  id: node.get("id").maybe((key) => key.integer()),
  name: node.get("name").textOr(),
  buildings: node.get("buildings").integer(),
  dwellings: node.get("dwellings").integer(),
  households: node.get("households").integer(),
  persons: node.get("persons").integer(),
  deviation: node.get("deviation").maybe((value) => value.number()),
  band: node.get("band").textOr(),
  areaM2: node.get("area_m2").number(),
  compactness: node.get("compactness").maybe((value) => value.number()),
  barrierShare: node.get("barrier_share").maybe((value) => value.number()),
  pieces: node.get("pieces").maybe((value) => value.integer()) ?? 1,
});

export function outcome(node: Node): Outcome {
  const findings = node.get("findings");
  const found = (key: string) =>
    findings.maybe((one) => one.get(key).maybe((list) => list.list(finding))) ?? [];
  return {
    revision: node.get("revision").integer(),
    changed: node.get("changed").boolean(),
    id: node.get("id").textOr(),
    grids: node
      .get("grids")
      .list((one) => ({ ...grid(one), locked: one.get("locked").maybe((value) => value.boolean()) })),
    removed: node.get("removed").list((code) => code.string()),
    before: node.get("before").list(row),
    after: node.get("after").list(row),
    findings: { gone: found("gone"), fresh: found("new") },
    carried:
      node.get("carried").maybe((list) =>
        list.list((one) => ({
          buildings: one.get("buildings").list((code) => code.string()),
          from: one.get("from").maybe((code) => code.string()),
          to: one.get("to").string(),
        })),
      ) ?? [],
    fabricChanged: node.get("fabric_changed").boolean(),
    recolored:
      node.get("recolored").maybe((list) =>
        list.list((one) => ({
          cell: one.get("cell").integer(),
          grid: one.get("grid").maybe((key) => key.integer()),
        })),
      ) ?? [],
    canUndo: node.get("can_undo").maybe((value) => value.boolean()) ?? true,
    canRedo: node.get("can_redo").maybe((value) => value.boolean()) ?? false,
    what: node.get("what").textOr(),
  };
}

const past = (node: Node): Past => ({
  revision: node.get("revision").integer(),
  kind: node.get("kind").textOr("edit"),
  who: node.get("who").textOr(),
  when: node.get("when").textOr(),
  what: node.get("what").textOr(),
  grids: node.get("grids").maybe((list) => list.list((code) => code.string())) ?? [],
  buildings: node.get("buildings").maybe((value) => value.integer()) ?? 0,
  undone: node.get("undone").maybe((value) => value.boolean()) ?? false,
});

/** Oldest first, whether the list comes bare or in an envelope. */
export const history = (node: Node): Past[] =>
  (Array.isArray(node.value) ? node : node.get("history")).list(past);

export const presence = (node: Node): Omit<Planner, "seen"> => ({
  plan: node.get("plan").id(),
  who: node.get("who").textOr(),
  client: node.get("client").textOr(),
  community: node.get("community").maybe((code) => code.string()),
  at: node.get("at").maybe(lonLat),
  tool: node.get("tool").textOr(),
  gone: node.get("gone").maybe((value) => value.boolean()) ?? false,
});

/** Work kept by the browser across a reload. What cannot be read any more is nothing. */
export function keptQueue(text: string | null): Pending[] {
  if (text === null) return [];
  try {
    return new Node(JSON.parse(text)).list((node) => ({
      id: node.get("id").string(),
      kind: node.get("kind").oneOf(["edits", "undo", "redo"] as const),
      edits: node.get("edits").list((edit) => {
        edit.get("op").string();
        return edit.value as Edit;
      }),
      repair: node.get("repair").oneOf(["refuse", "carry"] as const),
      community: node.get("community").string(),
      base: node.get("base").integer(),
      step: "waiting" as const,
      kept: true,
      problem: null,
    }));
  } catch {
    return [];
  }
}

export const keptText = (queue: readonly Pending[]): string =>
  JSON.stringify(
    queue.map(({ id, kind, edits, repair, community, base }) => ({
      id,
      kind,
      edits,
      repair,
      community,
      base,
    })),
  );
