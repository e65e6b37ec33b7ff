/**
 * What is put in place of kafkajs's own insides, so that its specs drive `@ottla/client/kafkajs`: by path below its repository, the text of a CommonJS module. `OTTLA` is the bundled module,
 * `BOOTSTRAP` the address of the cluster, in the environment of the specs.
 */
const ottla = `require(process.env.OTTLA_BUNDLE)`;

const make = (part: string) => `const { Kafka, logLevel } = ${ottla};
const Cluster = require('../cluster');
module.exports = ({ cluster = new Cluster({}), logger, instrumentationEmitter, ...own }) => {
  const { allowAutoTopicCreation = true, isolationLevel, rackId } = { ...cluster.options, ...own };
  const kafka = new Kafka({ brokers: cluster.brokers, clientId: cluster.options.clientId, logLevel: logLevel.NOTHING });
  const partOnly = ${part === "consumer" ? "{ readUncommitted: isolationLevel === 0, rackId: rackId || undefined, allowAutoTopicCreation }" : "{}"};
  const made = kafka.${part}({ ...own, ...partOnly });
  const connect = made.connect;
  let isConnected = false;
  made.connect = async () => { await connect(); isConnected = cluster.isJoined = true; };
  // Kafkajs's specs let parts share a cluster: one of them connects for all. What is connected runs at once, so that a seek may follow without a wait.
  if (made.run) { const run = made.run; made.run = async (options) => { if (cluster.isJoined && !isConnected) await connect(); return run(options); }; }
  return made;
};
`;

export const overlay: Readonly<Record<string, string>> = {
  "index.js": `const ottla = ${ottla};
const brokers = () => process.env.BOOTSTRAP.split(",");
class Kafka extends ottla.Kafka {
  constructor(config) { super({ ...config, brokers: brokers(), logLevel: ottla.logLevel.NOTHING }); }
}
module.exports = { ...ottla, Kafka };
`,
  "src/index.js": `module.exports = require('../index').Kafka;`,
  "src/errors.js": `const errors = ${ottla};
module.exports = { ...errors, isKafkaJSError: (e) => e instanceof errors.KafkaJSError, isRebalancing: (e) => e.type === 'REBALANCE_IN_PROGRESS' };
`,
  "src/cluster/index.js": `module.exports = class Cluster {
  constructor(options) { this.options = options; this.isJoined = false; this.brokers = process.env.BOOTSTRAP.split(","); }
  async connect() {}
  async disconnect() {}
  isConnected() { return true; }
  async refreshMetadata() {}
  async refreshMetadataIfNecessary() {}
  async addTargetTopic() {}
  async addMultipleTargetTopics() {}
  async fetchTopicsOffset(topics) {
    const { Kafka } = require('../../index');
    const admin = new Kafka({}).admin();
    const found = [];
    for (const { topic, partitions, fromBeginning } of topics) {
      const ends = await admin.fetchTopicOffsets(topic);
      const of = ({ partition }) => { const end = ends.find((each) => each.partition === partition); return { partition, offset: fromBeginning ? end.low : end.high }; };
      found.push({ topic, partitions: partitions.map(of) });
    }
    await admin.disconnect();
    return found;
  }
  async findGroupCoordinator() {
    const { Kafka } = require('../../index');
    const admin = new Kafka({}).admin();
    return {
      async offsetFetch({ groupId, topics }) {
        const listed = await admin.fetchOffsets({ groupId, topics: topics.map((each) => each.topic) });
        await admin.disconnect();
        const partitions = (each) => each.partitions.map((p) => ({ ...p, errorCode: 0, metadata: p.metadata ?? '' }));
        return { throttleTime: 0, errorCode: 0, clientSideThrottleTime: 0, responses: listed.map((each) => ({ topic: each.topic, partitions: partitions(each) })) };
      },
    };
  }
};
`,
  "src/admin/index.js": make("admin"),
  "src/producer/index.js": make("producer"),
  "src/consumer/index.js": make("consumer"),
  "src/consumer/assignerProtocol.js": `module.exports = ${ottla}.AssignerProtocol;`,
  "src/producer/partitioners/index.js": `const { Partitioners } = ${ottla};
module.exports = { DefaultPartitioner: Partitioners.DefaultPartitioner, LegacyPartitioner: Partitioners.LegacyPartitioner, JavaCompatiblePartitioner: Partitioners.DefaultPartitioner };
`,
};
