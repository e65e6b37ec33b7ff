import type { BenchOptions, BenchPart } from "./part.ts";
import { measureAclCost } from "./security/acl-cost.ts";
import { measureScramLogins } from "./security/scram-logins.ts";
import { withSecuredClusters } from "./security/secured-clusters.ts";
import { measureStrangers } from "./security/strangers.ts";
import { measureTlsThroughput } from "./security/tls-throughput.ts";

async function measure(options: BenchOptions): Promise<string> {
  const acls = measureAclCost(options);
  const strangers = await measureStrangers(options);
  // Neither needs the clusters.
  if ((options.workload ?? "") !== "" && acls + strangers !== "") return acls + strangers;
  const others = await withSecuredClusters(options, async (clusters) => [
    await measureTlsThroughput(options, clusters),
    await measureScramLogins(options, clusters),
  ]);
  return [...others, acls, strangers].filter((text) => text !== "").join("\n\n");
}

/** Kafka's perf tools over TLS, logins by SCRAM and what they do to others, what ACLs cost, and what strangers do. */
export const securityPart: BenchPart = { title: "TLS, logins and ACLs", run: measure };
