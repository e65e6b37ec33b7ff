import type { CallCode, Code } from "../source/code/code.ts";
import { ancestorsOf, calledName, isWithin, pathOf, walk } from "../source/code/source-code.ts";
import { callsIn, callsOf, functionAround, isConditional, isInInnerFunction, isLogging, mentions } from "../source/model/context.ts";
import type { ClientCall, Program, RecordScope } from "../source/model/program.ts";
import type { SourceHit, SourceRule } from "./source-rule.ts";

const JAVA = `import org.apache.kafka.clients.consumer.KafkaConsumer;\nclass Reader {\n  private final KafkaConsumer<String, Order> consumer;\n  void run() {\n    while (running) {\n      var records = consumer.poll(Duration.ofMillis(100));\n`;
const JAVA_END = "\n    }\n  }\n}";
const PYTHON = `from confluent_kafka import Consumer\nconsumer = Consumer({"group.id": "g"})\nwhile running:\n    message = consumer.poll(1.0)\n    if message is None:\n        continue\n`;
const KAFKAJS = `import { Kafka } from "kafkajs";\nconst consumer = new Kafka({ brokers }).consumer({ groupId: "g" });\nawait consumer.run({ eachMessage: async ({ message }) => {\n`;
const KAFKAJS_BATCH = `import { Kafka } from "kafkajs";\nconst consumer = new Kafka({ brokers }).consumer({ groupId: "g" });\nawait consumer.run({ eachBatch: async ({ batch, heartbeat }) => {\n`;
const GO = `package main\nimport "github.com/segmentio/kafka-go"\nfunc read(reader *kafka.Reader) {\n  for {\n    message, err := reader.ReadMessage(ctx)\n    if err != nil { return }\n`;

