// Topics as a tree and as tables, Kafka's own topics, two records beside each other, groups in depth, security; all of it with hostile content.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { OpenPort, systemClock } from "@ottla/base/node";
import { MemoryDisk } from "@ottla/base/simulated";
import { type Client, type ConfigChange, createClient } from "@ottla/client";
import { type ConsoleServer, serveConsole } from "@ottla/console";
import type { Browser } from "playwright-core";
import type { RunningCluster } from "../cluster.ts";
import { repositoryRoot } from "../paths.ts";
import { waitUntil } from "../process/wait-until.ts";
import { startCluster, testProfile } from "../target.ts";
import { accessibilityFaults, inTime, openBrowser, openPage, screenshotPath } from "./browser.ts";

const uiFolder = join(repositoryRoot, "packages", "cli", "dist", "console-ui");
const HOSTILE = '<script>document.title="owned"</script>';
/** As long as a name may be. */
const LONG = `long.${"n".repeat(244)}`;
const SECURE = {
  "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  "super.users": "User:ANONYMOUS",
  "allow.everyone.if.no.acl.found": "true",
};
const PAGES = [
  { name: "topic-tree", path: "/topics?view=tree&open=orders.", shows: "events" },
  { name: "topic-long", path: `/topics/${LONG}`, shows: "No record fits." },
  { name: "table-of-keys", path: "/topics/prices", shows: "GBP" },
  { name: "hostile-table", path: "/topics/hostile-table", shows: "evil" },
  { name: "hostile-messages", path: "/topics/hostile.events?from=earliest", shows: "big" },
  { name: "offsets-topic", path: "/topics/__consumer_offsets?from=earliest", shows: "OffsetCommitKey" },
  { name: "transactions-topic", path: "/topics/__transaction_state?from=earliest", shows: "TransactionLogKey" },
  { name: "group-in-depth", path: "/groups/billing", shows: "Rebalances while it was watched" },
  { name: "acls", path: "/security", shows: "User:alice" },
  { name: "acls-by-resource", path: "/security?by=resource", shows: "topic orders.events" },
  { name: "who-may", path: "/security?tab=who&type=topic&name=orders.events&operation=read", shows: "everybody else" },
  { name: "users", path: "/security?tab=users", shows: "New user" },
  { name: "quotas", path: "/security?tab=quotas", shows: "user alice" },
  { name: "certificates", path: "/security?tab=certificates", shows: "No broker advertises a listener with TLS." },
] as const;

