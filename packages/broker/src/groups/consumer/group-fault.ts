/** A request to a consumer group is refused. Thrown inside a decision, which so comes to nothing. */
export class GroupFault extends Error {
  override readonly name = "GroupFault";
  readonly errorCode: number;

  constructor(errorCode: number, message: string) {
    super(message);
    this.errorCode = errorCode;
  }
}
