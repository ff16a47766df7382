import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { BusyError, DatabaseConnectionError } from "../../../errors/index.ts";
import { settledWithin } from "../../shared/mutex.ts";
import { isLostConnection, isOutcomeUnknown, translatePostgresError } from "./errors.ts";
import type { PoolUse } from "../../port/engine.ts";
import type { PostgresLocation } from "../connect/location.ts";
import { type Encryption, encryptionsFor, explainCertificate, offersTls } from "../connect/tls.ts";
import { valueParsers } from "./values.ts";

/** What a pool needs to know beside the place. */
export interface PoolOptions {
  /** Most connections that the pool opens. */
  readonly maxConnections: number;
  /** Longest wait for a connection, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** What the session is told at its start; poolers take none of it. */
  readonly session: { readonly statement_timeout: number; readonly options: string } | undefined;
}

/** How often it is looked whether all connections are at rest, in milliseconds. */
const restPollMs = 5;

/** How long an unused connection is kept, in milliseconds. */
const idleTimeoutMs = 30_000;

/** SQLSTATE with which a server refuses connections that are not encrypted. */
const invalidAuthorization = "28000";

/** A bounded pool of connections to one server, encrypted as its URL says. */
export class ConnectionPool {
  #pool: pg.Pool;
  /** Ends when connections may be made again. */
  #pause: Promise<void> | undefined;
  readonly #options: PoolOptions;
  readonly #location: PostgresLocation;
  readonly #encryptions: readonly [Encryption, ...Encryption[]];
  readonly #connectTimeoutMs: number;
  #chosen = 0;

  constructor(location: PostgresLocation, encryptions: readonly [Encryption, ...Encryption[]], options: PoolOptions) {
    this.#location = location;
    this.#encryptions = encryptions;
    this.#options = options;
    this.#connectTimeoutMs = options.connectTimeoutMs;
    this.#pool = this.#openPool();
  }

  #openPool(): pg.Pool {
    const { maxConnections, connectTimeoutMs, session } = this.#options;
    const makeClient = () => new pg.Client({ ...connectionConfig(this.#location, this.#encryption), ...session });
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
    pool.on("connect", (client) => client.on("error", () => undefined));
    return pool;
  }

  /**
   * Takes a connection out of the pool.
   * @throws {DatabaseConnectionError} CONNECTION_FAILED; nothing was sent to the database
   * @throws {BusyError} when all are in use for too long
   */
  async connect(): Promise<pg.PoolClient> {
    if (this.#pause !== undefined) await this.#waitFor(this.#pause);
    const tried = this.#chosen;
    try {
      return await this.#pool.connect();
    } catch (error) {
      const other = await this.#otherEncryption(tried, error);
      if (other === undefined) throw await this.#explain(error);
      this.#chosen = other;
    }
    try {
      return await this.#pool.connect();
    } catch (error) {
      this.#chosen = tried;
      throw await this.#explain(error);
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
    if (!isOfDriver(error) || this.#isFull) return false;
    return (await offersTls(this.#location, this.#connectTimeoutMs)) === false;
  }
}

/** Whether a failure comes neither from the server nor from the system, but from `pg` itself. */
function isOfDriver(error: unknown): boolean {
  return error instanceof Error && !(error instanceof pg.DatabaseError) && !("code" in error);
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
