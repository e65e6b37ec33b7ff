// Our client at our own broker with TLS, logins and ACLs: the cases that `npm run test:kafka` runs against Apache Kafka.
import { after, before } from "node:test";
import { OttlaError, silentLogger } from "@ottla/base";
import { type RunningBroker, startBroker } from "@ottla/broker";
import { defineSecureCases } from "../src/client-cases/secure-cases.ts";
import { findFreePorts } from "../src/process/free-port.ts";
import { type SecureSetUp, secureListeners, setUpSecurity } from "../src/secure/secure-listeners.ts";
import { testProfile } from "../src/target.ts";

let broker: RunningBroker;
let security: SecureSetUp;
let bootstraps: Record<string, string>;

before(async () => {
  security = await setUpSecurity(1300);
  for (let attempt = 1; broker === undefined; attempt++) {
    const ports = await findFreePorts(secureListeners.length);
    const addresses = secureListeners.map(({ name }, at) => [name, `127.0.0.1:${ports[at]}`] as const);
    bootstraps = Object.fromEntries(addresses);
    const listeners = ["PLAINTEXT://127.0.0.1:0", ...addresses.map(([name, address]) => `${name}://${address}`)].join(",");
    try {
      broker = await startBroker({ settings: { ...testProfile, ...security.config, listeners }, defaults: "kafka", logger: silentLogger });
    } catch (error) {
      // Somebody else took a port that was free a moment ago.
      if (attempt === 5 || !(error instanceof OttlaError && /EADDRINUSE|in use/.test(error.message))) throw error;
    }
  }
});
after(async () => {
  await broker?.stop();
  await security?.[Symbol.asyncDispose]();
});

defineSecureCases(() => ({ kind: "ottla", brokers: 1, bootstrap: broker.bootstrap, secure: security.access(bootstraps) }), {
  renewals: 4,
});
