import { area, type Feature, partial, works } from "./status-page.ts";

/** Sources and sinks of messaging systems. */
export const connectMessagingFeatures: readonly Feature[] = area("Connect: MQTT", [
  works(
    "MQTT source: a message of quality 1 or 2 is acknowledged when its record is durable, whatever offset.flush.interval.ms is; filters and mapping with wildcards",
    ["messages come to the topics that their mapping says, and are acknowledged when their records are durable"],
  ),
  works("MQTT source at mosquitto: nothing lost over kill -9 of worker, broker and mosquitto (quality 1)", [
    "a source loses nothing over kill -9 of worker, broker and mosquitto",
    "npm run test:connect -- --only mqtt",
  ]),
  partial(
    "MQTT 5: user properties and headers both ways, receive maximum as back-pressure, shared subscriptions over tasks, will, TLS, login, a client id that another takes",
    [
      "MQTT 5: what a message carries beside its payload becomes headers, and headers become user properties",
      "a paused source reads no more than its window; resumed, it has everything once",
      "tasks share a filter: each message comes to one of them",
      "a client id that another takes fails the task with what to do",
      "TLS and a login; refusals say which setting is wrong; a will when the worker goes without a farewell",
    ],
    "no WebSockets, no AUTH exchange; sessions of tasks that went away keep their share until they expire",
  ),
  works("MQTT sink: at least once, committed behind the server's acknowledgements; a message that cannot be is the record's fault alone", [
    "records are messages, a record is done when the server has it, and a server that was away gets what it missed",
    "a sink's messages are all there over kill -9 of worker and broker, and mosquitto that stands still and is started again",
  ]),
]);
