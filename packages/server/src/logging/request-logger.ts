import type { FastifyBaseLogger } from "fastify";

type Bindings = Readonly<Record<string, unknown>>;
type Line = Parameters<FastifyBaseLogger["info"]>;

/**
 * The logger of a request, whose lines name the request. It is made when something is first written: most requests write one line,
 * which `logRequests` writes, and to make a pino logger takes longer than to write that line.
 */
export class RequestLogger implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger;
  readonly #bindings: Bindings;
  #made: FastifyBaseLogger | undefined;

  constructor(parent: FastifyBaseLogger, bindings: Bindings) {
    this.#parent = parent;
    this.#bindings = bindings;
  }

  get level(): string {
    return this.#parent.level;
  }

  trace(...line: Line): void {
    this.#own().trace(...line);
  }

  debug(...line: Line): void {
    this.#own().debug(...line);
  }

  info(...line: Line): void {
    this.#own().info(...line);
  }

  warn(...line: Line): void {
    this.#own().warn(...line);
  }

  error(...line: Line): void {
    this.#own().error(...line);
  }

  fatal(...line: Line): void {
    this.#own().fatal(...line);
  }

  silent(...line: Line): void {
    this.#own().silent(...line);
  }

  child(...given: Parameters<FastifyBaseLogger["child"]>): FastifyBaseLogger {
    return this.#own().child(...given);
  }

  #own(): FastifyBaseLogger {
    this.#made ??= this.#parent.child(this.#bindings);
    return this.#made;
  }
}
