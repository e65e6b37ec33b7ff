import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { hashPassword, OpenPort } from "@ottla/base/node";
import { MemoryDisk } from "@ottla/base/simulated";
import { type ConsoleServer, readConsoleUsers, readMaskingRules, serveConsole } from "@ottla/console";
import { type Kafka, startKafka } from "@ottla/testing";
import type { Browser } from "playwright-core";
import { repositoryRoot } from "../paths.ts";
import { IdentityProvider } from "../../quick/console/identity-provider.ts";
import { accessibilityFaults, openBrowser, openPage, screenshotPath } from "./browser.ts";

const uiFolder = join(repositoryRoot, "packages", "cli", "dist", "console-ui");
let kafka: Kafka;
let server: ConsoleServer;
let browser: Browser;

before(async () => {
  kafka = await startKafka({ topics: { orders: 1 } });
  await kafka.topic("orders").produce([{ key: "o1", value: JSON.stringify({ id: 1, card: "4111" }) }]);
  const password = await hashPassword("right");
  const port = await OpenPort.open({ what: "The console", host: "127.0.0.1", port: 0 });
  server = await serveConsole({
    client: kafka.client(),
    port,
    door: { boundHost: "127.0.0.1", names: [], origins: [] },
    watchRate: 5,
    uiFolder,
    journals: { disk: new MemoryDisk(), folder: "/" },
    users: readConsoleUsers({
      users: [
        { name: "vera", role: "viewer", password },
        { name: "otto", role: "operator", password },
      ],
      oidc: { title: "Example Corp", issuer: "http://127.0.0.1:9", clientId: "console", roles: { admin: ["ops"] } },
    }),
    masking: readMaskingRules({ rules: [{ topics: "orders", in: "value", path: "card", do: "mask" }] }),
  });
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await server?.close();
  await kafka?.stop();
});

async function loggedIn(name: string) {
  const { page, complaints } = await openPage(browser, server.url, "light");
  await page.goto("/topics");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill("right");
  await page.keyboard.press("Enter");
  await page.getByText("orders", { exact: true }).first().waitFor();
  return { page, complaints };
}

