// Stations on the map: a sign that says what it is under the pointer and under a finger, and what the legend and the
// figures make of them.

import { join } from "node:path";
import type { Page } from "@playwright/test";
import { drawn, expect, get, LOOKS, test } from "./support";

type Station = { name: string; level: string; place: [number, number]; serves: { name: string }[] };

/** Degrees of latitude that are 200 pixels at zoom 16 in the demo town. */
const UP = 0.001675;

/** The centre of a subdistrict, and a view with it in the middle of the map or `up` degrees above. */
async function someCentre(page: Page, server: string, up = 0): Promise<{ station: Station; hash: string }> {
  const { stations } = await get<{ stations: Station[] }>(page, server, "/api/v1/stations");
  const station = stations.find((one) => one.level === "subdistrict");
  expect(station, "the demo town has centres").toBeDefined();
  const found = station as Station;
  return { station: found, hash: `#/coverage?map=16/${found.place[0]}/${found.place[1] - up}` };
}

async function middleOf(page: Page): Promise<[number, number]> {
  const box = await page.locator("canvas.maplibregl-canvas").boundingBox();
  return [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
}

const WORDS = {
  zh: { locale: "zh-CN", legend: "图例", kind: "服务中心 · 街道", list: "没有服务站的社区" },
  en: { locale: "en-GB", legend: "Legend", kind: "Service centre · Subdistrict", list: "no station serves" },
};

for (const [lang, say] of Object.entries(WORDS)) {
  test.describe(lang, () => {
    test.use({ locale: say.locale });

    test("a station says what it is and whom it serves", async ({ page, open, server }) => {
      const { station, hash } = await someCentre(page, server);
      await open(hash);
      await drawn(page);
      const [x, y] = await middleOf(page);
      await page.mouse.move(x - 30, y - 30);
      await page.mouse.move(x, y);
      const bubble = page.locator(".bubble");
      await expect(bubble).toContainText(station.name);
      await expect(bubble).toContainText(say.kind);
      for (const area of station.serves) await expect(bubble).toContainText(area.name);
      await expect(page.getByRole("region", { name: say.legend })).toContainText(
        say.kind.split(" · ")[0] ?? "",
      );
      await expect(page.getByRole("complementary")).toContainText(say.list);
      await page.screenshot({ path: join(LOOKS, `station-${lang}.png`) });
    });
  });
}

test.describe("phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a finger on a station tells of it, a finger elsewhere does not", async ({ page, open, server }) => {
    const { station, hash } = await someCentre(page, server, UP);
    await open(hash);
    await drawn(page);
    // The sheet covers the middle of the map.
    const [x, middle] = await middleOf(page);
    const y = middle - 200;
    await page.touchscreen.tap(x, y);
    await expect(page.locator(".bubble")).toContainText(station.name);
    await page.touchscreen.tap(x - 60, y + 60);
    await expect(page.locator(".bubble")).toBeHidden();
  });
});
