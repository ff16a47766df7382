import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** Which room imports which, and the files by which it does. */
export type RoomImports = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** The room of a file: its first folder; undefined for a file above all rooms. */
function roomOf(file: string): string | undefined {
  return file.includes("/") ? file.slice(0, file.indexOf("/")) : undefined;
}

/** Reads what the rooms (folders) of a source folder import of each other, types included. */
export function readRooms(folder: string): RoomImports {
  const rooms = new Map<string, Map<string, string>>();
  for (const file of globSync("**/*.ts", { cwd: folder })) {
    for (const [, path = ""] of readFileSync(join(folder, file), "utf8").matchAll(
      /(?:\bfrom|\bimport\(|^import)\s*"(\.[^"]+)"/gm,
    )) {
      const [from, to] = [roomOf(file), roomOf(normalize(join(dirname(file), path)))];
      if (from === undefined || to === undefined || from === to) continue;
      const imports = rooms.get(from) ?? new Map<string, string>();
      rooms.set(from, imports.set(to, `${file} imports ${path}`));
    }
  }
  return rooms;
}

/** Finds the circles in which rooms import each other, each as the imports that close it. */
export function findCircles(rooms: RoomImports): string[][] {
  const done = new Set<string>();
  const circles: string[][] = [];
  const visit = (room: string, way: readonly { room: string; by: string }[]) => {
    const begin = way.findIndex((step) => step.room === room);
    if (begin !== -1) circles.push(way.slice(begin).map(({ by }) => by));
    if (begin !== -1 || done.has(room)) return;
    for (const [next, by] of rooms.get(room) ?? []) visit(next, [...way, { room, by }]);
    done.add(room);
  };
  for (const room of rooms.keys()) visit(room, []);
  return circles;
}
