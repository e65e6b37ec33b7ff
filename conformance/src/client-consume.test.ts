import { defineConsumeCases } from "./client-cases/consume-cases.ts";
import { requireTarget } from "./target.ts";

defineConsumeCases(requireTarget);
