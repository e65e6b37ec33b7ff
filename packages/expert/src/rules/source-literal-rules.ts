import type { Code, FunctionCode } from "../source/code/code.ts";
import { keyText, resultsOf } from "../source/code/constants.ts";
import { ancestorsOf, calledName, isWithin, pathOf, walk } from "../source/code/source-code.ts";
import { callsOf, recordScopeOf } from "../source/model/context.ts";
import type { Program } from "../source/model/program.ts";
import type { MadeClient } from "../source/model/made-client.ts";
import type { SourceHit, SourceRule } from "./source-rule.ts";

const KAFKAJS = `import { Kafka } from "kafkajs";\n`;
const JAVA = `import org.apache.kafka.clients.consumer.KafkaConsumer;\nclass Reader {\n  private final KafkaConsumer<String, Order> consumer;\n`;

/** Rules over what is written into a program that belongs elsewhere, is out of date, or is not called. */
export const sourceLiteralRules: readonly SourceRule[] = [
  {
    id: "SRC-16",
    name: "literals",
    severity: "error",
    confidence: "high",
    condition: "a password, token or key is written into a source; addresses are PRD-17",
    why: "Everybody who can read the repository, now or later, has it, and changing it takes a deployment.",
    fix: "Read it from the environment or a store of secrets.",
    source: "Apache Kafka documentation, security",
    check: (program) => (program.isTest ? [] : secrets(program)),
    examples: [
      {
        language: "typescript",
        code: `${KAFKAJS}export const kafka = new Kafka({ brokers, ssl: true, sasl: { mechanism: "scram-sha-512", username: "shop", password: "tulip-42-field" } });`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}export const kafka = new Kafka({ brokers, ssl: true, sasl: { mechanism: "scram-sha-512", username: "shop", password: process.env.PASSWORD } });`,
        hits: 0,
      },
      {
        language: "go",
        code: `package main\nimport "github.com/twmb/franz-go/pkg/sasl/scram"\nvar login = scram.Auth{User: "shop", Pass: "tulip-42-field"}`,
        hits: 1,
      },
    ],
  },
  {
    id: "SRC-17",
    name: "deprecated-client",
    severity: "error",
    confidence: "high",
    condition: "a call that Apache Kafka's client has no more in 4.0, or kafkajs, whose last release is 2.2.4 of 2023",
    why: "The program does not compile against 4.0; kafkajs knows neither the group protocol of KIP-848 nor what came since.",
    fix: "Call what stands in its place.",
    source: "Apache Kafka 4.0, upgrade guide",
    instead: { typescript: "@ottla/client and @platformatic/kafka are kept up; @ottla/client/kafkajs takes kafkajs's calls as they are." },
    check: outdated,
    examples: [
      { language: "java", code: `${JAVA}  void run() { while (true) for (var record : consumer.poll(100)) handle(record); }\n}`, hits: 1 },
      {
        language: "java",
        code: `${JAVA}  void run() { while (true) for (var record : consumer.poll(Duration.ofMillis(100))) handle(record); }\n}`,
        hits: 0,
      },
      { language: "typescript", code: `${KAFKAJS}export const kafka = new Kafka({ brokers });`, hits: 1 },
      {
        language: "typescript",
        code: `import { createClient } from "@ottla/client";\nexport const client = createClient({ bootstrapServers });`,
        hits: 0,
      },
      {
        language: "kotlin",
        code: `import org.apache.kafka.clients.consumer.KafkaConsumer\nfun read(consumer: KafkaConsumer<String, Order>) {\n  consumer.poll(100L)\n}`,
        hits: 1,
      },
    ],
  },
  {
    id: "SRC-18",
    name: "unsafe-deserializer",
    severity: "error",
    confidence: "high",
    condition:
      "a deserialiser may make objects of any class that a record names; a warning: Avro's is read as a class of one's own, and not told so",
    why: "Who can write to the topic chooses which classes the reader loads. Without specific.avro.reader every record comes as a GenericRecord, and the first cast fails.",
    fix: "List the packages of your own types.",
    source: "Spring for Apache Kafka, JsonDeserializer; Confluent's Avro deserializer",
    check: (program) => [
      ...program.clients.flatMap((client) => genericAvro(client)),
      ...program.constants.calls.flatMap((call): readonly SourceHit[] => {
        const [first, second] = call.args;
        const isPut =
          call.args.length === 2 &&
          first !== undefined &&
          program.constants.value(first) === "spring.json.trusted.packages" &&
          program.constants.value(second!) === "*";
        const isAdded = calledName(call.callee) === "addTrustedPackages" && first !== undefined && program.constants.value(first) === "*";
        return isPut || isAdded ? [{ at: call, message: "Every class on the path may be made by a record." }] : [];
      }),
    ],
    examples: [
      ...(
        [
          ["Order", "", 1],
          ["Order", '    settings.put("specific.avro.reader", true);\n', 0],
          ["GenericRecord", "", 0],
        ] as const
      ).map(([type, put, hits]) => ({
        language: "java" as const,
        code: `import org.apache.kafka.clients.consumer.*;\nclass Main {\n  void run() {\n    Properties settings = new Properties();\n    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, "io.confluent.kafka.serializers.KafkaAvroDeserializer");\n${put}    KafkaConsumer<String, ${type}> consumer = new KafkaConsumer<>(settings);\n  }\n}`,
        hits,
      })),
      {
        language: "java",
        code: `import org.springframework.kafka.support.serializer.JsonDeserializer;\nclass Settings {\n  void fill(Map<String, Object> map) { map.put(JsonDeserializer.TRUSTED_PACKAGES, "*"); }\n}`,
        hits: 1,
      },
      {
        language: "java",
        code: `import org.springframework.kafka.support.serializer.JsonDeserializer;\nclass Settings {\n  void fill(Map<String, Object> map) { map.put(JsonDeserializer.TRUSTED_PACKAGES, "com.example.orders"); }\n}`,
        hits: 0,
      },
    ],
  },
  {
    id: "SRC-19",
    name: "not-called",
    severity: "error",
    confidence: "high",
    condition: "a method of a client is named and not called, or called where a function should be handed over",
    why: "Nothing happens, and nothing says so: what was buffered is lost at the end, or the client closes as it starts.",
    fix: "Call it: close(); hand it over: () => close().",
    source: "Ottla",
    check: notCalled,
    examples: [
      {
        language: "typescript",
        code: `${KAFKAJS}const producer = new Kafka({ brokers }).producer();\nawait producer.send(batch);\nawait producer.disconnect;`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}const producer = new Kafka({ brokers }).producer();\nawait producer.send(batch);\nawait producer.disconnect();`,
        hits: 0,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}const producer = new Kafka({ brokers }).producer();\nprocess.once("SIGTERM", producer.disconnect());`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}const producer = new Kafka({ brokers }).producer();\nprocess.once("SIGTERM", () => producer.disconnect());`,
        hits: 0,
      },
      {
        language: "python",
        code: `from confluent_kafka import Producer\nproducer = Producer(settings)\nproducer.produce("orders", order, on_delivery=report)\nproducer.flush\n`,
        hits: 1,
      },
    ],
  },
  {
    id: "SRC-20",
    name: "token-captured",
    severity: "error",
    confidence: "medium",
    condition: "a provider of tokens gives one that was fetched before, once",
    why: "The first token works until it runs out; then every connection fails, often at night.",
    fix: "Fetch the token inside of the provider, which is called for each login.",
    source: "KIP-368",
    check: (program) =>
      [...walk(program.code.root)].flatMap((each): readonly SourceHit[] => {
        if (each.kind !== "map" && each.kind !== "call") return [];
        const entries =
          each.kind === "map"
            ? each.entries.map(({ key, value }) => ({ name: key && keyText(key), value }))
            : each.args.flatMap((arg) => (arg.kind === "named" ? [{ name: arg.name, value: arg.value }] : []));
        return entries.flatMap(({ name, value }) =>
          /^(oauthBearerProvider|oauth_cb|tokenProvider|oauthbearer_token_refresh_cb)$/.test(name ?? "")
            ? capturedToken(program, value)
            : [],
        );
      }),
    examples: [
      {
        language: "typescript",
        code: `${KAFKAJS}const token = await fetchToken();\nexport const kafka = new Kafka({ brokers, ssl: true, sasl: { mechanism: "oauthbearer", oauthBearerProvider: async () => ({ value: token }) } });`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `${KAFKAJS}export const kafka = new Kafka({ brokers, ssl: true, sasl: { mechanism: "oauthbearer", oauthBearerProvider: async () => ({ value: await fetchToken() }) } });`,
        hits: 0,
      },
      {
        language: "python",
        code: `from confluent_kafka import Producer\ntoken = fetch_token()\nproducer = Producer({"oauth_cb": lambda config: (token, time.time() + 3600)})\n`,
        hits: 1,
      },
    ],
  },
  {
    id: "CNS-01",
    name: "autocommit",
    severity: "warning",
    confidence: "medium",
    condition: "records are handed to work that is not waited for, while auto-commit is on",
    why: "Their offsets are committed by the clock, done or not: a crash loses what was still under way.",
    fix: "Wait for the work before the next poll, or commit by hand what is done.",
    source: "Apache Kafka documentation, consumer configs",
    check: uncountedWork,
    examples: [
      {
        language: "typescript",
        code: `import { Kafka } from "kafkajs";\nconst consumer = new Kafka({ brokers }).consumer({ groupId: "g" });\nasync function handle(message) {\n  await save(message);\n}\nawait consumer.run({ eachMessage: async ({ message }) => {\n  handle(message);\n} });`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `import { Kafka } from "kafkajs";\nconst consumer = new Kafka({ brokers }).consumer({ groupId: "g" });\nasync function handle(message) {\n  await save(message);\n}\nawait consumer.run({ eachMessage: async ({ message }) => {\n  await handle(message);\n} });`,
        hits: 0,
      },
      {
        language: "java",
        code: `${JAVA}  void run() {\n    while (true) for (var record : consumer.poll(wait)) pool.submit(() -> handle(record));\n  }\n}`,
        hits: 1,
      },
      {
        language: "go",
        code: `package main\nimport "github.com/segmentio/kafka-go"\nfunc read(reader *kafka.Reader) {\n  for {\n    message, err := reader.ReadMessage(ctx)\n    if err != nil { return }\n    go handle(message)\n  }\n}`,
        hits: 1,
      },
    ],
  },
];

