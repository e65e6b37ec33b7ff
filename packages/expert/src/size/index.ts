export { type Dimension, EXAMPLES } from "../quantity/dimension.ts";
export { parseQuantity } from "../quantity/parse-quantity.ts";
export { printQuantity } from "../quantity/print-quantity.ts";
export {
  type Calculation,
  type Calculator,
  completeInputs,
  type Figure,
  type InputSpec,
  type InputSpecs,
  type Inputs,
} from "./calculator.ts";
export { calculators } from "./calculators.ts";
export { type CapacityDimension, type CapacityLimits, type MeasuredCapacity, measureCapacity } from "./measured-capacity.ts";
