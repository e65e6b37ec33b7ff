import { mount } from "svelte";
import Root from "./Root.svelte";
import "./style.css";

/** Nobody waits longer for a paint: a page that nobody sees is not painted. */
const PAINT_MS_MAX = 100;
let isStarted = false;

function start(): void {
  if (isStarted) return;
  isStarted = true;
  mount(Root, { target: document.getElementById("app")! });
}

// The frame that the page came with is painted before the work of drawing the rest.
if (document.getElementById("first-frame") === null || document.hidden) start();
else {
  requestAnimationFrame(() => setTimeout(start));
  setTimeout(start, PAINT_MS_MAX);
}
