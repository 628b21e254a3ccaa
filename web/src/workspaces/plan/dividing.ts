// What a division needs of the page, as one chunk: fetched behind an opened draft, before anybody asks for it.

import "./task.css";

export { default as Divide } from "./Divide.svelte";
export { default as Mend } from "./Mend.svelte";
