// Pages of what runs beside a cluster: schemas, Connect, streams, dead letters.
import assert from "node:assert/strict";
import { join } from "node:path";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, describe, test } from "node:test";
import { OpenPort, systemClock } from "@ottla/base/node";
import { MemoryDisk } from "@ottla/base/simulated";
import { type Client, createClient } from "@ottla/client";
import { type ConsoleServer, serveConsole, type ServeConsoleOptions } from "@ottla/console";
import { serdes, type StreamsApplication, streams, StreamsBuilder, type Topology } from "@ottla/streams";
import type { Browser, Page } from "playwright-core";
import { connectWorker, memoryRegistry, type Service } from "../../quick/console/services.ts";
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
const folder = mkdtempSync(join(tmpdir(), "ottla-console-"));
const FILE_SOURCE = "org.apache.kafka.connect.file.FileStreamSourceConnector";
const FILE_SINK = "org.apache.kafka.connect.file.FileStreamSinkConnector";
const PAGES = [
  { name: "schemas", path: "/schemas", shows: "orders-value" },
  { name: "schema", path: "/schemas/orders-value", shows: "Who uses it" },
  { name: "connect", path: "/connect", shows: "broken" },
  { name: "connector", path: "/connect/broken", shows: "The whole trace" },
  { name: "dead-letters", path: "/dead-letters", shows: "lake.dlq" },
  { name: "dead-letter", path: "/dead-letters/lake.dlq", shows: "Pass over" },
  { name: "streams", path: "/streams", shows: "word-count" },
  { name: "application", path: "/streams/word-count", shows: "Stores" },
  { name: "application-without-http", path: "/streams/new-protocol", shows: "Stores" },
  { name: "connector-settings", path: "/connect/files?tab=settings", shows: "value.converter" },
  { name: "connector-offsets", path: "/connect/files?tab=offsets", shows: "Forget them" },
  { name: "connector-log", path: "/connect/files?tab=log", shows: "Log" },
  { name: "connector-metrics", path: "/connect/files?tab=metrics", shows: "Metrics" },
] as const;

