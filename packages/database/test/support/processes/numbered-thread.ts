// A thread that tells which one it is.
import { threadId } from "node:worker_threads";
import { serve } from "../../../src/threads/serve.ts";

serve({ number: () => threadId });
