// What can happen (`Action`) and what should then be done outside (`Effect`).
// A question goes out as an effect and comes back as an action.

import type { Box, LonLat } from "./place";
import type {
  Breaks,
  BuildingDetail,
  Change,
  Code,
  Findings,
  GridDetail,
  Hit,
  ImportEntry,
  Inspection,
  Located,
  Me,
  Plan,
  Problem,
  Report,
} from "./register";
import type {
  Areas,
  Buildings,
  Choices,
  Grids,
  Hover,
  Lang,
  Mark,
  Outline,
  Sheet,
  State,
  Tallies,
  Target,
  Theme,
} from "./state";
import type { Picked } from "./surface";
import type { Camera, Paint, Selection, View, Workspace } from "./view";

/** What each question carries. `again` marks a second try after a reply that was already old. */
export type Questions = {
  me: object;
  plan: object;
  areas: { again?: boolean };
  grids: { again?: boolean };
  tallies: { again?: boolean };
  breaks: object;
  findings: { area: Code | null };
  findingList: { area: Code | null; code: string; offset: number };
  grid: { grid: Code };
  buildings: { grid: Code };
  building: { building: Code };
  outline: { grid: Code; community: Code };
  imports: object;
  report: { id: string };
  search: { query: string };
  locate: { at: LonLat };
};
export type Answers = {
  me: Me;
  plan: Plan;
  areas: Areas;
  grids: Grids;
  tallies: Tallies;
  breaks: Breaks;
  findings: Findings;
  findingList: Findings;
  grid: GridDetail;
  buildings: Buildings;
  building: BuildingDetail;
  outline: Outline;
  imports: ImportEntry[];
  report: Report;
  search: Hit[];
  locate: Located;
};
export type What = keyof Questions;
export type Ask = { [W in What]: { what: W; with: Questions[W] } }[What];
export type Answered = {
  [W in What]: { do: "answered"; what: W; with: Questions[W]; value: Answers[W] };
}[What];

export type Action =
  | Answered
  | { do: "refused"; ask: Ask; problem: Problem }
  // the frame
  | { do: "start" }
  | { do: "workspace"; to: Workspace }
  | { do: "visited"; view: View }
  | { do: "lang"; to: Lang }
  | { do: "theme"; to: Theme }
  | { do: "device"; prefersDark: boolean; narrow: boolean }
  | { do: "palette"; open: boolean }
  | { do: "keys"; open: boolean }
  | { do: "drawer"; open: boolean }
  | { do: "sheet"; to: Sheet }
  | { do: "escape" }
  | { do: "retry"; ask: Ask }
  | { do: "search"; query: string }
  // the map
  | { do: "mapReady" }
  | { do: "mapMissing" }
  | { do: "moved"; camera: Camera; byHand: boolean }
  | { do: "hover"; hover: Hover | null }
  | { do: "press"; picked: Picked | null; at: LonLat; zoom: number }
  // what is looked at
  | { do: "scope"; area: Code | null; fly?: boolean }
  | { do: "select"; selection: Selection | null; fly?: boolean }
  | { do: "mine"; grid: Code | null }
  | { do: "pointing"; on: boolean }
  | { do: "hit"; hit: Hit }
  | { do: "paint"; to: Paint }
  | { do: "findings"; code: string | null }
  | { do: "moreFindings" }
  | { do: "mark"; mark: Mark | null }
  // live
  | { do: "live"; to: "open" | "lost" }
  | { do: "change"; change: Change; at: number }
  | { do: "resync" }
  | { do: "noteRead" }
  // files
  | { do: "dragging"; on: boolean }
  | { do: "dropped"; files: File[] }
  | { do: "inspected"; job: number; inspection: Inspection }
  | { do: "choose"; job: number; choices: Partial<Choices> }
  | { do: "send"; job: number; dry: boolean }
  | { do: "progress"; job: number; part: number }
  | { do: "sent"; job: number; report: Report }
  | { do: "jobFailed"; job: number; problem: Problem }
  | { do: "dismiss"; job: number }
  | { do: "openReport"; id: string | null };

export type Effect =
  | { do: "ask"; ask: Ask }
  | { do: "address"; view: View; push: boolean }
  | { do: "fly"; to: Target }
  | { do: "refresh"; boxes: Box[] | null }
  | { do: "keep"; key: "lang" | "theme" | "mine"; value: string }
  | { do: "inspect"; job: number; file: File }
  | { do: "send"; job: number; file: File; choices: Choices; dry: boolean }
  | { do: "cancel"; job: number };

export type Send = (action: Action) => void;

/** The next state, and what should be done outside. */
export type Step = [State, Effect[]];
