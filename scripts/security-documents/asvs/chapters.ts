import { authentication } from "./authentication.ts";
import { authorization } from "./authorization.ts";
import type { AsvsItem } from "./item.ts";
import { logging } from "./logging.ts";
import { sessions } from "./sessions.ts";

/** A chapter of the core. */
export interface AsvsChapter {
  readonly title: string;
  readonly items: readonly AsvsItem[];
}

export const asvsChapters: readonly AsvsChapter[] = [
  { title: "V6 Authentication", items: authentication },
  { title: "V7 Session management", items: sessions },
  { title: "V8 Authorization", items: authorization },
  { title: "V16 Logging and errors", items: logging },
];
