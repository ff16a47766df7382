/** A connection was given up on which the server was silent. */
export class SilentServerError extends Error {
  readonly silentMs: number;

  constructor(silentMs: number) {
    super(`The server was silent for ${silentMs} ms.`);
    this.name = new.target.name;
    this.silentMs = silentMs;
  }
}