for (const kind of ["ottla", "kafka"] as const)
  describe(`pages of services over ${kind}`, () => {
    let cluster: RunningCluster;
    let client: Client;
    let server: ConsoleServer;
    let registry: Service;
    let connect: Service;
    const applications: StreamsApplication[] = [];
    let browser: Browser;

    before(async () => {
      cluster = await startCluster(kind, { config: testProfile });
      client = createClient({ bootstrapServers: cluster.bootstrap });
      registry = await memoryRegistry();
      connect = await connectWorker(cluster.bootstrap);
      await client.admin().createTopics(["words", "counted"].map((name) => ({ name, partitionCount: 2, replicationFactor: 1 })));
      for (const groupProtocol of ["classic", "streams"] as const) {
        const applicationId = groupProtocol === "classic" ? "word-count" : "new-protocol";
        const application = streams(counting(), {
          applicationId,
          groupProtocol,
          bootstrapServers: cluster.bootstrap,
          stateDir: join(folder, applicationId),
          replicationFactor: 1,
        });
        if (groupProtocol === "classic") await application.serve();
        applications.push(application);
        await application.start();
      }
      await client.producer().send(["to", "be", "or", "not", "to", "be"].map((value) => ({ topic: "words", value })));
      await fill(client, registry.url, connect.url);
      const port = await OpenPort.open({ what: "The console", host: "127.0.0.1", port: 0 });
      server = await serveConsole({ ...options(client, port), services: { registry: registry.url, connect: connect.url } });
      browser = await openBrowser();
    });
    after(async () => {
      await browser?.close();
      await server?.close();
      await Promise.all(applications.map((application) => application.close()));
      await connect?.[Symbol.asyncDispose]();
      await registry?.[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
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
      // The editor comes behind the form.
      await page.locator(".cm-content").waitFor();
      await page.getByLabel("Schema", { exact: true }).focus();
      await page.keyboard.press("Control+a");
      await page.keyboard.insertText(order({ name: "sum", type: "int" }));
      // The registry is asked by itself, and by the button.
      await page.getByText("does not fit").waitFor();
      await press(page, "Does it fit?");
      await page.getByText("does not fit").waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      const kept = kind === "ottla" ? screenshotPath("schema-draft-light") : undefined;
      if (kept !== undefined) await page.screenshot({ path: kept });
      await page.getByLabel("Schema", { exact: true }).focus();
      await page.keyboard.press("Control+a");
      await page.keyboard.insertText(order({ name: "total", type: "int", default: 0 }, { name: "note", type: "string", default: "" }));
      await press(page, "Look at the effect");
      await page.getByRole("button", { name: "Do it" }).waitFor();
      // A plan that is let go, or refused, leaves what was written.
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Do it" }).waitFor({ state: "detached" });
      assert.match(await page.locator(".cm-content").innerText(), /note/);
      await press(page, "Look at the effect");
      await press(page, "Do it");
      await page.getByText("Done", { exact: true }).waitFor();
      assert.equal(await page.getByRole("dialog").count(), 1, "what was written is registered, and its form is gone");
      await press(page, "Take it back");
      await page.getByRole("button", { name: "Do it" }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByText("Who uses it", { exact: true }).waitFor();
      assert.equal(await page.title(), "orders-value · Schemas · Ottla");
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test("a schema is written with words that are offered, and leaving the page asks who has written", async () => {
      const { page, complaints } = await openPage(browser, server.url, "dark");
      const asked: string[] = [];
      let answer: "accept" | "dismiss" = "dismiss";
      page.on("dialog", (dialog) => {
        asked.push(dialog.type());
        void dialog[answer]();
      });
      await shown(page, "/schemas", "orders-value");
      await page.getByRole("link", { name: "orders-value" }).click();
      await page.getByText("Who uses it", { exact: true }).waitFor();
      await press(page, "New version");
      await page.locator(".cm-content").waitFor();
      await page.getByLabel("Schema", { exact: true }).focus();
      await page.keyboard.press("Control+a");
      await page.keyboard.type('{"logi');
      await page.getByRole("option", { name: /logicalType/ }).waitFor();
      assert.deepEqual(complaints, []);
      assert.deepEqual(await accessibilityFaults(page), []);
      const kept = kind === "ottla" ? screenshotPath("schema-editor-dark") : undefined;
      if (kept !== undefined) await page.screenshot({ path: kept });
      await page.keyboard.press("Escape");
      await page.getByRole("option", { name: /logicalType/ }).waitFor({ state: "detached" });
      await page.getByText('{"logi"}').waitFor();
      await page.evaluate("history.back()");
      await until("the question", () => Promise.resolve(asked.length === 1));
      await page.getByText('{"logi"}').waitFor();
      assert.match(page.url(), /\/schemas\/orders-value$/);
      answer = "accept";
      await page.evaluate("history.back()");
      await page.waitForURL("**/schemas");
      assert.equal(await page.locator("dialog").count(), 0);
      assert.deepEqual(asked, ["confirm", "confirm"]);
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test("a connector is made from its form, previewed, checked, changed and deleted, by the keyboard alone", async () => {
      const { page, complaints } = await openPage(browser, server.url, "light");
      await page.goto("/connect?new=yes");
      await page.getByLabel("Name", { exact: true }).fill("by-hand");
      await page.getByLabel("Plugin").selectOption(FILE_SOURCE);
      await page.getByText("Other settings, a line each").waitFor();
      await press(page, "Check");
      await page.getByLabel(/^topic\s*(?:needed)?$/).waitFor();
      await page
        .getByText(/wrong$/)
        .first()
        .waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      const kept = kind === "ottla" ? screenshotPath("connector-form-light") : undefined;
      if (kept !== undefined) await page.screenshot({ path: kept });
      await page.getByLabel(/^topic\s*(?:needed)?$/).fill("lines");
      await page
        .getByLabel("Other settings, a line each")
        .fill(`file=${join(folder, "lines.txt")}\nvalue.converter=string\nkey.converter=string`);
      await press(page, "What would it bring?");
      await page.getByText("to lines", { exact: true }).first().waitFor();
      await press(page, "Check");
      await page.getByText("valid", { exact: true }).waitFor();
      await press(page, "Look at the effect");
      await press(page, "Do it");
      await page.getByText("Done", { exact: true }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("link", { name: "by-hand" }).click();
      await page.getByText("runs", { exact: true }).first().waitFor();
      await press(page, "Pause");
      await press(page, "Do it");
      await page.getByText("Done", { exact: true }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByText("paused", { exact: true }).first().waitFor();
      await press(page, "Change settings");
      await page.getByLabel(/^topic\s*(?:needed)?$/).fill("payments");
      await press(page, "Check");
      await page.getByText("1 line differs").waitFor();
      await press(page, "Look at the effect");
      await page.getByText("Change 1 setting of connector by-hand: topic.").waitFor();
      await page.getByLabel(/This is dangerous/).fill("by-hand");
      await press(page, "Do it");
      await page.getByText("Done", { exact: true }).waitFor();
      await page.keyboard.press("Escape");
      await press(page, "Delete");
      await page.getByLabel(/This is dangerous/).fill("by-hand");
      await press(page, "Do it");
      await page.waitForURL("**/connect");
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test("a dead letter is edited and sent back, once, by the keyboard alone", async () => {
      const { page, complaints } = await openPage(browser, server.url, "light");
      await shown(page, "/dead-letters/lake.dlq", "Pass over");
      await page
        .getByRole("button", { name: /^Edit: partition/ })
        .first()
        .focus();
      await page.keyboard.press("Enter");
      await page.getByLabel("Value", { exact: true }).fill('{"fixed":true}');
      assert.deepEqual(await accessibilityFaults(page), []);
      const kept = kind === "ottla" ? screenshotPath("dead-letter-edit-light") : undefined;
      if (kept !== undefined) await page.screenshot({ path: kept });
      await press(page, "Keep the edit");
      await page.getByText("edited", { exact: true }).waitFor();
      await page.getByLabel("Send back to").fill("payments");
      await press(page, "Look at the effect");
      await page.getByText(/each once: 1 to payments, at most 100 a second \(1 as edited\)/).waitFor();
      await page.getByLabel(/This is dangerous/).fill("lake.dlq");
      await press(page, "Do it");
      await page.getByText("Done", { exact: true }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByText("1 dead letter, 0 wait.").waitFor();
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test("a store of an application is asked for a key", async () => {
      const { page, complaints } = await openPage(browser, server.url, "light");
      await shown(page, "/streams/word-count", "Stores");
      await page.locator("summary", { hasText: "counts" }).first().click();
      await page.getByLabel("Key, or nothing for the first rows").fill("be");
      await press(page, "Look into it");
      await page.getByText(/"value":2/).waitFor();
      const kept = kind === "ottla" ? screenshotPath("application-store-light") : undefined;
      if (kept !== undefined) {
        // What stays at the top is drawn where the page stands.
        await page.evaluate("scrollTo(0, 0)");
        await page.screenshot({ path: kept, fullPage: true });
      }
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test("the palette leads to what the pages of services are about", async () => {
      const { page, complaints } = await openPage(browser, server.url, "light");
      await shown(page, "/topics", "words");
      for (const [typed, name, heading] of [
        ["orders-v", "orders-value subject", "orders-value"],
        ["lake", "lake connector", "lake"],
        ["new-pro", "new-protocol application", "new-protocol"],
      ] as const) {
        await page.keyboard.press("Control+k");
        await page.getByRole("combobox", { name: /^A page/ }).fill(typed);
        await page.getByRole("option", { name, exact: true }).click();
        await page.getByRole("heading", { name: heading, level: 1, exact: true }).waitFor();
      }
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test("names that hold markup are text, and a service that is away is told of", async () => {
      const { page, complaints } = await openPage(browser, server.url, "light");
      await shown(page, "/schemas", HOSTILE);
      await page.getByRole("link", { name: HOSTILE }).click();
      await page.getByText("Who uses it", { exact: true }).waitFor();
      assert.equal(await page.title(), `${HOSTILE} · Schemas · Ottla`);
      assert.deepEqual(complaints, []);
      await page.close();
      const port = await OpenPort.open({ what: "The console", host: "127.0.0.1", port: 0 });
      const lonely = await serveConsole({
        ...options(client, port),
        services: { registry: "http://127.0.0.1:9", connect: "http://127.0.0.1:9" },
      });
      const { page: other } = await openPage(browser, lonely.url, "light");
      for (const [path, told] of [
        ["/schemas", "The schemas cannot be shown."],
        ["/schemas/a", "This subject cannot be shown."],
        ["/connect", "The connectors cannot be shown."],
        ["/connect/a", "This connector cannot be shown."],
        ["/streams/absent", "This application cannot be shown."],
      ] as const) {
        await shown(other, path, told);
        assert.deepEqual(await accessibilityFaults(other), [], path);
      }
      await other.close();
      await lonely.close();
    });
  });

function options(client: Client, port: OpenPort): ServeConsoleOptions {
  return {
    client,
    port,
    door: { boundHost: "127.0.0.1", names: [], origins: [] },
    uiFolder,
    journals: { disk: new MemoryDisk(), folder: "/" },
    clock: systemClock,
  };
}

function counting(): Topology {
  const b = new StreamsBuilder();
  const texts = { key: serdes.string, value: serdes.string };
  b.stream("words", texts)
    .groupBy((word) => word, texts)
    .count({ store: "counts" })
    .toStream()
    .to("counted", { key: serdes.string, value: serdes.long });
  return b.build();
}

async function shown(page: Page, path: string, text: string): Promise<void> {
  await page.goto(path);
  await page.getByText(text, { exact: true }).first().waitFor();
}

/** By the keyboard. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).focus();
  await page.keyboard.press("Enter");
}

async function fill(client: Client, registry: string, connect: string): Promise<void> {
  await client
    .admin()
    .createTopics(["orders", "payments", "lines", "bad"].map((name) => ({ name, partitionCount: 2, replicationFactor: 1 })));
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
  await register(encodeURIComponent(HOSTILE), { schema: '"string"' });
  await register("customer-value", {
    schemaType: "JSON",
    schema: '{"type":"object","title":"Customer","properties":{"name":{"type":"string"}}}',
  });
  await client.producer().send({ topic: "bad", partition: 0, value: `no JSON ${HOSTILE}` });
  writeFileSync(join(folder, "lines.txt"), "one\ntwo\nthree\n");
  const text = { "key.converter": "string", "value.converter": "string", "tasks.max": "1" };
  const json = { ...text, "value.converter": "json", "value.converter.schemas.enable": "false" };
  const connectors = {
    files: { ...text, "connector.class": FILE_SOURCE, file: join(folder, "lines.txt"), topic: "lines" },
    lake: {
      ...json,
      "connector.class": FILE_SINK,
      file: join(folder, "lake.txt"),
      topics: "bad",
      "errors.tolerance": "all",
      "errors.deadletterqueue.topic.name": "lake.dlq",
      "errors.deadletterqueue.topic.replication.factor": "1",
      "errors.deadletterqueue.context.headers.enable": "true",
    },
    broken: { ...json, "connector.class": FILE_SINK, file: join(folder, "out.txt"), topics: "bad" },
  };
  for (const [name, config] of Object.entries(connectors)) {
    const answer = await fetch(`${connect}/connectors/${name}/config`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(config),
    });
    assert.equal(answer.status, 201, await answer.text());
  }
  await until("the sink has failed", async () => {
    const answer = await fetch(`${connect}/connectors/broken/status`);
    return answer.ok && JSON.stringify(await answer.json()).includes("VALUE_CONVERTER");
  });
}

/** Waits for what comes by itself. */
async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 60_000;
  while (!(await ask())) {
    if (Date.now() > until) throw new Error(`${what}: that did not come within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
