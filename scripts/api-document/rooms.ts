/** A page of the functions' documents. */
export interface RoomPage {
  /** Its file's name, that of the room under `packages/database/src`. */
  readonly room: string;
  readonly title: string;
  /** Further rooms whose functions and types are on the page. */
  readonly besides?: readonly string[];
}

/** The pages, in the order in which they are read. */
export const roomPages: readonly RoomPage[] = [
  { room: "opening", title: "Opening, transactions", besides: ["database", "engines", "errors", "files"] },
  { room: "migrations", title: "Migrations" },
  { room: "access", title: "Callers, reach and rights" },
  { room: "identity", title: "Companies, accounts, sign-in, sessions, API keys" },
  { room: "security", title: "Security events and sign-in attempts" },
  { room: "audit", title: "Audit log" },
  { room: "mails", title: "Mails" },
  { room: "operation", title: "What an operation is" },
  { room: "scans", title: "Scans" },
  { room: "surface", title: "Assets and findings" },
  { room: "quotas", title: "Quotas" },
  { room: "records", title: "Writing records" },
  { room: "rows", title: "Rows as answers hold them", besides: ["schema"] },
  { room: "cryptography", title: "Passwords, tokens, secrets" },
  { room: "validation", title: "Validation" },
  { room: "operations", title: "Health, backups, moving" },
  { room: "upkeep", title: "Upkeep", besides: ["schedule"] },
];

/** The page that the functions of a room are on. */
export function pageOfRoom(room: string): RoomPage | undefined {
  return roomPages.find((page) => page.room === room || page.besides?.includes(room) === true);
}