/** A consumer of a class of one's own, whose deserialiser gives generic records. */
function genericAvro({ role, settings, made }: MadeClient): readonly SourceHit[] {
  const given = (key: string): string | undefined => settings.entries.findLast((entry) => entry.key === key)?.value;
  const type = made.parent?.kind === "assign" ? made.parent.type : undefined;
  const read = /,\s*([\w.]+)\s*>$/.exec(type ?? "")?.[1];
  if (role !== "consumer" || settings.isOpen || read === undefined || /(^|\.)(Object|\w*Record)$/.test(read)) return [];
  if (!/(^|\.)KafkaAvroDeserializer$/.test(given("value.deserializer") ?? "") || given("specific.avro.reader") !== undefined) return [];
  return [
    {
      at: made,
      severity: "warning",
      message: `It is read as ${read}, and the deserialiser gives a GenericRecord.`,
      fix: "Set specific.avro.reader=true.",
    },
  ];
}

const SECRET = /^(password|passwd|secret|secretAccessKey|sasl_plain_password|Pass|Password|clientSecret|client_secret|token)$/;

function secrets(program: Program): readonly SourceHit[] {
  const told = new Set(
    program.documents.flatMap(({ document }) => document.entries.map(({ line, key }) => (/password|jaas|secret/.test(key) ? line : -1))),
  );
  const hits: SourceHit[] = [];
  const look = (name: string | undefined, value: Code, line: number): void => {
    if (name === undefined || !SECRET.test(name) || told.has(line)) return;
    // A text that stands here; what a name stands for may be a default for tests.
    if (
      value.kind !== "text" ||
      value.value === undefined ||
      value.value.length < 4 ||
      /^(<.*>|\$\{.*|changeme|your[-_ ].*|xxx+|\*+)$/i.test(value.value)
    )
      return;
    told.add(line);
    hits.push({
      at: { start: value.start, end: value.end, line },
      message: `The ${name} is written here for all to read.`,
      evidence: `${name} = a text`,
    });
  };
  for (const each of walk(program.code.root)) {
    if (each.kind === "map") for (const { key, value, line } of each.entries) look(key && keyText(key), value, line);
    if (each.kind === "named") look(each.name, each.value, each.line);
  }
  return hits;
}

function outdated(program: Program): readonly SourceHit[] {
  const hits: SourceHit[] = [];
  for (const { library, call, verb } of program.calls)
    if (library.id === "java" && verb === "poll" && call.args.length === 1 && /^\d+$/.test(program.constants.value(call.args[0]!) ?? ""))
      hits.push({
        at: call,
        message: "poll(long) is gone in 4.0.",
        fix: `Write poll(Duration.ofMillis(${program.constants.value(call.args[0]!)})).`,
      });
  const kafkajs = program.clients.find(({ library, role }) => library.id === "kafkajs" && role === "client");
  if (kafkajs && !program.isTest) hits.push({ at: kafkajs.made, severity: "info", message: "kafkajs is no longer kept up." });
  return hits;
}

const SIGNALS = /^SIG(TERM|INT|HUP|QUIT)$|^(exit|beforeExit)$/;

function notCalled(program: Program): readonly SourceHit[] {
  const names = new Map(program.calls.map(({ receiver, library, role }) => [receiver, library.verbs[role] ?? {}]));
  for (const { name, library, role } of program.clients)
    if (name !== undefined) names.set(name.slice(name.lastIndexOf(".") + 1), library.verbs[role] ?? {});
  const hits: SourceHit[] = [];
  for (const each of walk(program.code.root)) {
    if (each.kind === "member" && isStatement(each)) {
      const verbs = names.get(pathOf(each.object) ?? "");
      if (verbs && Object.hasOwn(verbs, each.name))
        hits.push({ at: each, message: `${each.name} is named and not called: nothing happens.` });
    }
    if (each.kind !== "call" || !/^(on|once)$/.test(calledName(each.callee) ?? "")) continue;
    const [event, handler] = each.args;
    if (!event || handler?.kind !== "call" || !SIGNALS.test(program.constants.value(event) ?? "")) continue;
    if (callsOf(program, "close", "wakeup", "flush").some(({ call }) => call === handler))
      hits.push({ at: handler, message: "This is called at once, not when the signal comes." });
  }
  return hits;
}

/** Whether a name stands for itself, as if it did something. */
function isStatement(code: Code): boolean {
  const { parent } = code;
  if (parent?.kind === "await") return isStatement(parent);
  return (
    parent?.kind === "block" || (parent?.kind === "function" && !parent.isExpression) || (parent?.kind === "try" && parent.last === code)
  );
}

function capturedToken(program: Program, provider: Code): readonly SourceHit[] {
  const found = program.constants.resolve(provider);
  if (found.kind !== "function") return [];
  for (const result of resultsOf(found))
    for (const each of walk(result, (inner) => inner.kind !== "call")) {
      if (each.kind !== "name" || isOwn(found, each.name)) continue;
      const assigned = program.constants.assignmentsOf(each.name, each);
      const isFetched = assigned.length === 1 && assigned[0]!.value && !isWithin(assigned[0]!, found) && isFetch(assigned[0]!.value);
      if (isFetched && /token|credential|jwt|auth/i.test(each.name))
        return [{ at: each, message: `${each.name} was fetched once, in line ${assigned[0]!.line}, and is given for ever.` }];
    }
  return [];
}

function isOwn(code: FunctionCode, name: string): boolean {
  return code.parameters.some(({ names }) => names.includes(name));
}

function isFetch(code: Code): boolean {
  return code.kind === "await" || (code.kind === "call" && !code.isNew) || (code.kind === "member" && isFetch(code.object));
}

const POOLS = /^(submit|execute|runAsync|supplyAsync|launch|create_task|ensure_future|apply_async|setImmediate)$/;

function uncountedWork(program: Program): readonly SourceHit[] {
  const hits: SourceHit[] = [];
  for (const scope of program.recordScopes) {
    const isManual = program.clients.some(
      ({ settings, role }) =>
        role !== "producer" && settings.entries.some(({ key, value }) => key === "enable.auto.commit" && !/^true$/i.test(value)),
    );
    // Where something commits by itself, or waits for what was handed out, that decides.
    if (
      isManual ||
      callsOf(program, "commit", "commitAsync", "sendOffsets", "pause").length > 0 ||
      scope.library.id === "spring" ||
      scope.library.id === "sarama"
    )
      continue;
    for (const each of walk(scope.code)) {
      if (each.kind === "spawn") hits.push({ at: each, message: "What runs beside is not waited for: its record is committed meanwhile." });
      if (each.kind !== "call" || recordScopeOf(program, each)?.code !== scope.code || isStarted(each)) continue;
      const name = calledName(each.callee) ?? "";
      const handed =
        POOLS.test(name) && each.args.some((arg) => [...walk(arg)].some((part) => part.kind === "name" && scope.names.includes(part.name)));
      const isDropped =
        each.parent?.kind === "block" || (each.parent === scope.code && scope.code.kind !== "call") || each.parent?.kind === "function";
      const isAsync =
        isDropped &&
        program.constants.functions(name).some((called) => called.isAsync) &&
        each.parent?.kind !== "await" &&
        !(each.parent?.kind === "function" && each.parent.isExpression);
      if ((handed && isDropped) || isAsync)
        hits.push({ at: each, message: "This work is not waited for: its record is committed meanwhile." });
    }
  }
  return hits;
}

/** Whether a call stands inside of what is handed over itself. */
function isStarted(code: Code): boolean {
  for (const each of ancestorsOf(code)) if (each.kind === "call" && POOLS.test(calledName(each.callee) ?? "")) return true;
  return false;
}
