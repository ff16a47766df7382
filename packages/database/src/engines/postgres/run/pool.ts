import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { BusyError, DatabaseConnectionError } from "../../../errors/index.ts";
import { settledWithin } from "../../shared/mutex.ts";
import { isLostConnection, isOutcomeUnknown, translatePostgresError } from "./errors.ts";
import type { EngineWarning, PoolUse } from "../../port/engine.ts";
import type { PostgresLocation } from "../connect/location.ts";
import { type Encryption, encryptionsFor, explainCertificate, offersTls } from "../connect/tls.ts";
import type { Session } from "../connect/session.ts";
import { explainRefusal } from "../connect/explain-refusal.ts";
import { ProcessStates } from "./process-states.ts";
import { SilenceWatch } from "./silence-watch.ts";
import { valueParsers } from "./values.ts";

/** What a pool needs to know beside the place. */
export interface PoolOptions {
  /** Most connections that the pool opens. */
  readonly maxConnections: number;
  /** Longest wait for a connection, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Longest time that one statement may run, in milliseconds; 0 is no limit. */
  readonly statementTimeoutMs: number;
  /** Told of what an operator should know, though nothing fails. */
  readonly warn: (warning: EngineWarning) => void;
  /** What the session is told at its start; poolers take none of it. */
  readonly session: Session | undefined;
}

/** How often it is looked whether all connections are at rest, in milliseconds. */
const restPollMs = 5;

/** How long an unused connection is kept, in milliseconds. */
const idleTimeoutMs = 30_000;

/** SQLSTATEs with which a server refuses connections that are not encrypted, and those beyond a limit. */
const invalidAuthorization = "28000";
const tooManyConnections = "53300";

/** How long a pool is left smaller than it was to be, and how often a connection is tried for while it has none; in milliseconds. */
const growAfterMs = 60_000;
const retryMs = 100;

/** A bounded pool of connections to one server, encrypted as its URL says. */
export class ConnectionPool {
  #pool: pg.Pool;
  /** Ends when connections may be made again. */
  #pause: Promise<void> | undefined;
  readonly #options: PoolOptions;
  readonly #location: PostgresLocation;
  readonly #encryptions: readonly [Encryption, ...Encryption[]];
  readonly #connectTimeoutMs: number;
  readonly #processes: ProcessStates;
  readonly #watches = new WeakMap<pg.PoolClient, SilenceWatch>();
  /** Connections that are older than this may be silent, too. */
  #suspectBefore = Number.NEGATIVE_INFINITY;
  #growAt = Number.POSITIVE_INFINITY;
  #hasWarned = false;
  #chosen = 0;

  constructor(location: PostgresLocation, encryptions: readonly [Encryption, ...Encryption[]], options: PoolOptions) {
    this.#location = location;
    this.#encryptions = encryptions;
    this.#options = options;
    this.#connectTimeoutMs = options.connectTimeoutMs;
    this.#processes = new ProcessStates(() => this.#makeClient());
    this.#pool = this.#openPool();
  }

  #makeClient(): pg.Client {
    return new pg.Client({ ...connectionConfig(this.#location, this.#encryption), ...this.#options.session });
  }

  #openPool(): pg.Pool {
    const { maxConnections, connectTimeoutMs } = this.#options;
    const makeClient = () => this.#makeClient();
    const pool = new pg.Pool({
      max: maxConnections,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: idleTimeoutMs,
      // Not options of the pool: how the next connection is encrypted may change.
      Client: function makeOne() {
        return makeClient();
      } as unknown as new () => pg.Client,
    });
    // An idle connection that breaks has left the pool already; the next statement opens another.
    pool.on("error", () => undefined);
    // One that breaks within a transaction, between two statements: the next statement reports it.
    pool.on("connect", (client) => {
      client.on("error", () => undefined);
      this.#watch(client);
    });
    return pool;
  }

  #watch(client: pg.PoolClient): void {
    const watch = new SilenceWatch(client, {
      limitMs: this.#options.statementTimeoutMs,
      ask: (processId) => this.#processes.ask(processId),
      onSilent: (processId) => {
        // What made this one silent has probably silenced those, too, that were open at the same time.
        this.#suspectBefore = performance.now();
        if (processId !== undefined) void this.#processes.dismiss(processId);
      },
    });
    this.#watches.set(client, watch);
  }

