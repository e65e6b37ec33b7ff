import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { OpenPort, systemClock } from "@ottla/base/node";
import { MemoryDisk } from "@ottla/base/simulated";
import { type Client, createClient } from "@ottla/client";
import { type ConsoleServer, serveConsole } from "@ottla/console";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import type { RunningCluster } from "../cluster.ts";
import { repositoryRoot } from "../paths.ts";
import { startCluster, testProfile } from "../target.ts";
import { accessibilityFaults, openBrowser, openPage, screenshotPath, type WatchedPage } from "./browser.ts";

const uiFolder = join(repositoryRoot, "packages", "cli", "dist", "console-ui");
const HOSTILE = '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">';
const PAGES = [
  { name: "overview", path: "/", shows: "Records written a second" },
  { name: "topics", path: "/topics", shows: "orders" },
  { name: "messages", path: "/topics/orders?from=earliest", shows: "order-7" },
  { name: "partitions", path: "/topics/orders?tab=partitions", shows: "Size of each partition" },
  { name: "settings", path: "/topics/orders?tab=settings", shows: "retention.ms" },
  { name: "groups", path: "/groups", shows: "billing" },
  { name: "group", path: "/groups/billing", shows: "Why it is behind" },
  { name: "findings", path: "/findings", shows: "Examine again" },
  { name: "timeline", path: "/timeline", shows: "Timeline" },
  { name: "security", path: "/security", shows: "Quotas" },
  { name: "changes", path: "/changes", shows: "Changes" },
  { name: "not-found", path: "/nowhere", shows: "There is no such page" },
] as const;

