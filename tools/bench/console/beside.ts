import { setTimeout as sleep } from "node:timers/promises";
import { startProduceProbe } from "../wire/processes.ts";
import type { ConsoleBenchPart } from "./part.ts";
import { startSteadyProducer } from "./steady-load.ts";

const RECORDS_PER_S = 1_000;
const WATCHED_MS = 10_000;
const goal = { than: "kafka", atMost: 1.5 } as const;

const IN_BROWSER = "produce p99 of the broker beside four pages in a browser on the same processors, ms";
const OVER_HTTP = "produce p99 of the broker beside four readers that ask for what those pages do, ms";
const ASKED_EVERY_MS = 1_000;

/** Asks for what open pages ask for, without the browser that would draw them. */
function startReaders(url: string, group: string): { stop(): Promise<void> } {
  const ending = new AbortController();
  const { signal } = ending;
  const again = async (path: string): Promise<void> => {
    while (!signal.aborted) {
      await (await fetch(`${url}/api${path}`, { signal })).text();
      await sleep(ASKED_EVERY_MS, undefined, { signal });
    }
  };
  const tail = async (): Promise<void> => {
    const answer = await fetch(`${url}/api/topics/tailed/messages?from=tail`, { signal });
    for await (const _ of answer.body ?? []);
  };
  const ofGroup = `/group?id=${encodeURIComponent(group)}`;
  const all = [again("/overview"), again("/topics?sort=bytes&order=descending"), again(ofGroup), tail()];
  return {
    async stop() {
      ending.abort();
      await Promise.allSettled(all);
    },
  };
}

/** How long a record takes to be written while people look at pages of the console, and while nobody does. */
export const besidePart: ConsoleBenchPart = async ({ cluster, console, browser, comparison, rounds }) => {
  const load = await startSteadyProducer(cluster.bootstrap, "tailed", RECORDS_PER_S);
  const probe = await startProduceProbe(cluster.bootstrap, "probed");
  const watched = async (): Promise<number> => {
    await probe.look();
    await sleep(WATCHED_MS);
    return (await probe.look()).p99Ms;
  };
  try {
    for (let round = 0; round < rounds; round++) {
      // "kafka" stands for the broker without a console.
      const aloneMs = await watched();
      comparison.add(IN_BROWSER, "kafka", aloneMs, goal);
      comparison.add(OVER_HTTP, "kafka", aloneMs, goal);
      const readers = startReaders(console.url, cluster.groups[3]!);
      comparison.add(OVER_HTTP, "ottla", await watched(), goal);
      await readers.stop();
      const pages = [];
      for (const path of ["/", "/topics?sort=bytes&order=descending", "/topics/tailed?from=tail", `/groups/${cluster.groups[3]}`]) {
        const page = await browser.newPage({ baseURL: console.url });
        await page.goto(path);
        pages.push(page);
      }
      comparison.add(IN_BROWSER, "ottla", await watched(), goal);
      for (const page of pages) await page.close();
    }
  } finally {
    await probe.stop();
    await load.stop();
  }
};
