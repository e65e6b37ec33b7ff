import { ApiKey } from "@ottla/protocol";
import {
  makeWritableTxnMarker,
  makeWritableTxnMarkerTopic,
  makeWriteTxnMarkersRequest,
  type WritableTxnMarker,
  writeTxnMarkersApi,
} from "@ottla/protocol/apis/write-txn-markers";
import type { ScriptContext } from "../script-context.ts";
import type { StepKind } from "../step.ts";

/** Producers that no coordinator knows: whatever is written in their name disturbs no transaction of the script. */
const STRANGERS = [900_001, 900_002];
const COORDINATOR_EPOCHS = [0, 0, 1, 5, -1, 2 ** 31 - 1];
/** From this version on a marker says by which rules its transaction went. */
const VERSION_WITH_RULES = 2;

function anyTopics(context: ScriptContext) {
  const topic = context.topic();
  const partitionIndexes = [...new Set([context.partitionOf(topic), ...(context.random.chance(0.3) ? [0] : [])])];
  return [makeWritableTxnMarkerTopic({ name: topic?.name ?? context.topicName(), partitionIndexes })];
}

function ofStranger(context: ScriptContext): WritableTxnMarker {
  const { random } = context;
  return makeWritableTxnMarker({
    producerId: context.mostly(random.pick(STRANGERS), [-1], 0.03),
    producerEpoch: context.mostly(random.nextInt(4), [-1, 32_767], 0.1),
    transactionResult: random.chance(0.5),
    topics: anyTopics(context),
    coordinatorEpoch: random.pick(COORDINATOR_EPOCHS),
  });
}

const markStrangers: StepKind = {
  name: "transaction: markers of nobody's transaction",
  weight: 2,
  keys: [ApiKey.WriteTxnMarkers],
  async run(context) {
    const version = context.version(writeTxnMarkersApi);
    const markers = Array.from({ length: context.mostly(1, [2, 0]) }, () => ofStranger(context));
    const rules =
      version >= VERSION_WITH_RULES ? markers.map((marker) => ({ ...marker, transactionVersion: context.random.nextInt(3) })) : markers;
    await context.ask(writeTxnMarkersApi, version, makeWriteTxnMarkersRequest({ markers: rules }));
  },
};

const markOpen: StepKind = {
  name: "transaction: a marker behind the coordinator's back",
  weight: 2,
  keys: [ApiKey.WriteTxnMarkers],
  async run(context) {
    const { model, random } = context;
    const open = model.producers.filter((producer) => producer.open !== null && producer.open.size > 0);
    if (open.length === 0) return;
    const producer = random.pick(open);
    const [name = "", partition = "0"] = random.pick([...producer.open!]).split(" ");
    // By the old rules and the coordinator's own epochs: others would have its own markers refused for ever.
    const marker = makeWritableTxnMarker({
      producerId: producer.id,
      producerEpoch: producer.epoch,
      transactionResult: random.chance(0.3),
      topics: [makeWritableTxnMarkerTopic({ name, partitionIndexes: [Number(partition)] })],
      coordinatorEpoch: 0,
    });
    await context.ask(writeTxnMarkersApi, context.version(writeTxnMarkersApi), makeWriteTxnMarkersRequest({ markers: [marker] }));
  },
};

export const markerSteps: readonly StepKind[] = [markStrangers, markOpen];
