/**
 * `run-serde-peers.ts REGISTRY_URL SERDES_MODULE ROUNDS`: how many records a second each peer writes and reads, ids and schemas at hand; prints a line of JSON for each format, direction, round and
 * peer. Runs without the condition "source".
 */
import { peerCases } from "./registry/peer-cases.ts";
import { openPeers, type SerdePeer } from "./registry/serde-peers.ts";

const WARM_UP_MS = 700;
const MEASURED_MS = 1_000;
/** Between two looks at the clock. */
const AT_ONCE = 500;

const [url, serdes, rounds] = process.argv.slice(2);
if (url === undefined || serdes === undefined || rounds === undefined)
  throw new Error("run-serde-peers.ts REGISTRY_URL SERDES_MODULE ROUNDS");

/** Each result is waited for where it has to be, as a program would. */
async function rate(step: () => unknown, ms: number): Promise<number> {
  const until = performance.now() + ms;
  const begun = process.cpuUsage();
  let count = 0;
  while (performance.now() < until) {
    for (let index = 0; index < AT_ONCE; index++) {
      const result = step();
      if (result instanceof Promise) await result;
    }
    count += AT_ONCE;
  }
  const { user, system } = process.cpuUsage(begun);
  return count / ((user + system) / 1e6);
}

for (const peerCase of peerCases) {
  const { peers, close } = await openPeers(url, serdes, peerCase);
  const bytes = new Map<SerdePeer, Buffer>();
  for (const peer of peers) bytes.set(peer, Buffer.from(await peer.write(peerCase.value)));
  const directions = {
    serialize: (peer: SerdePeer) => peer.write(peerCase.value),
    deserialize: (peer: SerdePeer) => peer.read(bytes.get(peer)!),
  };
  for (const [direction, step] of Object.entries(directions)) {
    for (const peer of peers) await rate(() => step(peer), WARM_UP_MS);
    for (let round = 0; round < Number(rounds); round++) {
      for (const peer of round % 2 === 0 ? peers : peers.toReversed()) {
        const perSecond = await rate(() => step(peer), MEASURED_MS);
        console.log(JSON.stringify({ format: peerCase.format, bytes: bytes.get(peer)!.length, direction, peer: peer.name, perSecond }));
      }
    }
  }
  await close();
}
// A client beneath keeps timers.
process.exit(0);
