import type { MasterKeys } from "../../src/cryptography/index.ts";

/** The keys of an installation after a new one was put before those that it had. */
export function newerKeys({ current, previous = [] }: MasterKeys): MasterKeys {
  return { current: { id: "newer", key: new Uint8Array(32).fill(8) }, previous: [current, ...previous] };
}
