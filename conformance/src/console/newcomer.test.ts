// Somebody who has never seen a console runs `npm start` and clicks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ottlaCommand } from "../ottla/broker.ts";
import { nodeBinary } from "../paths.ts";
import { startChild } from "../process/child.ts";
import { waitUntil } from "../process/wait-until.ts";
import { accessibilityFaults, openBrowser, openPage, screenshotPath } from "./browser.ts";

const FLIGHTS = 30_000;

test("a newcomer finds the flights, the lag and the slowest airport by clicking alone", async (context) => {
  const child = startChild(nodeBinary, [...ottlaCommand, "dev", "--demo", "--memory", "--port", "0", "--only", "broker,console"], {
    env: { ...process.env, OTTLA_DEMO_FLIGHTS: String(FLIGHTS), OTTLA_DEMO_PORT: "0" },
  });
  const browser = await openBrowser();
  try {
    await waitUntil("the console is told of", () => child.outputTail().includes("Console at http"));
    const [first = ""] = child.outputTail().split("\n");
    const [, url = ""] = /^Console at (http:\/\/[\d.:]+)\.$/.exec(first) ?? [];
    assert.notEqual(url, "", `the console's address stands first, and not: ${first}`);
    await waitUntil("the flights are counted", () => child.outputTail().includes("Try next"), { timeoutMs: 120_000 });
    const { page, complaints } = await openPage(browser, url, "light");
    const began = performance.now();
    await page.goto("/");
    await page.getByRole("navigation").getByRole("link", { name: "Topics" }).click();
    await page.getByRole("link", { name: "flights", exact: true }).click();
    await page
      .getByRole("button", { name: /^Record/ })
      .first()
      .click();
    await page.getByRole("navigation").getByRole("link", { name: "Groups" }).click();
    await page.getByRole("link", { name: "flight-statistics" }).click();
    await page.getByText("Behind by").first().waitFor();
    assert.equal(await page.locator(".good .value").first().textContent(), "0");
    await page.getByRole("navigation").getByRole("link", { name: "Topics" }).click();
    await page.getByRole("link", { name: "airport-delays", exact: true }).click();
    await page.getByRole("columnheader", { name: /mean/i }).getByRole("button").click();
    const rows = page.locator("tbody tr");
    const means = await page.evaluate<number[]>(`(() => {
      const at = [...document.querySelectorAll("thead th")].findIndex((head) => /mean/i.test(head.textContent));
      return [...document.querySelectorAll("tbody tr")].map((row) => Number(row.children[at].textContent));
    })()`);
    assert.ok(means.length > 100, `${means.length} airports`);
    assert.deepEqual(
      means,
      means.toSorted((a, b) => b - a),
    );
    const took = performance.now() - began;
    context.diagnostic(`${Math.round(took)} ms of clicking; the slowest: ${(await rows.first().textContent())?.replaceAll(/\s+/g, " ")}`);
    const kept = screenshotPath("newcomer-light");
    if (kept !== undefined) await page.screenshot({ path: kept });
    assert.deepEqual(await accessibilityFaults(page), []);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    await child.stop();
  }
});
