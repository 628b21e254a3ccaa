// Replies about two plans beside each other read into the model's types.

import type { Diff, Flow, GridDiff, Move, Turn } from "../model/compare";
import type { Node } from "./decode";
import { geometry } from "./twins";

const code = (node: Node): string => node.string();
const plan = (node: Node) => ({ id: node.get("id").id(), title: node.get("title").textOr() });

const flow = (node: Node): Flow => ({
  in: node.get("in").integer(),
  out: node.get("out").integer(),
  before: node.get("before").integer(),
  after: node.get("after").integer(),
});

const turn = <T>(node: Node, read: (value: Node) => T): Turn<T | null> => ({
  before: node.maybe((one) => one.get("before").maybe(read)),
  after: node.maybe((one) => one.get("after").maybe(read)),
});
const number = (node: Node): number => node.number();

const gridDiff = (node: Node): GridDiff => ({
  grid: node.get("grid").string(),
  name: node.get("name").textOr(),
  community: node.get("community").string(),
  isNew: node.get("is_new").boolean(),
  isGone: node.get("is_gone").boolean(),
  predecessors: node.get("predecessors").maybe((list) => list.list(code)) ?? [],
  buildings: flow(node.get("buildings")),
  households: flow(node.get("households")),
  persons: flow(node.get("persons")),
  manager: turn(node.get("manager"), (name) => name.textOr() || null),
  borderM: turn(node.get("border_m"), number),
  deviation: turn(node.get("deviation"), number),
  compactness: turn(node.get("compactness"), number),
  barrierShare: turn(node.get("barrier_share"), number),
  sentence: node.get("sentence").textOr(),
});

export function diff(node: Node): Diff {
  const totals = node.get("totals");
  const total = (name: string) => totals.get(name).integer();
  return {
    from: plan(node.get("from")),
    to: plan(node.get("to")),
    revision: node.get("revision").integer(),
    grids: node.get("grids").list(gridDiff),
    totals: {
      buildings: total("buildings"),
      households: total("households"),
      persons: total("persons"),
      householdsAll: total("households_all"),
      gridsNew: total("grids_new"),
      gridsGone: total("grids_gone"),
      gridsChanged: total("grids_changed"),
      managers: total("managers"),
      areaM2: totals.get("area_m2").number(),
    },
    sentences: node.get("sentences").list((text) => text.string()),
  };
}

export const moves = (node: Node): Move[] =>
  node.get("features").list((feature) => {
    const about = feature.get("properties");
    return {
      community: about.get("community").string(),
      from: about.get("from").maybe(code),
      to: about.get("to").maybe(code),
      households: about.get("households").integer(),
      buildings: about.get("buildings").integer(),
      areaM2: about.get("area_m2").number(),
      geometry: geometry(feature.get("geometry")),
    };
  });
