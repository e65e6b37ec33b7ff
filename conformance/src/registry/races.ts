// Two registries over one topic, and what is changed at both at once: deletions and registrations, modes and registrations, levels and checks. What was answered must be explained by some order of the calls.
import assert from "node:assert/strict";
import { makeRandom } from "../process/seeded-random.ts";
import { type Answer, call, startInstance } from "./instances.ts";

/** A call and its answer; between `fromMs` and `toMs` it took effect. */
interface Done extends Answer {
  readonly url: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const ACTORS = 6;
const CALLS = 10;
const TOGGLES = 8;

async function timed(url: string, method: string, path: string, body?: object): Promise<Done> {
  const fromMs = performance.now();
  const answer = await call(url, method, path, body);
  return { ...answer, url, fromMs, toMs: performance.now() };
}

/** Fixed types of different sizes fit nothing but themselves. */
const schemaOf = (size: number): string => JSON.stringify({ type: "fixed", name: "F", size });

/** Runs all races from a seed, each over subjects of its own. */
export async function registryRacesHold(bootstrap: string, topic: string, seed: number): Promise<void> {
  const instances = await Promise.all([startInstance(bootstrap, topic), startInstance(bootstrap, topic)]);
  const urls = instances.map(({ url }) => url);
  try {
    assert.equal((await call(urls[0] ?? "", "PUT", "/config", { compatibility: "NONE" })).status, 200);
    const chance = makeRandom(seed);
    const random: Random = { below: (limit) => Math.floor(chance() * limit) };
    await softDeletions(bootstrap, topic, urls, random);
    await permanentDeletions(urls, random);
    await toggled(urls, random, {
      subject: "moded",
      path: "/mode/moded",
      bodies: [{ mode: "READONLY" }, { mode: "READWRITE" }],
      refusal: 42205,
    });
    await toggled(urls, random, {
      subject: "levelled",
      path: "/config/levelled",
      bodies: [{ compatibility: "BACKWARD" }, { compatibility: "NONE" }],
      refusal: 40901,
    });
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    await Promise.all(instances.map(({ kill }) => kill()));
  }
}

interface Random {
  below(limit: number): number;
}

/** Registrations and soft deletions of a few versions: what stays is what was registered and not deleted; each version means one schema, and is deleted once. */
async function softDeletions(bootstrap: string, topic: string, urls: readonly string[], random: Random): Promise<void> {
  const subjects = ["s", "t"];
  const schemas = new Map<string, Map<number, string>>(subjects.map((subject) => [subject, new Map()]));
  const deleted = new Map<string, Set<number>>(subjects.map((subject) => [subject, new Set()]));
  const ids = new Map<number, string>();
  const actor = async (which: number): Promise<void> => {
    for (let turn = 0; turn < CALLS; turn++) {
      const [url, subject] = [urls[which % urls.length] ?? "", subjects[random.below(subjects.length)] ?? ""];
      const [known, gone] = [schemas.get(subject), deleted.get(subject)];
      const what = random.below(8);
      if (what < 5) {
        const schema = schemaOf(1 + random.below(7));
        const { status, told } = await timed(url, "POST", `/subjects/${subject}/versions`, { schema });
        assert.equal(status, 200, JSON.stringify(told));
        const [id, version] = [Number(told["id"]), Number(told["version"])];
        assert.equal(known?.get(version) ?? schema, schema, `${subject} ${version} means one schema`);
        assert.equal(ids.get(id) ?? schema, schema, `id ${id} means one schema`);
        known?.set(version, schema);
        ids.set(id, schema);
      } else {
        const path = what < 7 ? `/subjects/${subject}/versions/latest` : `/subjects/${subject}`;
        const { status, told } = await timed(url, "DELETE", path);
        assert.ok(status === 200 || status === 404, `${status} ${JSON.stringify(told)}`);
        if (status !== 200) continue;
        for (const version of Array.isArray(told) ? (told as number[]) : [Number(told)]) {
          assert.ok(gone?.has(version) === false, `${subject} ${version} is deleted once`);
          gone.add(version);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: ACTORS }, (_each, which) => actor(which)));
  const fresh = await startInstance(bootstrap, topic);
  try {
    for (const subject of subjects) {
      const [known, gone] = [schemas.get(subject) ?? new Map<number, string>(), deleted.get(subject)];
      for (const version of gone ?? []) assert.ok(known.has(version), `${subject} ${version} was registered by somebody`);
      for (const url of [...urls, fresh.url]) {
        await untilSeen(url, subject, known.size);
        const living = [...known.keys()].filter((version) => gone?.has(version) === false).sort((a, b) => a - b);
        const { status, told } = await call(url, "GET", `/subjects/${subject}/versions`);
        assert.deepEqual(status === 404 ? [] : told, living, `${subject}: what was registered and not deleted is there`);
      }
    }
  } finally {
    await fresh.kill();
  }
}

/** What the other instance wrote last comes here with the next records, behind a write that is answered here. */
async function untilSeen(url: string, subject: string, versions: number): Promise<void> {
  assert.equal((await call(url, "PUT", "/config/seen", { compatibility: "NONE" })).status, 200);
  const { told } = await call(url, "GET", `/subjects/${subject}/versions?deleted=true`);
  assert.equal((told as unknown as number[]).length, versions);
}

/** Registrations, soft and permanent deletions: an id never means a second schema, also when nothing else is left of the first. */
async function permanentDeletions(urls: readonly string[], random: Random): Promise<void> {
  const ids = new Map<number, string>();
  const paths = ["/subjects/p/versions/latest", "/subjects/p", "/subjects/p?permanent=true", "/subjects/p/versions/1?permanent=true"];
  let next = 100;
  const actor = async (which: number): Promise<void> => {
    for (let turn = 0; turn < CALLS; turn++) {
      const url = urls[which % urls.length] ?? "";
      const path = paths[random.below(2 * paths.length)];
      if (path !== undefined) {
        const { status, told } = await timed(url, "DELETE", path);
        assert.ok(status === 200 || status === 404, `${status} ${JSON.stringify(told)}`);
        continue;
      }
      const schema = schemaOf(random.below(2) === 0 ? next++ : 1 + random.below(4));
      const { status, told } = await timed(url, "POST", "/subjects/p/versions", { schema });
      assert.equal(status, 200, JSON.stringify(told));
      const id = Number(told["id"]);
      assert.equal(ids.get(id) ?? schema, schema, `id ${id} means one schema`);
      ids.set(id, schema);
    }
  };
  await Promise.all(Array.from({ length: ACTORS }, (_each, which) => actor(which)));
  assert.ok(ids.size > ACTORS, `${ids.size} ids were given`);
}

interface Toggle {
  readonly subject: string;
  readonly path: string;
  /** Under the first one registrations of what fits nothing are refused, under the second one taken. */
  readonly bodies: readonly [object, object];
  readonly refusal: number;
}

/** A setting is put at either instance in turn while others register: whatever began after it was answered, and ended before the next, obeys it, at both. */
async function toggled(urls: readonly string[], random: Random, { subject, path, bodies, refusal }: Toggle): Promise<void> {
  const register = (url: string, size: number): Promise<Done> =>
    timed(url, "POST", `/subjects/${subject}/versions`, { schema: schemaOf(size) });
  assert.equal((await register(urls[0] ?? "", 1)).status, 200);
  const settings: (Done & { readonly isOpen: boolean })[] = [];
  const written: Done[] = [];
  const checked: Done[] = [];
  let isOver = false;
  let next = 2;
  const writer = async (url: string): Promise<void> => {
    while (!isOver) written.push(await register(url, next++));
  };
  const checker = async (url: string): Promise<void> => {
    const asked = { schema: schemaOf(1_000_000) };
    while (!isOver) checked.push(await timed(url, "POST", `/compatibility/subjects/${subject}/versions/latest`, asked));
  };
  const toggler = async (): Promise<void> => {
    for (let turn = 0; turn < TOGGLES; turn++) {
      const url = urls[random.below(urls.length)] ?? "";
      const isOpen = turn % 2 === 1;
      const done = await timed(url, "PUT", path, bodies[isOpen ? 1 : 0]);
      assert.equal(done.status, 200, JSON.stringify(done.told));
      settings.push({ ...done, isOpen });
      // Some are begun and ended under this setting, at both.
      for (const each of urls) written.push(await register(each, next++));
      checked.push(await timed(url, "POST", `/compatibility/subjects/${subject}/versions/latest`, { schema: schemaOf(1_000_000) }));
    }
    isOver = true;
  };
  await Promise.all([toggler().finally(() => (isOver = true)), ...urls.map(writer), ...urls.map(checker)]);
  const settingOver = ({ fromMs, toMs }: Done): (typeof settings)[number] | undefined => {
    const at = settings.findLastIndex((each) => each.toMs <= fromMs);
    const following = settings[at + 1];
    return at >= 0 && (following === undefined || following.fromMs >= toMs) ? settings[at] : undefined;
  };
  let decided = 0;
  for (const each of written) {
    const code = each.told["error_code"];
    assert.ok(each.status === 200 || code === refusal, `${each.status} ${JSON.stringify(each.told)}`);
    const setting = settingOver(each);
    if (setting === undefined) continue;
    decided++;
    assert.equal(
      each.status === 200,
      setting.isOpen,
      `a registration under ${path} ${setting.isOpen ? "open" : "shut"}: ${JSON.stringify(each.told)}`,
    );
  }
  assert.ok(decided >= 2 * TOGGLES, `${decided} registrations were under one setting`);
  for (const each of checked) {
    assert.equal(each.status, 200, JSON.stringify(each.told));
    const setting = settingOver(each);
    // The other instance may hear of it later; the one that answered may not.
    if (setting === undefined || setting.url !== each.url || refusal !== 40901) continue;
    assert.equal(each.told["is_compatible"], setting.isOpen, `a check under ${path}`);
  }
}
