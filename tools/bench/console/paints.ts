import type { ConsoleRound } from "./part.ts";

type Page = Awaited<ReturnType<ConsoleRound["browser"]["newPage"]>>;

/** When a page painted, in ms since its navigation began. */
export interface Paints {
  /** The first byte of the page was there. */
  readonly firstByteMs: number;
  /** The first text. */
  readonly firstMs: number;
  /** What the page is for was there, and painted. */
  readonly contentMs: number;
}

/** Notes, in the page, when what `selector` names is first there. */
export async function watchContent(page: Page, selector: string): Promise<void> {
  await page.addInitScript(
    `(() => {
      const look = () => {
        if (globalThis.contentMs === undefined && document.querySelector(${JSON.stringify(selector)}))
          requestAnimationFrame(() => (globalThis.contentMs ??= performance.now()));
      };
      new MutationObserver(look).observe(document, { subtree: true, childList: true });
    })()`,
  );
}

/** What was noted once the content is there. */
export function readPaints(page: Page): Promise<Paints> {
  return page.evaluate<Paints>(`new Promise((resolve, reject) => {
    const look = () => {
      if (performance.now() > 60_000) return reject(new Error("The content did not come."));
      const firstMs = performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
      if (globalThis.contentMs === undefined || firstMs === undefined) return void setTimeout(look, 5);
      resolve({ firstByteMs: performance.getEntriesByType("navigation")[0].responseStart, firstMs, contentMs: globalThis.contentMs });
    };
    look();
  })`);
}
