// Every screen at three sizes, in both themes and languages, saved to be looked at; and nothing sticks out.

import { join } from "node:path";
import { drawn, expect, LOOKS, someGrid, test } from "./support";

const SIZES = [
  [1440, 900],
  [1024, 768],
  [390, 844],
] as const;

for (const [width, height] of SIZES)
  for (const [theme, locale] of [
    ["light", "zh-CN"],
    ["dark", "en-GB"],
  ] as const)
    test(`${width}x${height} ${theme} ${locale}`, async ({ browser, server, watch, page: helper }) => {
      test.setTimeout(240_000);
      const { grid, hash } = await someGrid(helper, server, false);
      const context = await browser.newContext({ locale, colorScheme: theme, viewport: { width, height } });
      const page = await context.newPage();
      watch(page);
      const screens = {
        plan: "#/plan",
        mygrid: `#/mygrid?mine=${grid.code}`,
        coverage: "#/coverage",
        near: `${hash("coverage")}&grid=${grid.code}`,
        band: "#/coverage?paint=band",
        data: "#/data",
      };
      for (const [name, where] of Object.entries(screens)) {
        await page.goto("about:blank");
        await page.goto(`${server}/${where}`);
        await drawn(page);
        await page.screenshot({ path: join(LOOKS, `${name}-${width}-${theme}-${locale.slice(0, 2)}.png`) });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      }
      await context.close();
    });
