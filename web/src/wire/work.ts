// Deeds and divisions of a plan, as one chunk: fetched when the first is asked for.

export { carryOut } from "./deeds";
export * as divisions from "./division";
export * as mending from "./mending";
