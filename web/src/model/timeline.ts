// The days on which plans began to count, as an axis one can drag along.

import { type Day, dayAfter, daysBetween } from "./days";
import type { Code } from "./register";

export type Begun = { id: string; title: string; areas: Code[] };
export type Timeline = { today: Day; first: Day; days: { day: Day; plans: Begun[] }[] };

/** What began in some communities only; the axis keeps its ends. */
export const within = (timeline: Timeline, codes: ReadonlySet<Code>): Timeline => ({
  ...timeline,
  days: timeline.days
    .map(({ day, plans }) => ({
      day,
      plans: plans.filter(({ areas }) => areas.some((code) => codes.has(code))),
    }))
    .filter(({ plans }) => plans.length > 0),
});

/** The axis: from the first plan to the last one known, today always on it, and never less than a month long. */
export function axisOf({ today, first, days }: Timeline): { from: Day; length: number } {
  const last = days.at(-1)?.day ?? today;
  const from = daysBetween(first, today) < 0 ? today : first;
  const to = daysBetween(today, last) > 0 ? last : today;
  const spare = Math.max(0, 30 - daysBetween(from, to));
  return { from: dayAfter(from, -spare), length: daysBetween(from, to) + spare };
}

/** Days from the start of the axis, within its ends. */
export function placeOf(timeline: Timeline, day: Day): number {
  const { from, length } = axisOf(timeline);
  return Math.max(0, Math.min(length, daysBetween(from, day)));
}

/** Plans that began on the latest day not after `day`, and that day; null before the first. */
export function begunBy(timeline: Timeline, day: Day): { day: Day; plans: Begun[] } | null {
  return timeline.days.filter((one) => daysBetween(one.day, day) >= 0).at(-1) ?? null;
}

/** The next day on which something began, before or after `day`; null when there is none. */
export function beside(timeline: Timeline, day: Day, way: -1 | 1): Day | null {
  const days = timeline.days.map((one) => one.day);
  const found =
    way > 0
      ? days.find((one) => daysBetween(day, one) > 0)
      : days.filter((one) => daysBetween(one, day) > 0).at(-1);
  return found ?? null;
}
