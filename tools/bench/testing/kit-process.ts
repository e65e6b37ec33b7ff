// One life of the testing kit in a process of its own: prints what it measured as JSON, and then has nothing left to do.
const beginMs = performance.now();
const { startKafka } = await import("@ottla/testing");

/** Ms of each step of one Kafka. */
async function life(): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  let lastMs = performance.now();
  const lap = (name: string): void => {
    const nowMs = performance.now();
    times[name] = nowMs - lastMs;
    lastMs = nowMs;
  };
  const kafka = await startKafka({ topics: { t: 1 } });
  const producer = kafka.client().producer();
  await producer.send({ topic: "t", value: "first" });
  lap("start to first acknowledged record");
  for (let i = 0; i < 100; i++) await producer.send({ topic: "t", value: "x".repeat(1000) });
  lastMs = performance.now();
  await kafka.snapshot("hundred");
  lap("snapshot of 100 records of 1 KB");
  await kafka.reset("hundred");
  lap("reset to it");
  await kafka.topic("t").records();
  lastMs = performance.now();
  await kafka.stop();
  lap("stop");
  return times;
}

const importMs = performance.now() - beginMs;
const first = await life();
const warm = [];
for (let i = 0; i < 10; i++) warm.push(await life());
await new Promise((resolve) => setImmediate(resolve));
// Standard output and error are no handles of the kit.
const handles = process.getActiveResourcesInfo().filter((name) => !/^(PipeWrap|TTYWrap|FSReq)/.test(name));
process.stdout.write(JSON.stringify({ importMs, first, warm, handles }));
