import { baseMutants } from "./base-mutants.ts";
import { brokerClassicGroupsMutants } from "./broker-classic-groups-mutants.ts";
import { brokerConsumerGroupsMutants } from "./broker-consumer-groups-mutants.ts";
import { brokerFetchMutants } from "./broker-fetch-mutants.ts";
import { brokerGroupsMutants } from "./broker-groups-mutants.ts";
import { brokerMutants } from "./broker-mutants.ts";
import { brokerNetMutants } from "./broker-net-mutants.ts";
import { brokerTransactionsMutants } from "./broker-transactions-mutants.ts";
import { cliMutants } from "./cli-mutants.ts";
import { clientMutants } from "./client-mutants.ts";
import { clientRulesMutants } from "./client-rules-mutants.ts";
import { clientBorderMutants } from "./client-border-mutants.ts";
import { logCleanerMutants } from "./log-cleaner-mutants.ts";
import { logMutants } from "./log-mutants.ts";
import { logRulesMutants } from "./log-rules-mutants.ts";
import { logStoreMutants } from "./log-store-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { protocolMutants } from "./protocol-mutants.ts";
import { registryMutants } from "./registry-mutants.ts";
import { registryRulesMutants } from "./registry-rules-mutants.ts";
import { securityMutants } from "./security-mutants.ts";
import { connectMutants } from "./connect-mutants.ts";
import { consoleMutants } from "./console-mutants.ts";
import { serdesMutants } from "./serdes-mutants.ts";
import { shareMutants } from "./share-mutants.ts";
import { streamsQueriesMutants } from "./streams-queries-mutants.ts";
import { streamsApplicationMutants } from "./streams-application-mutants.ts";
import { streamsObserveMutants } from "./streams-observe-mutants.ts";
import { streamsMutants } from "./streams-mutants.ts";
import { streamsWorkersMutants } from "./streams-workers-mutants.ts";
import { testingMutants } from "./testing-mutants.ts";
import { transactionDataMutants } from "./transaction-data-mutants.ts";

/** All mutants, by package. */
export const mutants: readonly Mutant[] = [
  ...baseMutants,
  ...protocolMutants,
  ...logMutants,
  ...logRulesMutants,
  ...logStoreMutants,
  ...logCleanerMutants,
  ...transactionDataMutants,
  ...brokerNetMutants,
  ...brokerFetchMutants,
  ...brokerGroupsMutants,
  ...brokerClassicGroupsMutants,
  ...brokerTransactionsMutants,
  ...brokerConsumerGroupsMutants,
  ...brokerMutants,
  ...registryMutants,
  ...registryRulesMutants,
  ...connectMutants,
  ...consoleMutants,
  ...serdesMutants,
  ...securityMutants,
  ...clientMutants,
  ...clientRulesMutants,
  ...clientBorderMutants,
  ...shareMutants,
  ...streamsApplicationMutants,
  ...streamsQueriesMutants,
  ...cliMutants,
  ...streamsMutants,
  ...streamsObserveMutants,
  ...streamsWorkersMutants,
  ...testingMutants,
];
