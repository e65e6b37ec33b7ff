import { isDeepStrictEqual } from "node:util";
import { ottlaCommand } from "../ottla/broker.ts";
import { nodeBinary } from "../paths.ts";
import { runCommand } from "../process/child.ts";
import type { ToolSession } from "./tool-session.ts";
import { transactionalIds } from "./transaction-steps.ts";

type Row = Readonly<Record<string, string>>;

/** The rows of a table of the transactions tool, by its column's names. */
function rowsOf(text: string): Row[] {
  const [header = [], ...rows] = text
    .split("\n")
    .filter((line) => line.includes("\t"))
    .map((line) => line.split("\t").map((cell) => cell.trim()));
  return rows.map((cells) => Object.fromEntries(header.map((name, column) => [name, cells[column] ?? ""])));
}

async function ottla(
  session: ToolSession,
  args: readonly string[],
): Promise<{ readonly value: unknown; readonly status: number | string }> {
  const result = await runCommand(nodeBinary, [...ottlaCommand, "transactions", ...args, "--json", "-b", session.cluster.bootstrap]);
  const text = result.stdout.trim();
  if (text === "" && result.status === 0) throw new Error(`ottla transactions ${args.join(" ")} printed nothing: ${result.stderr}`);
  return { value: text === "" ? undefined : JSON.parse(text), status: result.status };
}

const kafkaTool = async (session: ToolSession, ...args: string[]): Promise<Row[]> => rowsOf((await session.run("transactions", args)).out);

const sorted = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

/** `ottla transactions` and Kafka's tool asked the same cluster the same thing: what of their answers differs. Ends what hangs in `third-2`. */
export async function compareWithOttla(session: ToolSession): Promise<string[]> {
  const faults: string[] = [];
  const same = (what: string, own: unknown, expected: unknown): void => {
    if (!isDeepStrictEqual(own, expected))
      faults.push(
        `ottla transactions ${what} at ${session.cluster.kind}\n--- Kafka's tool\n${JSON.stringify(expected)}\n--- ottla\n${JSON.stringify(own)}`,
      );
  };

  for (const [own, kafka] of [
    [[], []],
    [
      ["--id-pattern", "payments-.*"],
      ["--transactional-id-pattern", "payments-.*"],
    ],
    [
      ["--longer-than-ms", "0"],
      ["--duration-filter", "0"],
    ],
  ] as const) {
    const listed = (await ottla(session, ["list", ...own])).value as {
      transactionalId: string;
      coordinator: number;
      producerId: number;
      state: string;
    }[];
    const expected = (await kafkaTool(session, "list", ...kafka)).map((row) => ({
      transactionalId: row["TransactionalId"],
      coordinator: Number(row["Coordinator"]),
      producerId: Number(row["ProducerId"]),
      state: row["TransactionState"],
    }));
    const shape = listed.map(({ transactionalId, coordinator, producerId, state }) => ({
      transactionalId,
      coordinator,
      producerId,
      state,
    }));
    same(`list ${own.join(" ")}`, sorted(shape), sorted(expected));
  }

  for (const id of Object.values(transactionalIds)) {
    const [own = {}] = (await ottla(session, ["describe", id])).value as Record<string, unknown>[];
    const [row = {}] = await kafkaTool(session, "describe", "--transactional-id", id);
    const partitions = (own["partitions"] as { topic: string; partition: number }[]).map(({ topic, partition }) => `${topic}-${partition}`);
    const time = own["startTimestamp"] as number | undefined;
    same(
      `describe ${id}`,
      [
        own["coordinator"],
        own["producerId"],
        own["producerEpoch"],
        own["state"],
        own["timeoutMs"],
        time ?? "None",
        partitions.join(","),
      ].map(String),
      [
        "CoordinatorId",
        "ProducerId",
        "ProducerEpoch",
        "TransactionState",
        "TransactionTimeoutMs",
        "CurrentTransactionStartTimeMs",
        "TopicPartitions",
      ].map((name) => row[name]),
    );
  }

  for (const [own, kafka] of [
    [
      ["-t", "third"],
      ["--topic", "third"],
    ],
    [
      ["-t", "third:1"],
      ["--topic", "third", "--partition", "1"],
    ],
    [
      ["-t", "fourth"],
      ["--topic", "fourth"],
    ],
    [
      ["--broker", "1"],
      ["--broker-id", "1"],
    ],
    [
      ["-t", "third", "--max-timeout-minutes", "100000000"],
      ["--topic", "third", "--max-transaction-timeout", "100000000"],
    ],
  ] as const) {
    const found = await ottla(session, ["find-hanging", ...own]);
    const hanging = found.value as {
      topic: string;
      partition: number;
      producerId: number;
      producerEpoch: number;
      coordinatorEpoch?: number;
      startOffset: number;
    }[];
    const expected = (await kafkaTool(session, "find-hanging", ...kafka)).map((row) =>
      [row["Topic"], row["Partition"], row["ProducerId"], row["ProducerEpoch"], row["CoordinatorEpoch"], row["StartOffset"]].join(" "),
    );
    const shape = hanging.map(({ topic, partition, producerId, producerEpoch, coordinatorEpoch, startOffset }) =>
      [topic, partition, producerId, producerEpoch, coordinatorEpoch ?? -1, startOffset].join(" "),
    );
    same(`find-hanging ${own.join(" ")}`, shape.sort(), expected.sort());
    same(`find-hanging ${own.join(" ")}: status`, found.status, expected.length > 0 ? 1 : 0);
  }

  same("abort elsewhere", (await ottla(session, ["abort", "third:2", "--start-offset", "9"])).status, 1);
  same("abort", (await ottla(session, ["abort", "third:2", "--start-offset", "0"])).status, 0);
  const left = await kafkaTool(session, "find-hanging", "--topic", "third");
  same("abort: what Kafka's tool still finds", sorted(left.map((row) => [row["Partition"]])), ['["0"]', '["1"]']);
  return faults;
}
