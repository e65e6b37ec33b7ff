/** Values or bytes that the quick way does not take: the library looks at them anew, and says what is wrong or does what is right. */
class Irregular extends Error {
  override readonly name = "Irregular";
}

/** One for all, since it never leaves this folder and none needs its place. */
export const irregular: Error = new Irregular();
