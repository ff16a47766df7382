import type { AnyOperation, Database, Operation, Page } from "@nerve/database";
import { type Command, Option } from "commander";
import type { z } from "zod";
import { commandLineCaller } from "./actor.ts";
import { addCommand, type Answer, type Surroundings } from "./command.ts";
import { useDatabase } from "./database.ts";
import { type FieldForm, formOf, kebab, partOfSentence } from "./field-form.ts";
import { continuation } from "./options.ts";
import { printableLine } from "./printable.ts";
import { type Cell, formatTable, shortened } from "./table.ts";

/** How a field is given where its own name and description do not do. */
export interface Given {
  /** Its option, `--domain`, or the word of the usage that it is found by, `<email>`; else made of its name. */
  readonly as?: string;
  /** What it is, for the help. */
  readonly about?: string;
  /** Finds the value by what is given in its place, such as an id by an e-mail address. */
  readonly find?: (db: Database, text: string) => Promise<unknown>;
}

interface Common<Input> {
  /** What the help says; else the summary of the operation. */
  readonly description?: string;
  /** Fields that are not given under their own name, by that name. */
  readonly given?: { readonly [Field in keyof Input]?: Given };
  /** Fields that the command does not offer. */
  readonly without?: readonly (keyof Input & string)[];
}

/** A command that answers with one thing. */
export interface OneOffer<Input, Output> extends Common<Input> {
  /** What people read, in a line. */
  readonly say: (output: Output) => string;
  /** What `--json` prints; else what the operation answers. */
  readonly show?: (output: Output) => unknown;
}

/** A command that answers with a page of a list. */
export interface ListOffer<Input, Item> extends Common<Input> {
  /** What the list is called in the JSON. */
  readonly name: string;
  /** What stands under each heading. */
  readonly columns: Readonly<Record<string, (item: Item) => Cell>>;
  /** What the JSON tells of an item; else all. */
  readonly show?: (item: Item) => unknown;
}

/** What a command adds to its operation. */
export type Offer<Input, Output> = Output extends Page<infer Item> ? ListOffer<Input, Item> : OneOffer<Input, Output>;

/** What the making of a command sees of an offer, whatever its operation takes and answers. */
interface AnyOffer extends Common<Record<string, unknown>> {
  readonly name?: string;
  readonly columns?: Readonly<Record<string, (item: unknown) => Cell>>;
  readonly say?: (output: unknown) => string;
  readonly show?: (value: unknown) => unknown;
}

/** A field, and where the command line has it. */
interface Place {
  readonly field: string;
  readonly form: FieldForm;
  /** Position among the words; absent where it is an option. */
  readonly word?: number;
  readonly option?: Option;
  readonly find?: Given["find"];
}

/**
 * Offers an operation as a command: `offer(group, surroundings, "acknowledge <id>", acknowledgeSecurityEvent, { say })`. The
 * words of the usage are fields of the operation, and every other field is an option, `--event-type` for `eventType`; what they
 * are, and whether they are needed, the operation says. With `--json` it prints what the operation answers.
 */
export function offer<Input, Output>(
  parent: Command,
  surroundings: Surroundings,
  usage: string,
  operation: Operation<Input, Output>,
  offered: Offer<Input, Output>,
): void {
  const { summary } = operation.description;
  const wanted = offered as AnyOffer;
  const [name = "", ...words] = usage.split(" ");
  const places = placesOf(operation, words, wanted);
  const call = operation as AnyOperation;
  addCommand<Record<string, unknown>>(parent, surroundings, {
    usage: name,
    description: wanted.description ?? partOfSentence(summary),
    options: (command) => addPlaces(command, words, places),
    fields: namesOf(places),
    run: ({ words: texts, options, ...rest }) =>
      useDatabase({ words: texts, options, ...rest }, async (db) => {
        const input: Record<string, unknown> = {};
        for (const place of places) {
          const value = await valueAt(db, place, texts, options);
          if (value !== undefined) input[place.field] = value;
        }
        return answerOf(await call(db, input as never, commandLineCaller), wanted);
      }),
  });
}

function placesOf({ description }: AnyOperation, words: readonly string[], offered: AnyOffer): Place[] {
  const { given = {}, without = [] } = offered;
  const fields = description.fields as Readonly<Record<string, z.ZodType>>;
  return Object.entries(fields)
    .filter(([field]) => !without.includes(field))
    .map(([field, schema]) => {
      const { as, about, find } = given[field] ?? {};
      const form = formOf(field, schema, about);
      const word = words.indexOf(as ?? `<${field}>`);
      const found = find === undefined ? form : { ...form, read: (text: string) => text };
      const option = word === -1 ? { option: optionOf(as ?? `--${kebab(field)}`, found) } : { word };
      return { field, form: found, ...option, ...(find !== undefined && { find }) };
    });
}

function optionOf(name: string, { kind, placeholder, choices, about, isRequired, read }: FieldForm): Option {
  const hasOwn = name.includes(" ") || placeholder === "";
  const option = new Option(hasOwn ? name : `${name} ${placeholder}`, about).makeOptionMandatory(isRequired);
  if (kind === "flag") return option;
  if (choices !== undefined) return option.choices(choices);
  if (kind === "value") return option.argParser(read);
  return option.argParser<unknown[] | undefined>((text, before) => [...(before ?? []), read(text)]);
}

/** The options by the fields that they give. */
function namesOf(places: readonly Place[]): Record<string, string> {
  const named = places.map(({ field, option }) => [field, option?.long] as const);
  return Object.fromEntries(named.filter((pair): pair is readonly [string, string] => typeof pair[1] === "string"));
}

function addPlaces(command: Command, words: readonly string[], places: readonly Place[]): Command {
  for (const [at, word] of words.entries()) {
    const form = places.find((place) => place.word === at)?.form;
    if (form === undefined) throw new TypeError(`The word ${word} is no field.`);
    command.argument(word, form.about, form.read);
  }
  for (const { option, form, field } of places) {
    if (option === undefined) continue;
    command.addOption(option);
    if (form.kind === "flag" && form.isOpen) command.addOption(new Option(`--no-${kebab(field)}`, "the contrary"));
  }
  return command;
}

/** What was given for a field; undefined when nothing was. */
async function valueAt(
  db: Database,
  { form, word, option, find }: Place,
  texts: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const text = word === undefined ? undefined : texts[word];
  const value = text === undefined ? options[option?.attributeName() ?? ""] : form.read(text);
  return find === undefined || typeof value !== "string" ? value : find(db, value);
}

function answerOf(output: unknown, { name, columns, say, show = (value) => value }: AnyOffer): Answer {
  if (name === undefined || columns === undefined) {
    return { json: show(output), text: printableLine(say?.(output) ?? "Done.") };
  }
  const { items, nextCursor } = output as Page<unknown>;
  const rows = items.map((item) => Object.values(columns).map((cellOf) => shortened(cellOf(item))));
  const text = formatTable(Object.keys(columns), rows) + continuation(nextCursor);
  return { json: { [name]: items.map(show), nextCursor }, text };
}
