import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { OpenPort } from "@ottla/base/node";
import { MemoryDisk } from "@ottla/base/simulated";
import { startBroker } from "@ottla/broker";
import { createAuthority, issueCertificate } from "@ottla/broker/certificates";
import { createClient } from "@ottla/client";
import { serveConsole } from "@ottla/console";
import { certificatesOf } from "../../../packages/console/src/security/certificates.ts";

const DAY_MS = 86_400_000;

test("the certificate of a TLS listener is read by a handshake, and shown with its time", async () => {
  const notAfter = new Date(Math.floor((Date.now() + 20 * DAY_MS) / 1_000) * 1_000);
  const validity = { notBefore: new Date(Date.now() - DAY_MS), notAfter };
  const authority = await createAuthority({ subject: "CN=Test CA", ...validity });
  const shown = await issueCertificate(authority, { subject: "CN=broker", hosts: ["127.0.0.1", "kafka.example"], ...validity });
  await using broker = await startBroker({
    logger: silentLogger,
    settings: {
      listeners: "SSL://127.0.0.1:0",
      "ssl.keystore.type": "PEM",
      "ssl.keystore.certificate.chain": shown.certificate,
      "ssl.keystore.key": shown.privateKey,
    },
  });
  await using client = createClient({ bootstrapServers: broker.bootstrap, tls: { ca: authority.certificate } });
  const port = await OpenPort.open({ what: "The console", host: "127.0.0.1", port: 0 });
  const disk = new MemoryDisk();
  const door = { boundHost: "127.0.0.1", names: [], origins: [] };
  const server = await serveConsole({ client, port, door, uiFolder: "/there-is-none", journals: { disk, folder: "/" }, disk });
  try {
    const answer = await fetch(`${server.url}/api/security/certificates`);
    const { certificates } = (await answer.json()) as { readonly certificates: readonly Record<string, unknown>[] };
    const [only] = certificates;
    assert.deepEqual(
      [certificates.length, only?.["listener"], only?.["subject"], only?.["validUntilMs"], only?.["notSeen"]],
      [1, "SSL", "broker", notAfter.getTime(), undefined],
    );
    assert.deepEqual([...((only?.["names"] ?? []) as readonly string[])].sort(), ["127.0.0.1", "kafka.example"]);
  } finally {
    await server.close();
  }
});

test("what was not seen of certificates is said, and those that are past stand first", () => {
  const facts = (validUntilMs: number) => ({ subject: "b", names: [], validFromMs: 0, validUntilMs });
  const listener = (name: string, certificate: object) => ({ listener: name, host: "b", port: 1, certificate });
  const brokers = [
    { nodeId: 1, certificates: { notObserved: "refused", message: "You may not see its settings." } },
    {
      nodeId: 2,
      certificates: {
        value: [
          listener("LATE", { value: facts(9_000) }),
          listener("MUTE", { notObserved: "timedOut", message: "No handshake." }),
          listener("PAST", { value: facts(5) }),
          listener("ODD", { value: facts(Number.NaN) }),
        ],
      },
    },
  ];
  assert.deepEqual(
    certificatesOf({ brokers: brokers as never }).map(
      ({ nodeId, listener: name, validUntilMs, notSeen }) => `${nodeId} ${name} ${validUntilMs ?? notSeen ?? "?"}`,
    ),
    ["2 PAST 5", "2 LATE 9000", "1  You may not see its settings.", "2 MUTE No handshake.", "2 ODD ?"],
  );
});
