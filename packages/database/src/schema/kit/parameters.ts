/** A value of a compiled statement that is known only when it runs. */
export class Parameter {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A value that goes into a JSON column. */
export class JsonParameter {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** Marks a value as a JSON document, so that `null`, strings and arrays are stored as JSON and not as themselves. */
export function json(value: unknown): JsonParameter {
  return new JsonParameter(value);
}
