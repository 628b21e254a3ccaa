// Days as the wire writes them (YYYY-MM-DD): the calendar alone, no clock and no time zone.

export type Day = string;

const DAY_MS = 86_400_000;

const numberOf = (day: Day): number => {
  const [year, month, date] = day.split("-").map(Number);
  return Math.round(Date.UTC(year ?? 0, (month ?? 1) - 1, date ?? 1) / DAY_MS);
};

const written = (number: number): Day => new Date(number * DAY_MS).toISOString().slice(0, 10);

/** True for a day the calendar has: the 30th of February is none. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(numberOf(text)) && written(numberOf(text)) === text;

export const dayAfter = (day: Day, days = 1): Day => written(numberOf(day) + days);

/** Days from one to the other; negative when the second comes first. */
export const daysBetween = (from: Day, to: Day): number => numberOf(to) - numberOf(from);

/** The day a moment falls on, as the wire writes moments. */
export const dayOf = (moment: string): Day => moment.slice(0, 10);
