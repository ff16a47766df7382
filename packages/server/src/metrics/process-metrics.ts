import { monitorEventLoopDelay } from "node:perf_hooks";
import { Gauge, type Registry } from "prom-client";

/** How often the event loop is looked at, in milliseconds. */
const resolution = 20;

/**
 * Measures the process: how late its event loop is, and what memory it has.
 * @returns what ends the measuring
 */
export function measureProcess(registry: Registry): () => void {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  const registers = [registry];
  // What is measured is the time between two looks, the planned one included.
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolution / 1000) || 0;
  const lag = new Gauge({
    name: "nerve_event_loop_lag_seconds",
    help: "How late the event loop was since the last reading: half of the time, in the worst hundredth, at worst.",
    labelNames: ["part"],
    registers,
    collect() {
      lag.set({ part: "p50" }, late(delay.percentile(50)));
      lag.set({ part: "p99" }, late(delay.percentile(99)));
      lag.set({ part: "max" }, late(delay.max));
      delay.reset();
    },
  });
  const memory = new Gauge({
    name: "nerve_process_memory_bytes",
    help: "Memory of the process: all of it, the heap, what of the heap is in use, and what lies beside it.",
    labelNames: ["part"],
    registers,
    collect() {
      const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
      for (const [part, value] of Object.entries({ rss, heapTotal, heapUsed, external })) memory.set({ part }, value);
    },
  });
  return () => void delay.disable();
}
