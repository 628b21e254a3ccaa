// The columns of a comparison and their texts in the language chosen: drawer and print say the same.

import type { GridDiff } from "../../model/compare";
import { deviated, flowed, ratio, share, turned } from "../../model/comparing";
import type { Speech } from "../../words";

export type Told = {
  title: string;
  number: boolean;
  text: (grid: GridDiff) => string;
  sort: (grid: GridDiff) => number | string;
};

export function columnsOf(say: Speech): Told[] {
  const words = say.words.life.compare;
  const count = say.words.count;
  const { number } = say;
  const metres = (value: number | null) => (value === null ? "–" : say.length(value));
  const mark = (grid: GridDiff) =>
    grid.isNew ? ` · ${words.isNew}` : grid.isGone ? ` · ${words.isGone}` : "";
  const moved = ({ in: came, out: went }: { in: number; out: number }) => came + went;
  return [
    {
      title: say.words.table.name,
      number: false,
      text: (one) => (one.name || one.grid) + mark(one),
      sort: (one) => one.grid,
    },
    {
      title: count.householdsLong,
      number: true,
      text: (one) => flowed(one.households, number),
      sort: (one) => moved(one.households),
    },
    {
      title: count.personsLong,
      number: true,
      text: (one) => flowed(one.persons, number),
      sort: (one) => moved(one.persons),
    },
    {
      title: count.buildingsLong,
      number: true,
      text: (one) => flowed(one.buildings, number),
      sort: (one) => moved(one.buildings),
    },
    {
      title: words.manager,
      number: false,
      text: ({ manager }) => turned(manager.before, manager.after, (name) => name ?? "–"),
      sort: ({ manager }) => manager.after ?? "",
    },
    {
      title: words.deviation,
      number: true,
      text: ({ deviation }) => turned(deviation.before, deviation.after, deviated),
      sort: ({ deviation }) => deviation.after ?? 0,
    },
    {
      title: words.border,
      number: true,
      text: ({ borderM }) => turned(borderM.before, borderM.after, metres),
      sort: ({ borderM }) => borderM.after ?? 0,
    },
    {
      title: words.compact,
      number: true,
      text: ({ compactness }) => turned(compactness.before, compactness.after, ratio),
      sort: ({ compactness }) => compactness.after ?? 0,
    },
    {
      title: words.barrier,
      number: true,
      text: ({ barrierShare }) => turned(barrierShare.before, barrierShare.after, share),
      sort: ({ barrierShare }) => barrierShare.after ?? 0,
    },
  ];
}