  /** Lets the statements take as long as they like that follow on a connection, until it is given back. */
  liftLimit(client: pg.PoolClient): void {
    const watch = this.#watches.get(client);
    if (watch !== undefined) watch.isPatient = true;
  }

  /**
   * Takes a connection out of the pool.
   * @throws {DatabaseConnectionError} CONNECTION_FAILED; nothing was sent to the database
   * @throws {BusyError} when all are in use for too long
   */
  async connect(): Promise<pg.PoolClient> {
    if (this.#pause !== undefined) await this.#waitFor(this.#pause);
    for (;;) {
      const client = await this.#take();
      const watch = this.#watches.get(client);
      watch?.limit();
      if (watch === undefined || watch.since >= this.#suspectBefore) return client;
      watch.destroy();
      client.release(true);
    }
  }

  /** Takes a connection; where the server has no more of them than there are, waits for one of those. */
  async #take(): Promise<pg.PoolClient> {
    const deadline = performance.now() + this.#connectTimeoutMs;
    if (performance.now() >= this.#growAt) this.#resize(this.#options.maxConnections, Number.POSITIVE_INFINITY);
    for (;;) {
      try {
        return await this.#open();
      } catch (error) {
        if (!isBeyondLimit(error) || performance.now() >= deadline) throw await this.#explain(error);
        this.#shrink(error);
        if (this.#pool.totalCount === 0) await sleep(retryMs);
      }
    }
  }

  #shrink({ message }: pg.DatabaseError): void {
    this.#resize(Math.max(1, this.#pool.totalCount), performance.now() + growAfterMs);
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const { user, database, host, port } = this.#location;
    this.#options.warn({
      code: "POOL_SHRUNK",
      message:
        `The server at ${host}:${port} gives the role ${user} fewer connections to the database ${database} than the ` +
        `${this.#options.maxConnections} that NERVE may open (${message}): requests wait for those that there are. Raise ` +
        `the limit, or lower NERVE_DATABASE_MAX_CONNECTIONS.`,
    });
  }

