// Pages of what runs beside a cluster: schemas, Connect, streams, dead letters.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { OpenPort, systemClock } from "@ottla/base/node";
import { MemoryDisk } from "@ottla/base/simulated";
import { type Client, createClient } from "@ottla/client";
import { type ConsoleServer, serveConsole } from "@ottla/console";
import type { Browser, Page } from "playwright-core";
import { memoryRegistry, type Service } from "../../quick/console/services.ts";
import type { RunningCluster } from "../cluster.ts";
import { repositoryRoot } from "../paths.ts";
import { startCluster, testProfile } from "../target.ts";
import { accessibilityFaults, openBrowser, openPage, screenshotPath } from "./browser.ts";

const uiFolder = join(repositoryRoot, "packages", "cli", "dist", "console-ui");
const HOSTILE = '<script>document.title="owned"</script>';
const order = (...fields: readonly object[]): string =>
  JSON.stringify({
    type: "record",
    name: "Order",
    namespace: "com.acme",
    doc: HOSTILE,
    fields: [{ name: "id", type: "string" }, ...fields],
  });
const PAGES = [
  { name: "schemas", path: "/schemas", shows: "orders-value" },
  { name: "schema", path: "/schemas/orders-value", shows: "Who uses it" },
] as const;

for (const kind of ["ottla", "kafka"] as const)
  describe(`pages of services over ${kind}`, () => {
    let cluster: RunningCluster;
    let client: Client;
    let server: ConsoleServer;
    let registry: Service;
    let browser: Browser;

    before(async () => {
      cluster = await startCluster(kind, { config: testProfile });
      client = createClient({ bootstrapServers: cluster.bootstrap });
      registry = await memoryRegistry();
      await fill(client, registry.url);
      const port = await OpenPort.open({ what: "The console", host: "127.0.0.1", port: 0 });
      server = await serveConsole({
        client,
        port,
        door: { boundHost: "127.0.0.1", names: [], origins: [] },
        uiFolder,
        journals: { disk: new MemoryDisk(), folder: "/" },
        services: { registry: registry.url },
        clock: systemClock,
      });
      browser = await openBrowser();
    });
    after(async () => {
      await browser?.close();
      await server?.close();
      await registry?.[Symbol.asyncDispose]();
      await client?.close({ timeoutMs: 1_000 });
      await cluster?.stop();
    });

    test("every page shows what it is for, in light and dark, without a fault that axe or the browser finds", async () => {
      for (const scheme of ["light", "dark"] as const) {
        const { page, complaints } = await openPage(browser, server.url, scheme);
        for (const { name, path, shows } of PAGES) {
          await shown(page, path, shows);
          assert.deepEqual(await accessibilityFaults(page), [], `${name}, ${scheme}`);
          const kept = kind === "ottla" ? screenshotPath(`${name}-${scheme}`) : undefined;
          if (kept !== undefined) await page.screenshot({ path: kept });
        }
        assert.deepEqual(complaints, []);
        await page.close();
      }
    });

    test("at 360 and at 2,560 pixels nothing but tables is wider than the page", async () => {
      for (const width of [360, 2_560]) {
        const { page } = await openPage(browser, server.url, "light", width);
        for (const { name, path, shows } of PAGES) {
          await shown(page, path, shows);
          const beyond = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
          assert.ok(beyond <= 0, `${name} at ${width}: ${beyond} pixels too wide`);
        }
        await page.close();
      }
    });

    test("a schema is drafted, refused with the reason, registered and taken back, by the keyboard alone", async () => {
      const { page, complaints } = await openPage(browser, server.url, "light");
      await shown(page, "/schemas/orders-value", "Who uses it");
      await press(page, "New version");
      await page.getByLabel("Schema", { exact: true }).focus();
      await page.keyboard.press("Control+a");
      await page.keyboard.insertText(order({ name: "sum", type: "int" }));
      await press(page, "Does it fit?");
      await page.getByText("does not fit").waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      const kept = kind === "ottla" ? screenshotPath("schema-draft-light") : undefined;
      if (kept !== undefined) await page.screenshot({ path: kept });
      await page.getByLabel("Schema", { exact: true }).focus();
      await page.keyboard.press("Control+a");
      await page.keyboard.insertText(order({ name: "total", type: "int", default: 0 }, { name: "note", type: "string", default: "" }));
      await press(page, "Look at the effect");
      await press(page, "Do it");
      await page.getByText("Done", { exact: true }).waitFor();
      await press(page, "Take it back");
      await page.getByRole("button", { name: "Do it" }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByText("Who uses it", { exact: true }).waitFor();
      assert.equal(await page.title(), "orders-value · Schemas · Ottla");
      assert.deepEqual(complaints, []);
      await page.close();
    });
  });

async function shown(page: Page, path: string, text: string): Promise<void> {
  await page.goto(path);
  await page.getByText(text, { exact: true }).first().waitFor();
}

/** By the keyboard. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).focus();
  await page.keyboard.press("Enter");
}

async function fill(client: Client, registry: string): Promise<void> {
  await client.admin().createTopics(["orders", "payments"].map((name) => ({ name, partitionCount: 2, replicationFactor: 1 })));
  const register = async (subject: string, body: object): Promise<void> => {
    const answer = await fetch(`${registry}/subjects/${subject}/versions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.text());
  };
  await register("orders-value", { schema: order() });
  await register("orders-value", { schema: order({ name: "total", type: "int", default: 0 }) });
  await register("payments-value", {
    schema: JSON.stringify({ type: "record", name: "Payment", fields: [{ name: "order", type: "com.acme.Order" }] }),
    references: [{ name: "com.acme.Order", subject: "orders-value", version: 2 }],
  });
  await register("customer-value", {
    schemaType: "JSON",
    schema: '{"type":"object","title":"Customer","properties":{"name":{"type":"string"}}}',
  });
}
