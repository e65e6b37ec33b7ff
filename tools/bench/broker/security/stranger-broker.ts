/**
 * A broker with a plain listener, an encrypted one and one that asks for certificates, all of which ask for a login, and a door of HTTPS, in a process of its own:
 * `node --expose-gc stranger-broker.ts PLAIN_PORT ENCRYPTED_PORT CERTIFIED_PORT HTTPS_PORT KEYSTORE CA`. It says that it is ready, and then, for each line on its input, collects garbage and prints as one line of JSON what it has at that moment.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { silentLogger } from "@ottla/base";
import { HttpsServer, plainMaterial, systemClock } from "@ottla/base/node";
import { ControlledClock } from "@ottla/base/simulated";
import { startBroker } from "@ottla/broker";

/** What the whole process has. */
export interface StrangerCost {
  readonly residentBytes: number;
  /** Objects of JavaScript's. */
  readonly heapBytes: number;
  readonly bufferBytes: number;
  readonly timers: number;
  readonly sockets: number;
}

const [plainPort = "", encryptedPort = "", certifiedPort = "", httpsPort = "", keystore = "", ca = ""] = process.argv.slice(2);
const clock = new ControlledClock(systemClock);
await using _broker = await startBroker(
  {
    memory: true,
    logger: silentLogger,
    scramUsers: [{ name: "alice", password: "alice-secret", mechanism: "SCRAM-SHA-256" }],
    settings: {
      listeners: `SASL_PLAINTEXT://127.0.0.1:${plainPort},SASL_SSL://127.0.0.1:${encryptedPort},CERTIFIED://127.0.0.1:${certifiedPort}`,
      "listener.security.protocol.map": "SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL,CERTIFIED:SASL_SSL",
      "sasl.enabled.mechanisms": "SCRAM-SHA-256",
      "ssl.keystore.type": "PEM",
      "ssl.keystore.location": keystore,
      "ssl.truststore.type": "PEM",
      "ssl.truststore.location": ca,
      "listener.name.certified.ssl.client.auth": "requested",
    },
  },
  { clock },
);

const pem = readFileSync(keystore, "utf8");
const door = new HttpsServer(plainMaterial({ key: pem, cert: pem }), { requestTimeout: 30_000, headersTimeout: 10_000 }, (_, response) =>
  response.end(),
);
door.listen(Number(httpsPort), "127.0.0.1");

function costNow(): StrangerCost {
  globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const waiting = process.getActiveResourcesInfo();
  const count = (name: string): number => waiting.filter((each) => each === name).length;
  return {
    residentBytes: rss,
    heapBytes: heapUsed,
    bufferBytes: arrayBuffers,
    // The broker's own keep no process alive, and so are not among what waits; those of handshakes are the net's.
    timers: clock.pendingTimers + count("Timeout"),
    sockets: count("TCPSocketWrap"),
  };
}

process.stdout.write("ready\n");
for await (const _ of createInterface({ input: process.stdin })) process.stdout.write(`${JSON.stringify(costNow())}\n`);
door.close();
door.closeAllConnections();
