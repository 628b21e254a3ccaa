import { defineConfig } from "@playwright/test";

// Debian's Chromium with a software WebGL2, so the map really draws. `LIFANG_CHROMIUM` names another one.
export default defineConfig({
  testDir: "tests/browser",
  outputDir: "test-results/run",
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: "zh-CN",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.LIFANG_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--headless",
        "--no-sandbox",
        "--use-gl=angle",
        "--use-angle=swiftshader",
        "--enable-unsafe-swiftshader",
        "--disable-background-networking",
      ],
    },
  },
});
