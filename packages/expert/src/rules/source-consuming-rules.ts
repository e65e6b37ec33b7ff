import type { CallCode, Code, TryCode } from "../source/code/code.ts";
import { ancestorsOf, calledName, isWithin, pathOf, walk } from "../source/code/source-code.ts";
import { callsIn, callsOf, isConditional, isInInnerFunction, isLogging, mentions, recordScopeOf } from "../source/model/context.ts";
import { clientsUsed, escapeOf, shortName } from "../source/model/escape.ts";
import type { ClientCall, Program, RecordScope } from "../source/model/program.ts";
import type { SourceHit, SourceRule } from "./source-rule.ts";

const KAFKAJS = `import { Kafka } from "kafkajs";\nconst consumer = new Kafka({ brokers }).consumer({ groupId: "g" });\n`;
const JAVA = `import org.apache.kafka.clients.consumer.KafkaConsumer;\nclass Reader {\n  private final KafkaConsumer<String, Order> consumer;\n  void run() {\n    while (running) {\n      var records = consumer.poll(Duration.ofMillis(100));\n`;
const KOTLIN = `import org.apache.kafka.clients.consumer.KafkaConsumer\nfun read(consumer: KafkaConsumer<String, Order>) {\n  while (true) {\n    val records = consumer.poll(Duration.ofMillis(100))\n`;
const PYTHON = `from confluent_kafka import Consumer\nconsumer = Consumer({"group.id": "g"})\nwhile running:\n    message = consumer.poll(1.0)\n    if message is None:\n        continue\n`;
const GO = `package main\nimport "github.com/segmentio/kafka-go"\nfunc read(ctx context.Context) {\n  reader := kafka.NewReader(kafka.ReaderConfig{Brokers: brokers, GroupID: "g"})\n  defer reader.Close()\n  for {\n    message, err := reader.FetchMessage(ctx)\n    if err != nil { return }\n`;
const OTTLA = `import { createClient } from "@ottla/client";\nconst consumer = createClient({ bootstrapServers }).consumer({ groupId: "g" });\n`;

