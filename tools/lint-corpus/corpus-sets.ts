import type { KafkaVersion, Profile } from "@ottla/expert";

/** Files of a public repository that are recommended for a purpose, at one commit. */
export interface CorpusSet {
  readonly name: string;
  readonly repository: string;
  readonly commit: string;
  readonly paths: readonly string[];
  /** For whom its authors mean them. */
  readonly profile: Profile;
  readonly version?: KafkaVersion;
  /** Its programs are judged, not its configuration. */
  readonly isSources?: boolean;
  /** How its programs name the library whose repository they stand in, and what others call it. */
  readonly imports?: readonly (readonly [own: RegExp, name: string])[];
}

/** What is linted to count false alarms. */
export const CORPUS: readonly CorpusSet[] = [
  {
    name: "apache-kafka",
    repository: "apache/kafka",
    commit: "1eb7644349cb07139d6a3c1ad1986979647cac99",
    paths: ["config", "docker/examples", "examples/bin", "examples/README.md", "README.md"],
    profile: "dev",
    version: "4.0",
  },
  {
    name: "cp-all-in-one",
    repository: "confluentinc/cp-all-in-one",
    commit: "eecbbd3d488d8a4c9d67bd6c33d67a13e2ba3024",
    paths: ["."],
    profile: "dev",
  },
  {
    name: "kafkajs",
    repository: "tulios/kafkajs",
    commit: "55b0b416308b9e597a5a6b97b0a6fd6b846255dc",
    paths: ["docs", "README.md", "docker-compose.2_4.yml", "docker-compose.2_4_oauthbearer.yml"],
    profile: "dev",
  },
  {
    name: "librdkafka",
    repository: "confluentinc/librdkafka",
    commit: "4c3b017c3de8d9c10de12b9eec0ea688e8d5787d",
    paths: ["examples", "INTRODUCTION.md", "README.md", "CONFIGURATION.md"],
    profile: "dev",
  },
  {
    name: "strimzi",
    repository: "strimzi/strimzi-kafka-operator",
    commit: "8541da1e336bdcda9647aeacfbc2048e57580a52",
    paths: ["packaging/examples"],
    profile: "prod",
  },
  {
    name: "apache-kafka-programs",
    repository: "apache/kafka",
    commit: "1eb7644349cb07139d6a3c1ad1986979647cac99",
    paths: ["examples", "streams/examples", "streams/quickstart"],
    profile: "dev",
    isSources: true,
  },
  {
    name: "kafkajs-programs",
    repository: "tulios/kafkajs",
    commit: "55b0b416308b9e597a5a6b97b0a6fd6b846255dc",
    paths: ["examples"],
    profile: "dev",
    isSources: true,
    imports: [[/'\.\.\/(index|src)'/g, "'kafkajs'"]],
  },
  {
    name: "platformatic-programs",
    repository: "platformatic/kafka",
    commit: "f84b496dd6247411366791b74cd871bf6a3b944e",
    paths: ["examples", "playground", "benchmarks"],
    profile: "dev",
    isSources: true,
    imports: [[/'(\.\.\/)+src\/index\.ts'/g, "'@platformatic/kafka'"]],
  },
  {
    name: "confluent-go-programs",
    repository: "confluentinc/confluent-kafka-go",
    commit: "b88333d3d307e04b0b3cf95b60e00433340cb937",
    paths: ["examples"],
    profile: "dev",
    isSources: true,
  },
  {
    name: "confluent-python-programs",
    repository: "confluentinc/confluent-kafka-python",
    commit: "8b1c7a613434eee3d0e1287d624d7af04932f410",
    paths: ["examples"],
    profile: "dev",
    isSources: true,
  },
  {
    name: "franz-go-programs",
    repository: "twmb/franz-go",
    commit: "adb3a18abe14bdb230f1cd738d03623301013d42",
    paths: ["examples"],
    profile: "dev",
    isSources: true,
  },
  {
    name: "spring-programs",
    repository: "spring-projects/spring-kafka",
    commit: "3f3cf7d88cd57a07061c91399026667f9a929c3e",
    paths: ["samples"],
    profile: "dev",
    isSources: true,
  },
];
