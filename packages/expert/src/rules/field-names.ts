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

const PERSONAL =
  /^(e?mail(address)?|phone(number)?|mobile(number)?|ssn|socialsecurity(number)?|taxid|passport(number)?|(dateof)?birth(day|date)?|dob|iban|accountnumber|creditcard(number)?|cardnumber|pan|cvv|firstname|lastname|fullname|surname|givenname|streetaddress|postaladdress|homeaddress|ipaddress|nationalid|driverslicense|password|geolocation)$/;

/** Whether a field's name says that it tells of a person: `email`, `card_number`, `dateOfBirth`. */
export function isPersonal(name: string): boolean {
  return PERSONAL.test(name.toLowerCase().replaceAll(/[_-]/g, ""));
}
