import { z } from "zod";
import type { PermissionName } from "../access/role-matrix.ts";
import { tenancy } from "../access/tenancy.ts";
import { type Reaching, reachOf, within } from "../access/within.ts";
import { columnsOf } from "../database/columns.ts";
import { fetchPage, type Page, pageFields, PageOrder, type PageParameters } from "../database/page.ts";
import { shapedStatement } from "../database/statement.ts";
import { timeRange, timeRangeFields } from "../database/time-range.ts";
import type { Dialect } from "../engines/port/engine.ts";
import { anyTable } from "../database/any-table.ts";
import { pageOf, rowOf } from "../rows/index.ts";
import { columnNamed, type NamedColumn, type TableDefinition, type VisibleRow } from "../schema/kit/index.ts";
import type { TableName } from "../schema/tables.ts";
import { date, recordId, text } from "../validation/input.ts";
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
    /** Columns of which one has to hold the text `search`. */
    readonly search?: readonly string[];
  };
  /** Whether deleted rows can be asked for. */
  readonly showsDeleted?: true;
  /** Whether a replica may answer, a little late. */
  readonly mayLag?: true;
}

type Filters = Reaching & PageParameters & Readonly<Record<string, unknown>>;

const hoursField = { hours: timeRangeFields.hours };
const momentFields = { since: date().optional(), until: date().optional() };
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
  const list = statementOf(definition, order);
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
      return (await fetchPage(db, { list, order, filters: wanted, limit, cursor })) as never;
    },
  }) as never;
}

function fieldsOf({ table, showsDeleted, filters = {} }: Listing<ListedTable, z.ZodRawShape>): z.ZodRawShape {
  const { equal = {}, time, search } = filters;
  const optional = Object.entries(equal).map(([name, field]) => [name, (field as z.ZodType).optional()]);
  return {
    ...(tenancy[table.name] === "global" ? {} : companyField),
    ...(Object.fromEntries(optional) as z.ZodRawShape),
    ...(search === undefined ? {} : searchField),
    ...(showsDeleted === undefined ? {} : deletedField),
    ...(time === undefined ? {} : momentFields),
    ...(time?.defaultHours === undefined ? {} : hoursField),
    ...pageFields,
  };
}

function requireColumn(table: TableDefinition, property: string): NamedColumn {
  const column = table.columnList.find((candidate) => candidate.property === property);
  if (column === undefined) throw new TypeError(`${table.name} has no column ${property}.`);
  return column;
}

function orderOf({ table, order, newestFirst }: Listing<ListedTable, z.ZodRawShape>): PageOrder {
  const columns = order.map((property) => requireColumn(table, property));
  return new PageOrder(table.name, columns, newestFirst === true ? "desc" : "asc");
}

function statementOf({ table, filters = {} }: Listing<ListedTable, z.ZodRawShape>, order: PageOrder) {
  const { equal = {}, time, search = [] } = filters;
  const columns = columnsOf(table.name as "users");
  const hasSoftDelete = columnNamed(table, "deleted_at") !== undefined;
  const timeColumn = time === undefined ? undefined : requireColumn(table, time.column).name;
  const searched = search.map((property) => requireColumn(table, property).name);
  return shapedStatement((sql, p: Filters, dialect: Dialect) => {
    let query = anyTable({ sql })
      .selectFrom(table.name)
      .select([...columns]);
    query = query.where(within(table.name, p));
    if (hasSoftDelete && p["live"] !== undefined) query = query.where("deleted_at", "is", null);
    if (p["companyId"] !== undefined) {
      query = query.where(within(table.name, { reachedCompany: p["companyId"] as number }));
    }
    for (const property of Object.keys(equal)) {
      if (p[property] === undefined) continue;
      query = query.where(requireColumn(table, property).name, "=", p[property]);
    }
    if (timeColumn !== undefined && p["since"] !== undefined) query = query.where(timeColumn, ">=", p["since"]);
    if (timeColumn !== undefined && p["until"] !== undefined) query = query.where(timeColumn, "<", p["until"]);
    const part = p["search"] as string | undefined;
    if (part !== undefined) {
      query = query.where((eb) => eb.or(searched.map((name) => dialect.containsText(eb.ref(name) as never, part))));
    }
    return order.apply(query, p);
  });
}
