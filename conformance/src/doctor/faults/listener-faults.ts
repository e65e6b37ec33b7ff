import { writeFileSync } from "node:fs";
import { createClient } from "@ottla/client";
import { createAuthority, issueCertificate } from "@ottla/broker/certificates";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { startKafka } from "../../kafka/cluster.ts";
import type { BrokenThing, Fault, FaultWorld } from "../fault.ts";
import { faultyConfig } from "../faulty-config.ts";
import { restart } from "./settled.ts";

const VICTIM = 3;
const DAY_MS = 86_400_000;

/** Clients come by a listener whose advertised address leads where `elsewhere` says, at one broker. */
function advertisedFault(name: string, elsewhere: (outside: readonly string[]) => string, says: RegExp): Fault {
  return {
    name,
    rules: ["CLU-20"],
    cure: "hand",
    says,
    make: async (world): Promise<BrokenThing> => {
      const { cluster } = world;
      const outside = cluster.bootstraps!["OUTSIDE"]!.split(",");
      const inside = cluster.bootstrap.split(",")[VICTIM - 1]!;
      const secure = cluster.bootstraps!["SECURE"]!.split(",")[VICTIM - 1]!;
      const advertised = [`PLAINTEXT://${inside}`, `OUTSIDE://${elsewhere(outside)}`, `SECURE://${secure}`].join(",");
      await restart(world, VICTIM, { config: { "advertised.listeners": advertised } });
      const client = createClient({ bootstrapServers: outside.slice(0, 2), apiTimeoutMs: 5000 });
      let isRight = false;
      const heal = async (): Promise<void> => {
        if (isRight) return;
        isRight = true;
        await restart(world, VICTIM);
      };
      return {
        about: `broker ${VICTIM}`,
        seenBy: client.admin(),
        heal,
        cleanUp: async () => {
          await heal();
          await client.close({ timeoutMs: 0 });
        },
      };
    },
  };
}

/** A certificate of one broker's TLS listener, until it is taken away again. */
async function presentCertificate({ admin }: FaultWorld, forMs: number, hosts: readonly string[]): Promise<() => Promise<void>> {
  const valid = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + forMs) };
  const authority = await createAuthority({ subject: "CN=Another CA of the cluster", ...valid });
  const { certificate, privateKey } = await issueCertificate(authority, { subject: "CN=broker", hosts: [...hosts], ...valid });
  const folder = makeTemporaryFolder("certificate");
  const name = "listener.name.secure.ssl.keystore.location";
  const value = `${folder}/server.pem`;
  writeFileSync(value, privateKey + certificate);
  const alter = async (isSet: boolean): Promise<void> => {
    const changes = [isSet ? { op: "set" as const, name, value } : { op: "delete" as const, name }];
    const [result] = await admin.alterConfigs([{ type: "broker", name: String(VICTIM), changes }]);
    if (result?.error) throw result.error;
    await waitUntil("the broker has heard of it", async () => {
      const [shown] = await admin.describeConfigs([{ type: "broker", name: String(VICTIM) }]);
      const entry = shown?.value?.find((each) => each.name === name);
      return (entry?.source === "dynamicBroker") === isSet;
    });
    if (!isSet) removeTemporaryFolder(folder);
  };
  await alter(true);
  return () => alter(false);
}

function certificateFault(name: string, forMs: number, hosts: readonly string[], says: RegExp): Fault {
  return {
    name,
    rules: ["SEC-05"],
    cure: "hand",
    says,
    make: async (world): Promise<BrokenThing> => {
      const takeAway = await presentCertificate(world, forMs, hosts);
      let isThere = true;
      const heal = async (): Promise<void> => {
        if (isThere) await takeAway();
        isThere = false;
      };
      return { about: `broker ${VICTIM}`, heal, cleanUp: heal };
    },
  };
}

export const listenerFaults: readonly Fault[] = [
  advertisedFault("an advertised name that nobody knows", () => "no-such-broker.invalid:9092", /no-such-broker\.invalid:9092/),
  advertisedFault("an advertised address that leads to another broker", (outside) => outside[0]!, /another broker/),
  certificateFault("a certificate that expires in five days", 5 * DAY_MS, ["127.0.0.1"], /expires in [45] days/),
  certificateFault("a certificate that has expired", -60_000, ["127.0.0.1"], /has expired/),
  certificateFault("a certificate for another name", 90 * DAY_MS, ["kafka.example.org"], /not for 127\.0\.0\.1/),
  {
    name: "a broker without its rack",
    rules: ["CLU-15"],
    cure: "hand",
    make: async (world): Promise<BrokenThing> => {
      await restart(world, VICTIM, { config: { "broker.rack": "" } });
      let isRight = false;
      const heal = async (): Promise<void> => {
        if (!isRight) await restart(world, VICTIM);
        isRight = true;
      };
      return { about: `broker ${VICTIM}`, heal, cleanUp: heal };
    },
  },
  {
    name: "no authorizer",
    rules: ["SEC-06"],
    cure: "hand",
    make: async (): Promise<BrokenThing> => {
      const { "authorizer.class.name": _class, "super.users": _users, ...config } = faultyConfig.common;
      const cluster = await startKafka({ brokers: 3, config, nodeConfig: faultyConfig.ofNode });
      const client = createClient({ bootstrapServers: cluster.bootstrap });
      const other: FaultWorld = { cluster, client, admin: client.admin() };
      return {
        about: "authorizer",
        seenBy: other.admin,
        heal: async () => {
          for (const node of [1, 2, 3]) await restart(other, node, { config: { ...faultyConfig.authorizer } });
        },
        cleanUp: async () => {
          await client.close({ timeoutMs: 0 });
          await cluster.kill();
        },
      };
    },
  },
];
