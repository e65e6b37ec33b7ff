import { printSeconds } from "../../quantity/print-quantity.ts";
import { commandLine } from "../../plan/command-line.ts";
import { levelFor } from "../../rules/compatibility-order.ts";
import type { RegistrySnapshot, SubjectSnapshot } from "../../snapshot/registry-snapshot.ts";
import { valueOf } from "../../snapshot/observed.ts";
import type { ClusterContext, ClusterHit, ClusterRule } from "../cluster-rule.ts";
import { type ClusterView, count, firstOf } from "../cluster-view.ts";
import { exampleRegistry, exampleTopic, look } from "../example-cluster.ts";

const DAY_MS = 86_400_000;
const ONE_STEP = /^(BACKWARD|FORWARD|FULL)$/;

/** Rules over the registry that keeps its schemas in this cluster. */
export const registryLiveRules: readonly ClusterRule[] = [
  {
    id: "SCH-01",
    name: "compat-none",
    severity: "error",
    confidence: "high",
    harm: "stuck",
    needs: ["registry"],
    condition: "the registry's or a subject's compatibility is NONE",
    why: "Any change of a schema passes; the readers that break learn of it when records come.",
    fix: "Set BACKWARD or stricter.",
    source: "Confluent Schema Registry documentation, compatibility",
    check: (view) =>
      byLevel(
        view,
        ({ level }) => (level === "NONE" ? level : undefined),
        (place, levels) => ({
          message: `No change of a schema is refused by ${place.of}, whoever it breaks.`,
          evidence: `${place.name} has compatibility NONE${examplesOf(levels)}`,
          fix: place.set("BACKWARD"),
        }),
      ),
    examples: [
      { observe: () => registry({ level: "NONE" }), hits: 1 },
      { observe: () => registry({ own: "NONE" }), hits: 1 },
      { observe: () => registry({ own: "BACKWARD" }), hits: 0 },
    ],
  },
  {
    id: "SCH-03",
    name: "mode-vs-order",
    severity: "warning",
    confidence: "high",
    harm: "stuck",
    needs: ["registry", "deploymentOrder"],
    condition:
      "a subject with compatibility FORWARD where ottla.yaml says that consumers get a changed schema first, or with BACKWARD where it says producers do",
    why: "BACKWARD promises that the new schema reads old records: consumers go first. FORWARD promises that old schemas read new records: producers go first. The other way round what the registry lets through breaks readers between the two deployments.",
    fix: "Deploy the others first, or set the level that promises what this order needs; FULL holds for both.",
    source: "Confluent Schema Registry documentation, schema evolution: order of upgrading clients",
    check: (view, { deployedFirst }: ClusterContext) =>
      deployedFirst === undefined
        ? []
        : byLevel(
            view,
            ({ level }) => levelFor(level, deployedFirst),
            (place, levels) => ({
              message: `${place.level} of ${place.of} does not hold while ${deployedFirst} are deployed first.`,
              evidence: `${place.name} has compatibility ${place.level}${examplesOf(levels)}; ottla.yaml: deployedFirst: ${deployedFirst}`,
              fix: `Deploy ${deployedFirst === "consumers" ? "producers" : "consumers"} first, or: ${place.set(levels[0]!.seen)}`,
            }),
          ),
    examples: [
      { observe: () => registry({ own: "FORWARD" }), deployedFirst: "consumers", hits: 1 },
      { observe: () => registry({ level: "BACKWARD_TRANSITIVE" }), deployedFirst: "producers", hits: 1 },
      { observe: () => registry({ own: "BACKWARD" }), deployedFirst: "consumers", hits: 0 },
      { observe: () => registry({ own: "FULL" }), deployedFirst: "producers", hits: 0 },
      { observe: () => registry({ own: "FORWARD" }), hits: 0 },
    ],
  },
  {
    id: "SCH-04",
    name: "replay-not-transitive",
    severity: "warning",
    confidence: "medium",
    harm: "stuck",
    needs: ["registry", "topics", "topicConfigs"],
    condition:
      "a subject whose level is not transitive got a version while its topic still kept records of the version before the last: registered sooner after that than the topic keeps records. By the times of the records in the registry's topic, for subjects named after their topics",
    why: "Without _TRANSITIVE a version is held against the one before it alone. Who replays the topic meets records of older ones, to which it was never held.",
    fix: "Set the transitive level.",
    source: "Confluent Schema Registry documentation, compatibility types",
    check: (view) =>
      byLevel(
        view,
        (subject) => replayed(view, subject),
        (place, found) => {
          const [{ subject, seen }] = found as [Placed<Replay>];
          return {
            message: `Who reads ${seen.topic} from its beginning by the latest schema meets versions that it was not held against${found.length === 1 ? "" : `; so it is with ${count(found.length, "subject")}`}.`,
            evidence: `${subject.subject} (${subject.level}): version ${seen.version} came ${printSeconds(seen.afterMs / 1000)} after version ${seen.before}, and the topic keeps records ${seen.keptMs === Infinity ? "for ever" : printSeconds(seen.keptMs / 1000)}: those of version ${seen.oldest} were there still`,
            fix: place.set(`${subject.level}_TRANSITIVE`),
          };
        },
      ),
    examples: [
      { observe: () => registry({ own: "BACKWARD", days: [0, 10, 16] }), hits: 1 },
      { observe: () => registry({ own: "BACKWARD", days: [0, 10, 17] }), hits: 0 },
      { observe: () => registry({ level: "FULL", days: [0, 1, 2] }), hits: 1 },
      { observe: () => registry({ own: "BACKWARD", days: [0, 100, 500], kept: { "cleanup.policy": "compact" } }), hits: 1 },
      { observe: () => registry({ own: "BACKWARD", days: [0, 100, 500], kept: { "retention.ms": "-1" } }), hits: 1 },
      { observe: () => registry({ own: "BACKWARD_TRANSITIVE", days: [0, 1, 2] }), hits: 0 },
      { observe: () => registry({ own: "BACKWARD", days: [0, 1] }), hits: 0 },
      { observe: () => registry({ own: "BACKWARD", days: [0, 1, 2], topic: "payments" }), hits: 0 },
    ],
  },
  {
    id: "SCH-14",
    name: "name-collision",
    severity: "warning",
    confidence: "high",
    harm: "stuck",
    needs: ["registry"],
    condition: "versions of a subject that is named after its topic describe records of different names",
    why: "Each is held against another kind of event as if it were its next version: either the level is NONE, or changes of one are refused because of the other, and readers by the latest version meet what they cannot read.",
    fix: "Name subjects after records (TopicRecordNameStrategy), give each kind of event a topic of its own, or make the value a union.",
    source: "Confluent Schema Registry documentation, subject name strategies",
    check: ({ snapshot }) =>
      (valueOf(snapshot.registry)?.subjects ?? []).flatMap(({ subject, level, versions }): ClusterHit[] => {
        const types = [...new Set(versions.flatMap(({ recordType }) => recordType ?? []))];
        if (types.length < 2 || !/-(value|key)$/.test(subject)) return [];
        const told = types.map((type) => `${type} (version ${versions.find(({ recordType }) => recordType === type)!.version})`);
        return [
          {
            subject: `subject ${subject}`,
            message: `Subject ${subject} holds ${types.length} kinds of records as versions of one another.`,
            evidence: `${firstOf(told, 3)}; compatibility ${level}`,
          },
        ];
      }),
    examples: [
      { observe: () => registry({ own: "NONE", days: [0, 1], types: ["shop.OrderPlaced", "shop.OrderPaid"] }), hits: 1 },
      { observe: () => registry({ own: "BACKWARD", days: [0, 1], types: ["shop.Order", "shop.Order"] }), hits: 0 },
      { observe: () => registry({ own: "NONE", days: [0, 1] }), hits: 0 },
    ],
  },
];

