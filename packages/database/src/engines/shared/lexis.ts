/** How a dialect's text falls into words, strings and comments, as far as the dialects differ. */
export interface Lexis {
  /** Characters besides space, tab, line feed, form feed and carriage return that are white space. */
  readonly moreSpace: string;
  /** What ends a `--` comment. */
  readonly lineEnds: string;
  /** Whether a block comment may hold another. */
  readonly nestedComments: boolean;
  /** Whether `E'…'` holds backslash escapes. */
  readonly escapeStrings: boolean;
  /** Whether `$tag$…$tag$` is a string. */
  readonly dollarQuotes: boolean;
  /** Quoted names besides `"…"`: opening character → closing character. */
  readonly nameQuotes: Readonly<Record<string, string>>;
  /** Characters that begin a parameter, which a script cannot have. */
  readonly parameterSigns: string;
  /** Whether the body of a trigger stands in the statement itself, between BEGIN and END. */
  readonly triggerBodies: boolean;
  /** First words of statements that end the transaction, leave it, or outlive it on the connection. */
  readonly uncontainable: ReadonlySet<string>;
}

/** First words of the statements that control transactions, on both engines. */
export const transactionControl = ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "VACUUM"];
