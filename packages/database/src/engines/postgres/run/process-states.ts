import pg from "pg";
import { SilentServerError } from "./silent-server-error.ts";

/**
 * What is known of the server's process behind a connection: it works on a statement, it does nothing that the client
 * could wait for, the server itself cannot be reached, or nobody can tell.
 */
export type ProcessState = "working" | "at rest" | "unreachable" | "unknown";

/** How long the server may take to tell, in milliseconds. */
const answerTimeoutMs = 2000;

/** The asking process is in the answer, so that it shows whether ids of processes are the server's own. */
const statesQuery = `SELECT pid, state, wait_event_type AS "waitsFor", pid = pg_backend_pid() AS asks
  FROM pg_stat_activity WHERE pid = ANY($1::int[]) OR pid = pg_backend_pid()`;

/**
 * Ends what the role itself had begun, and what nobody will end otherwise: its locks would stay. Not where the asking connection
 * is known by another id than the server's (`$2`): behind a pooler, `$1` could be the process of somebody else.
 */
const dismissal = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE pid = $1 AND pg_backend_pid() = $2 AND usename = current_user AND datname = current_database()`;

interface ProcessRow {
  readonly pid: number;
  readonly state: string | null;
  readonly waitsFor: string | null;
  readonly asks: boolean;
}

type StateOf = (processId: number) => ProcessState;

interface Batch {
  readonly processIds: Set<number>;
  readonly states: Promise<StateOf>;
}

/** Asks a server, on connections opened for that alone, what the processes behind other connections are doing. */
export class ProcessStates {
  readonly #makeClient: () => pg.Client;
  /** Those who ask while an answer is awaited are answered together by the next. */
  #next: Batch | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(makeClient: () => pg.Client) {
    this.#makeClient = makeClient;
  }

  /** Never throws. */
  async ask(processId: number): Promise<ProcessState> {
    this.#next ??= this.#begin();
    this.#next.processIds.add(processId);
    const stateOfProcess = await this.#next.states;
    return stateOfProcess(processId);
  }

  /** Ends the process behind a connection that was given up, whose transaction would hold its locks. Never throws. */
  async dismiss(processId: number): Promise<void> {
    await this.#query(dismissal, (own) => [processId, own]).catch(() => undefined);
  }

  #begin(): Batch {
    const processIds = new Set<number>();
    const states = this.#last.then(() => {
      this.#next = undefined;
      return this.#look([...processIds]);
    });
    this.#last = states;
    return { processIds, states };
  }

  async #look(processIds: readonly number[]): Promise<StateOf> {
    try {
      const { rows, processId } = await this.#query(statesQuery, () => [processIds]);
      // A pooler in between gives its clients ids of its own.
      if (rows.find(({ asks }) => asks)?.pid !== processId) return () => "unknown";
      return (id) => stateOf(rows.find(({ pid }) => pid === id));
    } catch (error) {
      const isAnswer = error instanceof pg.DatabaseError && error.code?.startsWith("57") !== true;
      return () => (isAnswer ? "unknown" : "unreachable");
    }
  }

  async #query(sql: string, valuesFor: (own: number | null) => unknown[]) {
    const client = this.#makeClient();
    // Whatever else befalls the connection fails the statement as well.
    client.on("error", () => undefined);
    const timer = setTimeout(
      () => client.connection.stream.destroy(new SilentServerError(answerTimeoutMs)),
      answerTimeoutMs,
    );
    try {
      await client.connect();
      const { rows } = await client.query<ProcessRow>(sql, valuesFor(processIdOf(client) ?? null));
      return { rows, processId: processIdOf(client) };
    } finally {
      clearTimeout(timer);
      client.connection.stream.destroy();
    }
  }
}

function stateOf(row: ProcessRow | undefined): ProcessState {
  // Without a row the process has ended.
  if (row === undefined) return "at rest";
  if (row.state === null || row.state === "disabled") return "unknown";
  const isActive = row.state === "active" || row.state === "fastpath function call";
  return isActive && row.waitsFor !== "Client" ? "working" : "at rest";
}

/** The id by which the server, or a pooler, knows a connection. */
export function processIdOf(client: pg.Client): number | undefined {
  const { processID } = client as unknown as { processID?: number | null };
  return processID ?? undefined;
}
