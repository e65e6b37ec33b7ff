import { ownValue } from "@ottla/base";
import type { Entry } from "../lint/document.ts";

/** Names of librdkafka 2.15's settings that Java's clients do not know: facts of its CONFIGURATION.md. */
const NAMES: ReadonlySet<string> = new Set(
  `
    api.version.fallback.ms api.version.request api.version.request.timeout.ms auto.commit.enable
    background_event_cb batch.num.messages broker.address.family broker.address.ttl
    broker.version.fallback builtin.features closesocket_cb compression.codec
    compression.level connect_cb consume.callback.max.messages consume_cb
    coordinator.query.interval.ms debug default_topic_conf delivery.report.only.error
    dr_cb dr_msg_cb enable.auto.offset.store enable.gapless.guarantee
    enable.partition.eof enable.random.seed enable.sasl.oauthbearer.unsecure.jwt enable.ssl.certificate.verification
    enabled_events error_cb fetch.error.backoff.ms fetch.message.max.bytes
    fetch.queue.backoff.ms fetch.wait.max.ms group.protocol.type https.ca.location
    https.ca.pem interceptors internal.termination.signal log.connection.close
    log.queue log.thread.name log_cb log_level
    max.in.flight message.copy.max.bytes message.send.max.retries message.timeout.ms
    metadata.broker.list msg_order_cmp oauthbearer_token_refresh_cb offset.store.method
    offset.store.path offset.store.sync.interval.ms offset_commit_cb opaque
    open_cb partitioner partitioner_cb plugin.library.paths
    produce.offset.report queue.buffering.backpressure.threshold queue.buffering.max.kbytes queue.buffering.max.messages
    queue.buffering.max.ms queued.max.messages.kbytes queued.min.messages queuing.strategy
    rebalance_cb receive.message.max.bytes reconnect.backoff.jitter.ms request.required.acks
    resolve_cb sasl.kerberos.keytab sasl.kerberos.principal sasl.mechanisms
    sasl.oauthbearer.assertion.jwt.template.file sasl.oauthbearer.assertion.private.key.pem sasl.oauthbearer.client.id sasl.oauthbearer.client.secret
    sasl.oauthbearer.config sasl.oauthbearer.extensions sasl.oauthbearer.grant.type sasl.oauthbearer.metadata.authentication.type
    sasl.oauthbearer.method sasl.password sasl.username socket.blocking.max.ms
    socket.keepalive.enable socket.max.fails socket.nagle.disable socket.timeout.ms
    socket_cb ssl.ca.certificate.stores ssl.ca.location ssl.ca.pem
    ssl.certificate.location ssl.certificate.pem ssl.certificate.verify_cb ssl.crl.location
    ssl.curves.list ssl.engine.id ssl.engine.location ssl.key.location
    ssl.key.pem ssl.providers ssl.sigalgs.list ssl_ca
    ssl_certificate ssl_engine_callback_data ssl_key statistics.interval.ms
    stats_cb sticky.partitioning.linger.ms throttle_cb topic.blacklist
    topic.metadata.propagation.max.ms topic.metadata.refresh.fast.cnt topic.metadata.refresh.fast.interval.ms topic.metadata.refresh.interval.ms
    topic.metadata.refresh.sparse
  `
    .trim()
    .split(/\s+/),
);

/** Bindings of Go and JavaScript add settings of their own below these. */
const BINDINGS = /^(?:go|js|kafkaJS)\./;

/** Whether librdkafka or a binding of it knows a setting that Java's clients do not. */
export function isRdkafkaSetting(name: string): boolean {
  return NAMES.has(name) || BINDINGS.test(name);
}

/** Its other names for what Java's clients have, too. */
const ALIASES: Readonly<Record<string, string>> = {
  "metadata.broker.list": "bootstrap.servers",
  "sasl.mechanisms": "sasl.mechanism",
  "request.required.acks": "acks",
  "compression.codec": "compression.type",
  "max.in.flight": "max.in.flight.requests.per.connection",
  "queue.buffering.max.ms": "linger.ms",
  "message.timeout.ms": "delivery.timeout.ms",
  "auto.commit.enable": "enable.auto.commit",
  "message.send.max.retries": "retries",
  "message.max.bytes": "max.request.size",
};

/** Settings of a client on librdkafka under the names that Java's clients have; undefined when none of its own names stands among them. */
export function rdkafkaEntries(entries: readonly Entry[]): readonly Entry[] | undefined {
  // Words without a dot, as "debug", are too common to tell anything.
  if (!entries.some(({ key }) => isRdkafkaSetting(key) && key.includes("."))) return undefined;
  return entries.map((entry) => {
    const key = ownValue(ALIASES, entry.key);
    const value = entry.key === "security.protocol" ? entry.value.toUpperCase() : entry.value;
    return key === undefined ? { ...entry, value } : { ...entry, key, value, spelling: entry.spelling ?? entry.key };
  });
}
