/** An element of XML with all that is in it. */
export class XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[] = [];
  /** The line where its start tag ends. */
  readonly line: number;
  /** Its own text, without that of its children. */
  text = "";

  constructor(name: string, attributes: Record<string, string>, line: number) {
    this.name = name;
    this.attributes = attributes;
    this.line = line;
  }

  /** An attribute, or an empty string. */
  get(name: string): string {
    return this.attributes[name] ?? "";
  }

  /** The first child of a name. */
  child(name: string): XmlElement | undefined {
    return this.children.find((child) => child.name === name);
  }

  /** The children of a name; a path leads through several. */
  *all(...path: string[]): Generator<XmlElement> {
    const [name, ...rest] = path;
    for (const child of this.children) {
      if (child.name !== name) continue;
      if (rest.length === 0) yield child;
      else yield* child.all(...rest);
    }
  }

  /** The trimmed text of the first child of a name, or of the first of several names that has one; else empty. */
  textOf(...names: string[]): string {
    for (const name of names) {
      const text = this.child(name)?.text.trim() ?? "";
      if (text !== "") return text;
    }
    return "";
  }
}
