// The arrows of the floor plan, read from the sources: main → App → {workspaces, tools, map, wire} → model;
// workspaces → parts, words; model imports nothing; only map/ knows MapLibre.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, test } from "vitest";

const SRC = join(import.meta.dirname, "../src");

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts") || path.endsWith(".svelte"));

/** The room of a file: its first folder, or its own name at the top. */
const room = (path: string): string => (path.includes("/") ? (path.split("/")[0] ?? "") : path);

const MAY: Record<string, string[]> = {
  model: ["model"],
  words: ["words", "model"],
  wire: ["wire", "model"],
  map: ["map", "model", "maplibre-gl"],
  tools: ["tools", "model"],
  parts: ["parts", "model", "words", "svelte"],
  workspaces: ["workspaces", "parts", "model", "words", "svelte"],
  "App.svelte": ["app", "map", "model", "parts", "tools", "words", "workspaces", "svelte"],
  "app.ts": ["map", "model", "wire", "svelte"],
  "main.ts": ["App.svelte", "app", "words", "svelte", "tokens.css", "frame.css"],
};

function importsOf(path: string): string[] {
  const text = readFileSync(join(SRC, path), "utf8");
  const patterns = [
    /^\s*(?:import|export)\s[^"';]*?from\s+"([^"]+)"/gm,
    /^\s*import\s+"([^"]+)"/gm,
    /\bimport\("([^"]+)"\)/g,
  ];
  const named = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((found) => found[1] ?? ""));
  return named.map((name) => {
    if (!name.startsWith(".")) return name.split("/")[0] ?? name;
    const inside = relative(SRC, normalize(join(SRC, dirname(path), name))).replaceAll("\\", "/");
    return inside === "" ? room(path) : room(inside);
  });
}

describe("arrows", () => {
  test("the sources and their imports are found", () => {
    expect(files.length).toBeGreaterThan(40);
    expect(importsOf("App.svelte")).toEqual(expect.arrayContaining(["map", "workspaces", "tools"]));
  });
  test.each(files)("%s", (path) => {
    const allowed = MAY[room(path)];
    expect(allowed, `a room for ${path}`).toBeDefined();
    expect(importsOf(path).filter((name) => !allowed?.includes(name))).toEqual([]);
  });
});

test("every colour stands in tokens.css", () => {
  const stray = files
    .concat("frame.css")
    .filter((path) =>
      /(?<![&\w])#[0-9a-fA-F]{3,8}\b(?=[;"' ),])|\brgb\(/.test(readFileSync(join(SRC, path), "utf8")),
    );
  expect(stray).toEqual([]);
});

test("nothing is fetched from outside", () => {
  const addresses = files
    .concat("frame.css", "tokens.css", "../index.html")
    .filter((path) =>
      /(https?:)?\/\/[a-z0-9-]+\.[a-z]/i.test(withoutComments(readFileSync(join(SRC, path), "utf8"))),
    );
  expect(addresses).toEqual([]);
});

const withoutComments = (text: string): string =>
  text.replaceAll(/^\s*\/\/.*$/gm, "").replaceAll(/xmlns="[^"]*"/g, "");