/** A subject that a question found, and what was seen. */
interface Placed<Seen> {
  readonly subject: SubjectSnapshot;
  readonly seen: Seen;
}

/** Where a level is set, and how another is. */
interface LevelPlace {
  readonly name: string;
  /** `subject orders-value`, `the registry`. */
  readonly of: string;
  readonly level: string;
  readonly set: (level: string) => string;
}

/** One hit for each place where a level is set: a subject's own, or the default of all that have none. */
function byLevel<Seen>(
  { snapshot }: ClusterView,
  see: (subject: SubjectSnapshot) => Seen | undefined,
  tell: (place: LevelPlace, found: readonly Placed<Seen>[]) => Omit<ClusterHit, "subject">,
): ClusterHit[] {
  const registry = valueOf(snapshot.registry);
  if (!registry) return [];
  const found = registry.subjects.flatMap((subject): Placed<Seen>[] => {
    const seen = see(subject);
    return seen === undefined ? [] : [{ subject, seen }];
  });
  return [...Map.groupBy(found, ({ subject }) => (subject.isOwnLevel ? subject.subject : "")).values()].map((some) => {
    const place = placeOf(registry, some[0]!.subject);
    return { subject: place.of === "the registry" ? "registry" : place.of, ...tell(place, some) };
  });
}

