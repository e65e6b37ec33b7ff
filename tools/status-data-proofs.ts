import { area, type Feature, works } from "./status-page.ts";

/** What is shown by programs of others, by whole runs and by measurement. */
export const proofs: readonly Feature[] = [
  ...area("Proof against the world", [
    works(
      "every method of Java's Admin answers as on Apache Kafka, security and features of later issues apart",
      ["npm run test:admin"],
      "110 calls, 102 alike, 8 listed with their reason",
    ),
    works(
      "seeded scripts of admin, data, group and transaction calls are answered as by Apache Kafka: classic and KIP-848 groups, static members, both transaction versions with fencing, markers, waiting fetches",
      ["npm run test:differential"],
      "99 scripts of fresh seeds; what they met was mended or is listed, 16 differences in all",
    ),
    works(
      "Kafka's own `kafka-consumer-groups`, `kafka-transactions`, `kafka-acls`, and `kafka-configs` for users, every verb, print the same at ours as at Apache Kafka; `ottla transactions` tells of either cluster what Kafka's tool does",
      ["npm run test:tools"],
    ),
    works(
      "Java's Kafka Streams with `exactly_once_v2` counts exactly while the application and the broker are killed",
      ["npm run test:streams-eos"],
      "every change of a count is seen once and in order; five kills in CI, more with `-- --blows N`",
    ),
    works("kcat, kafkajs, @platformatic/kafka and Java's clients and tools, one broker and three", ["npm run test:clients"]),
    works("our client and command line do against Apache Kafka what they do against ours", ["npm run test:kafka"]),
    works(
      "librdkafka's own test-suite, with classic groups and with consumers that join by KIP-848",
      ["npm run test:librdkafka", "gives a subtest's own reason for a skip, unless another variation of it ran"],
      "159 and 148 tests pass, those of ACLs and SCRAM users among them; two that expect eager revocations fail by KIP-848, on Apache Kafka too; what needs the logins of its own set-up, or share groups, stands with its reason in conformance/librdkafka.md; not in CI",
    ),
    works(
      "nothing acknowledged is lost or doubled when the broker is killed under load",
      ["npm run test:crash", "an acknowledged record that is gone is a lost write", "a kill takes nothing that was acknowledged"],
      "behind a net that breaks, with `--failovers` over three virtual brokers, with `--target kafka` against Apache Kafka, where the checker finds nothing either; 15 cycles in CI, more with `-- --cycles N`",
    ),
    works(
      "the whole broker in a seeded simulation of disk, clock and network: what its clients saw contradicts no promise",
      [
        "npm run test:history",
        "a simulated day follows from its seed alone, event by event",
        "days on which everything goes wrong break no promise of the broker",
        "a power loss may take an end of the log",
      ],
      "topics that are compacted, grown, deleted and made again; producers of every kind, transactions of both protocols, members of both group protocols and of groups that move between them, readers, and who was replaced and goes on; kills and power losses between and within writes, failed syncs, full disks, cut and slow connections, clock jumps, brokers down, leaders moved; a day is told again from its seed. `-- --short`: days of half a second, 2,600 a minute in one process at best (whole ones 300 to 480). All 32 bugs of `npm run test:history:bugs` are found. After a failed sync the same disk goes on, as the page cache shows it, until the power goes",
    ),
    works("speed side by side with Apache Kafka", ["npm run bench -- broker"], "docs/benchmarks.md has the figures, missed goals included"),
    works(
      "the client's speed side by side with kafkajs, @platformatic/kafka, @confluentinc/kafka-javascript and Java's",
      ["npm run bench -- client"],
      "on both brokers; docs/benchmarks.md has the figures, missed goals included",
    ),
  ]),
];
