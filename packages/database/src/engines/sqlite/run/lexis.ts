import { type Lexis, transactionControl } from "../../shared/lexis.ts";

/**
 * SQLite's lexis.
 * @see https://www.sqlite.org/lang_keywords.html and https://www.sqlite.org/lang_comment.html
 */
export const sqliteLexis: Lexis = {
  moreSpace: "\uFEFF",
  lineEnds: "\n",
  nestedComments: false,
  escapeStrings: false,
  dollarQuotes: false,
  nameQuotes: { "`": "`", "[": "]" },
  parameterSigns: "?:@$#",
  triggerBodies: true,
  uncontainable: new Set([...transactionControl, "ATTACH", "DETACH", "PRAGMA"]),
};
