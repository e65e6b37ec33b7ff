import { setTimeout as sleep } from "node:timers/promises";
import { startProduceProbe } from "../wire/processes.ts";
import type { ConsoleBenchPart } from "./part.ts";
import { startSteadyProducer } from "./steady-load.ts";

const RECORDS_PER_S = 1_000;
const WATCHED_MS = 10_000;
const goal = { than: "kafka", atMost: 1.5 } as const;

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
      comparison.add("produce p99 of the broker, ms", "kafka", await watched(), goal);
      const pages = [];
      for (const path of ["/", "/topics?sort=bytes&order=descending", "/topics/tailed?from=tail", `/groups/${cluster.groups[3]}`]) {
        const page = await browser.newPage({ baseURL: console.url });
        await page.goto(path);
        pages.push(page);
      }
      comparison.add("produce p99 of the broker, ms", "ottla", await watched(), goal);
      for (const page of pages) await page.close();
    }
  } finally {
    await probe.stop();
    await load.stop();
  }
};
