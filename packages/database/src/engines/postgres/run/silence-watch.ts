import type { Socket } from "node:net";
import { Writable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type pg from "pg";
import { processIdOf, type ProcessState } from "./process-states.ts";
import { SilentServerError } from "./silent-server-error.ts";

/** How long a connection is silent before the server is asked what it does there, in milliseconds; each time twice as long. */
const lookAfterMs = 2000;

/** After how long the server is asked once more when it did nothing there, in milliseconds. */
const confirmAfterMs = 1000;

/** What is left for the way when a statement took all its time, in milliseconds. */
const marginMs = 5000;

/** How long a connection may take to end, in milliseconds. */
const endTimeoutMs = 2000;

export interface SilenceRules {
  /** Longest time that the server lets a statement run, in milliseconds; 0 is no limit. */
  readonly limitMs: number;
  /** Tells what the server's process behind a connection does. */
  readonly ask: (processId: number) => Promise<ProcessState>;
  /** Called when a connection is given up, before its statement fails. */
  readonly onSilent: (processId: number | undefined) => void;
}

/**
 * Gives up a connection that has gone silent: while a statement is under way, no byte goes either way, and either the
 * server has nothing to do there or the statement's time is long over. Nothing else would notice: no TCP error comes when a
 * machine, a pooler or what is in between stops passing bytes on.
 *
 * The connection is destroyed, which fails its statement as a connection that was reset does.
 */
export class SilenceWatch {
  /** When the connection was opened, by the monotonic clock. */
  readonly since = performance.now();
  /** Whether the statements that follow may take as long as they like. */
  isPatient: boolean;
  readonly #client: pg.Client;
  readonly #socket: Socket;
  readonly #rules: SilenceRules;
  /** What is under way. */
  #statement: unknown;
  #isUnderWay = false;
  #isEnding = false;
  /** Counts statements, to tell whether one is still the same. */
  #turn = 0;
  /** Since when nothing has come or gone. */
  #silentSince = 0;
  #bytes = 0;
  #suspicions = 0;

  /** Begins with the first statement on a connection that has been set up. */
  constructor(client: pg.Client, rules: SilenceRules) {
    this.#client = client;
    this.#socket = client.connection.stream as Socket;
    this.#rules = rules;
    this.isPatient = rules.limitMs === 0;
    const query = client.query.bind(client) as (...parameters: unknown[]) => unknown;
    const end = client.end.bind(client) as (...parameters: unknown[]) => unknown;
    client.query = ((...parameters: unknown[]) => {
      const answer = query(...parameters);
      // The statement's own bytes are on their way by now; what counts is what follows.
      this.#begin(parameters[0]);
      return answer;
    }) as typeof client.query;
    client.end = ((...parameters: unknown[]) => {
      this.#isEnding = true;
      this.#socket.setTimeout(endTimeoutMs);
      return end(...parameters);
    }) as typeof client.end;
    client.on("drain", () => this.#finish());
    this.#socket.on("timeout", () => void this.#onTimeout());
  }

  /** Closes the connection without waiting for the server. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Statements have the time again that they usually have. */
  limit(): void {
    this.isPatient = this.#rules.limitMs === 0;
  }

  #begin(statement: unknown): void {
    this.#statement = statement;
    this.#isUnderWay = true;
    this.#turn += 1;
    this.#listen();
  }

  #finish(): void {
    this.#isUnderWay = false;
    this.#statement = undefined;
    this.#turn += 1;
    if (!this.#isEnding) this.#socket.setTimeout(0);
  }

  #listen(): void {
    this.#silentSince = performance.now();
    this.#suspicions = 0;
    this.#arm(lookAfterMs);
  }

  #arm(ms: number): void {
    this.#bytes = this.#bytesPassed;
    this.#socket.setTimeout(ms);
  }

  async #onTimeout(): Promise<void> {
    if (this.#isEnding) return this.destroy();
    if (!this.#isUnderWay) return;
    const turn = this.#turn;
    // What came while this process was too busy to read it has to be read first.
    await nextTurn();
    if (this.#hasMoved(turn)) return;
    if (this.#isOurTurn) return this.#listen();
    if (this.#silentMs >= this.#deadlineMs) return this.#giveUp();
    const processId = processIdOf(this.#client);
    const state = processId === undefined ? "unknown" : await this.#rules.ask(processId);
    if (this.#hasMoved(turn)) return;
    this.#suspicions = state === "at rest" || state === "unreachable" ? this.#suspicions + 1 : 0;
    if (this.#suspicions > 1) return this.#giveUp();
    const next = this.#suspicions === 1 ? confirmAfterMs : this.#silentMs;
    this.#arm(Math.max(1, Math.min(next, this.#deadlineMs - this.#silentMs)));
  }

  get #silentMs(): number {
    return Math.round(performance.now() - this.#silentSince);
  }

  get #deadlineMs(): number {
    return this.isPatient ? Infinity : this.#rules.limitMs + marginMs;
  }

  get #bytesPassed(): number {
    return this.#socket.bytesRead + this.#socket.bytesWritten;
  }

  /** Whether something came or went, or the statement is another one; it is listened on then. */
  #hasMoved(turn: number): boolean {
    if (turn !== this.#turn || this.#socket.destroyed) return true;
    if (this.#bytesPassed === this.#bytes) return false;
    this.#listen();
    return true;
  }

  /** Whether it is this side that keeps the other waiting: with rows to send, or with rows that were not read yet. */
  get #isOurTurn(): boolean {
    if (this.#socket.readableLength > 0) return true;
    const rows = this.#statement;
    return rows instanceof Writable && !rows.writableEnded && !rows.destroyed && rows.writableLength === 0;
  }

  #giveUp(): void {
    this.#rules.onSilent(processIdOf(this.#client));
    this.#socket.destroy(new SilentServerError(this.#silentMs));
  }
}
