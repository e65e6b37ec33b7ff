import type { ConsoleBenchPart } from "./part.ts";

const SEARCH_MS_MAX = 100;
const WORDS = ["orders", "events v1", "dead", "v199", "nothing has this", "pay com", "mail.metrics", "a", "v7", "search changes v12"];
const PER_WORD = 20;

/** The list of topics, searched: what the API takes, and what a person waits from the last key to the list. */
export const searchPart: ConsoleBenchPart = async ({ console, browser, comparison, rounds }) => {
  const page = await browser.newPage({ baseURL: console.url });
  await page.goto("/topics");
  await page.locator("tbody td a").first().waitFor();
  for (let round = 0; round < rounds; round++) {
    const api: number[] = [];
    for (let i = 0; i < WORDS.length * PER_WORD; i++) {
      const began = performance.now();
      const query = new URLSearchParams({ search: WORDS[i % WORDS.length]!, sort: "bytes", order: "descending" });
      const answer = await fetch(`${console.url}/api/topics?${query}`);
      await answer.json();
      api.push(performance.now() - began);
    }
    const seen = await page.evaluate<number[]>(typed(WORDS));
    comparison.add("search, answer of the API: p50, ms", "ottla", at(api, 0.5));
    comparison.add("search, answer of the API: p99, ms", "ottla", at(api, 0.99), { than: "kafka", below: SEARCH_MS_MAX });
    comparison.add("search, from the last key to the new list (80 ms of waiting for more keys in it): median, ms", "ottla", at(seen, 0.5));
  }
  await page.close();
};

/** Types each word and notes when the list is another one. */
function typed(words: readonly string[]): string {
  return `(async () => {
    const box = document.querySelector("input[type=search]");
    const shown = () => document.querySelector("tbody").textContent + document.querySelector(".foot span")?.textContent;
    const times = [];
    for (const word of ${JSON.stringify(words)}) {
      const before = shown();
      const began = performance.now();
      box.value = word;
      box.dispatchEvent(new InputEvent("input", { bubbles: true }));
      while (shown() === before && performance.now() - began < 5000) await new Promise((resolve) => requestAnimationFrame(resolve));
      times.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return times;
  })()`;
}

function at(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)]!;
}
