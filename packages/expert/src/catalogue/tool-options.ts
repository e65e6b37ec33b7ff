/**
 * The options of Kafka 4.4's tools, by the name of their script: `=` behind those that take a value, `!` behind those that are deprecated. Facts, as the tools of the released jars print
 * them for --help; tools with subcommands are left out.
 */
const OPTIONS: Readonly<Record<string, string>> = {
  acls: `
    add allow-host= allow-principal= bootstrap-controller= bootstrap-server= cluster command-config consumer
    delegation-token= deny-host= deny-principal= force group= help idempotent list operation= principal producer
    remove resource-pattern-type topic= transactional-id= user-principal= version`,
  "broker-api-versions": `
    bootstrap-server= command-config= help version`,
  "client-metrics": `
    alter bootstrap-server= command-config= delete describe generate-name help interval= list match= metrics=
    name= version`,
  configs: `
    add-config= add-config-file= all alter bootstrap-controller= bootstrap-server= broker= broker-defaults
    broker-logger= client= client-defaults client-metrics= command-config= delete-config= describe entity-default
    entity-name= entity-type= group= help ip= ip-defaults topic= user= user-defaults version`,
  "console-consumer": `
    bootstrap-server= command-config= command-property= consumer-property=! consumer.config=!
    enable-systest-events formatter= formatter-config= formatter-property= from-beginning group= help include=
    isolation-level= key-deserializer= max-messages= offset= partition= property=! skip-message-on-error
    timeout-ms= topic= value-deserializer= version`,
  "console-producer": `
    batch-size= bootstrap-server= command-config= command-property= compression-codec help line-reader=
    max-block-ms= max-memory-bytes= max-partition-memory-bytes= message-send-max-retries= metadata-expiry-ms=
    producer-property=! producer.config=! property=! reader-config= reader-property= request-required-acks=
    request-timeout-ms= retry-backoff-ms= socket-buffer-size= sync timeout= topic= version`,
  "console-share-consumer": `
    bootstrap-server= command-config= command-property= consumer-config=! consumer-property=!
    enable-systest-events formatter= formatter-config= formatter-property= group= help key-deserializer=
    max-messages= property=! reject reject-message-on-error release timeout-ms= topic= value-deserializer=
    version`,
  "consumer-groups": `
    all-groups all-topics bootstrap-server= by-duration= command-config= delete delete-offsets describe dry-run
    execute export from-file= group= help list members offsets reset-offsets shift-by= state timeout= to-current
    to-datetime= to-earliest to-latest to-offset= topic= type validate-regex= verbose version`,
  "consumer-perf-test": `
    bootstrap-server= command-config= command-property= consumer.config=! date-format= fetch-size= from-latest
    group= help hide-header include= messages=! num-records= print-metrics reporting-interval=
    show-detailed-stats socket-buffer-size= timeout topic= version`,
  "delegation-tokens": `
    bootstrap-server= command-config= create describe expire expiry-time-period help hmac max-life-time-period
    owner-principal renew renew-time-period renewer-principal version`,
  "delete-records": `
    bootstrap-server= command-config= help offset-json-file= version`,
  "get-offsets": `
    bootstrap-server= command-config= exclude-internal-topics help partitions= time= topic= topic-partitions=
    version`,
  jmx: `
    attributes= date-format= help jmx-auth-prop= jmx-ssl-enable= jmx-url= object-name= one-time report-format=
    reporting-interval= version wait`,
  "leader-election": `
    admin.config=! all-topic-partitions bootstrap-server= command-config= election-type= help partition=
    path-to-json-file= topic= version`,
  "log-dirs": `
    bootstrap-server= broker-list= command-config= describe help topic-list= version`,
  "reassign-partitions": `
    additional bootstrap-controller bootstrap-server broker-list= cancel command-config= disable-rack-aware
    disallow-replication-factor-change execute generate help list preserve-throttles reassignment-json-file=
    replica-alter-log-dirs-throttle throttle= timeout= topics-to-move-json-file= verify version`,
  "replica-verification": `
    broker-list= fetch-size= help max-wait-ms= report-interval-ms= time= topics-include= version`,
  "share-groups": `
    all-groups all-topics bootstrap-server= command-config= delete delete-offsets describe dry-run execute
    export from-file= group= help list members offsets reset-offsets state timeout= to-current to-datetime=
    to-earliest to-latest to-offset= topic= verbose version`,
  "streams-groups": `
    all-groups all-input-topics bootstrap-server= by-duration= command-config= delete delete-all-internal-topics
    delete-internal-topic= delete-offsets describe dry-run execute export from-file= group= help input-topic=
    list members offsets reset-offsets shift-by= state timeout= to-current to-datetime= to-earliest to-latest
    to-offset= topology verbose version`,
  topics: `
    alter at-min-isr-partitions bootstrap-server= command-config= config= create delete delete-config= describe
    exclude-internal help if-exists if-not-exists list partition-size-limit-per-response partitions=
    replica-assignment= replication-factor= topic= topic-id= topics-with-overrides unavailable-partitions
    under-min-isr-partitions under-replicated-partitions version`,
};

/** An option of a tool. */
export interface ToolOption {
  readonly name: string;
  readonly takesValue: boolean;
  readonly isDeprecated: boolean;
}

/** A tool's options by name; undefined for a tool that is not known. */
export function optionsOfTool(tool: string): ReadonlyMap<string, ToolOption> | undefined {
  const words = Object.hasOwn(OPTIONS, tool) ? OPTIONS[tool]!.trim().split(/\s+/) : undefined;
  return (
    words &&
    new Map(
      words.map((word) => {
        const name = word.replace(/[=!]+$/, "");
        return [name, { name, takesValue: word.includes("="), isDeprecated: word.endsWith("!") }];
      }),
    )
  );
}
