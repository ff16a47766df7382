import type { Query, ResultRow } from "../../port/engine.ts";
import { companySetting } from "../schema/row-security.ts";

/** Asks the server on whatever connection is at hand. */
type Ask = (query: Query, values: readonly unknown[]) => Promise<ResultRow[]>;

/** Null for a table that is not there. */
const isActive: Query = {
  sql: "SELECT row_security_active(to_regclass($1)) AS active",
  readOnly: true,
  recurring: true,
};

/** A table that has policies where any has. */
const sample = "users";

/** Whether policies hold for the role of the connections; not for the owner of the tables, nor for whoever may bypass them. */
export class RowSecurity {
  readonly #wish: "auto" | "off";
  #isOn: boolean | undefined;

  constructor(wish: "auto" | "off") {
    this.#wish = wish;
    if (wish === "off") this.#isOn = false;
  }

  /** Whether transactions are to be confined to companies; asked once. */
  async isOn(ask: Ask): Promise<boolean> {
    this.#isOn ??= await this.holdsFor(sample, ask);
    return this.#isOn;
  }

  /** Forgets what it knows, for another database may lie under the name by now. */
  forget(): void {
    this.#isOn = this.#wish === "off" ? false : undefined;
  }

  /** Whether the rows of a table are behind policies, confined or not. */
  async holdsFor(table: string, ask: Ask): Promise<boolean> {
    const [row] = await ask(isActive, [table]);
    return row?.["active"] === true;
  }
}

/** The statement that confines the rest of the transaction, or of the savepoint, to a company or to none. */
export function confine(company: number | null): string {
  if (company !== null && !Number.isSafeInteger(company)) throw new TypeError("A company is named by its id.");
  return `SET LOCAL ${companySetting} = '${company ?? ""}'`;
}
