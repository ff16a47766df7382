import { expect, test } from "vitest";
import { tenancy } from "../../src/access/tenancy.ts";
import { indexesOf, type NamedIndex } from "../../src/engines/shared/ddl.ts";
import { columnNamed, type TableDefinition } from "../../src/schema/kit/index.ts";
import { type TableName, tableNamed, tables } from "../../src/schema/tables.ts";

/** Whether the first column is the company, or a row that belongs to one: who cannot write that row cannot take its place either. */
function isWithinCompany({ table, columns: [first = ""] }: NamedIndex): boolean {
  if (first === "company_id") return true;
  const parent = columnNamed(tableNamed(table) as TableDefinition, first)?.reference?.table.name as
    TableName | undefined;
  return parent !== undefined && parent !== "companies" && tenancy[parent] !== "global";
}

/**
 * Why a tenant can neither probe nor block another with what is unique for everybody. What is unique within its company needs
 * no answer.
 */
const answers: Readonly<Record<string, string>> = {
  companies_primary_domain_key: "Only who manages all companies gives domains, and has to be told whose one is.",
  users_email_key:
    "Who signs in is known by the address alone. It takes a fresh sign-in or a mailed link, and the refusal is the one for an address of another company's domain.",
  password_reset_links_token_key: "The digest of 256 random bits.",
  known_devices_token_key: "The digest of 256 random bits.",
  sessions_token_key: "The digest of 256 random bits.",
  sessions_refresh_token_key: "The digest of 256 random bits.",
  sessions_refresh_family_key: "The digest of 256 random bits.",
  api_keys_key_hash_key: "The digest of a random key.",
  roadmap_tasks_task_id_key: "The library of tasks is the same for all, and no tenant writes it.",
  bait_tokens_identifier_key: "Whoever touches a token knows its identifier alone; it is made at random.",
  uploaded_files_upload_id_key: "Made at random by the server.",
};

test("each unique index says why no tenant can probe or block another with it", () => {
  const global = tables
    .flatMap((table) => indexesOf(table))
    .filter((index) => index.unique && !index.perCompany && !isWithinCompany(index))
    .map(({ name }) => name);
  expect(global.toSorted()).toEqual(Object.keys(answers).toSorted());
});
