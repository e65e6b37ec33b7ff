import type { Code, FunctionCode } from "../source/code/code.ts";
import { ancestorsOf, calledName, isWithin, pathOf } from "../source/code/source-code.ts";
import { callsOf, functionAround, recordScopeOf } from "../source/model/context.ts";
import { nameGivenTo } from "../source/model/find-clients.ts";
import { annotationName, nearestLoop } from "../source/model/find-records.ts";
import type { MadeClient } from "../source/model/made-client.ts";
import type { Program } from "../source/model/program.ts";
import type { SourceHit, SourceRule } from "./source-rule.ts";

/** Rules over how clients are made, and for how long. */
export const sourceClientRules: readonly SourceRule[] = [
  {
    id: "SRC-03",
    name: "client-in-loop",
    severity: "error",
    confidence: "high",
    condition: "a producer or consumer is made for each record, turn of a loop, or request",
    why: "Each makes connections to all brokers, asks for metadata and logs in: sends take tens of milliseconds in place of one, and brokers run out of connections.",
    fix: "Make one for the process, and close it when the process stops.",
    source: "Apache Kafka documentation, KafkaProducer",
    check: (program) => program.clients.flatMap((client) => madeOften(program, client)),
    examples: [
      {
        language: "typescript",
        code: `import { Kafka } from "kafkajs";\nconst kafka = new Kafka({ brokers });\nfor (const order of orders) {\n  const producer = kafka.producer();\n  await producer.connect();\n  await producer.send({ topic: "orders", messages: [order] });\n  await producer.disconnect();\n}`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `import { Kafka } from "kafkajs";\nconst kafka = new Kafka({ brokers });\napp.post("/orders", async (req, res) => {\n  const producer = kafka.producer();\n  await producer.connect();\n  await producer.send({ topic: "orders", messages: [req.body] });\n});`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `import { Kafka } from "kafkajs";\nconst kafka = new Kafka({ brokers });\nconst consumers = [];\nfor (let i = 0; i < 3; i++) consumers.push(kafka.consumer({ groupId: "g" }));\nconst producer = kafka.producer();\nfor (const order of orders) await producer.send({ topic: "orders", messages: [order] });`,
        hits: 0,
      },
      {
        language: "java",
        code: `import org.apache.kafka.clients.producer.KafkaProducer;\nclass Orders {\n  @PostMapping("/orders")\n  void post(Order order) {\n    try (var producer = new KafkaProducer<String, Order>(settings)) { producer.send(recordOf(order)).get(); }\n  }\n}`,
        hits: 1,
      },
      {
        language: "java",
        code: `import org.apache.kafka.clients.producer.KafkaProducer;\nclass Orders {\n  private final KafkaProducer<String, Order> producer = new KafkaProducer<>(settings);\n  @PostMapping("/orders")\n  void post(Order order) { producer.send(recordOf(order)).get(); }\n}`,
        hits: 0,
      },
      {
        language: "python",
        code: `from confluent_kafka import Producer\n@app.post("/orders")\ndef post(order):\n    producer = Producer(settings)\n    producer.produce("orders", order, on_delivery=report)\n    producer.flush()\n`,
        hits: 1,
      },
      {
        language: "go",
        code: `package main\nimport "github.com/segmentio/kafka-go"\nfunc post(w http.ResponseWriter, r *http.Request) {\n  writer := &kafka.Writer{Addr: kafka.TCP(host), Topic: "orders"}\n  defer writer.Close()\n}`,
        hits: 1,
      },
    ],
  },
];

function madeOften(program: Program, client: MadeClient): readonly SourceHit[] {
  const { made, role } = client;
  if (role === "client" || role === "streams" || program.isTest) return [];
  const what = role === "admin" ? "An admin client" : `A ${role}`;
  if (recordScopeOf(program, made)) return [{ at: made, message: `${what} is made for every record.` }];
  const loop = nearestLoop(made);
  // One that is kept for later is one of several; one that is used and closed in its turn is made again and again.
  if (loop && usedWithin(program, client, loop)) return [{ at: made, message: `${what} is made in every turn of the loop.` }];
  const handler = requestHandler(made);
  return handler ? [{ at: made, message: `${what} is made for every request.`, confidence: "medium" }] : [];
}

function usedWithin(program: Program, { made }: MadeClient, loop: Code): boolean {
  const name = nameGivenTo(made);
  const last = name?.slice(name.lastIndexOf(".") + 1);
  return callsOf(program, "send", "enqueue", "close", "poll").some(
    ({ call, receiver }) => isWithin(call, loop) && last !== undefined && receiver.slice(receiver.lastIndexOf(".") + 1) === last,
  );
}

const ROUTES = /^(get|post|put|patch|delete|all|route|Get|Post|Put|Patch|Delete|HandleFunc|POST|GET|PUT|DELETE)$/;
const HANDLERS =
  /(^|\.)(Get|Post|Put|Patch|Delete|All|GetMapping|PostMapping|PutMapping|PatchMapping|DeleteMapping|RequestMapping|get|post|put|patch|delete|route|GET|POST|PUT|DELETE)$/;

/** The function that answers a request, by how it is given or marked. */
function requestHandler(code: Code): FunctionCode | undefined {
  for (let handler = functionAround(code); handler; handler = functionAround(handler)) {
    if (handler.annotations.some((annotation) => HANDLERS.test(annotationName(annotation)))) return handler;
    if (handler.parameters.some(({ type }) => /http\.ResponseWriter|HttpServletRequest|gin\.Context|NextApiRequest/.test(type ?? "")))
      return handler;
    for (const each of ancestorsOf(handler)) {
      if (each.kind !== "call") break;
      const owner = each.callee.kind === "member" ? (pathOf(each.callee.object) ?? "") : "";
      if (
        ROUTES.test(calledName(each.callee) ?? "") &&
        /^(app|router|server|fastify|api|routes?|http|r|e|mux)$/i.test(owner.slice(owner.lastIndexOf(".") + 1))
      )
        return handler;
    }
  }
  return undefined;
}
