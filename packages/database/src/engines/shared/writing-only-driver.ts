import { DummyDriver } from "kysely";

/**
 * The driver of a query builder that writes SQL and runs nothing. Whoever lets it run a query is told what to call
 * instead: Kysely's own stand-in would answer that there are no rows.
 */
export class WritingOnlyDriver extends DummyDriver {
  // Comes before anything else that Kysely does with a driver, on every way, and again after it has failed.
  override init(): Promise<void> {
    return Promise.reject(
      new TypeError(
        "This query builder only writes SQL: give the query to fetchAll(db, query), fetchFirst(db, query) or " +
          "runQuery(db, query), and open transactions with transaction(db, work).",
      ),
    );
  }
}
