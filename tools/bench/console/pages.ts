import type { ConsoleBenchPart, ConsoleRound } from "./part.ts";
import { readPaints, watchContent } from "./paints.ts";

const FIRST_LOAD_KIB_MAX = 80;
const CHUNK_KIB_MAX = 200;
const COLD_MS_MAX = 1_000;
const WARM_MS_MAX = 200;

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
  for (let round = 0; round < rounds; round++)
    for (const page of pages) {
      if (round === 0 && page.name === "findings")
        comparison.add("resident memory before the doctor examines the cluster, MiB", "ottla", console.residentMib());
      const { cold, warm, largestKib } = await open(browser, console.url, page);
      comparison.add("cold, all pages: first paint, ms", "ottla", cold.firstMs, { than: "kafka", below: COLD_MS_MAX });
      comparison.add("warm, all pages: first paint, ms", "ottla", warm.firstMs, { than: "kafka", below: WARM_MS_MAX });
      comparison.add(`${page.name}, cold: content, ms`, "ottla", cold.contentMs, { than: "kafka", below: COLD_MS_MAX });
      comparison.add(`${page.name}, warm: content, ms`, "ottla", warm.contentMs, { than: "kafka", below: WARM_MS_MAX });
      comparison.add("largest file of a page, KiB gzip", "ottla", largestKib, { than: "kafka", below: CHUNK_KIB_MAX });
    }
  comparison.add("resident memory of the console's process after all pages, MiB", "ottla", console.residentMib());
};

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