/** Rules over how a program reads and commits. */
export const sourceConsumingRules: readonly SourceRule[] = [
  {
    id: "SRC-04",
    name: "commit-per-record",
    severity: "warning",
    confidence: "high",
    condition: "offsets are committed, and waited for, after each record",
    why: "Each commit is a round trip to the coordinator: a consumer that could read 50,000 records a second reads a few hundred.",
    fix: "Commit once for what a poll gave, behind the loop.",
    source: "Apache Kafka documentation, KafkaConsumer",
    instead: {
      typescript:
        "for await (const batch of consumer.batches()) { for (const record of batch) await handle(record); await consumer.commit(batch); }",
      java: "for (var record : records) handle(record); consumer.commitSync();",
      kotlin: "records.forEach(::handle); consumer.commitSync()",
      python: "consumer.commit(asynchronous=True), or every few hundred messages",
      go: "reader := kafka.NewReader(kafka.ReaderConfig{CommitInterval: time.Second, …}), or commit after each PollFetches",
    },
    check: (program) =>
      callsOf(program, "commit").flatMap((commit) => {
        const scope = recordScopeOf(program, commit.call);
        if (!scope || isConditional(commit.call, scope.code) || !isWaitedFor(commit)) return [];
        return [
          {
            at: commit.call,
            message: "Every record is committed by itself, and the next one waits for that.",
            confidence: commit.isProven ? "high" : "medium",
          },
        ];
      }),
    examples: [
      {
        language: "typescript",
        code: `${OTTLA}for await (const record of consumer.records()) {\n  await handle(record);\n  await consumer.commit(record);\n}`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `${OTTLA}let count = 0;\nfor await (const record of consumer.records()) {\n  await handle(record);\n  if (++count % 500 === 0) await consumer.commit();\n}`,
        hits: 0,
      },
      {
        language: "typescript",
        code: `${OTTLA}for await (const batch of consumer.batches()) {\n  for (const record of batch) await handle(record);\n  await consumer.commit(batch);\n}`,
        hits: 0,
      },
      {
        language: "typescript",
        code: `${OTTLA}for await (const batch of consumer.batches()) {\n  await handleAll(batch);\n  await consumer.commit(batch);\n}`,
        hits: 0,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}await consumer.run({ autoCommit: false, eachMessage: async ({ topic, partition, message }) => {\n  await handle(message);\n  await consumer.commitOffsets([{ topic, partition, offset: message.offset }]);\n} });`,
        hits: 1,
      },
      {
        language: "java",
        code: `${JAVA}      for (ConsumerRecord<String, Order> record : records) {\n        handle(record);\n        consumer.commitSync();\n      }\n    }\n  }\n}`,
        hits: 1,
      },
      {
        language: "java",
        code: `${JAVA}      for (ConsumerRecord<String, Order> record : records) handle(record);\n      consumer.commitSync();\n    }\n  }\n}`,
        hits: 0,
      },
      {
        language: "java",
        code: `${JAVA}      for (TopicPartition part : records.partitions()) {\n        for (var record : records.records(part)) handle(record);\n        consumer.commitSync(endOf(part));\n      }\n    }\n  }\n}`,
        hits: 0,
      },
      {
        language: "kotlin",
        code: `${KOTLIN}    records.forEach { record ->\n      handle(record)\n      consumer.commitSync()\n    }\n  }\n}`,
        hits: 1,
      },
      { language: "kotlin", code: `${KOTLIN}    records.forEach { record -> handle(record) }\n    consumer.commitSync()\n  }\n}`, hits: 0 },
      { language: "python", code: `${PYTHON}    handle(message)\n    consumer.commit(message, asynchronous=False)\n`, hits: 1 },
      {
        language: "python",
        code: `${PYTHON}    handle(message)\n    count += 1\n    if count % 1000 == 0:\n        consumer.commit(asynchronous=False)\n`,
        hits: 0,
      },
      {
        language: "go",
        code: `${GO}    handle(message)\n    if err := reader.CommitMessages(ctx, message); err != nil { return }\n  }\n}`,
        hits: 1,
      },
      {
        language: "go",
        code: `${GO}    handle(message)\n    if batch = append(batch, message); len(batch) == 500 { reader.CommitMessages(ctx, batch...) }\n  }\n}`,
        hits: 0,
      },
    ],
  },
  {
    id: "SRC-06",
    name: "commit-before-process",
    severity: "error",
    confidence: "medium",
    condition: "offsets are committed before the record they stand for is handled",
    why: "When the program dies in between, that record is never handled: at most once, where at least once was meant.",
    fix: "Commit behind the handling.",
    source: "Apache Kafka documentation, message delivery semantics",
    check: (program) =>
      callsOf(program, "commit", "commitAsync").flatMap((commit) => {
        const scope = recordScopeOf(program, commit.call);
        if (!scope || isConditional(commit.call, scope.code)) return [];
        const work = callsIn(scope.code).filter((call) => isWork(call, scope, program));
        const isFirst = work.some(({ start }) => start > commit.call.end) && !work.some(({ end }) => end < commit.call.start);
        return isFirst ? [{ at: commit.call, message: "The record is committed before it is handled: a crash in between loses it." }] : [];
      }),
    examples: [
      {
        language: "typescript",
        code: `${OTTLA}for await (const record of consumer.records()) {\n  await consumer.commit(record);\n  await handle(record);\n}`,
        hits: 1,
      },
      { language: "python", code: `${PYTHON}    consumer.commit(message)\n    handle(message)\n`, hits: 1 },
      { language: "python", code: `${PYTHON}    handle(message)\n    consumer.commit(message)\n`, hits: 0 },
      {
        language: "java",
        code: `${JAVA}      for (var record : records) {\n        consumer.commitAsync();\n        handle(record);\n      }\n    }\n  }\n}`,
        hits: 1,
      },
      { language: "go", code: `${GO}    reader.CommitMessages(ctx, message)\n    handle(message)\n  }\n}`, hits: 1 },
      {
        language: "typescript",
        code: `${OTTLA}for await (const record of consumer.records()) {\n  await handle(record);\n  await consumer.commit(record);\n}`,
        hits: 0,
      },
    ],
  },
  {
    id: "SRC-07",
    name: "swallow",
    severity: "error",
    confidence: "medium",
    condition: "a failure of handling a record is only logged, and the record counts as done",
    why: "The next commit goes past the record: it is lost, and only a line in a log knows of it.",
    fix: "Send it to a dead-letter topic, or let the failure stop the consumer.",
    source: "Apache Kafka documentation, message delivery semantics",
    check: (program) =>
      program.recordScopes.flatMap((scope) =>
        [...walk(scope.code)]
          .filter(
            (code): code is TryCode => code.kind === "try" && !isInInnerFunction(code, scope.code) && !isConditional(code, scope.code),
          )
          .flatMap((code) => swallowed(code, scope, program)),
      ),
    examples: [
      {
        language: "typescript",
        code: `${KAFKAJS}await consumer.run({ eachMessage: async ({ message }) => {\n  try {\n    await handle(message);\n  } catch (error) {\n    logger.error("failed", error);\n  }\n} });`,
        hits: 1,
      },
      {
        language: "java",
        code: `${JAVA}      for (var record : records) {\n        try { handle(record); } catch (Exception e) { log.error("failed", e); }\n      }\n    }\n  }\n}`,
        hits: 1,
      },
      {
        language: "java",
        code: `${JAVA}      for (var record : records) {\n        try { handle(record); } catch (Exception e) { log.error("failed", e); deadLetters.send(of(record, e), callback); }\n      }\n    }\n  }\n}`,
        hits: 0,
      },
      {
        language: "java",
        code: `import org.springframework.kafka.annotation.KafkaListener;\nclass Orders {\n  @KafkaListener(topics = "orders")\n  void on(Order order) {\n    try { handle(order); } catch (Exception e) { log.warn("failed", e); }\n  }\n}`,
        hits: 1,
      },
      {
        language: "kotlin",
        code: `${KOTLIN}    for (record in records) {\n      try { handle(record) } catch (e: Exception) { logger.error("failed", e) }\n    }\n  }\n}`,
        hits: 1,
      },
      {
        language: "python",
        code: `${PYTHON}    try:\n        handle(message)\n    except Exception as error:\n        logger.exception("failed")\n`,
        hits: 1,
      },
      {
        language: "python",
        code: `${PYTHON}    try:\n        handle(message)\n    except Exception as error:\n        logger.exception("failed")\n        raise\n`,
        hits: 0,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}await consumer.run({ eachMessage: async ({ message }) => {\n  try {\n    await handle(message);\n  } catch (error) {\n    logger.error("failed", error);\n    await toDeadLetters(message, error);\n  }\n} });`,
        hits: 0,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}await consumer.run({ eachMessage: async ({ message }) => {\n  try {\n    await handle(message);\n  } catch (error) {\n    logger.error("failed", error);\n    throw error;\n  }\n} });`,
        hits: 0,
      },
    ],
  },
  {
    id: "SRC-09",
    name: "no-shutdown",
    severity: "warning",
    confidence: "medium",
    condition: "a consumer is made and read, and nothing in the files of the project that have it closes it",
    why: "The group notices only when the session runs out: its partitions stand still until then, at every deployment, and what was done since the last commit is done again.",
    fix: "Close the consumer when the process is told to stop.",
    source: "Apache Kafka documentation, KafkaConsumer",
    instead: {
      typescript: 'process.once("SIGTERM", () => consumer.close());',
      java: "Runtime.getRuntime().addShutdownHook(new Thread(consumer::wakeup)), and close() in finally",
      kotlin: "Runtime.getRuntime().addShutdownHook(Thread(consumer::wakeup)), and use { … }",
      python: "try: … finally: consumer.close(), with a signal handler that ends the loop",
      go: "defer consumer.Close(), with a loop that signal.NotifyContext ends",
    },
    check: noShutdown,
    examples: [
      { language: "typescript", code: `${OTTLA}for await (const record of consumer.records()) await handle(record);`, hits: 1 },
      {
        language: "typescript",
        code: `${OTTLA}process.once("SIGTERM", () => consumer.close());\nfor await (const record of consumer.records()) await handle(record);`,
        hits: 0,
      },
      { language: "python", code: `${PYTHON}    handle(message)\n`, hits: 1 },
      { language: "python", code: `${PYTHON}    handle(message)\nconsumer.close()\n`, hits: 0 },
      {
        language: "python",
        code: `from confluent_kafka import Consumer\nwith Consumer({"group.id": "g"}) as consumer:\n    while running:\n        handle(consumer.poll(1.0))\n`,
        hits: 0,
      },
      { language: "go", code: `${GO}    handle(message)\n  }\n}`, hits: 0 },
      { language: "go", code: `${GO.replace("  defer reader.Close()\n", "")}    handle(message)\n  }\n}`, hits: 1 },
      {
        language: "java",
        code: `import org.apache.kafka.clients.consumer.KafkaConsumer;\nclass Main {\n  void run() {\n    KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings);\n    while (true) for (var record : consumer.poll(wait)) handle(record);\n  }\n}`,
        hits: 1,
      },
      {
        language: "java",
        code: `import org.apache.kafka.clients.consumer.KafkaConsumer;\nclass Main {\n  void run() {\n    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {\n      while (true) for (var record : consumer.poll(wait)) handle(record);\n    }\n  }\n}`,
        hits: 0,
      },
      {
        language: "typescript",
        code: `${OTTLA}export { consumer };\nfor await (const record of consumer.records()) await handle(record);`,
        hits: 0,
      },
    ],
  },
];

/** Whether the program stands still until the commit is through. */
function isWaitedFor({ library, call }: ClientCall): boolean {
  if (library.sends === "promise") return call.parent?.kind === "await";
  if (library.id !== "confluent-python") return true;
  return call.args.some(
    (arg) => arg.kind === "named" && arg.name === "asynchronous" && arg.value.kind === "literal" && /^false$/i.test(arg.value.value),
  );
}

/** Whether a call does something with the record. */
function isWork(call: CallCode, scope: RecordScope, program: Program): boolean {
  if (isLogging(call) || program.calls.some((each) => each.call === call && each.verb !== "send" && each.verb !== "enqueue")) return false;
  if (
    /^(parse|loads|decode|toString|value|key|unmarshal|Unmarshal|readValue|deserialize|headers|topic|partition|offset)$/.test(
      calledName(call.callee) ?? "",
    )
  )
    return false;
  return call.args.some((arg) => mentions(arg, scope.names)) && !isInArguments(call, program);
}

/** Whether it only makes what a client's call is given. */
function isInArguments(call: CallCode, program: Program): boolean {
  for (const each of ancestorsOf(call)) {
    if (each.kind === "function") return false;
    if (each.kind === "call" && program.calls.some((known) => known.call === each)) return true;
  }
  return false;
}

function swallowed({ body, handlers }: TryCode, scope: RecordScope, program: Program): readonly SourceHit[] {
  // What is tried must be the handling itself, and more than taking the record apart.
  if (!callsIn(body).some((call) => isWork(call, scope, program))) return [];
  return handlers.flatMap((handler) => {
    const calls = callsIn(handler.body).filter((call) => !isPartOfLogging(call));
    const leaves = [...walk(handler.body)].some(
      (each) =>
        (each.kind === "exit" && each.how !== "continue" && !(each.how === "return" && !each.value)) ||
        each.kind === "assign" ||
        each.kind === "branch",
    );
    if (calls.length > 0 || leaves || callsIn(handler.body).length === 0) return [];
    return [
      {
        at: handler.body,
        message: "A record whose handling fails is logged and passed over: the next commit loses it.",
        confidence: isExpected(handler.types) ? ("medium" as const) : ("high" as const),
      },
    ];
  });
}

function isPartOfLogging(call: CallCode): boolean {
  if (isLogging(call)) return true;
  for (const each of ancestorsOf(call)) if (each.kind === "call" && isLogging(each)) return true;
  return false;
}

/** A handler of one sort of failure may know what it does. */
function isExpected(types: readonly string[]): boolean {
  return types.length > 0 && !types.some((type) => /(^|\.)(Exception|Throwable|RuntimeException|Error)$/.test(type));
}

function noShutdown(program: Program): readonly SourceHit[] {
  if (program.isTest) return [];
  return clientsUsed(program).flatMap((client): readonly SourceHit[] => {
    if (client.role !== "consumer" || client.name === undefined || client.library.id === "spring") return [];
    const own = program.calls.filter((call) => call.client === client);
    const read =
      own.find(({ verb }) => verb === "poll" || verb === "records" || verb === "run")?.call ??
      program.recordScopes.find(({ source }) => source?.client === client)?.code;
    if (!read || isClosed(program, client.name)) return [];
    const message = `Nothing closes ${client.name} when the process is told to stop.`;
    const isOwn = program.clients.includes(client);
    if (closesElsewhere(program, shortName(client)!)) return [];
    if (isOwn && !isHandedOn(program, client.name, client.made)) return [{ at: client.made, message }];
    // Others have it too; they were read, and do not close it either.
    if (!isOwn || (escapeOf(program, client) === "project" && program.around.hasUsers))
      return [{ at: isOwn ? client.made : read, message, confidence: "needs context" }];
    return [];
  });
}

function closesElsewhere({ around }: Program, name: string): boolean {
  return around.has(`closes ${name}`) || around.has("closes *");
}

function isClosed(program: Program, name: string): boolean {
  const names = new Set(name.split(".").slice(-1));
  return (
    program.constants.calls.some(
      ({ callee }) =>
        callee.kind === "member" &&
        /^(close|disconnect|stop|wakeup|Close|CloseAllowingRebalance|use|destroy)$/.test(callee.name) &&
        endsWith(callee.object, names),
    ) ||
    isReferenced(program, names) ||
    closesClient(program)
  );
}

/** `consumer::close`, `consumer.close` handed on. */
function isReferenced(program: Program, names: ReadonlySet<string>): boolean {
  for (const each of walk(program.code.root))
    if (
      each.kind === "member" &&
      /^(close|disconnect|stop|wakeup|Close)$/.test(each.name) &&
      endsWith(each.object, names) &&
      each.parent?.kind !== "call"
    )
      return true;
  return false;
}

/** Closing a client of ours closes what it made. */
function closesClient(program: Program): boolean {
  return program.calls.some(({ role, verb }) => role === "client" && verb === "close");
}

function endsWith(code: Code, names: ReadonlySet<string>): boolean {
  const path = pathOf(code);
  return path !== undefined && names.has(path.slice(path.lastIndexOf(".") + 1));
}

/** Whether others may close it: it is exported, given back, or given to something else. */
function isHandedOn(program: Program, name: string, made: Code): boolean {
  const last = name.slice(name.lastIndexOf(".") + 1);
  for (const each of walk(program.code.root)) {
    if (each.kind !== "name" || each.name !== last || isWithin(each, made)) continue;
    const { parent } = each;
    if (
      parent?.kind === "exit" ||
      (parent?.kind === "map" && parent.entries.some(({ value }) => value === each)) ||
      parent?.kind === "list"
    )
      return true;
    if (parent?.kind === "call" && parent.callee !== each) return true;
    if (parent?.kind === "block" && parent.items.length === 1 && parent.parent?.kind === "block") return true;
  }
  return program.code.exports.has(last);
}
