import { questionName } from "../../api/first-questions.ts";

/** Answers that came with the page are as new as it is: what asks later asks the console. */
const FRESH_MS = 10_000;

interface Carried {
  /** How many looks at the cluster there had been. */
  readonly looks: number | undefined;
  readonly answers: Readonly<Record<string, unknown>>;
}

/** The answers stand at the page's end, and its style before them: the application is run while both are on their way. */
async function pageIsWhole(): Promise<void> {
  if (document.readyState === "loading")
    await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
  const styles = [...document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")].filter(({ sheet }) => sheet === null);
  // What cannot be loaded is not waited for.
  await Promise.all(
    styles.map(
      (style) => new Promise((resolve) => ["load", "error"].forEach((event) => style.addEventListener(event, resolve, { once: true }))),
    ),
  );
}

async function readCarried(): Promise<Carried> {
  await pageIsWhole();
  const text = document.getElementById("first-answers")?.textContent;
  return text ? (JSON.parse(text) as Carried) : { looks: undefined, answers: {} };
}

const carried = readCarried();
const left = carried.then(({ answers }) => new Map(Object.entries(answers)));

/** How many looks the page knows; undefined where it came without answers. */
export async function carriedLooks(): Promise<number | undefined> {
  return (await carried).looks;
}

/** Asks the console, unless the answer came with the page: each is taken once, and none after something was changed, or somebody logged in or out. */
export const fetchOnce: typeof fetch = async (input, init) => {
  const waiting = await left;
  if ((init?.method ?? "GET") !== "GET") waiting.clear();
  const name = questionName(new URL(input instanceof Request ? input.url : input, location.href));
  if (!waiting.has(name)) return fetch(input, init);
  const answer = waiting.get(name);
  waiting.delete(name);
  return performance.now() > FRESH_MS ? fetch(input, init) : Response.json(answer);
};
