import type { ConsoleBenchPart, ConsoleRound } from "./part.ts";
import { startSteadyProducer } from "./steady-load.ts";

const RECORDS_PER_S = 10_000;
const WATCHED_MS = 10_000;
const DROPPED_A_SECOND_MAX = 1;

interface Frames {
  /** Between one frame and the next, in ms. */
  readonly gapsMs: readonly number[];
  /** Frames that the browser itself calls long: 50 ms and more. */
  readonly long: number;
  readonly longestMs: number;
}

/** A live tail of a topic that ten thousand records a second come to: how evenly the browser draws, beside a page that draws nothing. */
export const tailPart: ConsoleBenchPart = async ({ cluster, console, browser, comparison, rounds }) => {
  const load = await startSteadyProducer(cluster.bootstrap, "tailed", RECORDS_PER_S);
  try {
    for (let round = 0; round < rounds; round++) {
      const still = await framesOf(browser, `${console.url}/nowhere`, "h1");
      const tail = await framesOf(browser, `${console.url}/topics/tailed?from=tail`, "[role=tabpanel] tbody td button");
      const periodMs = still.gapsMs.toSorted((a, b) => a - b)[still.gapsMs.length >> 1]!;
      const dropped = ({ gapsMs }: Frames): number => gapsMs.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / periodMs) - 1), 0);
      const perS = (count: number): number => (count * 1_000) / WATCHED_MS;
      comparison.add("live tail at 10,000 records/s: frames dropped a second", "ottla", perS(dropped(tail)), {
        than: "kafka",
        below: DROPPED_A_SECOND_MAX,
      });
      comparison.add("a page that draws nothing meanwhile: frames dropped a second", "ottla", perS(dropped(still)));
      comparison.add("live tail: frames of 50 ms and more in 10 s", "ottla", tail.long);
      comparison.add("live tail: longest gap between frames, ms", "ottla", Math.max(...tail.gapsMs));
    }
  } finally {
    await load.stop();
  }
};

async function framesOf(browser: ConsoleRound["browser"], url: string, selector: string): Promise<Frames> {
  const page = await browser.newPage();
  try {
    await page.goto(url);
    await page.locator(selector).first().waitFor({ timeout: 30_000 });
    return await page.evaluate<Frames>(`new Promise((resolve) => {
      const gapsMs = [];
      const seen = [];
      const observer = new PerformanceObserver((list) => seen.push(...list.getEntries().map(({ duration }) => duration)));
      observer.observe({ type: "long-animation-frame" });
      let last = performance.now();
      const until = last + ${WATCHED_MS};
      requestAnimationFrame(function next(now) {
        gapsMs.push(now - last);
        last = now;
        if (now < until) return void requestAnimationFrame(next);
        observer.disconnect();
        resolve({ gapsMs, long: seen.length, longestMs: Math.max(0, ...seen) });
      });
    })`);
  } finally {
    await page.close();
  }
}
