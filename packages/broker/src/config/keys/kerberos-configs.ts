import { type ConfigKey, configKey } from "@ottla/base";
import { anyList } from "../validators.ts";

/** Broker settings: kerberos. Facts: Apache Kafka 4.4.0. */
export const kerberosConfigKeys: readonly ConfigKey[] = [
  configKey("sasl.kerberos.kinit.cmd", "string", "/usr/bin/kinit", "The path of kinit.", { dynamic: "per-broker", effect: "none" }),
  configKey("sasl.kerberos.min.time.before.relogin", "long", "60000", "How long the broker waits between two Kerberos logins, in ms.", {
    dynamic: "per-broker",
    effect: "none",
  }),
  configKey(
    "sasl.kerberos.principal.to.local.rules",
    "list",
    "DEFAULT",
    "Rules that shorten Kerberos principals to user names; the first that matches counts.",
    { validator: anyList(), dynamic: "per-broker", effect: "none" },
  ),
  configKey("sasl.kerberos.service.name", "string", null, "The Kerberos service name of the broker.", {
    dynamic: "per-broker",
    effect: "none",
  }),
  configKey("sasl.kerberos.ticket.renew.jitter", "double", "0.05", "The share by which a ticket's renewal varies at random.", {
    dynamic: "per-broker",
    effect: "none",
  }),
  configKey("sasl.kerberos.ticket.renew.window.factor", "double", "0.8", "The share of a ticket's lifetime after which it is renewed.", {
    dynamic: "per-broker",
    effect: "none",
  }),
];