for (const kind of ["ottla", "kafka"] as const)
  describe(`the console over ${kind}`, () => {
    let cluster: RunningCluster;
    let client: Client;
    let server: ConsoleServer;
    let browser: Browser;

    before(async () => {
      cluster = await startCluster(kind, { config: testProfile });
      client = createClient({ bootstrapServers: cluster.bootstrap });
      await fillCluster(client);
      server = await consoleOver(client);
      browser = await openBrowser();
    });
    after(async () => {
      await browser?.close();
      await server?.close();
      await client?.close({ timeoutMs: 1_000 });
      await cluster?.stop();
    });

    const opened = (scheme: "light" | "dark" = "light", width?: number): Promise<WatchedPage> =>
      openPage(browser, server.url, scheme, width);

    test("every page shows what it is for, in light and dark, without a fault that axe or the browser finds", async () => {
      for (const scheme of ["light", "dark"] as const) {
        const { page, complaints } = await opened(scheme);
        for (const { name, path, shows } of PAGES) {
          await page.goto(path);
          await page.getByText(shows, { exact: true }).first().waitFor();
          assert.deepEqual(await accessibilityFaults(page), [], `${name}, ${scheme}`);
          const kept = kind === "ottla" ? screenshotPath(`${name}-${scheme}`) : undefined;
          if (kept !== undefined) await page.screenshot({ path: kept });
        }
        assert.deepEqual(complaints, []);
        await page.close();
      }
    });

    test("what is painted before the scripts run stays where it is when they have run", async () => {
      for (const width of [360, 1_280]) {
        const { page, complaints } = await opened("dark", width);
        const looks = () =>
          page.evaluate<readonly string[]>(
            `[...document.querySelectorAll("nav a")].map((a) => {
              const [{ x, y, width, height }, { color, backgroundColor }] = [a.getBoundingClientRect(), getComputedStyle(a)];
              return [a.textContent, a.getAttribute("aria-current"), x, y, width, height, color, backgroundColor].join(" ");
            })`,
          );
        await page.route("**/*.js", (route) => route.abort());
        await page.goto("/topics");
        await page.getByText("The console could not be loaded. Load the page again.").waitFor();
        const before = await looks();
        assert.equal(await page.locator("#first-frame").count(), 1);
        assert.ok(before.length > 5);
        await page.unroute("**/*.js");
        await page.goto("/topics");
        await page.getByRole("link", { name: "orders", exact: true }).waitFor();
        assert.equal(await page.locator("#first-frame").count(), 0);
        assert.deepEqual(await looks(), before);
        await page.getByRole("button", { name: /^Theme/ }).click();
        await page.getByRole("button", { name: "Theme: light" }).waitFor();
        await page.route("**/*.js", (route) => route.abort());
        await page.goto("/topics");
        assert.equal(await page.evaluate<string>("document.documentElement.dataset.theme"), "light");
        assert.deepEqual(complaints, []);
        await page.close();
      }
    });

    test("windows that read live beside each other leave the console reachable, and those beyond four wait for a place", async () => {
      const context = await browser.newContext({ baseURL: server.url });
      const opened = [];
      for (let i = 0; i < 7; i++) {
        const page = await context.newPage();
        await page.goto("/topics/orders?from=tail");
        opened.push(page);
        await page.getByText(i < 4 ? /\d looked at/ : "4 pages of this browser read messages already").waitFor();
      }
      const other = await context.newPage();
      await other.goto("/topics");
      await other.getByRole("link", { name: "orders", exact: true }).waitFor();
      for (const page of opened.slice(0, 4)) await page.close();
      for (const page of opened.slice(4)) await page.getByText(/\d looked at/).waitFor();
      await context.close();
    });

    test("at 360 and at 2,560 pixels nothing but tables is wider than the page", async () => {
      for (const width of [360, 2_560]) {
        const { page } = await opened("light", width);
        for (const { name, path, shows } of PAGES) {
          await page.goto(path);
          await page.getByText(shows, { exact: true }).first().waitFor();
          const beyond = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
          assert.ok(beyond <= 0, `${name} at ${width}: ${beyond} pixels too wide`);
        }
        await page.close();
      }
    });

    test("an examination is stopped by who waits for it, and begun again", async () => {
      const { page, complaints } = await opened();
      await page.goto("/findings");
      await page.getByRole("button", { name: "Examine again" }).waitFor();
      // However small the cluster, this one takes until it is stopped.
      await page.route("**/api/findings?anew=true", () => {});
      await page.getByRole("button", { name: "Examine again" }).click();
      await page.getByRole("button", { name: "Stop" }).click();
      await page.getByText(/stopped/).waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      await page.unroute("**/api/findings?anew=true");
      await page.getByRole("button", { name: "Examine again" }).click();
      await page.getByText(/stopped/).waitFor({ state: "detached" });
      await page.getByText(/^Judged as/).waitFor();
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test("records that hold markup are text, and their filter is asked on the server", async () => {
      const { page, complaints } = await opened();
      await page.goto("/topics/hostile?from=earliest");
      await page.getByText(HOSTILE.slice(0, 20)).first().waitFor();
      await page
        .getByRole("button", { name: /^Record/ })
        .first()
        .click();
      assert.equal(await page.title(), "hostile · Topics · Ottla");
      await page.goto("/topics/orders?from=earliest");
      await page.getByLabel("Only where (CEL)").fill("value.total == 90");
      await page.getByRole("button", { name: "Read" }).click();
      await page.getByText("order-9").first().waitFor();
      assert.equal(await page.getByText("order-7").count(), 0);
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test("a topic is made, changed, written to and deleted by the keyboard alone", async () => {
      const { page, complaints } = await opened();
      await page.goto("/topics");
      await page.getByRole("button", { name: "New topic" }).focus();
      await page.keyboard.press("Enter");
      await page.getByLabel("Name", { exact: true }).focus();
      await page.keyboard.type("made-by-hand");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Do it" }).focus();
      await page.keyboard.press("Enter");
      await page.getByText("Done", { exact: true }).waitFor();
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+k");
      await page.keyboard.type("made-by");
      await page.getByRole("option", { name: /made-by-hand/ }).waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "made-by-hand" }).waitFor();
      await page.getByRole("button", { name: "Write one" }).focus();
      await page.keyboard.press("Enter");
      await page.getByLabel("Value", { exact: true }).focus();
      await page.keyboard.type("hello");
      await page.getByRole("button", { name: "Write", exact: true }).focus();
      await page.keyboard.press("Enter");
      await page.getByText(/Written to partition \d+ at offset 0/).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Delete" }).focus();
      await page.keyboard.press("Enter");
      await page.getByLabel(/This is dangerous/).focus();
      await page.keyboard.type("made-by-hand");
      await page.getByRole("button", { name: "Do it" }).focus();
      await page.keyboard.press("Enter");
      await page.waitForURL("**/topics");
      const [gone] = await client.admin().describeTopics(["made-by-hand"]);
      assert.equal(gone?.error?.code, "UNKNOWN_TOPIC_OR_PARTITION");
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test("while the brokers are away the pages show what was seen, and say so", {
      skip: kind === "kafka" && "ends the cluster",
    }, async () => {
      const own = await startCluster("ottla", { config: testProfile });
      const ownClient = createClient({ bootstrapServers: own.bootstrap });
      const ownServer = await consoleOver(ownClient);
      const { page } = await openPage(browser, ownServer.url, "light");
      await page.goto("/");
      await page.getByText("Records written a second").waitFor();
      await own.stop();
      await page
        .getByText(/could not be seen since/)
        .first()
        .waitFor({ timeout: 60_000 });
      await page.close();
      await ownServer.close();
      await ownClient.close({ timeoutMs: 1_000 });
    });
  });

async function fillCluster(client: Client): Promise<void> {
  const admin = client.admin();
  await admin.createTopics(["orders", "payments", "hostile"].map((name) => ({ name, partitionCount: 4, replicationFactor: 1 })));
  const producer = client.producer();
  const orders = Array.from({ length: 40 }, (_, i) => ({
    topic: "orders",
    key: `order-${i}`,
    value: JSON.stringify({ id: `order-${i}`, total: i * 10 }),
  }));
  await producer.send(orders);
  await producer.send({ topic: "hostile", key: HOSTILE, value: HOSTILE, headers: [{ key: HOSTILE, value: Buffer.from(HOSTILE) }] });
  await producer.send({ topic: "hostile", key: "\u202eright to left", value: Buffer.from([0xff, 0xfe, 0x00, 0x1b, 0x5b, 0x33]) });
  await producer.send({ topic: "hostile", key: "__proto__", value: JSON.stringify({ ["__proto__"]: { polluted: true } }) });
  await producer.close();
  await admin.alterGroupOffsets("billing", [{ topic: "orders", partition: 0, offset: 1 }]);
  await admin.close();
}

async function consoleOver(client: Client): Promise<ConsoleServer> {
  const port = await OpenPort.open({ what: "The console", host: "127.0.0.1", port: 0 });
  return serveConsole({
    client,
    port,
    door: { boundHost: "127.0.0.1", names: [], origins: [] },
    uiFolder,
    journals: { disk: new MemoryDisk(), folder: "/" },
    clock: systemClock,
  });
}
