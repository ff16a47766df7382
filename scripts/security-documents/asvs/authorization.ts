import type { AsvsItem } from "./item.ts";

/** Items of the chapter on authorization. */
export const authorization: readonly AsvsItem[] = [
  {
    id: "8.1.1",
    asks: "Who may call what and see which rows is written down",
    state: "holds",
    how: "docs/ROLES.md, printed from the code.",
    tests: ["test/documents.test.ts"],
  },
  {
    id: "8.1.2",
    asks: "So it is for fields",
    state: "holds",
    how: "docs/security/FIELDS.md, printed from the schemas of the routes.",
    tests: ["test/documents.test.ts", "test/security-documents.test.ts"],
  },
  {
    id: "8.2.1",
    asks: "What is not allowed is refused",
    state: "holds",
    how: "Every route with every role; a route without a permission does not start.",
    tests: ["packages/server/test/authorization/roles.test.ts"],
  },
  {
    id: "8.2.2",
    asks: "Nobody reaches another's record by its id",
    state: "holds",
    how: "Every route that takes an id, with another company's.",
    tests: [
      "packages/server/test/authorization/tenants.test.ts",
      "packages/database/test/operation/every-operation.test.ts",
    ],
  },
  {
    id: "8.2.3",
    asks: "Hidden fields are neither read nor written",
    state: "holds",
    how: "Inputs refuse what they do not know; rows leave without hidden columns.",
    tests: [
      "packages/server/test/authorization/tenants.test.ts",
      "packages/database/test/schema/visible-columns.test.ts",
    ],
  },
  {
    id: "8.3.1",
    asks: "The server decides, never the client",
    state: "holds",
    how: "Operations decide by the caller that the server made.",
    tests: [
      "packages/database/test/operation/every-operation.test.ts",
      "packages/server/test/authorization/rights.test.ts",
    ],
  },
  {
    id: "8.4.1",
    asks: "No company affects another",
    state: "holds",
    how: "Records name their company, conditions and row security hold it, names are unique within it.",
    tests: [
      "packages/server/test/authorization/tenants.test.ts",
      "packages/database/test/access/row-security.test.ts",
      "packages/database/test/schema/unique-indexes.test.ts",
    ],
  },
];
