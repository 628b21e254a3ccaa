// Starts the page.

import { mount } from "svelte";
import App from "./App.svelte";
import { createApp } from "./app";
import "./tokens.css";
import "./frame.css";

const target = document.getElementById("app");
if (target !== null) {
  const app = createApp();
  mount(App, { target, props: { app } });
  app.start();
}
