import { defineConsumerGroupCases } from "./client-cases/consumer-group-cases.ts";
import { requireTarget } from "./target.ts";

defineConsumerGroupCases(requireTarget);
