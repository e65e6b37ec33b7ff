import { nearestName } from "./argument-checks.ts";
import { clientTable, consumerTable, producerTable, shareConsumerTable } from "./option-table.ts";
import { entriesOf, type Properties } from "./from-properties.ts";

/** A property that changes nothing here. */
export interface UnusedProperty {
  readonly name: string;
  /** `unknown`: no Kafka client has it; `unused`: Kafka's own clients have it, and this one does not need it or does not have it yet. */
  readonly kind: "unknown" | "unused";
  /** What the writer probably meant. */
  readonly near: string | undefined;
  /** All of it in one sentence. */
  readonly message: string;
}

/**
 * The properties of a file or a command line that no option of ours is made from. They are passed over when options are read, as Kafka's tools do; who has
 * somebody to tell should tell of the `unknown` ones: mostly they are misspelt. Kafka's names are those of its producers, consumers and admins (4.4.0).
 */
export function findUnusedProperties(properties: Properties): readonly UnusedProperty[] {
  const names = [...entriesOf(properties).keys()];
  return names.filter((name) => !ours.has(name)).map(describe);
}

function describe(name: string): UnusedProperty {
  if (kafkas.has(name)) return { name, kind: "unused", near: undefined, message: `"${name}" has no effect on this client.` };
  const near = nearestName(name, [...ours, ...kafkas]);
  const hint = near === undefined ? "it is passed over." : `did you mean "${near}"?`;
  return { name, kind: "unknown", near, message: `"${name}" is no property of a Kafka client; ${hint}` };
}

const ours: ReadonlySet<string> = new Set(
  [clientTable, producerTable, consumerTable, shareConsumerTable].flatMap(({ optionOf }) => [...optionOf.keys()]),
);

const kafkas: ReadonlySet<string> = new Set([
  "bootstrap.controllers",
  "bootstrap.resolve.timeout.ms",
  "buffer.memory.allocation.strategy",
  "client.dns.lookup",
  "compression.gzip.level",
  "compression.lz4.level",
  "compression.zstd.level",
  "config.providers",
  "enable.metrics.push",
  "interceptor.classes",
  "key.deserializer",
  "key.serializer",
  "metadata.cluster.check.enable",
  "metadata.max.idle.ms",
  "metadata.recovery.rebootstrap.trigger.ms",
  "metadata.recovery.strategy",
  "metric.reporters",
  "metrics.num.samples",
  "metrics.recording.level",
  "metrics.sample.window.ms",
  "partitioner.class",
  "receive.buffer.bytes",
  "sasl.client.callback.handler.class",
  "sasl.kerberos.kinit.cmd",
  "sasl.kerberos.min.time.before.relogin",
  "sasl.kerberos.service.name",
  "sasl.kerberos.ticket.renew.jitter",
  "sasl.kerberos.ticket.renew.window.factor",
  "sasl.login.class",
  "sasl.login.connect.timeout.ms",
  "sasl.login.read.timeout.ms",
  "sasl.login.refresh.buffer.seconds",
  "sasl.login.refresh.min.period.seconds",
  "sasl.login.refresh.window.factor",
  "sasl.login.refresh.window.jitter",
  "sasl.login.retry.backoff.max.ms",
  "sasl.login.retry.backoff.ms",
  "sasl.oauthbearer.allow.unverified.audience",
  "sasl.oauthbearer.allow.unverified.issuer",
  "sasl.oauthbearer.assertion.algorithm",
  "sasl.oauthbearer.assertion.claim.aud",
  "sasl.oauthbearer.assertion.claim.exp.seconds",
  "sasl.oauthbearer.assertion.claim.iss",
  "sasl.oauthbearer.assertion.claim.jti.include",
  "sasl.oauthbearer.assertion.claim.nbf.seconds",
  "sasl.oauthbearer.assertion.claim.sub",
  "sasl.oauthbearer.assertion.file",
  "sasl.oauthbearer.assertion.private.key.file",
  "sasl.oauthbearer.assertion.private.key.passphrase",
  "sasl.oauthbearer.assertion.template.file",
  "sasl.oauthbearer.clock.skew.seconds",
  "sasl.oauthbearer.expected.audience",
  "sasl.oauthbearer.expected.issuer",
  "sasl.oauthbearer.jwks.endpoint.refresh.ms",
  "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms",
  "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms",
  "sasl.oauthbearer.jwks.endpoint.url",
  "sasl.oauthbearer.jwt.retriever.class",
  "sasl.oauthbearer.jwt.validator.class",
  "sasl.oauthbearer.scope.claim.name",
  "sasl.oauthbearer.sub.claim.name",
  "security.providers",
  "send.buffer.bytes",
  "socket.connection.setup.timeout.max.ms",
  "ssl.engine.factory.class",
  "ssl.keymanager.algorithm",
  "ssl.provider",
  "ssl.secure.random.implementation",
  "ssl.trustmanager.algorithm",
  "transaction.two.phase.commit.enable",
  "value.deserializer",
  "value.serializer",
]);
