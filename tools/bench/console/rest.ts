import { setTimeout as sleep } from "node:timers/promises";
import type { ConsoleBenchPart } from "./part.ts";

const REQUESTS_PER_S_MAX = 20;
const RESIDENT_MIB_MAX = 250;
const WATCHED_MS = 15_000;
/** Reading the broker's metrics makes none. */
const LOOKS = ["/", "/topics", "/groups"];

/** What the console asks the cluster while somebody looks at it and does nothing, and what it has in memory after all that was measured before. */
export const restPart: ConsoleBenchPart = async ({ cluster, console, browser, comparison, rounds }) => {
  for (let round = 0; round < rounds; round++) {
    const page = await browser.newPage({ baseURL: console.url });
    await page.goto(LOOKS[round % LOOKS.length]!);
    // The burst that a page asks for is over.
    await sleep(2_000);
    const [before, beganMs] = [await cluster.requestsMade(), performance.now()];
    await sleep(WATCHED_MS);
    const perS = ((await cluster.requestsMade()) - before) / ((performance.now() - beganMs) / 1000);
    comparison.add("requests a second to the cluster at rest, by the broker's metrics", "ottla", perS, {
      than: "kafka",
      below: REQUESTS_PER_S_MAX,
    });
    comparison.add("resident memory of the console's process at the end, MiB", "ottla", console.residentMib(), {
      than: "kafka",
      below: RESIDENT_MIB_MAX,
    });
    await page.close();
  }
};
