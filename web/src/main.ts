// Starts the page: what it knows is asked for while its words are on their way.

import { mount } from "svelte";
import App from "./App.svelte";
import { createApp } from "./app";
import { learn } from "./words";
import "./tokens.css";
import "./frame.css";

const target = document.getElementById("app");
if (target !== null) {
  const app = createApp();
  learn(app.now().lang).then(() => mount(App, { target, props: { app } }));
  app.start();
}