for (const kind of ["ottla", "kafka"] as const)
  describe(`the console in depth over ${kind}`, () => {
    let cluster: RunningCluster;
    let client: Client;
    let server: ConsoleServer;
    let browser: Browser;

    before(async () => {
      cluster = await startCluster(kind, { config: { ...testProfile, ...SECURE, "message.max.bytes": "16000000" } });
      client = createClient({ bootstrapServers: cluster.bootstrap });
      await fill(client);
      const port = await OpenPort.open({ what: "The console", host: "127.0.0.1", port: 0 });
      server = await serveConsole({
        client,
        port,
        door: { boundHost: "127.0.0.1", names: [], origins: [] },
        uiFolder,
        journals: { disk: new MemoryDisk(), folder: "/" },
        clock: systemClock,
      });
      browser = await openBrowser();
      // So that the first page shows figures as well.
      await waitUntil("all was looked at once", async () => {
        const { counts, throughput } = (await (await fetch(`${server.url}/api/overview`)).json()) as {
          readonly counts: { readonly bytes: number | null };
          readonly throughput: { readonly perS: number | null };
        };
        return counts.bytes !== null && throughput.perS !== null;
      });
    });
    after(async () => {
      await browser?.close();
      await server?.close();
      await client?.close({ timeoutMs: 1_000 });
      await cluster?.stop();
    });

    for (const [scheme, width] of [
      ["light", 1_280],
      ["dark", 1_280],
      ["light", 360],
      ["dark", 2_560],
    ] as const)
      test(`every page shows what it is for, hostile content as text, ${scheme} at ${width} pixels`, async () => {
        const faults: string[] = [];
        const { page, complaints } = await openPage(browser, server.url, scheme, width);
        for (const { name, path, shows } of PAGES) {
          await page.goto(path);
          const isThere = await page
            .getByText(shows)
            .first()
            .waitFor({ timeout: 15_000 })
            .then(
              () => true,
              () => false,
            );
          if (!isThere) faults.push(`${name} does not show "${shows}"`);
          faults.push(...(await accessibilityFaults(page)).map((fault) => `${name}: ${fault}`));
          const beyond = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
          if (beyond > 0) faults.push(`${name}: ${beyond} pixels too wide`);
          const over = await page.evaluate<number>(
            `[...document.querySelectorAll("td")].filter((cell) => cell.scrollWidth > cell.clientWidth + 1 && getComputedStyle(cell).overflowX === "visible").length`,
          );
          if (over > 0) faults.push(`${name}: ${over} cells reach over those beside them`);
          assert.match(await page.title(), /Ottla$/);
          const kept = kind === "ottla" && width === 1_280 ? screenshotPath(`${name}-${scheme}`) : undefined;
          if (kept !== undefined) await page.screenshot({ path: kept });
        }
        assert.deepEqual([...faults, ...complaints], []);
        await page.close();
      });

    test("two records stand beside each other, and a table of keys is sorted by what is clicked", async () => {
      const { page, complaints } = await openPage(browser, server.url, "light");
      await page.goto("/topics/orders.events?from=earliest&partition=0");
      for (const at of [0, 1]) {
        await page
          .getByRole("button", { name: /^Record 0:/ })
          .nth(at)
          .click();
        await page.getByRole("button", { name: "Compare" }).nth(at).click();
      }
      await page.getByText("Two records beside each other").waitFor();
      await page
        .getByText(/lines differ/)
        .first()
        .waitFor();
      const kept = kind === "ottla" ? screenshotPath("compare-light") : undefined;
      if (kept !== undefined) await page.screenshot({ path: kept });
      assert.deepEqual(await accessibilityFaults(page), []);
      await page.goto("/topics/prices");
      await page.getByRole("button", { name: "price" }).click();
      assert.equal(await page.locator("tbody tr").first().locator("td").first().textContent(), "GBP");
      await page.getByRole("button", { name: "price" }).click();
      assert.equal(await page.locator("tbody tr").first().locator("td").first().textContent(), "JPY");
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test("what is too long to be shown is downloaded, copied and exported whole", async () => {
      const { page, complaints } = await openPage(browser, server.url, "light");
      await page.goto("/topics/hostile.events?from=earliest");
      const big = page.getByRole("row").filter({ hasText: "big" }).first();
      await big.getByRole("button", { name: /^Record/ }).click();
      const saved = async (button: string): Promise<string> => {
        const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).first().click()]);
        return readFileSync(await inTime(`the download by "${button}"`, () => file.path()), "utf8");
      };
      const whole = Buffer.alloc(10_000_000, "<b>x</b>").toString();
      assert.ok((await saved("Download the value")) === whole, "the value is saved whole");
      const lines = (await saved("JSON lines")).trimEnd().split("\n");
      const records = lines.map(
        (line) => JSON.parse(line) as { readonly key?: string; readonly value?: string; readonly valueBase64?: string },
      );
      assert.ok(records.find(({ key }) => key === "big")?.value === whole, "and exported whole");
      assert.ok(records.some(({ valueBase64 }) => valueBase64 === Buffer.from([0xc3, 0x28, 0xa0, 0xa1, 0xe2, 0x28]).toString("base64")));
      await page.getByRole("button", { name: "Write one like it" }).click();
      const value = page.getByLabel("Value", { exact: true });
      await page.getByRole("button", { name: "Write", exact: true }).waitFor();
      assert.equal((await value.inputValue()).length, 10_000_000);
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test("a browser of another language, time zone and year shows the same figures, and times as its zone has them", async () => {
      const timezoneId = "Asia/Kathmandu";
      const context = await browser.newContext({ locale: "ar-EG", timezoneId, baseURL: server.url });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("pageerror", ({ message }) => void complaints.push(message));
      await page.clock.setFixedTime(new Date("2031-06-01T12:00:00Z"));
      for (const { path, shows } of PAGES) {
        await page.goto(path);
        await page.getByText(shows).first().waitFor();
        const text = await page.locator("main").innerText();
        // Arabic and Persian digits, and what becomes of a time that cannot be told.
        assert.doesNotMatch(text, /[\u0660-\u0669\u06f0-\u06f9]|NaN|Invalid Date/, path);
        assert.equal(await page.evaluate("getComputedStyle(document.body).direction"), "ltr", path);
      }
      await page.goto("/topics/orders.events?from=earliest");
      const told = page.locator("[role=tabpanel] td.short[title]").first();
      const [shown, exact] = [await told.textContent(), await told.getAttribute("title")];
      const zoned = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: timezoneId }).format(
        new Date(exact!),
      );
      assert.equal(shown, zoned, "with the date, since it is another day there");
      assert.deepEqual(complaints, []);
      await context.close();
    });

    test("a plan that failed says what is done, and what is left is carried out from the page of changes", async () => {
      const admin = client.admin();
      const changed = (name: string) => ({ kind: "config", target: { type: "topic", name }, settings: { "segment.ms": "600000" } });
      const post = async (path: string, body: object) => {
        const headers = { "content-type": "application/json" };
        const answer = await fetch(`${server.url}/api/plans${path}`, { method: "POST", headers, body: JSON.stringify(body) });
        return (await answer.json()) as { readonly planId: string; readonly digest: string; readonly code?: string };
      };
      const { planId, digest } = await post("", { changes: [changed("prices"), changed("hostile-table")] });
      const stepIn = (change: ConfigChange) => admin.alterConfigs([{ type: "topic", name: "hostile-table", changes: [change] }]);
      await stepIn({ op: "set", name: "segment.ms", value: "700000" });
      assert.equal((await post(`/${planId}/apply`, { digest })).code, "PLAN_STALE");
      for (const scheme of ["dark", "light"] as const) {
        const { page, complaints } = await openPage(browser, server.url, scheme);
        await page.goto("/changes");
        const plan = page.getByRole("article").first();
        await plan.getByText("failed", { exact: true }).waitFor();
        await plan.getByText("step 1 done").waitFor();
        await plan.getByText("ended here: Step 2 does not fit any more").waitFor();
        await plan.getByRole("button", { name: "Take back what was done" }).waitFor();
        assert.deepEqual(await accessibilityFaults(page), []);
        const kept = kind === "ottla" ? screenshotPath(`changes-failed-${scheme}`) : undefined;
        if (kept !== undefined) await page.screenshot({ path: kept });
        const rest = plan.getByRole("button", { name: "Carry out what is left" });
        await rest.click();
        await page.getByText("somebody changed the same since the plan was made").first().waitFor();
        if (scheme === "light") {
          await stepIn({ op: "delete", name: "segment.ms" });
          await rest.click();
          await plan.getByText("carried out", { exact: true }).waitFor();
          await plan.getByRole("button", { name: "Take it back" }).click();
          await plan.getByText("only looked at", { exact: true }).waitFor();
        }
        assert.deepEqual(complaints, []);
        await page.close();
      }
    });

    test("an ACL is made and taken away by the keyboard alone, and its name is typed for it", async () => {
      const { page, complaints } = await openPage(browser, server.url, "light");
      await page.goto("/security");
      await page.getByRole("button", { name: "New ACL" }).focus();
      await page.keyboard.press("Enter");
      await page.getByLabel("Principal", { exact: true }).focus();
      await page.keyboard.press("End");
      await page.keyboard.type("carol");
      await page.getByLabel("Its name").focus();
      await page.keyboard.type("payments");
      await page.keyboard.press("Enter");
      await page.getByLabel(/This is dangerous/).focus();
      await page.keyboard.type("User:carol");
      await page.getByRole("button", { name: "Do it" }).focus();
      await page.keyboard.press("Enter");
      await page.getByText("Done", { exact: true }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Take away: allow User:carol read topic payments" }).waitFor();
      await page.goto("/security?tab=who&type=topic&name=payments&operation=describe");
      await page.getByText("User:carol").first().waitFor();
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test("moving offsets tells what is read again before anything is done", async () => {
      const { page, complaints } = await openPage(browser, server.url, "light");
      await page.goto("/groups/billing");
      await page.getByRole("button", { name: "Move its offsets" }).click({ timeout: 30_000 });
      await page.getByText("1 record is read again, 0 are skipped, in 1 of 1 partition.").waitFor();
      await page.getByLabel(/^Tothe/).selectOption("latest");
      await page.getByText(/0 records are read again, \d+ are skipped/).waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.deepEqual(complaints, []);
      await page.close();
    });

    test("a share group shows who reads what and from where", {
      skip: kind === "ottla" && "our broker has no share groups",
    }, async (context) => {
      const worker = client.shareConsumer({ groupId: "workers" });
      worker.subscribe(["orders.events"]);
      const reading = new AbortController();
      const polling = (async () => {
        while (!reading.signal.aborted) await worker.poll(100);
      })();
      // A test that fails meanwhile does not read on behind it.
      context.after(() => reading.abort());
      const { page, complaints } = await openPage(browser, server.url, "light");
      await page.goto("/groups");
      await page.getByRole("link", { name: "workers" }).click({ timeout: 30_000 });
      await page.getByText("Members of a share group read the same partitions").waitFor({ timeout: 30_000 });
      await page.getByRole("cell", { name: "orders.events" }).first().waitFor({ timeout: 30_000 });
      // It begins with what comes after it.
      const producer = client.producer();
      await producer.send({ topic: "orders.events", partition: 0, value: "shared" });
      await producer.close();
      await page.getByRole("row", { name: /^orders\.events 0 \d/ }).waitFor({ timeout: 60_000 });
      assert.deepEqual(await accessibilityFaults(page), []);
      await page.goto("/topics/__share_group_state?from=earliest");
      await page.getByText("ShareSnapshotKey").first().waitFor({ timeout: 30_000 });
      reading.abort();
      await polling;
      await worker.close();
      await page.goto("/groups/workers");
      await page.getByText("Empty", { exact: true }).waitFor({ timeout: 30_000 });
      await page.getByRole("button", { name: "Move its offsets" }).click();
      await page.getByRole("combobox", { name: "To", exact: true }).selectOption("offset");
      await page.getByRole("spinbutton", { name: "Offset", exact: true }).fill("3");
      assert.deepEqual(await accessibilityFaults(page), []);
      await page.getByRole("button", { name: "Look at the effect" }).click();
      await page.getByLabel(/This is dangerous/).fill("workers");
      await page.getByRole("button", { name: "Do it" }).click();
      await page.getByText("Done", { exact: true }).waitFor({ timeout: 30_000 });
      await page.keyboard.press("Escape");
      await page.getByRole("row", { name: /^orders\.events 0 3 / }).waitFor({ timeout: 30_000 });
      // As if it had not begun, and back to where it was.
      const begun = async () =>
        (await client.admin().listShareGroupOffsets("workers", undefined)).flatMap(({ topic, partition, value }) =>
          value?.startOffset === undefined ? [] : [{ topic, partition, offset: value.startOffset }],
        );
      const before = await begun();
      assert.ok(before.length > 0);
      await page.getByRole("button", { name: "Move its offsets" }).click();
      await page.getByRole("combobox", { name: "To", exact: true }).selectOption("none");
      assert.deepEqual(await accessibilityFaults(page), []);
      await page.getByRole("button", { name: "Look at the effect" }).click();
      await page.getByText("Forget how far share group workers has read").waitFor();
      await page.getByLabel(/This is dangerous/).fill("workers");
      await page.getByRole("button", { name: "Do it" }).click();
      await page.getByText("Done", { exact: true }).waitFor({ timeout: 30_000 });
      assert.deepEqual(await begun(), []);
      await page.getByRole("button", { name: "Take it back" }).click();
      await waitUntil("it reads from where it did", async () => (await begun()).length === before.length);
      assert.deepEqual(await begun(), before);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Delete" }).click();
      await page.getByLabel(/This is dangerous/).fill("workers");
      await page.getByRole("button", { name: "Do it" }).click();
      await page.waitForURL("**/groups", { timeout: 30_000 });
      assert.deepEqual(complaints, []);
      await page.close();
    });
  });

async function fill(client: Client): Promise<void> {
  const admin = client.admin();
  const compacted = { "cleanup.policy": "compact" };
  await admin.createTopics([
    ...["orders.events", "orders.dead", "payments", "hostile.events", LONG].map((name) => ({
      name,
      partitionCount: 2,
      replicationFactor: 1,
    })),
    ...["prices", "hostile-table"].map((name) => ({ name, partitionCount: 2, replicationFactor: 1, configs: compacted })),
  ]);
  const producer = client.producer({ maxRequestSizeBytes: 16_000_000 });
  await producer.send(
    Array.from({ length: 6 }, (_, i) => ({
      topic: "orders.events",
      partition: 0,
      key: `order-${i}`,
      value: JSON.stringify({ id: i, total: i * 10 }),
    })),
  );
  for (const [key, price] of [
    ["EUR", 1.17],
    ["GBP", 1],
    ["JPY", 0.0067],
    ["GBP", 1.35],
  ] as const)
    await producer.send({ topic: "prices", key, value: JSON.stringify({ price, venue: "LSE", isOpen: true }) });
  await producer.send([
    { topic: "hostile.events", key: "big", value: Buffer.alloc(10_000_000, "<b>x</b>") },
    // Not of today: its time has a date.
    {
      topic: "hostile.events",
      timestamp: Date.UTC(2001, 0, 1),
      key: HOSTILE,
      value: HOSTILE,
      headers: [{ key: HOSTILE, value: Buffer.from(HOSTILE) }],
    },
    { topic: "hostile.events", key: "\u202eright to left", value: "\u001b[31mred\u001b[0m" },
    { topic: "hostile.events", key: Buffer.from([0xff, 0xfe]), value: Buffer.from([0xc3, 0x28, 0xa0, 0xa1, 0xe2, 0x28]) },
    {
      topic: "hostile-table",
      key: "evil",
      value: JSON.stringify({ ["__proto__"]: HOSTILE, [HOSTILE]: 1, "\u202ertl": { deep: HOSTILE } }),
    },
    { topic: "hostile-table", key: HOSTILE, value: JSON.stringify({ [HOSTILE]: "2" }) },
  ]);
  await producer.close();
  const transactional = client.producer({ transactionalId: "depth" });
  await transactional.transaction((tx) => tx.send({ topic: "payments", value: "paid" }));
  await transactional.close();
  await admin.alterGroupOffsets("billing", [{ topic: "orders.events", partition: 0, offset: 1 }]);
  await admin.createAcls([
    { resourceType: "topic", resourceName: "orders.events", principal: "User:alice", operation: "read" },
    {
      resourceType: "topic",
      resourceName: "orders.",
      patternType: "prefixed",
      principal: `User:${HOSTILE}`,
      operation: "all",
      permission: "deny",
    },
    { resourceType: "group", resourceName: "\u202eright to left", principal: "User:alice", operation: "read" },
  ]);
  await admin.alterClientQuotas([{ entity: { user: "alice" }, changes: [{ op: "set", name: "producer_byte_rate", value: 1_048_576 }] }]);
  await admin.close();
}
