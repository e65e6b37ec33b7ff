import type { ConsoleBenchPart, ConsoleRound } from "./part.ts";
import { type Paints, readPaints, watchContent } from "./paints.ts";

const FIRST_LOAD_KIB_MAX = 80;
const CHUNK_KIB_MAX = 200;
const COLD_MS_MAX = 1_000;
const WARM_MS_MAX = 200;
const SLOWEST_TOLD = 5;
/** A page of a sentence, without a style or a script, from the same server: what the browser itself needs beside it. */
const FLOOR: BenchPage = { name: "a sentence from the same server", path: "/assets/none", content: "pre" };

interface BenchPage {
  readonly name: string;
  readonly path: string;
  /** There when the page shows what it is for. */
  readonly content: string;
}

/** Every page: opened in a browser that has nothing, then once more. */
export const pagesPart: ConsoleBenchPart = async ({ cluster, console, browser, comparison, rounds }) => {
  const pages: readonly BenchPage[] = [
    { name: "overview", path: "/", content: ".figures" },
    { name: "topics", path: "/topics", content: "tbody td a" },
    { name: "messages", path: "/topics/tailed?from=earliest", content: "[role=tabpanel] tbody td button" },
    { name: "partitions", path: "/topics/tailed?tab=partitions", content: "[role=tabpanel] tbody td" },
    { name: "settings", path: "/topics/tailed?tab=settings", content: "[role=tabpanel] tbody td button" },
    { name: "groups", path: "/groups", content: "tbody td a" },
    { name: "group", path: `/groups/${cluster.groups[7]}`, content: ".facts" },
    { name: "timeline", path: "/timeline", content: "ol li" },
    { name: "security", path: "/security", content: "[role=tabpanel] .card, [role=tabpanel] .notice" },
    { name: "changes", path: "/changes", content: "p.card, article" },
    { name: "findings", path: "/findings", content: "article, p.card" },
  ];
  // The first reader of a console finds it without any knowledge; that is a measurement of its own.
  const first = await open(browser, console.url, pages[1]!);
  comparison.add("first reader after the start, topics: first paint, ms", "ottla", first.cold.firstMs, {
    than: "kafka",
    below: COLD_MS_MAX,
  });
  comparison.add("first reader after the start, topics: the list is there, ms", "ottla", first.cold.contentMs);
  comparison.add("first load, KiB gzip", "ottla", first.kib, { than: "kafka", below: FIRST_LOAD_KIB_MAX });
  const visits: Visit[] = [];
  for (let round = 0; round < rounds; round++)
    for (const page of pages) {
      if (round === 0 && page.name === "findings")
        comparison.add("resident memory before the doctor examines the cluster, MiB", "ottla", console.residentMib());
      const floor = await open(browser, console.url, FLOOR);
      const { cold, warm, largestKib } = await open(browser, console.url, page);
      visits.push({ name: page.name, round, warm, floor: floor.warm });
      comparison.add(`warm, ${FLOOR.name}: first paint, ms`, "ottla", floor.warm.firstMs);
      comparison.add(`warm, ${FLOOR.name}: first byte, ms`, "ottla", floor.warm.firstByteMs);
      comparison.add("warm, all pages: first byte, ms", "ottla", warm.firstByteMs);
      comparison.add("cold, all pages: first paint, ms", "ottla", cold.firstMs, { than: "kafka", below: COLD_MS_MAX });
      comparison.add("warm, all pages: first paint, ms", "ottla", warm.firstMs, { than: "kafka", below: WARM_MS_MAX });
      comparison.add(`${page.name}, cold: content, ms`, "ottla", cold.contentMs, { than: "kafka", below: COLD_MS_MAX });
      comparison.add(`${page.name}, warm: content, ms`, "ottla", warm.contentMs, { than: "kafka", below: WARM_MS_MAX });
      comparison.add("largest file of a page, KiB gzip", "ottla", largestKib, { than: "kafka", below: CHUNK_KIB_MAX });
    }
  comparison.add("resident memory of the console's process after all pages, MiB", "ottla", console.residentMib());
  tellSlowest(visits);
};

/** A warm visit, and one of the floor right before it. */
interface Visit {
  readonly name: string;
  readonly round: number;
  readonly warm: Paints;
  readonly floor: Paints;
}

function tellSlowest(visits: readonly Visit[]): void {
  const parts = ({ firstByteMs, firstMs, contentMs }: Paints): string =>
    `first byte ${firstByteMs.toFixed(0)}, paint ${firstMs.toFixed(0)}, content ${contentMs.toFixed(0)} ms`;
  process.stderr.write("  the slowest warm first paints:\n");
  for (const { name, round, warm, floor } of visits.toSorted((a, b) => b.warm.firstMs - a.warm.firstMs).slice(0, SLOWEST_TOLD))
    process.stderr.write(`    ${name}, round ${round + 1}: ${parts(warm)}; before it ${FLOOR.name}: ${parts(floor)}\n`);
}

async function open(browser: ConsoleRound["browser"], url: string, { path, content }: BenchPage) {
  const context = await browser.newContext({ baseURL: url });
  try {
    const page = await context.newPage();
    await watchContent(page, content);
    await page.goto(path, { waitUntil: "commit" });
    const cold = await readPaints(page);
    const files = await page.evaluate<number[]>(
      `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource").filter(({ name }) => !name.includes("/api/"))].map(({ encodedBodySize }) => encodedBodySize)`,
    );
    await page.goto("about:blank");
    await page.goto(path, { waitUntil: "commit" });
    const warm = await readPaints(page);
    const kib = files.map((bytes) => bytes / 1024);
    return { cold, warm, kib: kib.reduce((sum, each) => sum + each, 0), largestKib: Math.max(...kib) };
  } finally {
    await context.close();
  }
}
