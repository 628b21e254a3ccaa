// Words and numbers in the language chosen. A plain typed dictionary: two files with the same keys, checked by
// the compiler; texts with figures are functions. Only the language chosen is fetched.

import type { Share, Shown } from "../model/register";
import type { Lang } from "../model/state";
import type { zh } from "./zh";

export type Words = typeof zh;

export type Speech = {
  words: Words;
  /** 12,345 */
  number: (value: number) => string;
  /** 99.2 % of a share; a dash when there is nothing to divide by. */
  percent: (share: Share) => string;
  shown: (value: Shown) => string;
  /** 320 m², 1.2 ha, 3.4 km² */
  area: (m2: number) => string;
  /** 85 m, 1.2 km */
  length: (metres: number) => string;
  day: (iso: string) => string;
  time: (iso: string) => string;
  /** +42, −17 */
  signed: (value: number) => string;
};

function speechOf(lang: Lang, words: Words): Speech {
  const locale = lang === "zh" ? "zh-CN" : "en-GB";
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const tenth = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
  const time = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const dated = (format: Intl.DateTimeFormat) => (iso: string) => {
    const date = new Date(iso);
    return Number.isNaN(date.getTime()) ? iso : format.format(date);
  };
  const number = (value: number) => (Number.isNaN(value) ? "–" : whole.format(value));
  return {
    words,
    number,
    percent: ({ n, d }) => {
      if (d === 0) return "–";
      // Rounded toward the worse side of whole: 99.96 % is not 100 %.
      const tenths = n === d ? 1000 : Math.min(999, Math.round((n / d) * 1000));
      return `${tenths % 10 === 0 ? number(tenths / 10) : tenth.format(tenths / 10)} %`;
    },
    shown: (value) => {
      if ("shown" in value) return number(value.shown);
      return "below" in value ? words.count.below(number(value.below)) : words.count.hidden;
    },
    area: (m2) => {
      if (m2 < 1000) return `${number(m2)} m²`;
      if (m2 < 1_000_000) return `${tenth.format(m2 / 10_000)} ha`;
      return `${tenth.format(m2 / 1_000_000)} km²`;
    },
    length: (metres) => (metres < 1000 ? `${number(metres)} m` : `${tenth.format(metres / 1000)} km`),
    day: dated(day),
    time: dated(time),
    signed: (value) => (value < 0 ? `−${number(-value)}` : `+${number(value)}`),
  };
}

const SPEECH = new Map<Lang, Speech>();

/** Fetches a language; once it has come, `speech` knows it. */
export async function learn(lang: Lang): Promise<void> {
  if (SPEECH.has(lang)) return;
  const words = lang === "zh" ? (await import("./zh")).zh : (await import("./en")).en;
  SPEECH.set(lang, speechOf(lang, words));
}

/** `lang` has been learnt. */
export function speech(lang: Lang): Speech {
  const known = SPEECH.get(lang);
  if (known === undefined) throw new Error(`no words yet in ${lang}`);
  return known;
}

/** A word from a table keyed by the server, or the key itself when the table does not know it. */
export const wordOf = (table: Record<string, string>, key: string): string => table[key] ?? key;
