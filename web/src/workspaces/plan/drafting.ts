// What a draft needs of the page, as one chunk: fetched when a draft is opened, not before.

export { default as DraftBar } from "./DraftBar.svelte";
export { default as DraftPanel } from "./DraftPanel.svelte";
export { default as PickCommunity } from "./PickCommunity.svelte";
export { default as StrokeBubble } from "./StrokeBubble.svelte";
