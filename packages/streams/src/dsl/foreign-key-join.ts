import { ProcessorNode, StateStoreNode } from "../graph/processor-node.ts";
import { SinkNode } from "../graph/sink-node.ts";
import { StreamSourceNode } from "../graph/source-nodes.ts";
import { ResponseResolver } from "../processors/foreign-key/response-resolver.ts";
import { type SubscriptionResponse, subscriptionResponseSerde, subscriptionSerde } from "../processors/foreign-key/subscription.ts";
import { SubscribersTeller, SubscriptionAnswerer, SubscriptionReceiver } from "../processors/foreign-key/subscription-receiver.ts";
import { SubscriptionSender } from "../processors/foreign-key/subscription-sender.ts";
import type { TableJoiner } from "../processors/joins/table-table-join.ts";
import { TableSource } from "../processors/tables/table-source.ts";
import { bytes } from "../serdes/primitive-serdes.ts";
import { stores } from "../stores/stores.ts";
import type { AnySerde } from "../serdes/serde.ts";
import type { StreamPartitioner } from "../topology/parts.ts";
import { changelogTopicName, repartitionTopicName } from "../topology/internal-topics.ts";
import { checkFunction, nameIn } from "./arguments.ts";
import type { DslContext, TableState } from "./context.ts";
import type { JoinOptions } from "./table-joins.ts";
import { namedStore } from "./store-naming.ts";
import { tableStoreBuilder } from "./table-store-builder.ts";
import { needSerdes } from "./need-serdes.ts";

const PREFIX = "KTABLE-FK-JOIN-";

/** {@link JoinOptions}, and how the topics of both tables are partitioned by their keys. */
export type ForeignKeyJoinOptions = JoinOptions & {
  readonly partitioner?: StreamPartitioner<never, null>;
  readonly otherPartitioner?: StreamPartitioner<never, null>;
};

/** What a foreign-key join is made of beside its tables. */
export interface ForeignKeyJoin {
  readonly foreignKeyOf: (value: unknown, key: unknown) => unknown;
  readonly joiner: TableJoiner;
  readonly isLeft: boolean;
}

/**
 * Two tables, the left one's values naming keys of the right one: the left sends subscriptions through one topic to where the right keys are, and the answers come back through another.
 */
export function joinOnForeignKey(
  context: DslContext,
  left: TableState,
  right: TableState,
  join: ForeignKeyJoin,
  options: ForeignKeyJoinOptions = {},
): unknown {
  const { graph, unnamed } = context;
  const { partitioner, otherPartitioner } = options;
  if (partitioner !== undefined) checkFunction("joinOn", "partitioner", partitioner);
  if (otherPartitioner !== undefined) checkFunction("joinOn", "partitioner of the other table", otherPartitioner);
  const given = nameIn(options);
  const named = (suffix: string, prefix: string) => graph.names.suffixedOr(given, suffix, prefix);
  const serdes = serdesOf(left, right);
  right.table.enableSendingOldValues(true);
  left.table.enableSendingOldValues(true);
  const topic = `${named("-subscription-registration", `${PREFIX}SUBSCRIPTION-REGISTRATION-`)}-topic`;
  graph.topology.addRepartitionTopic({ name: topic, partitions: undefined });
  const plan: JoinPlan = { context, left, right, join, named, serdes, topic, otherPartitioner };
  const subscriptions = sendSubscriptions(plan);
  const answers = answerSubscriptions(plan, subscriptions);
  const responseTopic = `${named("-subscription-response", `${PREFIX}SUBSCRIPTION-RESPONSE-`)}-topic`;
  graph.topology.addRepartitionTopic({ name: responseTopic, partitions: undefined });
  const responses = subscriptionResponseSerde(serdes.foreignValue) as AnySerde;
  const back = byKeyAlone(partitioner) ?? toPrimaryPartition;
  const way = { topic: responseTopic, key: serdes.key, value: responses, partitioner: back, part: "-subscription-response" };
  const returned = throughTopic(plan, way, answers);
  const sources = new Set([...left.sources, returned.name]);
  graph.topology.coPartition(sources);
  const primary = left.table.view();
  const resolver = { value: serdes.value, topicOf: inCluster(topic), joiner: join.joiner, isLeft: join.isLeft };
  const name = named("-subscription-response-resolver", `${PREFIX}SUBSCRIPTION-RESPONSE-RESOLVER-PROCESSOR-`);
  const resolve = new ProcessorNode(name, () => new ResponseResolver(resolver, primary.get()), { connected: () => primary.storeNames });
  graph.add(resolve, returned);
  if (given === undefined) unnamed.repartitionTopics.push(topic, responseTopic);
  return result(context, named("-result", `${PREFIX}OUTPUT-`), resolve, sources, { key: serdes.key, value: options.value }, options);
}

/** What the steps of a foreign-key join have in common. */
interface JoinPlan {
  readonly context: DslContext;
  readonly left: TableState;
  readonly right: TableState;
  readonly join: ForeignKeyJoin;
  readonly named: (suffix: string, prefix: string) => string;
  readonly serdes: ReturnType<typeof serdesOf>;
  readonly topic: string;
  readonly otherPartitioner: StreamPartitioner<never, null> | undefined;
}