/** Rules over what is done with records. */
export const sourceHandlingRules: readonly SourceRule[] = [
  {
    id: "SRC-05",
    name: "cross-thread",
    severity: "error",
    confidence: "high",
    condition: "a consumer that is bound to its thread is called from an executor, a future or another thread",
    why: "KafkaConsumer throws ConcurrentModificationException, or the commit goes past records that others are still at.",
    fix: "Hand the offsets back to the thread that polls, and commit there.",
    source: "Apache Kafka documentation, KafkaConsumer, multi-threaded processing",
    check: (program) =>
      program.calls.flatMap((call) => {
        if (call.role !== "consumer" || call.verb === "wakeup" || !isThreadBound(call)) return [];
        const thread = otherThread(call.call);
        if (thread === undefined || ownsWholeConsumer(program, call, thread)) return [];
        return [
          {
            at: call.call,
            message: `${calledName(call.call.callee)} runs on a thread that does not own the consumer.`,
            confidence: call.isProven ? ("high" as const) : ("medium" as const),
          },
        ];
      }),
    examples: [
      {
        language: "java",
        code: `${JAVA}      CompletableFuture.runAsync(() -> handle(records), pool).thenRun(() -> consumer.commitSync());${JAVA_END}`,
        hits: 1,
      },
      {
        language: "java",
        code: `${JAVA}      CompletableFuture.runAsync(() -> handle(records), pool).join();\n      consumer.commitSync();${JAVA_END}`,
        hits: 0,
      },
      {
        language: "java",
        code: `${JAVA}      Runtime.getRuntime().addShutdownHook(new Thread(() -> consumer.wakeup()));${JAVA_END}`,
        hits: 0,
      },
      {
        language: "kotlin",
        code: `import org.apache.kafka.clients.consumer.KafkaConsumer\nfun read(consumer: KafkaConsumer<String, Order>) {\n  while (true) {\n    val records = consumer.poll(wait)\n    pool.submit { handle(records); consumer.commitSync() }\n  }\n}`,
        hits: 1,
      },
    ],
  },
  {
    id: "SRC-08",
    name: "blocking-call",
    severity: "warning",
    confidence: "medium",
    condition:
      "handling a record sleeps, or waits for another service without a limit; or a batch of kafkajs is worked through record by record, and nothing beats the heart meanwhile",
    why: "A service that hangs holds the poll loop beyond max.poll.interval.ms: the member is thrown out, its records are done again elsewhere, and hang there.",
    fix: "Give the call a timeout well below max.poll.interval.ms; pause the partition where it must wait.",
    source: "Apache Kafka documentation, max.poll.interval.ms",
    instead: {
      typescript: "fetch(url, { signal: AbortSignal.timeout(2_000) })",
      python: "requests.get(url, timeout=2)",
      go: "http.Client{Timeout: 2 * time.Second}",
    },
    check: (program) =>
      program.recordScopes.flatMap((scope) => [
        ...heartless(scope),
        ...callsIn(scope.code).flatMap((call): readonly SourceHit[] => {
          if (isInInnerFunction(call, scope.code) && !isAwaitedInline(call)) return [];
          if (isSleep(call, program) && !isConditional(call, scope.code))
            return [{ at: call, message: "Every record waits here, whatever it needs." }];
          return isUnlimitedRequest(call, program) ? [{ at: call, message: "This request waits as long as the other side likes." }] : [];
        }),
      ]),
    examples: [
      {
        language: "typescript",
        code: `${KAFKAJS_BATCH}  for (const message of batch.messages) await save(message);\n} });`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `${KAFKAJS_BATCH}  for (const message of batch.messages) {\n    await save(message);\n    await heartbeat();\n  }\n} });`,
        hits: 0,
      },
      {
        language: "typescript",
        code: `${KAFKAJS_BATCH}  for (const message of batch.messages) rows.push(message.value);\n  await saveAll(rows);\n} });`,
        hits: 0,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}  const price = await fetch(\`https://prices/\${message.key}\`);\n  await store(price);\n} });`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}  const price = await fetch(url, { signal: AbortSignal.timeout(2_000) });\n  await store(price);\n} });`,
        hits: 0,
      },
      { language: "python", code: `${PYTHON}    requests.post(url, json=message.value())\n`, hits: 1 },
      { language: "python", code: `${PYTHON}    requests.post(url, json=message.value(), timeout=2)\n`, hits: 0 },
      {
        language: "java",
        code: `${JAVA}      for (var record : records) {\n        handle(record);\n        Thread.sleep(100);\n      }${JAVA_END}`,
        hits: 1,
      },
      {
        language: "java",
        code: `${JAVA}      if (records.isEmpty()) Thread.sleep(100);\n      for (var record : records) handle(record);${JAVA_END}`,
        hits: 0,
      },
      { language: "go", code: `${GO}    http.Post(url, "application/json", bytes.NewReader(message.Value))\n  }\n}`, hits: 1 },
      { language: "go", code: `${GO}    client.Post(url, "application/json", bytes.NewReader(message.Value))\n  }\n}`, hits: 0 },
    ],
  },
  {
    id: "SRC-10",
    name: "no-pause",
    severity: "warning",
    confidence: "medium",
    condition: "records go into a queue without bound between the poll and its workers, and nothing pauses the consumer",
    why: "When workers are slower than the topic the queue takes all memory; and all of it is lost or done twice in a crash.",
    fix: "Bound the queue, and pause the partitions while it is full.",
    source: "Apache Kafka documentation, KafkaConsumer.pause",
    check: (program) => {
      if (callsOf(program, "pause").length > 0 || program.around.has("pauses")) return [];
      return program.recordScopes.flatMap((scope) =>
        callsIn(scope.code).flatMap((call) => {
          if (!/^(put|put_nowait|add|offer|push|enqueue|append)$/.test(calledName(call.callee) ?? "") || call.callee.kind !== "member")
            return [];
          if (!call.args.some((arg) => mentions(arg, scope.names)) || !isUnboundedQueue(call.callee.object, program)) return [];
          return [{ at: call, message: "Records pile up here as fast as they come: the queue has no bound." }];
        }),
      );
    },
    examples: [
      {
        language: "python",
        code: `import queue\n${PYTHON.replace("while running", "work = queue.Queue()\nwhile running")}    work.put(message)\n`,
        hits: 1,
      },
      {
        language: "python",
        code: `import queue\n${PYTHON.replace("while running", "work = queue.Queue(maxsize=1000)\nwhile running")}    work.put(message)\n`,
        hits: 0,
      },
      {
        language: "java",
        code: `${JAVA.replace("  void run", "  private final BlockingQueue<Order> work = new LinkedBlockingQueue<>();\n  void run")}      for (var record : records) work.add(record.value());${JAVA_END}`,
        hits: 1,
      },
      {
        language: "java",
        code: `${JAVA.replace("  void run", "  private final BlockingQueue<Order> work = new LinkedBlockingQueue<>(1000);\n  void run")}      for (var record : records) work.put(record.value());${JAVA_END}`,
        hits: 0,
      },
    ],
  },
  {
    id: "SRC-14",
    name: "not-idempotent",
    severity: "info",
    confidence: "medium",
    condition: "handling a record inserts a row, and says nothing of one that is there already",
    why: "Delivery is at least once: after a rebalance or a crash the same record comes again, and makes a second row or fails for ever.",
    fix: "Insert or update by a key out of the record: its id, or topic, partition and offset.",
    source: "Apache Kafka documentation, message delivery semantics",
    check: (program) =>
      program.recordScopes.flatMap((scope) =>
        callsIn(scope.code).flatMap((call) => {
          const text = call.args.map((arg) => textIn(arg, program)).find((found) => /^\s*insert\s+into\b/i.test(found ?? ""));
          if (text === undefined || /on\s+conflict|on\s+duplicate|merge|insert\s+ignore|not\s+exists/i.test(text)) return [];
          return [{ at: call, message: "The same record, delivered again, is inserted again." }];
        }),
      ),
    examples: [
      { language: "typescript", code: `${KAFKAJS}  await db.query("INSERT INTO orders (id) VALUES ($1)", [message.key]);\n} });`, hits: 1 },
      {
        language: "typescript",
        code: `${KAFKAJS}  await db.query("INSERT INTO orders (id) VALUES ($1) ON CONFLICT (id) DO NOTHING", [message.key]);\n} });`,
        hits: 0,
      },
      { language: "python", code: `${PYTHON}    cursor.execute("insert into orders values (%s)", (message.value(),))\n`, hits: 1 },
    ],
  },
  {
    id: "SRC-15",
    name: "infinite-retry",
    severity: "warning",
    confidence: "medium",
    condition: "a failed send or handling is tried again at once, without end",
    why: "A record that can never be handled holds its partition for ever, and the tries burden a service that is already down.",
    fix: "Count the tries, wait longer after each with some chance in it, and send what is left to a dead-letter topic.",
    source: "Apache Kafka documentation, retriable errors",
    check: (program) =>
      [...walk(program.code.root)].flatMap((loop): readonly SourceHit[] => {
        if (loop.kind !== "loop" || loop.over || !isEndless(loop.condition, program)) return [];
        const isPolling = program.pollLoops.includes(loop) || program.recordScopes.some(({ code }) => code === loop);
        if (isPolling) return [];
        const tried = [...walk(loop.body, (each) => each.kind !== "function" && each.kind !== "loop")].find(
          (each) => each.kind === "try" && each.handlers.length > 0,
        );
        if (tried?.kind !== "try") return [];
        const isOurs =
          program.calls.some(
            ({ call, verb }) => isWithin(call, tried.body) && (verb === "send" || verb === "enqueue" || verb === "commit"),
          ) || program.recordScopes.some(({ code }) => isWithin(loop, code));
        const leaves = [...walk(tried.body)].some((each) => each.kind === "exit" && (each.how === "break" || each.how === "return"));
        const isCareful = tried.handlers.some(({ body }) =>
          [...walk(body)].some(
            (each) =>
              each.kind === "exit" ||
              each.kind === "branch" ||
              (each.kind === "call" && /sleep|delay|wait|backoff|setTimeout|jitter/i.test(calledName(each.callee) ?? "")),
          ),
        );
        return isOurs && leaves && !isCareful ? [{ at: loop, message: "What fails is tried again at once, for ever." }] : [];
      }),
    examples: [
      {
        language: "typescript",
        code: `import { Kafka } from "kafkajs";\nconst producer = new Kafka({ brokers }).producer();\nwhile (true) {\n  try {\n    await producer.send({ topic: "orders", messages });\n    break;\n  } catch (error) {\n    logger.warn(error);\n  }\n}`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `import { Kafka } from "kafkajs";\nconst producer = new Kafka({ brokers }).producer();\nwhile (true) {\n  try {\n    await producer.send({ topic: "orders", messages });\n    break;\n  } catch (error) {\n    if (++tries > 5) throw error;\n    await delay(2 ** tries * 100);\n  }\n}`,
        hits: 0,
      },
    ],
  },
];

/** A loop over a batch of kafkajs that awaits something for each record: its heart beats only when it is told to. */
function heartless({ code, form, library, names }: RecordScope): readonly SourceHit[] {
  if (library.id !== "kafkajs" || form !== "loop" || code.kind !== "loop") return [];
  const handler = functionAround(code);
  if (!handler || callsIn(handler).some(({ callee }) => calledName(callee) === "heartbeat")) return [];
  const waits = [...walk(code.body, (each) => each.kind !== "function")].some(
    (each) => each.kind === "await" && mentions(each.of, names) && !(each.of.kind === "call" && isLogging(each.of)),
  );
  return waits
    ? [
        {
          at: code,
          message: "Each record of the batch is waited for, and no heartbeat is sent until the last one is done.",
          fix: "Call heartbeat() in the loop.",
        },
      ]
    : [];
}

function isThreadBound({ library }: ClientCall): boolean {
  return library.id === "java" || library.id === "kafka-python";
}

const THREADS =
  /^(submit|execute|runAsync|supplyAsync|thenRun|thenRunAsync|thenAccept|thenAcceptAsync|thenApply|thenApplyAsync|whenComplete|whenCompleteAsync|handleAsync|Thread|schedule|scheduleAtFixedRate|scheduleWithFixedDelay|launch|async|thread|parallelForEach|invokeAll)$/;

/** The lambda by which a call comes to run on another thread. */
function otherThread(call: CallCode): Code | undefined {
  for (const each of ancestorsOf(call)) {
    if (each.kind !== "function") continue;
    if (each.name !== undefined || each.annotations.length > 0) return undefined;
    const { parent } = each;
    if (parent?.kind === "call" && parent.callee !== each && THREADS.test(calledName(parent.callee) ?? "")) return each;
  }
  return undefined;
}

/** Whether the thread that is started is the one that polls. */
function ownsWholeConsumer(program: Program, { receiver }: ClientCall, thread: Code): boolean {
  const polls = program.calls.filter(({ verb, receiver: other }) => verb === "poll" && other === receiver);
  return polls.length === 0 || polls.some(({ call }) => isWithin(call, thread));
}

/** Whether a call in a lambda is waited for where it stands: what a mapping function does is. */
function isAwaitedInline(call: CallCode): boolean {
  return call.parent?.kind === "await";
}

function isSleep({ callee, parent }: CallCode, program: Program): boolean {
  const path = pathOf(callee) ?? "";
  if (program.code.language === "typescript") return parent?.kind === "await" && /^(sleep|delay|wait|setTimeout)$/.test(path);
  return /^(Thread\.sleep|time\.sleep|time\.Sleep|TimeUnit\.\w+\.sleep|asyncio\.sleep|sleep)$/.test(path);
}

function isUnlimitedRequest({ callee, args }: CallCode, program: Program): boolean {
  const path = pathOf(callee) ?? "";
  const { language } = program.code;
  if (language === "typescript")
    return (
      path === "fetch" &&
      !(
        (args[1] &&
          [...walk(program.constants.resolve(args[1]))].some(
            (each) => each.kind === "name" && (each.name === "signal" || each.name === "dispatcher"),
          )) ||
        (args[1] !== undefined && program.constants.resolve(args[1]).kind !== "map")
      )
    );
  if (language === "python")
    return (
      /^requests\.(get|post|put|patch|delete|request)$/.test(path) &&
      !args.some((arg) => arg.kind === "named" && arg.name === "timeout") &&
      !args.some((arg) => arg.kind === "block")
    );
  return language === "go" && /^http\.(Get|Post|PostForm|Head)$/.test(path);
}

function isUnboundedQueue(object: Code, program: Program): boolean {
  const made = program.constants.resolve(object);
  if (made.kind !== "call") return false;
  const name = calledName(made.callee) ?? "";
  return (
    /^(LinkedBlockingQueue|LinkedBlockingDeque|ConcurrentLinkedQueue|ConcurrentLinkedDeque|Queue|SimpleQueue|LifoQueue|deque)$/.test(
      name,
    ) && made.args.length === 0
  );
}

/** The text of an argument, also where parts are filled in. */
function textIn(code: Code, program: Program): string | undefined {
  const found = program.constants.resolve(code);
  if (found.kind === "text") return found.value ?? "";
  return program.constants.value(code);
}

function isEndless(condition: Code | undefined, program: Program): boolean {
  return condition === undefined || program.constants.value(condition) === "true" || program.constants.value(condition) === "1";
}
