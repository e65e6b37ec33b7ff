/** For tools that look after streams applications from outside. Light: nothing of the library that runs topologies is loaded. */
export { applicationTopics, type ApplicationTopics } from "./application-topics.ts";
export { readStreamsMembers, STREAMS_PROTOCOLS, type StreamsMemberTasks } from "../application/assignment/streams-members.ts";
export { whyFromOutside } from "./why-from-outside.ts";