function placeOf({ topic }: RegistrySnapshot, { subject, isOwnLevel, level }: SubjectSnapshot): LevelPlace {
  const command = (to: string, ...names: readonly string[]) => commandLine(["ottla", "schemas", "compat", ...names, "--set", to]);
  return isOwnLevel
    ? { name: `subject ${subject}`, of: `subject ${subject}`, level, set: (to) => command(to, subject) }
    : { name: `the registry of ${topic}`, of: "the registry", level, set: (to) => command(to) };
}

function examplesOf(found: readonly Placed<unknown>[]): string {
  const names = found.map(({ subject }) => subject.subject);
  return found[0]!.subject.isOwnLevel ? "" : `, which holds for ${firstOf(names, 3)}`;
}

interface Replay {
  readonly topic: string;
  readonly keptMs: number;
  /** The version that came too soon, the one before it, and the one whose records were there still. */
  readonly version: number;
  readonly before: number;
  readonly oldest: number;
  readonly afterMs: number;
}

/** The latest version that came while records of the version before the last were there. Records of a version are written until the next one is registered, and kept from then on for so long. */
function replayed(view: ClusterView, { subject, level, versions }: SubjectSnapshot): Replay | undefined {
  if (!ONE_STEP.test(level)) return undefined;
  const topic = view.topic(subject.replace(/-(value|key)$/, ""));
  const keptMs = topic && keptFor(view.text(topic, "cleanup.policy"), view.number(topic, "retention.ms"));
  if (!topic || keptMs === undefined || !/-(value|key)$/.test(subject)) return undefined;
  for (let i = versions.length - 1; i >= 2; i--) {
    const [oldest, before, last] = [versions[i - 2]!, versions[i - 1]!, versions[i]!];
    const afterMs = Math.max(0, last.registeredAtMs - before.registeredAtMs);
    if (afterMs < keptMs)
      return { topic: topic.name, keptMs, version: last.version, before: before.version, oldest: oldest.version, afterMs };
  }
  return undefined;
}

function keptFor(policy: string | undefined, retentionMs: number | undefined): number | undefined {
  if (policy === undefined) return undefined;
  if (!policy.includes("delete")) return Infinity;
  return retentionMs === -1 ? Infinity : retentionMs;
}

function registry(given: {
  readonly level?: string;
  readonly own?: string;
  readonly days?: readonly number[];
  readonly kept?: Readonly<Record<string, string>>;
  readonly topic?: string;
  readonly types?: readonly string[];
}) {
  const { level = "BACKWARD", own, days = [0], kept, topic = "orders", types } = given;
  return look({
    only: [exampleTopic(topic, 3, kept)],
    registry: exampleRegistry(level, {
      "orders-value": { level: own, registeredAtMs: days.map((day) => day * DAY_MS), ...(types && { recordTypes: types }) },
    }),
  });
}
