import { defineTypedTopicCases } from "./client-cases/typed-topic-cases.ts";
import { requireTarget } from "./target.ts";

defineTypedTopicCases(requireTarget);
