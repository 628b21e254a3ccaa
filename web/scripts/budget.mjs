// Sizes of the built page as a browser receives them (brotli, quality 11), against the budget.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const ASSETS = join(import.meta.dirname, "../dist/assets");
const BUDGET_KB = { "first map view": 460, "page without the map": 80, "editor, when a draft is opened": 70 };
/** Fetched when a draft is opened or worked on, or (the tools) beside the map. */
const isEditor = ({ name }) => /^(drafting|dividing|work|tools)-/.test(name);
/** One language is fetched, not both: the larger one counts. */
const isWords = ({ name }) => /^(zh|en)-/.test(name);

const sizes = readdirSync(ASSETS).map((name) => ({
  name,
  kb: brotliCompressSync(readFileSync(join(ASSETS, name))).length / 1024,
}));
const sum = (list) => list.reduce((total, { kb }) => total + kb, 0);
const words = Math.max(...sizes.filter(isWords).map(({ kb }) => kb));
const figures = {
  "first map view": words + sum(sizes.filter((file) => !isEditor(file) && !isWords(file))),
  "page without the map": words + sum(sizes.filter(({ name }) => name.startsWith("index-"))),
  "editor, when a draft is opened": sum(sizes.filter(isEditor)),
};

for (const { name, kb } of sizes) console.log(`${kb.toFixed(1).padStart(8)} kB  ${name}`);
let over = false;
for (const [what, limit] of Object.entries(BUDGET_KB)) {
  const kb = figures[what];
  over ||= kb > limit;
  console.log(`${kb.toFixed(1).padStart(8)} kB  ${what}: budget ${limit} kB${kb > limit ? "  OVER" : ""}`);
}
if (over) process.exit(1);
