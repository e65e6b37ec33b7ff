import type { NewAcl } from "@ottla/client";
import { waitUntil } from "../../process/wait-until.ts";
import type { Fault, FaultWorld } from "../fault.ts";

async function setDynamic({ admin }: FaultWorld, broker: string, settings: Readonly<Record<string, string | undefined>>): Promise<void> {
  const changes = Object.entries(settings).map(([name, value]) =>
    value === undefined ? { op: "delete" as const, name } : { op: "set" as const, name, value },
  );
  const [result] = await admin.alterConfigs([{ type: "broker", name: broker, changes }]);
  if (result?.error) throw result.error;
  const nodes = broker === "" ? ["1", "2", "3"] : [broker];
  await waitUntil("the brokers have heard of it", async () => {
    const shown = await admin.describeConfigs(
      nodes.map((name) => ({ type: "broker", name })),
      { keys: Object.keys(settings) },
    );
    return shown.every(({ value: entries }) =>
      entries?.every(({ name, value, source }) =>
        settings[name] === undefined ? !source.startsWith("dynamic") : value === settings[name],
      ),
    );
  });
}

function dynamicFault(
  name: string,
  rules: readonly string[],
  broker: string,
  setting: string,
  value: string,
  about: string = setting,
  /** What is set afterwards, where it cannot be taken away again. */
  afterwards?: string,
): Fault {
  return {
    name,
    rules,
    cure: "plan",
    make: async (world) => {
      await setDynamic(world, broker, { [setting]: value });
      return { about, cleanUp: () => setDynamic(world, broker, { [setting]: afterwards }) };
    },
  };
}

function aclFault(name: string, rules: readonly string[], ...acls: readonly [NewAcl, ...NewAcl[]]): Fault {
  return {
    name,
    rules,
    cure: "plan",
    make: async ({ admin }) => {
      const [{ principal: about }] = acls;
      const refused = (await admin.createAcls(acls)).find(({ error }) => error);
      if (refused) throw refused.error!;
      return {
        about,
        cleanUp: async () => {
          await admin.deleteAcls([{ principal: about }]);
        },
      };
    },
  };
}

const ACL = { resourceType: "topic", resourceName: "shop.paid", principal: "User:shop", operation: "read" } as const;

export const clusterFaults: readonly Fault[] = [
  dynamicFault("a setting that one broker has otherwise", ["BRK-21"], "2", "log.retention.ms", "3600000"),
  dynamicFault("one copy is enough by the brokers' default", ["BRK-03"], "", "min.insync.replicas", "1", "one copy is enough", "2"),
  dynamicFault("unclean election for all brokers", ["BRK-01"], "", "unclean.leader.election.enable", "true"),
  aclFault("everybody may write to every topic", ["SEC-07"], { ...ACL, resourceName: "*", principal: "User:*", operation: "write" }),
  aclFault("an application that may do all to the cluster", ["SEC-07"], {
    resourceType: "cluster",
    resourceName: "kafka-cluster",
    principal: "User:faulty-app",
    operation: "all",
  }),
  aclFault(
    "a transactional id without its topics",
    ["SEC-16"],
    {
      resourceType: "transactionalId",
      resourceName: "pay",
      principal: "User:payer",
      operation: "write",
    },
    { ...ACL, principal: "User:payer", operation: "describe" },
  ),
  {
    name: "several owners and no quota",
    rules: ["SEC-10"],
    cure: "hand",
    make: async ({ admin }) => {
      const acls = [ACL, { ...ACL, principal: "User:billing" }];
      await admin.createAcls(acls);
      return {
        about: "no default quota",
        heal: async () =>
          void (await admin.alterClientQuotas([
            { entity: { user: null }, changes: [{ op: "set", name: "request_percentage", value: 500 }] },
          ])),
        cleanUp: async () => {
          await admin.deleteAcls(acls);
          await admin.alterClientQuotas([{ entity: { user: null }, changes: [{ op: "delete", name: "request_percentage" }] }]);
        },
      };
    },
  },
];
