/**
 * What a field begins with whose time is read for each record. V8 boxes a number anew at each read of a field that has held nothing but numbers; where it has held something else it keeps the number as it was given, and reading costs nothing.
 * Written over before anybody reads it.
 */
export const boxedTime: number = undefined as unknown as number;
