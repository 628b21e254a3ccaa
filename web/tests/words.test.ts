import { describe, expect, test } from "vitest";
import { learn, speech } from "../src/words";
import { divide as divideEn } from "../src/words/divide.en";
import { divide as divideZh } from "../src/words/divide.zh";
import { en as pageEn } from "../src/words/en";
import { mend as mendEn } from "../src/words/mend.en";
import { mend as mendZh } from "../src/words/mend.zh";
import { zh as pageZh } from "../src/words/zh";

// With the texts that come with panels of their own.
const en = { ...pageEn, divisions: divideEn, mend: mendEn };
const zh = { ...pageZh, divisions: divideZh, mend: mendZh };

/** Paths of all texts; the compiler holds the fixed keys, this holds the tables keyed by the server too. */
function keysOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, `${path}.${key}`));
}

describe("words", () => {
  test("both languages have the same keys", () => expect(keysOf(en).sort()).toEqual(keysOf(zh).sort()));
  test("no text is empty but where nothing is meant", () => {
    const empty = (words: object) => keysOf(words).filter((path) => textAt(words, path) === "");
    expect(empty(zh)).toEqual([".problems.codes.page.cancelled.todo"]);
    expect(empty(en)).toEqual([".problems.codes.page.cancelled.todo"]);
  });
  test("English holds no Chinese but its own switch", () => {
    const chinese = keysOf(en).filter((path) => /\p{Script=Han}/u.test(textAt(en, path)));
    expect(chinese).toEqual([".otherLanguage"]);
  });
});

function textAt(words: object, path: string): string {
  const walk = (value: unknown, rest: string): unknown => {
    if (rest === "") return value;
    const keys = Object.keys(value as object);
    const key = keys.find((one) => rest === `.${one}` || rest.startsWith(`.${one}.`));
    return key === undefined
      ? undefined
      : walk((value as Record<string, unknown>)[key], rest.slice(key.length + 1));
  };
  const found = walk(words, path);
  return typeof found === "function" ? String(found("1", "2")) : String(found);
}

await learn("en");

describe("numbers", () => {
  const { number, percent, shown, area, length, signed } = speech("en");
  test("thousands are separated", () => expect(number(1234567)).toBe("1,234,567"));
  test.each([
    [{ n: 1, d: 1 }, "100 %"],
    [{ n: 9999, d: 10000 }, "99.9 %"],
    [{ n: 4120, d: 4152 }, "99.2 %"],
    [{ n: 1, d: 2 }, "50 %"],
    [{ n: 0, d: 0 }, "–"],
  ])("share %o", (share, text) => expect(percent(share)).toBe(text));
  test("members as they may be seen", () => {
    expect(shown({ shown: 1200 })).toBe("1,200");
    expect(shown({ below: 10 })).toBe("<10");
    expect(shown({ hidden: true })).toBe("not shown");
  });
  test("areas and lengths take the unit that reads best", () => {
    expect([area(320), area(12_000), area(3_400_000)]).toEqual(["320 m²", "1.2 ha", "3.4 km²"]);
    expect([length(85), length(1230)]).toEqual(["85 m", "1.2 km"]);
  });
  test("a difference has its sign", () => expect([signed(42), signed(-17)]).toEqual(["+42", "−17"]));
});
