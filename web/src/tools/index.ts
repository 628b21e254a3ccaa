// The planner's eight tools, one in hand at a time.

import type { ToolName } from "../model/bench";
import type { Tool } from "../model/surface";
import type { Hand } from "./hand";
import { lasso } from "./lasso";
import { link } from "./link";
import { merge } from "./merge";
import { paint } from "./paint";
import { reshape } from "./reshape";
import { split } from "./split";
import { sweep } from "./sweep";

export const toolsOf = (hand: Hand, browse: Tool): Record<ToolName, Tool> => ({
  browse,
  paint: paint(hand),
  lasso: lasso(hand),
  split: split(hand),
  sweep: sweep(hand),
  reshape: reshape(hand),
  merge: merge(hand),
  link: link(hand),
});