test("the login page is there for everybody, in light and dark, at 360 pixels, and says no more than that it was wrong", async () => {
  for (const scheme of ["light", "dark"] as const) {
    const { page, complaints } = await openPage(browser, server.url, scheme, scheme === "dark" ? 360 : 1280);
    await page.goto("/topics/orders");
    await page.getByRole("button", { name: "Log in" }).waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    const kept = screenshotPath(`login-${scheme}`);
    if (kept !== undefined) await page.screenshot({ path: kept });
    assert.equal(await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth"), 0);
    await page.getByLabel("Name").focus();
    await page.keyboard.type("vera");
    await page.keyboard.press("Tab");
    await page.keyboard.type("wrong");
    await page.keyboard.press("Enter");
    await page.getByText("Name and password do not fit.").waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    const refused = screenshotPath(`login-refused-${scheme}`);
    if (refused !== undefined) await page.screenshot({ path: refused });
    assert.deepEqual(complaints, []);
    await page.close();
  }
});

test("an identity provider that is away is told on the login page", async () => {
  const { page, complaints } = await openPage(browser, server.url, "light");
  await page.goto("/topics");
  await page.getByRole("link", { name: "Continue with Example Corp" }).click();
  await page.getByText("The identity provider does not answer.").waitFor();
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a viewer looks, changes nothing, sees what is masked masked, and is out after logging out", async () => {
  const { page, complaints } = await loggedIn("vera");
  await page.getByText("viewer", { exact: true }).waitFor();
  await page.goto("/topics/orders?from=earliest");
  await page.getByText("•••").first().waitFor();
  assert.equal(await page.getByText("4111").count(), 0);
  assert.equal(await page.getByRole("button", { name: "Write one" }).count(), 0);
  assert.deepEqual(await accessibilityFaults(page), []);
  const kept = screenshotPath("viewer-light");
  if (kept !== undefined) await page.screenshot({ path: kept });
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("button", { name: "Log in" }).waitFor();
  await page.goto("/topics");
  await page.getByRole("button", { name: "Log in" }).waitFor();
  assert.deepEqual(complaints, []);
  await page.close();
});

test("an operator is told what needs another role, with the commands; a session that ends over there leads to the login page", async () => {
  const { page, complaints } = await loggedIn("otto");
  await page.goto("/topics/orders");
  await page.getByRole("button", { name: "Delete" }).first().click();
  await page.getByText("This needs the role admin; yours is operator.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Do it" }).count(), 0);
  assert.deepEqual(await accessibilityFaults(page), []);
  const kept = screenshotPath("role-needed-light");
  if (kept !== undefined) await page.screenshot({ path: kept });
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("button", { name: "Log in" }).waitFor();
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a session that ends while somebody writes takes nothing with it, and gives it to nobody else", async () => {
  const { page, complaints } = await loggedIn("otto");
  const logIn = async (name: string): Promise<void> => {
    await page.getByText("Log in to see the cluster.").waitFor();
    await page.getByLabel("Name", { exact: true }).last().fill(name);
    await page.getByLabel("Password").fill("right");
    await page.keyboard.press("Enter");
  };
  await page.goto("/topics/orders");
  await page.getByRole("button", { name: "Write one" }).click();
  await page.locator(".cm-content").waitFor();
  await page.getByLabel("Value", { exact: true }).fill("typed for an hour");
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Write", exact: true }).click();
  await logIn("otto");
  await page.getByLabel("Value", { exact: true }).getByText("typed for an hour").waitFor();
  await page.getByRole("button", { name: "Write", exact: true }).click();
  await page.getByText(/^Written to partition 0/).waitFor();
  await page.getByLabel("Value", { exact: true }).fill("nobody else's");
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Write", exact: true }).click();
  await logIn("vera");
  await page.getByText("viewer", { exact: true }).waitFor();
  assert.equal(await page.getByText("nobody else's").count(), 0);
  assert.equal(await page.locator("dialog").count(), 0);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a session of an identity provider that ends while somebody writes takes nothing with it, and gives it to nobody else", async () => {
  await using provider = await IdentityProvider.start();
  const as = (name: string): void => {
    provider.wish = { claims: { preferred_username: name, groups: ["ops"] } };
  };
  as("anna");
  const port = await OpenPort.open({ what: "The console", host: "127.0.0.1", port: 0 });
  const own = await serveConsole({
    client: kafka.client(),
    port,
    door: { boundHost: "127.0.0.1", names: [], origins: [] },
    uiFolder,
    journals: { disk: new MemoryDisk(), folder: "/" },
    users: readConsoleUsers({ oidc: { title: "Example Corp", issuer: provider.issuer, clientId: "console", roles: { admin: ["ops"] } } }),
  });
  try {
    const { page, complaints } = await openPage(browser, own.url, "light");
    await page.goto("/topics/orders");
    await page.getByRole("link", { name: "Continue with Example Corp" }).click();
    await page.getByRole("button", { name: "Write one" }).click();
    await page.locator(".cm-content").waitFor();
    const value = page.getByLabel("Value", { exact: true });
    await value.fill("typed for an hour");
    const write = page.getByRole("button", { name: "Write", exact: true });
    /** In another tab, as who is known over there. */
    const logInAgain = async (): Promise<void> => {
      await page.context().clearCookies();
      await write.click();
      await page.getByText("Log in to see the cluster.").waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      const [tab] = await Promise.all([
        page.waitForEvent("popup"),
        page.getByRole("link", { name: "Continue with Example Corp" }).last().click(),
      ]);
      await tab.waitForURL(`${own.url}/topics/orders`);
      await tab.getByRole("button", { name: "Write one" }).waitFor();
      await tab.close();
      // As when somebody comes back to this one.
      await page.evaluate("dispatchEvent(new Event('focus'))");
    };
    await logInAgain();
    await value.getByText("typed for an hour").waitFor();
    await write.click();
    await page.getByText(/^Written to partition 0/).waitFor();
    await value.fill("nobody else's");
    as("eve");
    await logInAgain();
    await page.getByText(/^eve/).waitFor();
    assert.equal(await page.getByText("nobody else's").count(), 0);
    assert.equal(await page.locator("dialog").count(), 0);
    // The way over there and back is the only one out of the console.
    assert.deepEqual(
      complaints.filter((each) => !each.startsWith(`asked for ${provider.issuer}/authorize`)),
      [],
    );
    await page.close();
  } finally {
    await own.close();
  }
});

test("ten pages that are seen at once are all told of what is new, also when the first is closed", async () => {
  const context = await browser.newContext({ baseURL: server.url });
  const pages = [await context.newPage()];
  await pages[0]!.goto("/topics?search=told");
  await pages[0]!.getByLabel("Name").fill("vera");
  await pages[0]!.getByLabel("Password").fill("right");
  await pages[0]!.keyboard.press("Enter");
  await pages[0]!.getByText("No topic").first().waitFor();
  for (let i = 1; i < 10; i++) {
    const page = await context.newPage();
    await page.goto("/topics?search=told");
    pages.push(page);
  }
  const told = async (name: string): Promise<void> => {
    await kafka
      .client()
      .admin()
      .createTopics([{ name, partitionCount: 1, replicationFactor: 1 }]);
    for (const page of pages) await page.getByRole("link", { name, exact: true }).waitFor();
  };
  await told("told-first");
  await pages.shift()!.close();
  await told("told-then");
  await context.close();
});
