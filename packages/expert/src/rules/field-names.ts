const MONEY = /^(amount|price|total|subtotal|balance|cost|fee|salary|revenue)s?$/;
const VERSION = /^(event|schema|message|payload)_?version$/i;

/** Whether a word of the name, in `snake_case` or `camelCase`, is one of money. */
export function isMoney(name: string): boolean {
  return name.split(/_|-|(?<=[a-z])(?=[A-Z])/).some((word) => MONEY.test(word.toLowerCase()));
}

/** Whether a field's name says that it is the version of the record. */
export function isRecordVersion(name: string): boolean {
  return VERSION.test(name);
}
