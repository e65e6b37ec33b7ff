// npm run test:registry-clients: our serdes beside those of two foreign clients, over the registry of `ottla dev`. Run without the condition "source", as those clients want it.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundleSerdes } from "../ottla/bundled-serdes.ts";
import { type RegistryUnderTest, startRegistry } from "../ottla/registry.ts";
import { peerCases } from "./peer-cases.ts";
import { openPeers } from "./serde-peers.ts";

let ottla: RegistryUnderTest;
let serdes: string;
before(async () => {
  [ottla, serdes] = await Promise.all([startRegistry(), bundleSerdes()]);
});
after(async () => {
  await ottla?.stop();
  if (serdes !== undefined) rmSync(fileURLToPath(serdes));
});

/** As JSON has it: names that libraries add are left out, a long is a number. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, part: unknown) => {
      if (key.startsWith("$")) return undefined;
      if (typeof part === "bigint" || key === "amount") return Number(part);
      return part;
    }),
  );

for (const peerCase of peerCases) {
  const { format } = peerCase;
  test(`${format}: our bytes are those of other serdes, and each reads what the others write`, async () => {
    const { peers, close } = await openPeers(ottla.registry, serdes, peerCase);
    try {
      const all = await Promise.all(peers.map(async (peer) => ({ name: peer.name, bytes: Buffer.from(await peer.write(peerCase.value)) })));
      // Of Protobuf kafkajs's client leaves out the message indexes, and writes fields that have their default: it reads others, and none reads it.
      const written = all.filter(({ name }) => format !== "PROTOBUF" || name !== "kafkajs");
      assert.equal(written.length, format === "PROTOBUF" ? 2 : 3);
      const ours = written[0]!.bytes;
      for (const { name, bytes } of written) assert.equal(bytes.toString("hex"), ours.toString("hex"), name);
      for (const peer of peers) {
        for (const { name, bytes } of written)
          assert.deepEqual(plain(await peer.read(bytes)), plain(peerCase.value), `${peer.name} reads ${name}`);
      }
    } finally {
      await close();
    }
  });
}
