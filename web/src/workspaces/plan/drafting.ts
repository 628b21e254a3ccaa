// What an opened plan needs of the page, as one chunk: fetched when a plan is opened, not before.

export { default as ComparePanel } from "./ComparePanel.svelte";
export { default as CompareTable } from "./CompareTable.svelte";
export { default as DraftBar } from "./DraftBar.svelte";
export { default as DraftPanel } from "./DraftPanel.svelte";
export { default as LifeDialog } from "./LifeDialog.svelte";
export { default as PickCommunity } from "./PickCommunity.svelte";
export { default as PlanBar } from "./PlanBar.svelte";
export { default as PlanCard } from "./PlanCard.svelte";
export { default as PrintSheet } from "./PrintSheet.svelte";
export { default as RebasePanel } from "./RebasePanel.svelte";
export { default as StrokeBubble } from "./StrokeBubble.svelte";
export { default as Swipe } from "./Swipe.svelte";
