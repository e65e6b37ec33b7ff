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
  { says: /Access lists are not there yet/, why: "the calls for ACLs are the client's own admin's" },
  { says: /sasl\.mechanism "aws"/, why: "a mechanism of STACK's login module; MSK's IAM goes by oauthbearer" },
  { says: /socketFactory is not there/, why: "connections are made by Node's net" },
];
