import type { CallCode, Code, LoopCode } from "../source/code/code.ts";
import { keyText } from "../source/code/constants.ts";
import { ancestorsOf, calledName, isWithin, pathOf, walk } from "../source/code/source-code.ts";
import { callsIn, callsOf, functionAround, recordScopeOf, useOf } from "../source/model/context.ts";
import { bareType } from "../source/model/find-clients.ts";
import { nearestLoop } from "../source/model/find-records.ts";
import { sentRecords } from "../source/model/sent-records.ts";
import type { ClientCall, Program } from "../source/model/program.ts";
import type { SourceHit, SourceRule } from "./source-rule.ts";

const KAFKAJS = `import { Kafka } from "kafkajs";\nconst producer = new Kafka({ brokers }).producer();\n`;
/** Examples ask a clock of their own. */
const NOW = "Date" + ".now()";
const JAVA = `import org.apache.kafka.clients.producer.*;\nclass Orders {\n  private final KafkaProducer<String, Order> producer;\n`;
const PYTHON = `from confluent_kafka import Producer\nproducer = Producer({"bootstrap.servers": hosts})\n`;

/** Rules over what a program sends, and beside what. */
export const sourceRecordRules: readonly SourceRule[] = [
  {
    id: "SRC-01",
    name: "send-get",
    severity: "warning",
    confidence: "high",
    condition: "each send of a loop is waited for before the next",
    why: "A batch holds one record: throughput is one record per round trip, where it could be thousands.",
    fix: "Send all, and wait for all of them at the end.",
    source: "Apache Kafka documentation, KafkaProducer.send",
    instead: {
      typescript: "await producer.send({ topic, messages: orders.map(messageOf) })",
      java: "collect the futures, producer.flush(), then get() each",
      kotlin: "collect the futures, producer.flush(), then get() each",
      python: "producer.produce(…) in the loop with producer.poll(0), producer.flush() behind it",
      go: "writer.WriteMessages(ctx, messages...)",
    },
    check: (program) => [
      ...callsOf(program, "send").flatMap((call) => waitedInLoop(program, call)),
      ...callsOf(program, "flush").flatMap((call) => flushedInLoop(program, call)),
    ],
    examples: [
      {
        language: "java",
        code: `${JAVA}  void publish(List<Order> orders) throws Exception {\n    for (Order order : orders) producer.send(recordOf(order)).get();\n  }\n}`,
        hits: 1,
      },
      {
        language: "java",
        code: `${JAVA}  void publish(Order order) throws Exception { producer.send(recordOf(order)).get(); }\n}`,
        hits: 0,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}for (const order of orders) await producer.send({ topic: "orders", messages: [order] });`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}await Promise.all(orders.map((order) => producer.send({ topic: "orders", messages: [order] })));`,
        hits: 0,
      },
      {
        language: "python",
        code: `${PYTHON}for order in orders:\n    producer.produce("orders", order, on_delivery=report)\n    producer.flush()\n`,
        hits: 1,
      },
      {
        language: "python",
        code: `${PYTHON}for order in orders:\n    producer.produce("orders", order, on_delivery=report)\nproducer.flush()\n`,
        hits: 0,
      },
      {
        language: "go",
        code: `package main\nimport "github.com/segmentio/kafka-go"\nfunc publish(w *kafka.Writer) error {\n  for _, order := range orders {\n    if err := w.WriteMessages(ctx, kafka.Message{Value: order}); err != nil { return err }\n  }\n  return nil\n}`,
        hits: 1,
      },
    ],
  },
  {
    id: "SRC-11",
    name: "dual-write",
    severity: "warning",
    confidence: "medium",
    condition: "one function writes to a database and sends to Kafka, without an outbox",
    why: "A crash between the two leaves one without the other, for ever: the order is there and nobody hears of it, or the other way round.",
    fix: "Write the record into an outbox table in the database's transaction, and publish from there.",
    source: "transactional outbox",
    instead: { typescript: "OutboxPublisher of @ottla/client/outbox publishes the rows." },
    check: (program) => {
      if (program.isTest || /outbox/i.test(program.path)) return [];
      return program.code.imports.some(({ module }) => /outbox/i.test(module))
        ? []
        : [...callsOf(program, "send", "enqueue"), ...sendingCalls(program)].flatMap((call) => dualWrite(program, call));
    },
    examples: [
      {
        language: "java",
        code: `${JAVA}  void place(Order order) {\n    orderRepository.save(order);\n    producer.send(recordOf(order), report);\n  }\n}`,
        hits: 1,
      },
      {
        language: "java",
        code: `${JAVA}  void place(Order order) {\n    orderRepository.save(order);\n    outboxRepository.save(eventOf(order));\n  }\n  void relay(Event event) { producer.send(recordOf(event), report); }\n}`,
        hits: 0,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}async function place(order) {\n  await prisma.order.create({ data: order });\n  await producer.send({ topic: "orders", messages: [order] });\n}`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}async function place(order) {\n  const found = await prisma.order.findMany({ where: order });\n  await producer.send({ topic: "orders", messages: [found] });\n}`,
        hits: 0,
      },
      {
        language: "python",
        code: `${PYTHON}def place(order):\n    session.add(order)\n    session.commit()\n    producer.produce("orders", order.json(), on_delivery=report)\n`,
        hits: 1,
      },
    ],
  },
  {
    id: "TOP-28",
    name: "timestamp-key",
    severity: "warning",
    confidence: "high",
    condition: "records are sent with the time of sending as their key, or as a part of it",
    why: "No two records of one thing have one key then: nothing is in order, compaction keeps everything, and a table has a row a record.",
    fix: "Key by what must stay in order (the order, the device, the account), or by nothing.",
    source: "Apache Kafka documentation, partitioning",
    check: (program) =>
      program.isTest
        ? []
        : callsOf(program, "send", "enqueue").flatMap((call) =>
            sentRecords(program, call).flatMap(({ key, at }) =>
              key !== undefined && tellsTime(key)
                ? [{ at, message: "The key of these records is the time at which they are sent: each record has another." }]
                : [],
            ),
          ),
    examples: [
      {
        language: "typescript",
        code: `${KAFKAJS}await producer.send({ topic: "clicks", messages: [{ key: String(${NOW}), value }] });`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}await producer.send({ topic: "clicks", messages: [{ key: "session-" + ${NOW}, value }] });`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}await producer.send({ topic: "clicks", messages: [{ key: session.id, value: String(${NOW}) }] });`,
        hits: 0,
      },
      {
        language: "java",
        code: `${JAVA}  void publish(Order order) {\n    producer.send(new ProducerRecord<>("orders", Long.toString(System.currentTimeMillis()), order), report);\n  }\n}`,
        hits: 1,
      },
      {
        language: "java",
        code: `${JAVA}  void publish(Order order) {\n    producer.send(new ProducerRecord<>("orders", null, System.currentTimeMillis(), order.id(), order), report);\n  }\n}`,
        hits: 0,
      },
      {
        language: "python",
        code: `${PYTHON}producer.produce("orders", value=order, key=str(time.time()), on_delivery=report)\n`,
        hits: 1,
      },
      {
        language: "python",
        code: `${PYTHON}producer.produce("orders", value=order, key=order.id, on_delivery=report)\n`,
        hits: 0,
      },
    ],
  },
  {
    id: "SRC-12",
    name: "null-key",
    severity: "warning",
    confidence: "needs context",
    condition: "records of a topic named after something that has a history are sent without a key",
    why: "Records without a key go to any partition: what happened to one order is read out of order.",
    fix: "Send with the id of what it is about as the key.",
    source: "Apache Kafka documentation, producer, partitioning",
    check: (program) => (program.isTest ? [] : callsOf(program, "send", "enqueue").flatMap((call) => withoutKey(program, call))),
    examples: [
      {
        language: "typescript",
        code: `${KAFKAJS}await producer.send({ topic: "shop.orders", messages: [{ value: JSON.stringify(order) }] });`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}await producer.send({ topic: "shop.orders", messages: [{ key: order.id, value: JSON.stringify(order) }] });`,
        hits: 0,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}await producer.send({ topic: "page-views", messages: [{ value: JSON.stringify(view) }] });`,
        hits: 0,
      },
      {
        language: "java",
        code: `${JAVA}  void place(Order order) { producer.send(new ProducerRecord<>("orders", order), report); }\n}`,
        hits: 1,
      },
      {
        language: "java",
        code: `${JAVA}  void place(Order order) { producer.send(new ProducerRecord<>("orders", order.id(), order), report); }\n}`,
        hits: 0,
      },
      { language: "python", code: `${PYTHON}producer.produce("orders", value=order, on_delivery=report)\n`, hits: 1 },
    ],
  },
  {
    id: "SRC-13",
    name: "dlq-no-meta",
    severity: "warning",
    confidence: "medium",
    condition: "a record for a dead-letter topic does not say where it comes from and why it failed, or its send is not waited for",
    why: "Nobody can tell what went wrong or send it again; and when the send fails unseen, the record is gone after all.",
    fix: "Headers for topic, partition, offset, timestamp, error and attempt, those of the record itself too; wait for the send before the commit.",
    source: "KIP-298",
    check: (program) => callsOf(program, "send", "enqueue").flatMap((call) => bareDeadLetter(program, call)),
    examples: [
      {
        language: "typescript",
        code: `${KAFKAJS}async function bury(message) {\n  await producer.send({ topic: "orders.dlq", messages: [{ key: message.key, value: message.value }] });\n}`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}async function bury({ topic, partition, message }, error) {\n  const headers = { ...message.headers, topic, partition: String(partition), offset: message.offset, timestamp: message.timestamp, error: String(error), attempt: "3" };\n  await producer.send({ topic: "orders.dlq", messages: [{ key: message.key, value: message.value, headers }] });\n}`,
        hits: 0,
      },
      {
        language: "java",
        code: `${JAVA}  void bury(ConsumerRecord<String, Order> one) {\n    ProducerRecord<String, Order> letter = new ProducerRecord<>("orders.dlq", one.key(), one.value());\n    letter.headers().add("topic", one.topic().getBytes());\n    letter.headers().add("offset", bytes(one.offset()));\n    producer.send(letter);\n  }\n}`,
        hits: 1,
      },
    ],
  },
];

function waitedInLoop(program: Program, { call, library, isProven }: ClientCall): readonly SourceHit[] {
  const loop = nearestLoop(call);
  if (!loop || isEndlessLoop(program, loop)) return [];
  // A program that passes records on one by one commits them so, too.
  if (recordScopeOf(program, call)) return library.sends === "future" && isGot(call) ? [waited(call, isProven)] : [];
  if (library.sends === "future") return isGot(call) ? [waited(call, isProven)] : [];
  if (library.sends === "promise")
    return useOf(call) === "awaited" && isOverMany(loop) && !hasManyRecords(program, call) ? [waited(call, isProven)] : [];
  return library.id === "kafka-go" && isOverMany(loop) && call.args.length === 2 ? [waited(call, isProven)] : [];
}

/** A loop over things, or one that counts; who sleeps in it wants it slow. */
function isOverMany(loop: LoopCode): boolean {
  const counts = loop.condition?.kind === "operation" && /^([<>]=?|!==?)$/.test(loop.condition.operator);
  const sleeps = callsIn(loop.body).some(({ callee }) => /^(sleep|delay|setTimeout|wait|Sleep)$/.test(calledName(callee) ?? ""));
  return (loop.over !== undefined || counts) && !sleeps;
}

function waited(call: CallCode, isProven: boolean): SourceHit {
  return { at: call, message: "Each record is waited for before the next is sent.", confidence: isProven ? "high" : "medium" };
}

/** `send(…).get()`. */
function isGot(call: CallCode): boolean {
  const { parent } = call;
  return parent?.kind === "member" && parent.name === "get" && parent.parent?.kind === "call";
}

/** Whether a send in TypeScript takes a list that was made elsewhere: a batch of its own. */
function hasManyRecords(program: Program, { args }: CallCode): boolean {
  const given = args[0] && program.constants.resolve(args[0]);
  if (given?.kind !== "map") return given?.kind !== "list" || given.items.length > 1;
  const messages = given.entries.find(({ key }) => key && keyText(key) === "messages")?.value;
  if (!messages) return !given.entries.some(({ key }) => key && keyText(key) === "value");
  return messages.kind !== "list" || messages.items.length > 1;
}

function isEndlessLoop(program: Program, loop: Code): boolean {
  return loop.kind === "loop" && !loop.over && (loop.condition === undefined || program.constants.value(loop.condition) === "true");
}

function flushedInLoop(program: Program, { call, receiver, library }: ClientCall): readonly SourceHit[] {
  const loop = nearestLoop(call);
  if (!loop?.over || library.id === "ottla" || recordScopeOf(program, call)) return [];
  const sends = callsOf(program, "send", "enqueue").filter((each) => each.receiver === receiver && nearestLoop(each.call) === loop);
  const isEach = sends.length > 0 && call.parent?.kind === "block" && sends.some((each) => each.call.parent === call.parent);
  return isEach ? [{ at: call, message: "Every record is flushed by itself." }] : [];
}

const STORES =
  /(repo|repository|dao|entitymanager|jdbctemplate|jdbc|prisma|knex|typeorm|sequelize|mongoose|mongo|collection|database|datasource|dbsession|session|cursor|pgclient|pool|conn|connection|\bdb|\btx|\bem)$/i;
const WRITES =
  /^(save|saveAll|saveAndFlush|insert|insertOne|insertMany|persist|create|createMany|update|updateOne|updateMany|upsert|add|merge|Create|Save|Insert|Update)$/;
const RAW = /^(execute|query|exec|Exec|ExecContext|run|executeUpdate|\$executeRaw)$/;

/** Whether a call writes to a database, by what it is called on. */
function isDatabaseWrite(program: Program, { callee, args }: CallCode): boolean {
  if (callee.kind !== "member") return false;
  const owner = pathOf(callee.object) ?? "";
  const type = declaredType(program, owner) ?? "";
  const isStore = (owner.split(".").some((part) => STORES.test(part)) || STORES.test(type)) && !/outbox/i.test(`${owner} ${type}`);
  if (!isStore) return false;
  if (WRITES.test(callee.name)) return true;
  const statement = args[0] && program.constants.value(args[0]);
  return RAW.test(callee.name) && /^\s*(insert|update|delete|merge)\b/i.test(statement ?? "") && !/outbox/i.test(statement ?? "");
}

/** Calls of a function, here or in another file of the project, that sends. */
function sendingCalls(program: Program): readonly { readonly call: CallCode }[] {
  return program.constants.calls.flatMap((call) => {
    if (call.callee.kind !== "name" || call.isNew) return [];
    const sends = program.constants
      .knownFunctions(call.callee.name)
      .some((each) =>
        callsIn(each.body).some(
          ({ callee }) =>
            callee.kind === "member" &&
            /^(send|produce|WriteMessages)$/.test(callee.name) &&
            /producer|kafka|writer/i.test(pathOf(callee.object) ?? ""),
        ),
      );
    return sends ? [{ call }] : [];
  });
}

/** The type that the file declares a name to have. */
function declaredType(program: Program, path: string): string | undefined {
  const name = path.slice(path.lastIndexOf(".") + 1);
  if (name === "") return undefined;
  for (const each of walk(program.code.root)) {
    const type =
      each.kind === "function"
        ? each.parameters.find(({ names }) => names.includes(name))?.type
        : each.kind === "assign" && each.targets.some((target) => pathOf(target) === name)
          ? each.type
          : undefined;
    if (type !== undefined) return bareType(type);
  }
  return undefined;
}

function dualWrite(program: Program, { call }: Pick<ClientCall, "call">): readonly SourceHit[] {
  const around = functionAround(call);
  if (!around || recordScopeOf(program, call) || callsOf(program, "begin").some((begin) => isWithin(begin.call, around))) return [];
  const write = callsIn(around).find((each) => isDatabaseWrite(program, each) && each.end < call.start);
  const isFirstSend =
    write &&
    !program.calls.some(
      (each) => (each.verb === "send" || each.verb === "enqueue") && each.call.start < call.start && isWithin(each.call, around),
    );
  return write && isFirstSend
    ? [
        {
          at: call,
          message: `The database is written in line ${write.line} and Kafka here: a crash in between leaves one without the other.`,
        },
      ]
    : [];
}

const HAS_HISTORY =
  /(^|[._-])(orders?|payments?|accounts?|users?|customers?|invoices?|shipments?|inventory|carts?|balances?|transfers?|trades?|positions?|tickets?|bookings?|subscriptions?|transactions?)($|[._-])/i;

const CLOCK =
  /^(Date\.now|performance\.now|System\.(currentTimeMillis|nanoTime)|(Instant|LocalDateTime|ZonedDateTime|OffsetDateTime)\.now|Clock\.System\.now|time\.(time|time_ns|Now)|(datetime\.)*datetime\.(now|utcnow))$/;

/** Whether the clock is asked in it. */
function tellsTime(key: Code): boolean {
  for (const each of walk(key))
    if (each.kind === "call" && (CLOCK.test(pathOf(each.callee) ?? "") || (calledName(each.callee) === "Date" && each.args.length === 0)))
      return true;
  return false;
}

function withoutKey(program: Program, call: ClientCall): readonly SourceHit[] {
  return sentRecords(program, call).flatMap(({ topic, hasKey, at }) =>
    topic !== undefined && HAS_HISTORY.test(topic) && !hasKey && !isDeadLetters(topic)
      ? [{ at, message: `Records of ${topic} have no key: their order is lost.` }]
      : [],
  );
}

function isDeadLetters(topic: string): boolean {
  return /(^|[._-])(dlq|dlt|dead[._-]?letters?)($|[._-])/i.test(topic);
}

const WANTED: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["topic", /topic/i],
  ["partition", /partition/i],
  ["offset", /offset/i],
  ["error", /error|exception|reason|cause|stack/i],
  ["attempt", /attempt|retr|tries/i],
];

function bareDeadLetter(program: Program, call: ClientCall): readonly SourceHit[] {
  const found = sentRecords(program, call).find(({ topic }) => topic !== undefined && isDeadLetters(topic));
  if (!found) return [];
  const missing = WANTED.filter(
    ([, pattern]) => !found.headers || !headerNames(program, found.headers).some((name) => pattern.test(name)),
  ).map(([name]) => name);
  const isUnwaited = useOf(call.call) === "dropped" && call.call.args.length < 2;
  if (missing.length <= 1 && !isUnwaited) return [];
  const parts = [...(missing.length > 1 ? [`does not say its ${missing.join(", ")}`] : []), ...(isUnwaited ? ["is not waited for"] : [])];
  return [{ at: call.call, message: `The dead letter ${parts.join(", and ")}.` }];
}

/** Names of headers, as far as they are written. What is made elsewhere may hold anything. */
function headerNames(program: Program, headers: Code): readonly string[] {
  const found = program.constants.resolve(headers.kind === "named" ? headers.value : headers);
  if (found.kind === "name" || found.kind === "call" || found.kind === "member") return WANTED.map(([name]) => name);
  const names: string[] = [];
  for (const each of walk(found)) {
    if (each.kind === "text" && each.value !== undefined && isHeaderName(each, found)) names.push(each.value);
    if (each.kind === "map") for (const { key } of each.entries) if (key) names.push(keyText(key) ?? program.constants.value(key) ?? "");
    if (each.kind === "map" && each !== found) break;
  }
  return names;
}

/** Of `headers().add(name, value)` the first argument; of a list of pairs the first of each. */
function isHeaderName(text: Code, whole: Code): boolean {
  const { parent } = text;
  if (parent?.kind === "list") return parent.items[0] === text;
  if (parent?.kind === "call") return parent.args[0] === text && calledName(parent.callee) === "add";
  for (const each of ancestorsOf(text)) if (each === whole) return whole.kind === "map";
  return false;
}