/** The left side: subscriptions on their way to the right keys. */
function sendSubscriptions(plan: JoinPlan): StreamSourceNode {
  const { context, left, right, join, named, serdes, topic } = plan;
  let isVersioned = false;
  const options = {
    foreignKeyOf: join.foreignKeyOf,
    foreignKey: serdes.foreignKey,
    value: serdes.value,
    topicOf: inCluster(topic),
    isLeft: join.isLeft,
  };
  const name = named("-subscription-registration-processor", `${PREFIX}SUBSCRIPTION-REGISTRATION-`);
  const send = new ProcessorNode(name, () => new SubscriptionSender(options, () => isVersioned));
  send.onVersionedParent = () => {
    isVersioned = true;
  };
  context.graph.add(send, left.node);
  const value = subscriptionSerde(serdes.key, (name) => `${name}-pk`) as AnySerde;
  const partitioner = byKeyAlone(plan.otherPartitioner);
  const through = throughTopic(plan, { topic, key: serdes.foreignKey, value, partitioner, part: "-subscription-registration" }, [send]);
  context.graph.topology.coPartition([...right.sources, through.name]);
  return through;
}

/** The right side: what answers a subscription, and what tells subscribers of changes. */
function answerSubscriptions({ context, right, named, serdes, topic }: JoinPlan, subscriptions: StreamSourceNode): ProcessorNode[] {
  const { graph } = context;
  const storeName = named("-subscription-store", `${PREFIX}SUBSCRIPTION-STATE-STORE-`);
  const changelogEnd = changelogTopicName("", storeName).length;
  const value = subscriptionSerde(
    serdes.key,
    (changelog) => `${repartitionTopicName(changelog.slice(0, -changelogEnd), topic)}-pk`,
  ) as AnySerde;
  graph.add(
    new StateStoreNode(
      stores.timestampedKeyValue({ name: storeName, key: bytes, value, changelogHeaders: true, persistent: "asTopology" }),
    ),
  );
  const receiver = { storeName, foreignKey: serdes.foreignKey, primaryKey: serdes.key, topicOf: inCluster(topic) };
  const withStore = { connected: () => [storeName] };
  const processor = `${PREFIX}SUBSCRIPTION-PROCESSOR-`;
  const receive = new ProcessorNode(named("-subscription-receive", processor), () => new SubscriptionReceiver(receiver), withStore);
  graph.add(receive, subscriptions);
  const foreign = right.table.view();
  const withTable = { connected: () => foreign.storeNames };
  const answer = new ProcessorNode(
    named("-subscription-join-foreign", processor),
    () => new SubscriptionAnswerer(foreign.get()),
    withTable,
  );
  graph.add(answer, receive);
  let isVersioned = false;
  const tell = new ProcessorNode(
    named("-foreign-join-subscription", processor),
    () => new SubscribersTeller(receiver, () => isVersioned),
    withStore,
  );
  tell.onVersionedParent = () => {
    isVersioned = true;
  };
  graph.add(tell, right.node);
  return [answer, tell];
}

/** The table of the joined values, in a store when something needs it. */
function result(
  context: DslContext,
  name: string,
  parent: ProcessorNode,
  sources: Set<string>,
  serdes: { readonly key: AnySerde; readonly value: AnySerde | undefined },
  options: JoinOptions,
): unknown {
  const store = namedStore(context.graph.names, options.store, `${PREFIX}OUTPUT-`);
  const table = new TableSource(store.name, store.isQueryable);
  const node = new ProcessorNode(name, () => table.create(), {
    own: () => (table.isMaterialized ? [tableStoreBuilder(store, serdes)] : []),
  });
  node.isVersioned = store.options.historyRetentionMs !== undefined;
  context.graph.add(node, parent);
  return context.table({ name, node, ...serdes, sources, table, queryableStoreName: store.isQueryable ? store.name : undefined });
}

interface ThroughTopic {
  readonly topic: string;
  readonly key: AnySerde;
  readonly value: AnySerde;
  readonly partitioner: StreamPartitioner<never, never> | undefined;
  readonly part: string;
}

/** Out through a topic of the application's own and in again. */
function throughTopic(
  { context: { graph }, named }: JoinPlan,
  { topic, key, value, partitioner, part }: ThroughTopic,
  parents: readonly ProcessorNode[],
): StreamSourceNode {
  const sink = graph.add(new SinkNode(named(`${part}-sink`, "KTABLE-SINK-"), { topic, key, value, partitioner }), ...parents);
  const consumed = { key, value, timestamp: undefined, offsetReset: undefined };
  return graph.add(new StreamSourceNode(named(`${part}-source`, "KTABLE-SOURCE-"), [topic], consumed), sink);
}

function inCluster(topic: string): (applicationId: string) => string {
  return (applicationId) => repartitionTopicName(applicationId, topic);
}

/** As tables' topics are partitioned: values play no part in it, and are not known here. */
function byKeyAlone(partitioner: StreamPartitioner<never, null> | undefined): StreamPartitioner<never, never> | undefined {
  return partitioner === undefined ? undefined : (topic, key, _value, partitions) => partitioner(topic, key, null, partitions);
}

/** An answer goes to where the question came from. */
const toPrimaryPartition: StreamPartitioner<never, SubscriptionResponse<unknown>> = (_topic, _key, { primaryPartition }) =>
  primaryPartition ?? undefined;

function serdesOf(left: TableState, right: TableState) {
  const { key, value } = left;
  const { key: foreignKey, value: foreignValue } = right;
  const isComplete = key !== undefined && value !== undefined && foreignKey !== undefined && foreignValue !== undefined;
  needSerdes(isComplete, "A foreign-key join of tables");
  return { key, value, foreignKey, foreignValue };
}
