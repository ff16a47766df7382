import { HttpError } from "../errors/index.ts";

/** When to try again, in seconds. */
const retryAfter = 5;

/** A time in which the server answers nothing, because the database is being replaced. */
export interface ServicePause {
  /** @throws {HttpError} RESTORING while it lasts */
  readonly refuseMeanwhile: () => void;
  /** Makes it last as long as `work` does. @throws {HttpError} RESTORING while another one lasts */
  readonly during: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Makes the pause of one server. */
export function createServicePause(): ServicePause {
  let isOn = false;
  const refuseMeanwhile = () => {
    if (isOn) throw new HttpError("RESTORING", { retryAfter });
  };
  return {
    refuseMeanwhile,
    async during(work) {
      refuseMeanwhile();
      isOn = true;
      try {
        return await work();
      } finally {
        isOn = false;
      }
    },
  };
}
