// A phone held in one hand, and a device without WebGL2.

import { join } from "node:path";
import { drawn, expect, LOOKS, someGrid, test } from "./support";

test.describe("phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });

  test("My grid is chosen by search and shows its buildings", async ({ page, open, server }) => {
    const { grid, tally } = await someGrid(page, server, false);
    await open("#/mygrid");
    await drawn(page);
    await page.getByPlaceholder("筛选社区或网格").fill(grid.code);
    await page.getByRole("listitem").filter({ hasText: grid.name }).getByRole("button").first().click();
    await expect(page).toHaveURL(new RegExp(`mine=${grid.code}`));
    const panel = page.getByRole("complementary");
    await expect(panel).toContainText(new Intl.NumberFormat("zh-CN").format(tally.households));
    await expect(panel).toContainText("左邻右舍");
    await drawn(page);
    await page.screenshot({ path: join(LOOKS, "phone-mygrid.png") });
    await page.getByRole("button", { name: "展开面板" }).press("ArrowUp");
    await page.getByPlaceholder("查找楼栋、小区、地址").fill("1");
    await panel.locator("details li button").first().click();
    await expect(page).toHaveURL(/building=/);
    await page.screenshot({ path: join(LOOKS, "phone-building.png") });
    await page.reload();
    await expect(panel).toContainText("楼栋");
  });

  test("My grid is chosen by a tap on the map", async ({ page, open, server }) => {
    const { grid, hash } = await someGrid(page, server, false);
    await open(hash("mygrid"));
    await drawn(page);
    await page.getByRole("button", { name: "在地图上点选" }).click();
    const box = await page.locator("canvas.maplibregl-canvas").boundingBox();
    await page.touchscreen.tap((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2);
    await expect(page).toHaveURL(new RegExp(`mine=${grid.code}`));
  });

  test("every control is large enough for a thumb", async ({ page, open }) => {
    await open("#/coverage");
    await drawn(page);
    const small: string[] = [];
    for (const button of await page.getByRole("button").all()) {
      const box = await button.boundingBox();
      if (box === null || (await button.getAttribute("aria-expanded")) !== null) continue;
      if (box.height < 40 && !(await button.evaluate((element) => element.classList.contains("handle"))))
        small.push(`${await button.textContent()} ${box.width}x${box.height}`);
    }
    expect(small).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBe(390);
    await page.screenshot({ path: join(LOOKS, "phone-coverage.png") });
  });

  test("the table is a page of its own", async ({ page, open }) => {
    await open("#/coverage");
    await drawn(page);
    await page.getByRole("button", { name: "表格" }).click();
    await expect(page.getByRole("table")).toBeVisible();
    await page.screenshot({ path: join(LOOKS, "phone-table.png") });
    await page.getByRole("button", { name: "收起表格" }).click();
    await expect(page.getByRole("table")).toBeHidden();
  });
});

test.describe("without WebGL2", () => {
  for (const [locale, title] of [
    ["zh-CN", "这台设备显示不了地图"],
    ["en-GB", "This device cannot show the map"],
  ] as const) {
    test(`says so and still works (${locale})`, async ({ browser, server, watch }) => {
      const context = await browser.newContext({ locale, viewport: { width: 1024, height: 768 } });
      const page = await context.newPage();
      watch(page);
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.addInitScript(() => {
        HTMLCanvasElement.prototype.getContext = () => null;
      });
      await page.goto(`${server}/`);
      await expect(page.getByRole("heading", { name: title })).toBeVisible();
      await expect(page.getByRole("table").locator("tbody tr[tabindex]").first()).toBeVisible();
      expect(asked.filter((url) => /maplibre|\/tiles\//.test(url))).toEqual([]);
      const { grid } = await someGrid(page, server);
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").fill(grid.code);
      await expect(page.getByRole("listbox").getByRole("option").first()).toContainText(grid.code);
      await page.keyboard.press("Enter");
      await expect(page.getByRole("complementary")).toContainText(grid.code);
      await page.screenshot({ path: join(LOOKS, `no-webgl-${locale}.png`) });
      await context.close();
    });
  }
});
