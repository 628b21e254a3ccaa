// Files in: a broken one says why and changes nothing; a good one is tried, imported, and the map follows by itself.

import { join } from "node:path";
import { drawn, expect, get, LOOKS, middleOfMap, someGrid, type Tally, test } from "./support";

type Me = { revision: number };
type Building = { code: string; households: number };

const SAY = {
  zh: {
    locale: "zh-CN",
    choose: "选择文件",
    failed: "没有导入，数据保持原样",
    kept: "数据保持原样。",
    tried: "试导入结果：数据尚未改动",
    done: "已导入",
    import: /^导入 .* 行$/,
    dropped: "因隐私丢弃的列",
    look: "去地图上看",
    changed: /第 .* 版：/,
  },
  en: {
    locale: "en-GB",
    choose: "Choose files",
    failed: "Not imported; the data is as it was",
    kept: "The data is as it was.",
    tried: "Dry run: nothing has been changed yet",
    done: "Imported",
    import: /^Import .* rows?$/,
    dropped: "Columns dropped for privacy",
    look: "See it on the map",
    changed: /revision .*:/,
  },
} as const;

for (const lang of ["zh", "en"] as const) {
  const say = SAY[lang];
  test.describe(lang, () => {
    test.use({ locale: say.locale });

    test("a broken file is refused in words and changes nothing", async ({ page, open, server }) => {
      await open("#/data");
      const before = await get<Me>(page, server, "/api/v1/me");
      await page.getByLabel(say.choose).setInputFiles({
        name: "broken.geojson",
        mimeType: "application/json",
        buffer: Buffer.from('{"type":"FeatureCollection","features":[{"type":"Feature",'),
      });
      const card = page.getByRole("article", { name: "broken.geojson" });
      await expect(card).toContainText(say.failed);
      await expect(card.getByRole("alert")).toContainText(say.kept);
      await page.screenshot({ path: join(LOOKS, `broken-${lang}.png`) });
      expect((await get<Me>(page, server, "/api/v1/me")).revision).toBe(before.revision);
    });

    test("a good file is tried, imported, and the map follows by itself", async ({
      page,
      open,
      server,
      browser,
      watch,
    }) => {
      const { grid, tally } = await someGrid(page, server, false);
      const { buildings } = await get<{ buildings: Building[] }>(
        page,
        server,
        `/api/v1/plans/current/grids/${grid.code}/buildings`,
      );
      const home = buildings.find((building) => building.households > 0)?.code ?? buildings[0]?.code;
      const rows = Array.from({ length: 37 }, (_, i) => `browser-${lang}-${i},${home},3,made up`);
      const sheet = ["household_no,building,persons,户主姓名", ...rows].join("\n");

      // Someone else looks at the same grid and does nothing.
      const context = await browser.newContext({
        locale: say.locale,
        viewport: { width: 1200, height: 800 },
      });
      const onlooker = await context.newPage();
      watch(onlooker);
      await onlooker.goto(
        `${server}/#/coverage?grid=${grid.code}&map=16.00/${grid.label[0]}/${grid.label[1]}`,
      );
      await drawn(onlooker);
      const mapBefore = await onlooker.locator("canvas.maplibregl-canvas").screenshot();

      await open("#/data");
      await page.getByLabel(say.choose).setInputFiles({
        name: "households.csv",
        mimeType: "text/csv",
        buffer: Buffer.from(sheet),
      });
      const card = page.getByRole("article", { name: "households.csv" });
      await expect(card).toContainText(say.tried);
      await expect(card).toContainText(say.dropped);
      await expect(card).not.toContainText("made up");
      await page.screenshot({ path: join(LOOKS, `tried-${lang}.png`) });
      const rowsNow = (await get<{ rows: Tally[] }>(page, server, "/api/v1/plans/current/tallies")).rows;
      expect(rowsNow.find((row) => row.id === grid.id)?.households).toBe(tally.households);

      await card.getByRole("button", { name: say.import }).click();
      await expect(card).toContainText(say.done);
      await expect(onlooker.getByText(say.changed)).toBeVisible();
      const after = new Intl.NumberFormat(say.locale).format(tally.households + 37);
      await expect(onlooker.getByRole("complementary")).toContainText(after);
      await onlooker.screenshot({ path: join(LOOKS, `live-${lang}.png`) });
      const { x, y } = await middleOfMap(onlooker);
      await onlooker.mouse.move(x - 3, y + 7);
      await onlooker.mouse.move(x, y + 9);
      expect((await onlooker.locator("canvas.maplibregl-canvas").screenshot()).equals(mapBefore)).toBe(false);
      await context.close();

      await page.screenshot({ path: join(LOOKS, `imported-${lang}.png`) });
      await expect(page.locator(".timeline")).toContainText("households.csv");
      await card.getByRole("button", { name: say.look }).click();
      await expect(page).toHaveURL(/#\/coverage/);
    });
  });
}

test("a file dragged over any screen leads to Data", async ({ page, open }) => {
  await open("#/plan");
  await drawn(page);
  const data = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["nothing that is known"], "mystery.bin"));
    return transfer;
  });
  await page.dispatchEvent("body", "dragenter", { dataTransfer: data });
  await expect(page.getByText("松开即可添加文件")).toBeVisible();
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
  await expect(page).toHaveURL(/#\/data/);
  await expect(page.getByRole("article", { name: "mystery.bin" })).toBeVisible();
});
