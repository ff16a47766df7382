import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSession, createUser } from "@nerve/database";
import type { Comparison } from "../../database/bench/compare.ts";
import { type BenchSize, sessionToken } from "../../database/bench/data.ts";
import { benchConnections, type BenchPlace } from "../../database/bench/places.ts";
import { startBetterAuth } from "./better-auth.ts";
import { type LoadProcess, startLoadProcess, startServerProcess } from "./processes.ts";

/** What is measured. */
const names = {
  me: "HTTP: GET /api/auth/me",
  events: "HTTP: GET /api/security/events, 100 rows",
  save: "HTTP: POST /api/xasm/scans",
  betterAuth: "HTTP: GET /api/auth/me, better-auth's get-session",
  saveForAnybody: "HTTP: POST /api/xasm/scans, session against none",
} as const;
export const httpOperations: readonly string[] = Object.values(names);

/** A request that both servers answer. */
interface Exchange {
  readonly name: string;
  readonly goal: number;
  readonly batch: number;
  readonly status: number;
  readonly requests: readonly string[];
  /** What the other is asked, where that is not the same. */
  readonly otherRequests?: readonly string[];
}

function wire(route: string, token: string | undefined, body?: object): string {
  const text = body === undefined ? "" : JSON.stringify(body);
  const content = text === "" ? "" : `content-type: application/json\r\ncontent-length: ${text.length}\r\n`;
  const credential = token === undefined ? "" : `authorization: Bearer ${token}\r\n`;
  return `${route} HTTP/1.1\r\nhost: 127.0.0.1\r\n${credential}${content}\r\n${text}`;
}

const different = 1000;
const numbers = Array.from({ length: different }, (_, number) => number);

function saveRequests(token: string | undefined): string[] {
  const results = { subdomains: ["www.example.org"], port_scan_results: [{ port: 22, risk_level: "HIGH" }] };
  return numbers.map((number) =>
    wire("POST /api/xasm/scans", token, { scanId: `bench-${number}`, target: "example.org", results }),
  );
}

function exchanges({ sessions }: BenchSize, token: string): Exchange[] {
  const save = { batch: 1000, status: 201, requests: saveRequests(token) };
  return [
    {
      name: names.me,
      goal: 0.6,
      batch: 3000,
      status: 200,
      requests: numbers.map((number) => wire("GET /api/auth/me", sessionToken(1 + (number % sessions)))),
    },
    {
      name: names.events,
      goal: 0.6,
      batch: 500,
      status: 200,
      // The bare server lists them for anybody.
      requests: [wire("GET /api/security/events?limit=100", token)],
    },
    { name: names.save, goal: 0.7, ...save },
    { name: names.saveForAnybody, goal: 0.5, ...save, otherRequests: saveRequests(undefined) },
  ];
}

/**
 * Prepares the comparisons of NERVE over HTTP with a bare Fastify that runs the same statements: two servers and the senders
 * of requests, each in a process of its own, 16 connections at once.
 */
export async function httpComparisons(
  { db, url }: BenchPlace,
  size: BenchSize,
  { peers }: { peers: boolean },
): Promise<{ comparisons: Comparison[]; close: () => Promise<void> }> {
  const user = await createUser(db, {
    email: "http@example.org",
    password: "moon river dance seven",
    role: "super_admin",
  });
  const { token } = await createSession(db, { userId: user.id, ipAddress: "127.0.0.1" });
  const folder = await mkdtemp(join(tmpdir(), "nerve-bench-http-"));
  const settings = { url, maxConnections: benchConnections, userId: user.id };
  const nerve = await startServerProcess("serve-nerve.ts", { settings, log: join(folder, "nerve.log") });
  const bare = await startServerProcess("serve-bare.ts", { settings, log: join(folder, "bare.log") });
  const running: { end: () => Promise<void> }[] = [nerve, bare];
  const keep = async <Process extends { end: () => Promise<void> }>(starting: Promise<Process>): Promise<Process> => {
    const process = await starting;
    running.unshift(process);
    return process;
  };
  const comparisons: Comparison[] = [];
  for (const { name, goal, batch, status, requests, otherRequests = requests } of exchanges(size, token)) {
    const toNerve = await keep(startLoadProcess({ port: nerve.port, requests, status }));
    const toBare = await keep(startLoadProcess({ port: bare.port, requests: otherRequests, status }));
    comparisons.push({
      operation: name,
      engine: db.engine,
      against: "bare Fastify, same statements",
      atLeast: goal,
      batch,
      ours: () => toNerve.send(batch),
      other: () => toBare.send(batch),
    });
  }
  if (peers && db.engine === "sqlite") {
    const batch = 1000;
    const toNerve = await keep(
      startLoadProcess({ port: nerve.port, requests: [wire("GET /api/auth/me", token)], status: 200 }),
    );
    let peer: Promise<LoadProcess> | undefined;
    const startPeer = async () => {
      const place = { file: join(folder, "peer.db"), log: join(folder, "peer.log") };
      const { port, cookie = "" } = await keep(startBetterAuth(place));
      const request = `GET /api/auth/get-session HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: ${cookie}\r\n\r\n`;
      return keep(startLoadProcess({ port, requests: [request], status: 200 }));
    };
    comparisons.push({
      operation: names.betterAuth,
      engine: db.engine,
      against: "better-auth, node:sqlite",
      atLeast: 1,
      batch,
      ours: () => toNerve.send(batch),
      other: async () => {
        peer ??= startPeer();
        await (await peer).send(batch);
      },
    });
  }
  const close = async () => {
    for (const process of running) await process.end();
    await rm(folder, { recursive: true });
  };
  return { comparisons, close };
}
