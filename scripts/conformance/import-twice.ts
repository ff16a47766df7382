import { createCompany } from "@nerve/database";
import { differences } from "./differences.ts";
import { fileSource, isEmpty } from "./file-source.ts";
import { importOrRefusal } from "./import-report.ts";
import type { OracleFile } from "./oracle.ts";
import { type Opened, openFresh, type Places } from "./places.ts";
import { readState } from "./read-state.ts";

/** What an import does that changes nothing of what was there. */
const nothing = {
  reactivated: 0,
  updated: 0,
  rescored: 0,
  closed: 0,
  held: 0,
};
const nothingOpened = { opened: 0, closed: 0 };

/** Imports files twice, each for a company of its own in one database. */
export class ImportsTwice implements AsyncDisposable {
  readonly #folder: string;
  readonly #opened: Opened;
  #companies = 0;

  private constructor(folder: string, opened: Opened) {
    this.#folder = folder;
    this.#opened = opened;
  }

  static async begin(folder: string, places: Places): Promise<ImportsTwice> {
    return new ImportsTwice(folder, await openFresh(places));
  }

  /** Tells where a file that is read does not open what it holds, or where its second import changes anything. */
  async compare({ path, format, expect }: OracleFile): Promise<string[]> {
    const { findings } = expect;
    if (expect["outcome"] !== "read" || findings === undefined) return [];
    const { db } = this.#opened;
    this.#companies += 1;
    const name = `conformance-${this.#companies}.example`;
    const { id: companyId } = await createCompany(db, { name, primaryDomain: name });
    const source = fileSource(this.#folder, path);
    const given = isEmpty(source) && format !== null ? { format } : {};
    const report = { companyId, source, target: "conformance", ...given };
    const first = await importOrRefusal(db, report);
    const second = await importOrRefusal(db, report);
    const untouched = {
      ...nothing,
      created: 0,
      untouched: findings,
      services: nothingOpened,
      exposures: nothingOpened,
    };
    return [
      ...differences({ ...nothing, created: findings, untouched: 0 }, first).map((line) => `first import: ${line}`),
      ...differences(untouched, second).map((line) => `second import: ${line}`),
      ...differences({ history: 0 }, await readState(db, companyId)).map((line) => `second import: ${line}`),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened[Symbol.asyncDispose]();
  }
}
