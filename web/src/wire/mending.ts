// Repairs asked for: what could be done about grids outside the band.

import type { Edit } from "../model/edits";
import type { MendWish, Remedies, Remedy, Stand } from "../model/mending";
import type { Reply } from "./api";
import type { Node } from "./decode";
import { post } from "./desk";
import { certificate } from "./division";
import { geometry } from "./twins";
import type { Who } from "./who";

const turned = <T>(node: Node, value: (of: Node) => T): { before: T; after: T } => ({
  before: value(node.get("before")),
  after: value(node.get("after")),
});

const stand = (node: Node): Stand => ({
  weight: node.get("weight").number(),
  households: node.get("households").integer(),
  buildings: node.get("buildings").integer(),
  compactness: node.get("compactness").maybe((share) => share.number()),
  band: node.get("band").textOr(),
});

const texts = (node: Node) => node.list((one) => one.string());
const numbers = (node: Node) => node.list((one) => one.integer());
const maybeText = (node: Node) => node.maybe((one) => one.string());

/** A stroke as the server says it; it goes back as it came. */
const edit = (node: Node): Edit => {
  const community = () => node.get("community").string();
  const cells = () => numbers(node.get("cells"));
  const op = node.get("op").oneOf(["paint", "create", "merge", "divide"] as const);
  switch (op) {
    case "paint":
      return { op, community: community(), cells: cells(), to: maybeText(node.get("to")) };
    case "create":
      return { op, community: community(), cells: cells(), name: node.get("name").textOr() };
    case "merge":
      return { op, grids: texts(node.get("grids")), keep: node.get("keep").string() };
    case "divide":
      return {
        op,
        community: community(),
        parts: node.get("parts").list((part) => ({
          cells: numbers(part.get("cells")),
          grid: maybeText(part.get("grid")),
          name: part.get("name").textOr(),
        })),
      };
  }
};

const remedy = (node: Node): Remedy => ({
  rank: node.get("rank").integer(),
  kind: node.get("kind").string(),
  households: node.get("households").integer(),
  buildings: node.get("buildings").integer(),
  band: turned(node.get("band"), (of) => of.number()),
  deviation: turned(node.get("deviation"), (of) => of.number()),
  cutM: turned(node.get("cut_m"), (of) => of.number()),
  barrierShare: turned(node.get("barrier_share"), (of) => of.maybe((share) => share.number())),
  grids: node.get("grids").list((grid) => ({
    grid: grid.get("grid").string(),
    id: grid.get("id").integer(),
    name: grid.get("name").textOr(),
    before: grid.get("before").maybe(stand),
    after: grid.get("after").maybe(stand),
  })),
  moves: node.get("moves").list((move) => ({
    from: move.get("from").string(),
    to: maybeText(move.get("to")),
    toId: move.get("to_id").maybe((key) => key.integer()),
    households: move.get("households").integer(),
    cells: numbers(move.get("cells")),
  })),
  edits: node.get("edits").list(edit),
  place: node.get("place").maybe(geometry),
});

export const remedies = (node: Node): Remedies => ({
  revision: node.get("revision").integer(),
  community: node.get("community").string(),
  picked: node.get("picked").list((one) => ({
    grid: one.get("grid").string(),
    name: one.get("name").textOr(),
    weight: one.get("weight").number(),
    band: one.get("band").textOr(),
  })),
  min: node.get("min").number(),
  max: node.get("max").number(),
  outside: node.get("outside").number(),
  least: node.get("least").number(),
  remedies: node.get("alternatives").list(remedy),
  certificates: node.get("certificates").list(certificate),
  said: node.get("said").maybe((said) => ({
    code: said.get("code").string(),
    message: said.get("message").textOr(),
  })),
  cutShort: node.get("cut_short").boolean(),
});

export function ask(plan: string, wish: MendWish, who: Who): Promise<Reply<Remedies>> {
  const { area, grids, bindEstates } = wish;
  const body = { area, grids, bind_estates: bindEstates };
  return post(`/api/v1/plans/${encodeURIComponent(plan)}/repair`, body, who, remedies);
}
