import { mount } from "svelte";
import Root from "./Root.svelte";
import "./style.css";

mount(Root, { target: document.getElementById("app")! });