  #resize(size: number, growAt: number): void {
    this.#pool.options.max = size;
    this.#growAt = growAt;
  }

  /** Takes a connection, encrypted in the way that the server takes. */
  async #open(): Promise<pg.PoolClient> {
    const tried = this.#chosen;
    try {
      return await this.#pool.connect();
    } catch (error) {
      const other = await this.#otherEncryption(tried, error);
      if (other === undefined) throw error;
      this.#chosen = other;
      return this.#openOtherwise(tried, error);
    }
  }

  async #openOtherwise(tried: number, refusal: unknown): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      const isOffered = this.#encryption === false || !(await this.#isWithoutTls(error));
      this.#chosen = tried;
      // Without TLS at the server, what it refused was not that it was asked without.
      throw isOffered ? error : refusal;
    }
  }

  /** Runs `work` with a pool of one connection, opened for it alone, whatever this one is doing. */
  async apart<T>(work: (pool: ConnectionPool) => Promise<T>): Promise<T> {
    const pool = new ConnectionPool(this.#location, this.#encryptions, { ...this.#options, maxConnections: 1 });
    try {
      return await work(pool);
    } finally {
      await pool.end();
    }
  }

  /** Runs `work` on a connection of the pool. */
  async use<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.connect();
    let lost = false;
    try {
      return await work(client);
    } catch (error) {
      lost = isLostConnection(error) || isOutcomeUnknown(error);
      throw error;
    } finally {
      client.release(lost);
    }
  }

  /** Waits for the connections that are in use, and closes all. */
  async end(): Promise<void> {
    await this.#pause;
    await this.#pool.end();
  }

  /**
   * Closes every connection while `work` runs; whoever wants one waits meanwhile.
   * @throws {BusyError} when those that are in use do not come back in time
   */
  async whileClosed<T>(work: () => Promise<T>): Promise<T> {
    if (this.#pause !== undefined) throw new BusyError();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pause = promise;
    try {
      await this.#untilAtRest();
      await this.#pool.end();
      try {
        return await work();
      } finally {
        this.#pool = this.#openPool();
      }
    } finally {
      this.#pause = undefined;
      resolve();
    }
  }

  async #untilAtRest(): Promise<void> {
    const deadline = performance.now() + this.#connectTimeoutMs;
    while (this.#pool.idleCount < this.#pool.totalCount || this.#pool.waitingCount > 0) {
      if (performance.now() >= deadline) throw new BusyError();
      await sleep(restPollMs);
    }
  }

  async #waitFor(pause: Promise<void>): Promise<void> {
    if (!(await settledWithin(pause, this.#connectTimeoutMs))) throw new BusyError();
  }

  /** Most connections that it opens just now. */
  get size(): number {
    return this.#pool.options.max;
  }

  get poolUse(): PoolUse {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool;
    return { total, idle, waiting };
  }

  get #encryption(): Encryption {
    return this.#encryptions[this.#chosen] ?? false;
  }

  /** The next way to connect, where the server has refused the one that was tried for what it is. */
  async #otherEncryption(tried: number, error: unknown): Promise<number | undefined> {
    if (this.#encryptions.length === 1) return undefined;
    const refused =
      this.#encryptions[tried] === false
        ? error instanceof pg.DatabaseError && error.code === invalidAuthorization
        : await this.#isWithoutTls(error);
    return refused ? 1 - tried : undefined;
  }

  async #explain(error: unknown): Promise<unknown> {
    const ofCertificate = explainCertificate(error);
    if (ofCertificate !== undefined) return ofCertificate;
    const ofRefusal = explainRefusal(error, this.#location);
    if (ofRefusal !== undefined) return ofRefusal;
    if (isUnanswered(error)) return translatePostgresError(error);
    if (isOfDriver(error) && this.#isFull) return new BusyError({ cause: error });
    if (this.#encryption === false || !(await this.#isWithoutTls(error))) return translatePostgresError(error);
    return new DatabaseConnectionError("CONNECTION_FAILED", {
      message: "The database server offers no TLS, which its URL asks for; for another machine that is the default.",
      cause: error,
    });
  }

  get #isFull(): boolean {
    return this.#pool.totalCount >= this.#pool.options.max;
  }

  /** `pg` gives this failure no code, so the server is asked itself. */
  async #isWithoutTls(error: unknown): Promise<boolean> {
    if (!isOfDriver(error) || isUnanswered(error) || this.#isFull) return false;
    return (await offersTls(this.#location, this.#connectTimeoutMs)) === false;
  }
}

/** Whether a failure comes neither from the server nor from the system, but from `pg` itself. */
function isOfDriver(error: unknown): boolean {
  return error instanceof Error && !(error instanceof pg.DatabaseError) && !("code" in error);
}

/** Whether a connection was begun and not set up in time; `pg` gives that no code, but says what it had come to. */
function isUnanswered(error: unknown): boolean {
  return isOfDriver(error) && (error as Error).cause !== undefined;
}

function isBeyondLimit(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError && error.code === tooManyConnections;
}

/** What `pg` has to be told to reach a place. Nothing is left to variables of the environment but the password. */
function connectionConfig(location: PostgresLocation, ssl: Encryption): pg.ClientConfig {
  const { host, port, user, password, database, applicationName } = location;
  return {
    host,
    port,
    user,
    password,
    database,
    ssl,
    application_name: applicationName,
    types: valueParsers,
    keepAlive: true,
  };
}

/**
 * Makes a pool; nothing is connected yet.
 * @throws {ValidationError} INVALID_INPUT for `url` when a file of certificates cannot be read
 */
export async function openPool(location: PostgresLocation, options: PoolOptions): Promise<ConnectionPool> {
  return new ConnectionPool(location, await encryptionsFor(location), options);
}
