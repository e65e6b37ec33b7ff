import { navigationPages, type Rooms } from "./navigation.ts";

/**
 * What is painted of a page before its scripts run: the name and the way to the other pages, as `App.svelte` draws them, which takes its place. Links work before there are scripts. Nothing in it is from a cluster or a visitor but which page is open, and that by comparison alone.
 */
export function firstFrame(rooms: Rooms, pathname: string): string {
  const room = pathname.split("/")[1];
  const links = navigationPages(rooms).map(
    ({ path, name }) => `<li><a href="/${path}"${path === room ? ' aria-current="page"' : ""}>${name}</a></li>`,
  );
  const home = '<a class="home" href="/"><img src="/icon.svg" alt="" width="24" height="24" /><span>Ottla</span></a>';
  return `<div id="first-frame" class="frame"><nav aria-label="Pages">${home}<ul>${links.join("")}</ul></nav></div>`;
}
