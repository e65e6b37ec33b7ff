/** The pages of kafkajs whose code is run. */
export const pages: readonly string[] = [
  "README.md",
  ...["GettingStarted", "ProducerExample", "ConsumerExample", "Producing", "Consuming", "Transactions", "Admin"],
  ...["Configuration", "InstrumentationEvents", "CustomLogger", "MigrationGuide-2-0-0", "KafkaIntro"],
].map((name) => (name.endsWith(".md") ? name : `docs/${name}.md`));

/** What became of one piece of code. */
export interface BlockOutcome {
  readonly line: number;
  /** Undefined: it ran, and its consumer, if it started one, handled messages. */
  readonly error?: string;
  readonly isLast: boolean;
}

/** What runs with kafkajs and not with ours, by what it says. */
export const excusedBlocks: readonly { readonly says: RegExp; readonly why: string }[] = [
  { says: /ssl is not there yet|sasl is not there yet|Access lists are not there yet/, why: "security is not there yet" },
  { says: /socketFactory is not there/, why: "connections are made by Node's net" },
];
