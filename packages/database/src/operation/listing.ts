import { z } from "zod";
import type { PermissionName } from "../access/role-matrix.ts";
import { tenancy } from "../access/tenancy.ts";
import { reachOf } from "../access/within.ts";
import type { Handle } from "../database/handle.ts";
import { fetchPage, type Page, pageFields, PageOrder } from "../database/page.ts";
import { timeRange, timeRangeFields } from "../database/time-range.ts";
import { pageOf, rowOf } from "../rows/index.ts";
import type { TableDefinition, VisibleRow } from "../schema/kit/index.ts";
import type { TableName } from "../schema/tables.ts";
import { date, type JsonMembers, jsonMembers, recordId, text } from "../validation/input.ts";
import { listStatement, requireColumn } from "./list-statement.ts";
import { type Operation, reading } from "./operation.ts";

/** A table that lists are made of, with its name as the schema knows it. */
type ListedTable = TableDefinition & { readonly name: TableName };

/** A list: a page of a table's visible rows, in an order that stays. */
export interface Listing<Table extends ListedTable, Equal extends z.ZodRawShape> {
  readonly summary: string;
  readonly permission: PermissionName;
  readonly table: Table;
  /** Property names of columns that are never null, the last of them unique. */
  readonly order: readonly string[];
  readonly newestFirst?: true;
  readonly filters?: {
    /** Fields that the column of the same name has to equal. */
    readonly equal?: Equal;
    /** The column whose time `since` (included), `until` (excluded) and, where there is a default, `hours` narrow. */
    readonly time?: { readonly column: string; readonly defaultHours?: number };
    /** The JSON column that has to hold the members of `metadata`; the definition says that it is `searched()`. */
    readonly metadata?: string;
    /** Columns of which one has to hold the text `search`. */
    readonly search?: readonly string[];
  };
  /** Whether deleted rows can be asked for. */
  readonly showsDeleted?: true;
  /** What rows become before they are shown, where what is stored may be wrong. */
  readonly shown?: (db: Handle, rows: readonly VisibleRow<Table>[]) => Promise<VisibleRow<Table>[]>;
  /** Whether a replica may answer, a little late. */
  readonly mayLag?: true;
}

const hoursField = { hours: timeRangeFields.hours };
const momentFields = { since: date().optional(), until: date().optional() };
const metadataField = { metadata: jsonMembers().optional() };
const searchField = { search: text({ min: 1, max: 255 }).optional() };
const deletedField = { includeDeleted: z.boolean().default(false) };
const companyField = { companyId: recordId().optional() };

/** What every list may be given, besides what its columns have to equal. */
interface ListInput {
  readonly limit: number;
  readonly cursor?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly hours?: number;
  readonly includeDeleted?: boolean;
}

type Input<Equal extends z.ZodRawShape> = { [Name in keyof Equal]?: z.input<Equal[Name]> | undefined } & {
  companyId?: number | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
  hours?: number | undefined;
  search?: string | undefined;
  metadata?: JsonMembers | undefined;
  includeDeleted?: boolean | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
};

/**
 * Defines a list of a table's rows within the caller's reach, of live ones where the table has soft delete. Its input is made
 * of the filters, `companyId` and the page.
 */
export function listing<Table extends ListedTable, Equal extends z.ZodRawShape = z.ZodRawShape>(
  definition: Listing<Table, Equal>,
): Operation<Input<Equal>, Page<VisibleRow<Table>>> {
  const { table, filters = {}, summary, permission, mayLag } = definition;
  const order = orderOf(definition);
  const list = listStatement(table, order, { ...filters, equal: Object.keys(filters.equal ?? {}) });
  return reading({
    summary,
    permission,
    input: fieldsOf(definition),
    output: pageOf(rowOf(table)),
    ...(mayLag === true && { mayLag }),
    async run(db, input, caller): Promise<never> {
      const { limit, cursor, since, until, hours, includeDeleted, ...equal } = input as unknown as ListInput;
      const { time } = filters;
      const range =
        time?.defaultHours === undefined
          ? { since, until }
          : timeRange({ since, until, hours }, { now: db.clock.now(), defaultHours: time.defaultHours });
      const live = includeDeleted === true ? {} : { live: true };
      const wanted = { ...equal, ...range, ...live, ...reachOf(caller) };
      const page = await fetchPage(db, { list, order, filters: wanted, limit, cursor });
      if (definition.shown === undefined) return page as never;
      return { ...page, items: await definition.shown(db, page.items as unknown as VisibleRow<Table>[]) } as never;
    },
  }) as never;
}

function fieldsOf({ table, showsDeleted, filters = {} }: Listing<ListedTable, z.ZodRawShape>): z.ZodRawShape {
  const { equal = {}, time, search, metadata } = filters;
  const optional = Object.entries(equal).map(([name, field]) => [name, (field as z.ZodType).optional()]);
  return {
    ...(tenancy[table.name] === "global" ? {} : companyField),
    ...(Object.fromEntries(optional) as z.ZodRawShape),
    ...(search === undefined ? {} : searchField),
    ...(metadata === undefined ? {} : metadataField),
    ...(showsDeleted === undefined ? {} : deletedField),
    ...(time === undefined ? {} : momentFields),
    ...(time?.defaultHours === undefined ? {} : hoursField),
    ...pageFields,
  };
}

function orderOf({ table, order, newestFirst }: Listing<ListedTable, z.ZodRawShape>): PageOrder {
  const columns = order.map((property) => requireColumn(table, property));
  return new PageOrder(table.name, columns, newestFirst === true ? "desc" : "asc");
}
