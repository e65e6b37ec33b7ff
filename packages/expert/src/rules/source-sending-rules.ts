import { callsOf, useOf } from "../source/model/context.ts";
import { clientsUsed } from "../source/model/escape.ts";
import type { ClientCall, Program } from "../source/model/program.ts";
import type { SourceHit, SourceRule } from "./source-rule.ts";

/** Rules over how a program sends. */
export const sourceSendingRules: readonly SourceRule[] = [
  {
    id: "SRC-02",
    name: "send-ignored",
    severity: "warning",
    confidence: "high",
    condition: "what a send gives back, or its callback, is dropped, so that nobody learns of a failure",
    why: "A record that could not be written is lost, and neither the program nor its log knows.",
    fix: "Wait for the result, or give the send a callback that handles a failure.",
    source: "Apache Kafka documentation, KafkaProducer.send",
    instead: {
      typescript: "await producer.send(…), or producer.send(…).catch(handle)",
      java: "producer.send(record, (metadata, error) -> { if (error != null) handle(error); })",
      kotlin: "producer.send(record) { _, error -> if (error != null) handle(error) }",
      python: "producer.produce(topic, value, on_delivery=report), or producer.send(…).add_errback(handle)",
      go: "if err := writer.WriteMessages(ctx, message); err != nil { … }",
    },
    check: (program) => {
      if (program.isTest) return [];
      const isTransactional = callsOf(program, "commitTransaction").length > 0;
      return callsOf(program, "send", "enqueue").flatMap((call) => ignoredSend(program, call, isTransactional));
    },
    examples: [
      {
        language: "typescript",
        code: `import { Producer } from "@platformatic/kafka";\nconst producer = new Producer(options);\nfunction publish(order) {\n  producer.send({ messages: [order] }, (error) => report(error));\n}`,
        hits: 0,
      },
      {
        language: "typescript",
        code: `import { Kafka } from "kafkajs";\nconst producer = new Kafka({ brokers }).producer();\nfunction publish(order) {\n  producer.send({ topic: "orders", messages: [order] });\n}`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `import { Kafka } from "kafkajs";\nconst producer = new Kafka({ brokers }).producer();\nasync function publish(order) {\n  await producer.send({ topic: "orders", messages: [order] });\n  producer.send({ topic: "audit", messages: [order] }).catch(report);\n  return producer.send({ topic: "copies", messages: [order] });\n}`,
        hits: 0,
      },
      {
        language: "java",
        code: `import org.apache.kafka.clients.producer.KafkaProducer;\nclass Orders {\n  private final KafkaProducer<String, Order> producer;\n  void publish(Order order) { producer.send(recordOf(order)); }\n}`,
        hits: 1,
      },
      {
        language: "java",
        code: `import org.apache.kafka.clients.producer.KafkaProducer;\nclass Orders {\n  private final KafkaProducer<String, Order> producer;\n  void publish(Order order) { producer.send(recordOf(order), (metadata, error) -> { if (error != null) alarm(error); }); }\n  Future<RecordMetadata> give(Order order) { return producer.send(recordOf(order)); }\n}`,
        hits: 0,
      },
      {
        language: "kotlin",
        code: `import org.springframework.kafka.core.KafkaTemplate\nclass Orders(private val template: KafkaTemplate<String, Order>) {\n  fun publish(order: Order) { template.send("orders", order.id, order) }\n}`,
        hits: 1,
      },
      {
        language: "kotlin",
        code: `import org.springframework.kafka.core.KafkaTemplate\nclass Orders(private val template: KafkaTemplate<String, Order>) {\n  fun publish(order: Order) { template.send("orders", order.id, order).whenComplete { _, error -> report(error) } }\n}`,
        hits: 0,
      },
      {
        language: "python",
        code: `from confluent_kafka import Producer\nproducer = Producer({"bootstrap.servers": hosts})\nproducer.produce("orders", value)\n`,
        hits: 1,
      },
      {
        language: "python",
        code: `from confluent_kafka import Producer\nproducer = Producer({"bootstrap.servers": hosts})\nproducer.produce("orders", value, on_delivery=report)\n`,
        hits: 0,
      },
      {
        language: "go",
        code: `package main\nimport "github.com/segmentio/kafka-go"\nfunc publish(w *kafka.Writer) {\n  w.WriteMessages(ctx, kafka.Message{Value: value})\n}`,
        hits: 1,
      },
      {
        language: "go",
        code: `package main\nimport "github.com/segmentio/kafka-go"\nfunc publish(w *kafka.Writer) error {\n  return w.WriteMessages(ctx, kafka.Message{Value: value})\n}`,
        hits: 0,
      },
    ],
  },
];

function ignoredSend(
  program: Program,
  { library, call, verb, isProven, role, client }: ClientCall,
  isTransactional: boolean,
): readonly SourceHit[] {
  const use = useOf(call);
  const hit = (message: string, isSure = isProven): readonly SourceHit[] => [{ at: call, message, confidence: isSure ? "high" : "medium" }];
  if (library.sends === "promise") {
    if (call.args.some(({ kind }) => kind === "function")) return [];
    // What is handed in during a transaction fails its commit.
    if (verb !== "send" || (use !== "dropped" && use !== "void") || (isTransactional && library.id === "ottla")) return [];
    return hit("The promise of the send is neither awaited nor caught: a failure is an unhandled rejection, and the record is gone.");
  }
  if (library.sends === "error")
    return verb === "send" && use === "dropped" ? hit("The error that the send gives back is not looked at.") : [];
  if (isTransactional || (use !== "dropped" && library.sends === "future")) return [];
  if (library.sends === "future") {
    const hasCallback = library.id === "java" && call.args.length > 1;
    return hasCallback || role !== "producer"
      ? []
      : hit("Neither the future of the send nor a callback is looked at: a failure goes unseen.");
  }
  // A client that another file makes may be told there what to do with reports.
  if (use === "awaited" || (!client && library.id !== "franz-go")) return [];
  return enqueuedUnseen(program, call)
    ? hit("Nothing looks at delivery reports: a record that could not be delivered goes unseen.", false)
    : [];
}

/** Whether a client that reports deliveries by callback or event is given none, and nothing in the file reads events. */
function enqueuedUnseen(program: Program, call: ClientCall["call"]): boolean {
  const last = call.args.at(-1);
  if (program.code.language === "go") {
    if (last?.kind !== "literal" && last?.kind !== "name") return false;
    const isNil = (last.kind === "literal" && last.value === "null") || (last.kind === "name" && last.name === "nil");
    return isNil && !program.constants.calls.some(({ callee }) => callee.kind === "member" && /^(Events|Logs)$/.test(callee.name));
  }
  if (call.args.some((arg) => (arg.kind === "named" && /^(on_delivery|callback)$/.test(arg.name)) || arg.kind === "function")) return false;
  const isReported = clientsUsed(program).some(
    ({ settings }) => settings.isOpen || settings.entries.some(({ key }) => /^(dr_cb|dr_msg_cb|on_delivery)$/.test(key)),
  );
  return (
    !isReported &&
    !program.around.has("reports") &&
    !program.constants.calls.some(
      ({ callee, args }) =>
        callee.kind === "member" && callee.name === "on" && program.constants.value(args[0] ?? callee) === "delivery-report",
    )
  );
}
