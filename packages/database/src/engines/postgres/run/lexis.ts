import { type Lexis, transactionControl } from "../../shared/lexis.ts";

/**
 * PostgreSQL's lexis.
 * @see https://www.postgresql.org/docs/15/sql-syntax-lexical.html
 */
export const postgresLexis: Lexis = {
  moreSpace: "\v",
  lineEnds: "\r\n",
  nestedComments: true,
  escapeStrings: true,
  dollarQuotes: true,
  nameQuotes: {},
  parameterSigns: "",
  triggerBodies: false,
  uncontainable: new Set([
    ...transactionControl,
    "START",
    "ABORT",
    "PREPARE",
    "EXECUTE",
    "DEALLOCATE",
    "DISCARD",
    "SET",
    "RESET",
    "LISTEN",
    "UNLISTEN",
    "COPY",
    "LOAD",
    "CHECKPOINT",
  ]),
};
