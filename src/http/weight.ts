/** RFC 9110 §12.4.2: up to three decimals between 0 and 1. */
const WEIGHT = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** The value of a parameter `q` in a header of content negotiation; undefined when it is malformed. */
export function readWeight(value: string): number | undefined {
  return WEIGHT.test(value) ? Number(value) : undefined;
}
