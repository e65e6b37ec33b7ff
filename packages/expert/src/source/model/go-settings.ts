import { ownValue } from "@ottla/base";
import type { Entry } from "../../lint/document.ts";
import type { CallCode, Code, MapCode } from "../code/code.ts";
import { type Constants, keyText } from "../code/constants.ts";
import { calledName, pathOf, walk } from "../code/source-code.ts";
import { entryOf, type GatheredSettings } from "./settings-of.ts";

/** What options of franz-go and fields of sarama and kafka-go are in Kafka. */
const OPTIONS: Readonly<Record<string, string | undefined>> = {
  SeedBrokers: "bootstrap.servers",
  ClientID: "client.id",
  ConsumerGroup: "group.id",
  RequiredAcks: "acks",
  TransactionalID: "transactional.id",
  SessionTimeout: "session.timeout.ms",
  HeartbeatInterval: "heartbeat.interval.ms",
  RebalanceTimeout: "max.poll.interval.ms",
  InstanceID: "group.instance.id",
};
const FIELDS: Readonly<Record<string, string | undefined>> = {
  Brokers: "bootstrap.servers",
  Addr: "bootstrap.servers",
  GroupID: "group.id",
  RequiredAcks: "acks",
  ClientID: "client.id",
  Idempotent: "enable.idempotence",
  MaxOpenRequests: "max.in.flight.requests.per.connection",
  HeartbeatInterval: "heartbeat.interval.ms",
  SessionTimeout: "session.timeout.ms",
  Timeout: "session.timeout.ms",
  Interval: "heartbeat.interval.ms",
  InstanceId: "group.instance.id",
};
/** Whether anything but the listed paths has that last name: `Producer.Timeout` is no session's. */
const SARAMA: ReadonlySet<string> = new Set([
  "Producer.RequiredAcks",
  "Producer.Idempotent",
  "Net.MaxOpenRequests",
  "ClientID",
  "Consumer.Group.Session.Timeout",
  "Consumer.Group.Heartbeat.Interval",
  "Consumer.Group.InstanceId",
]);
const ACKS: Readonly<Record<string, string | undefined>> = {
  NoAck: "0",
  LeaderAck: "1",
  AllISRAcks: "all",
  NoResponse: "0",
  WaitForLocal: "1",
  WaitForAll: "all",
  RequireNone: "0",
  RequireOne: "1",
  RequireAll: "all",
};

/** `kgo.NewClient(kgo.SeedBrokers(a), …)`. */
export function optionSettings({ args }: CallCode, constants: Constants): GatheredSettings {
  const options = args.flatMap((arg): readonly Code[] => {
    const found = constants.resolve(arg);
    return found.kind === "list" ? found.items : [found];
  });
  const entries = options.flatMap((option): readonly Entry[] => {
    if (option.kind !== "call") return [];
    const name = calledName(option.callee) ?? "";
    if (name === "DisableAutoCommit") return [{ key: "enable.auto.commit", value: "false", line: option.line }];
    if (name === "DisableIdempotentWrite") return [{ key: "enable.idempotence", value: "false", line: option.line }];
    if (name === "FetchIsolationLevel")
      return [
        {
          key: "isolation.level",
          value: /ReadCommitted/.test(calledText(option.args[0])) ? "read_committed" : "read_uncommitted",
          line: option.line,
        },
      ];
    if (/^Dial|^SASL$/.test(name)) return [{ key: name === "SASL" ? "sasl" : "ssl", value: "true", line: option.line }];
    const key = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    return key !== undefined && option.args[0] ? [goEntry(key, option.args, option.line, constants)] : [];
  });
  return { entries, isOpen: options.some(({ kind }) => kind !== "call") };
}

/** `config.Producer.RequiredAcks = sarama.WaitForAll`. */
export function fieldSettings(made: CallCode, constants: Constants, root: Code): GatheredSettings {
  const config = made.args.map((arg) => pathOf(arg)).find((path) => path !== undefined && /conf|cfg/i.test(path));
  const entries: Entry[] = [];
  if (config !== undefined)
    for (const each of walk(root)) {
      if (each.kind !== "assign" || !each.value || each.targets.length !== 1) continue;
      const path = pathOf(each.targets[0]!);
      const field = path?.startsWith(`${config}.`) ? path.slice(config.length + 1) : undefined;
      const key = field !== undefined && SARAMA.has(field) ? ownValue(FIELDS, field.slice(field.lastIndexOf(".") + 1)) : undefined;
      if (key !== undefined) entries.push(goEntry(key, [each.value], each.line, constants));
    }
  const brokers = made.args[0];
  if (brokers && entries.every(({ key }) => key !== "bootstrap.servers"))
    entries.push(goEntry("bootstrap.servers", [brokers], brokers.line, constants));
  return { entries, isOpen: true };
}

/** `kafka.ReaderConfig{ Brokers: …, GroupID: … }`. */
export function structSettings(given: MapCode, constants: Constants): GatheredSettings {
  const entries = given.entries.flatMap(({ key, value, line }): readonly Entry[] => {
    const name = key && keyText(key);
    const known = name !== undefined && Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    return known === undefined ? [] : [goEntry(known, [value], line, constants)];
  });
  return { entries, isOpen: true };
}

function goEntry(key: string, values: readonly Code[], line: number, constants: Constants): Entry {
  const [value] = values;
  if (key === "acks") {
    const named = ownValue(ACKS, calledText(value));
    if (named !== undefined) return { key, value: named, line };
  }
  if (key.endsWith(".ms")) return { key, value: durationMs(value, constants) ?? "${…}", line };
  if (values.length > 1) {
    const texts = values.map((each) => constants.value(each));
    return { key, value: texts.every((each) => each !== undefined) ? texts.join(",") : "${…}", line };
  }
  const inner = value?.kind === "call" && calledName(value.callee) === "TCP" ? value.args[0] : value;
  return entryOf(key, inner ?? { kind: "block", start: 0, end: 0, line, parent: undefined, items: [] }, line, constants);
}

function calledText(code: Code | undefined): string {
  if (!code) return "";
  return calledName(code.kind === "call" ? code.callee : code) ?? "";
}

const UNITS: Readonly<Record<string, number | undefined>> = { Millisecond: 1, Second: 1000, Minute: 60_000, Hour: 3_600_000 };

/** `10 * time.Second` in milliseconds. */
function durationMs(code: Code | undefined, constants: Constants): string | undefined {
  if (!code) return undefined;
  const found = constants.resolve(code);
  if (found.kind === "member") {
    const unit = ownValue(UNITS, found.name);
    return unit === undefined ? undefined : String(unit);
  }
  if (found.kind !== "operation" || found.operator !== "*") return undefined;
  const parts = found.operands.map((operand) => durationMs(operand, constants) ?? constants.value(operand));
  return parts.every((part) => part !== undefined && /^\d+$/.test(part))
    ? String(parts.reduce((product, part) => product * Number(part), 1))
    : undefined;
}
