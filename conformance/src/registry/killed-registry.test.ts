// npm run test:registry-clients: kill -9 of broker and registry while schemas are registered and deleted. What was answered holds, an id means one schema for ever, and what is gone stays gone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRandom } from "../process/seeded-random.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import { startRegistry } from "../ottla/registry.ts";

const ROUNDS = 8;
const ACTORS = 8;
/** So many answers are there before it is killed, in the middle of others. */
const ANSWERS = { least: 5, more: 60 };

/** What is known of a schema by the answers that came: a question without one leaves open what it asked for. */
type Known = "registered" | "deleted" | "open";

interface Registered {
  readonly subject: string;
  readonly schema: string;
  readonly id: number;
  known: Known;
}

interface Answer {
  readonly status: number;
  readonly told: Readonly<Record<string, unknown>>;
}

/** Undefined when there was none. */
async function ask(url: string, method: string, path: string, body?: object): Promise<Answer | undefined> {
  try {
    const response = await fetch(url + path, {
      method,
      headers: { "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    return { status: response.status, told: (await response.json()) as Answer["told"] };
  } catch {
    return undefined;
  }
}

test("kill -9 in the middle of registrations and deletions loses none that was answered, and no id comes twice", async (context) => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  context.diagnostic(`seed ${seed}`);
  const chance = makeRandom(seed);
  const folder = makeTemporaryFolder("killed-registry");
  const all: Registered[] = [];
  let next = 1;
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const running = await startRegistry(folder);
      const { registry } = running;
      try {
        await allHolds(registry, all);
        if (round === ROUNDS) break;
        let answers = 0;
        let isKilled = false;
        const enough = Promise.withResolvers<void>();
        const wanted = ANSWERS.least + Math.floor(chance() * ANSWERS.more);
        const actor = async (): Promise<void> => {
          while (!isKilled) {
            const size = next++;
            const subject = `s${size}`;
            const schema = JSON.stringify({ type: "fixed", name: "F", size });
            const answer = await ask(registry, "POST", `/subjects/${subject}/versions`, { schema });
            if (answer === undefined) continue;
            assert.equal(answer.status, 200, JSON.stringify(answer.told));
            const each: Registered = { subject, schema, id: Number(answer.told["id"]), known: "registered" };
            const other = all.find(({ id }) => id === each.id);
            assert.equal(other, undefined, `the id ${each.id} was given to ${other?.subject}, and to ${subject}`);
            all.push(each);
            if (++answers === wanted) enough.resolve();
            if (size % 4 !== 0) continue;
            each.known = "open";
            await ask(registry, "DELETE", `/subjects/${subject}`);
            if ((await ask(registry, "DELETE", `/subjects/${subject}?permanent=true`))?.status === 200) each.known = "deleted";
          }
        };
        const actors = Promise.all(Array.from({ length: ACTORS }, actor));
        await Promise.race([enough.promise, actors]);
        isKilled = true;
        await running.kill();
        await actors;
      } finally {
        await running.kill();
      }
    }
    assert.ok(all.some(({ known }) => known === "deleted"));
  } finally {
    removeTemporaryFolder(folder);
  }
});

async function allHolds(url: string, all: readonly Registered[]): Promise<void> {
  for (const { subject, schema, id, known } of all) {
    if (known === "open") continue;
    const byId = await ask(url, "GET", `/schemas/ids/${id}`);
    const version = await ask(url, "GET", `/subjects/${subject}/versions/1?deleted=true`);
    const found = [byId?.status, byId?.told["schema"], version?.status, version?.told["id"]];
    assert.deepEqual(found, known === "registered" ? [200, schema, 200, id] : [404, undefined, 404, undefined], `${subject} is ${known}`);
  }
}
