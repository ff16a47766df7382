import type { Engine } from "../engines/port/engine.ts";

const works = new WeakMap<Engine, (() => Promise<void>)[]>();
const finished = new WeakMap<Engine, Promise<unknown>>();

/** Has something done when a database is about to be closed, such as writing what is in memory alone. */
export function beforeClose(connection: Engine, work: () => Promise<void>): void {
  works.set(connection, [...(works.get(connection) ?? []), work]);
}

/** Does what was to be done before the close, once, however many close at the same time. What fails keeps nothing open. */
export async function finishBeforeClose(connection: Engine): Promise<void> {
  const due = finished.get(connection) ?? Promise.allSettled((works.get(connection) ?? []).map((work) => work()));
  finished.set(connection, due);
  await due;
}
