// Names for new grids: the next in the row the others stand in.

import type { Fabric } from "./fabric";

const DIGITS = "零一二三四五六七八九";

/** 一 to 九十九 as a number; null for anything else. */
function ofChinese(text: string): number | null {
  const found = /^([一二三四五六七八九])?(十)?([一二三四五六七八九])?$/u.exec(text);
  if (found === null || text === "") return null;
  const [, first, ten, last] = found;
  if (ten === undefined) return last === undefined && first !== undefined ? DIGITS.indexOf(first) : null;
  return (
    (first === undefined ? 1 : DIGITS.indexOf(first)) * 10 + (last === undefined ? 0 : DIGITS.indexOf(last))
  );
}

function inChinese(n: number): string {
  const [tens, ones] = [Math.floor(n / 10), n % 10];
  const last = ones === 0 ? "" : (DIGITS[ones] ?? "");
  return tens === 0 ? last : `${tens === 1 ? "" : (DIGITS[tens] ?? "")}十${last}`;
}

type Numbered = { n: number; write: (n: number) => string };

function numberedName(name: string): Numbered | null {
  const arabic = /^(.*?)(\d+)(\D*)$/u.exec(name);
  if (arabic !== null) {
    const [, before = "", digits = "", after = ""] = arabic;
    return { n: Number(digits), write: (n) => before + String(n).padStart(digits.length, "0") + after };
  }
  const chinese = /^(.*?)([一二三四五六七八九十]+)([^一二三四五六七八九十]*)$/u.exec(name);
  const [, before = "", digits = "", after = ""] = chinese ?? [];
  const n = ofChinese(digits);
  return n === null
    ? null
    : { n, write: (next) => before + (next < 100 ? inChinese(next) : String(next)) + after };
}

/** 网格003, 网格007 → 网格008; 第七网格 → 第八网格; without any number, the count of grids and one. */
export function nextName(fabric: Fabric): string {
  let best: Numbered | null = null;
  for (const { name } of fabric.grids.values()) {
    const found = numberedName(name);
    if (found !== null && (best === null || found.n > best.n)) best = found;
  }
  return best === null ? String(fabric.grids.size + 1) : best.write(best.n + 1);
}
