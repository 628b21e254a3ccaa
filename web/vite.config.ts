import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// MapLibre ships its worker as a file of its own; the dependency optimiser would inline it away.
// `LIFANG_SERVER` points `npm run dev` at a running server.
const server = process.env.LIFANG_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [svelte()],
  optimizeDeps: { exclude: ["maplibre-gl"] },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1300,
    // What every visit needs is one file: in pieces it would compress worse by a tenth.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "page", tags: ["$initial"] }] } } },
  },
  server: {
    proxy: Object.fromEntries(["/api", "/tiles", "/healthz", "/readyz"].map((path) => [path, server])),
  },
  test: { include: ["tests/*.test.ts"], environment: "node" },
});
