import type { Collector, Feed } from "../format/format.ts";

/** Reads lines, numbered from 1; a line that is too long is a reject. */
export function linesFeed(into: Collector, onLine: (line: string, number: number) => void): Feed {
  let rest = "";
  let number = 0;
  let isTooLong = false;
  const finish = (line: string) => {
    number += 1;
    if (isTooLong || line.length > into.limits.line)
      into.reject(`line ${number}`, `the line is longer than ${into.limits.line} characters`);
    else onLine(line.endsWith("\r") ? line.slice(0, -1) : line, number);
    isTooLong = false;
  };
  return {
    write(text) {
      let from = 0;
      for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", from)) {
        finish(rest + text.slice(from, at));
        rest = "";
        from = at + 1;
      }
      rest += text.slice(from);
      if (rest.length <= into.limits.line) return;
      isTooLong = true;
      rest = "";
    },
    end() {
      if (rest !== "" || isTooLong) finish(rest);
    },
  };
}
