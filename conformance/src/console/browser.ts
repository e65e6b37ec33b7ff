import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { repositoryRoot } from "../paths.ts";
import { requireProgram } from "../process/system-package.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Generous: a machine may have much else to do. */
const WORK_MS_MAX = 60_000;

/** Debian's Chromium. Errors: MissingProgramError. */
export async function openBrowser(): Promise<Browser> {
  await requireProgram("chromium", "chromium");
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
}

/** A page whose errors are kept. */
export interface WatchedPage {
  readonly page: Page;
  /** What the browser complained of: exceptions, and what its policy refused. */
  readonly complaints: readonly string[];
}

/** A page of this size; the console's own port is the only one that it may reach. */
export async function openPage(browser: Browser, origin: string, scheme: "light" | "dark", width = 1280): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width, height: 860 }, colorScheme: scheme, baseURL: origin });
  const complaints: string[] = [];
  page.on("pageerror", (error) => void complaints.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("Failed to load resource"))
      complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith("data:") && !request.url().startsWith("blob:"))
      complaints.push(`asked for ${request.url()}`);
  });
  return { page, complaints };
}

/** What axe finds against WCAG 2 A and AA, a line each. */
export function accessibilityFaults(page: Page): Promise<readonly string[]> {
  return inTime(`axe on ${page.url()}`, async () => {
    await page.evaluate(axe);
    return page.evaluate<string[]>(
      `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }).then(({ violations }) =>
        violations.map(({ id, nodes }) => id + " (" + nodes.length + "): " + nodes[0].html.slice(0, 150)))`,
    );
  });
}

/** For what the browser's library itself waits for without end: what runs in a page, and what is downloaded. Errors: one that names it. */
export async function inTime<Value>(what: string, work: () => Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} was not done within ${WORK_MS_MAX} ms.`)), WORK_MS_MAX);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Where a screenshot is kept, if they are wanted. */
export function screenshotPath(name: string): string | undefined {
  const folder = process.env["OTTLA_SCREENSHOTS"];
  return folder === undefined ? undefined : join(repositoryRoot, folder, `${name}.png`);
}
