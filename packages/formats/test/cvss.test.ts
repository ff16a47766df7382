import { expect, test, vi } from "vitest";
import { scoreOfVector } from "@nerve/formats";

test.each([
  ["AV:N/AC:L/Au:N/C:P/I:P/A:P", "2.0", 7.5],
  ["CVSS2#(AV:N/AC:L/Au:N/C:P/I:P/A:P)", undefined, undefined],
  ["(AV:N/AC:L/Au:N/C:P/I:P/A:P)", "2.0", 7.5],
  ["CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.0", 9.8],
  ["AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.1", 9.8],
  ["AV:N / AC:L / PR:N / UI:N / S:U / C:H / I:H / A:H", "3.1", 9.8],
  ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "4.0", 9.3],
])("the vector %s is of version %s with the score %s", (vector, version, base) => {
  const score = scoreOfVector(vector);
  expect([score?.version, score?.base]).toEqual([version, base]);
});

test.each(["C:", ":N", "C", "C:N:", "Ж:N", "C:_", "CVSS:3.1/"])(
  "a vector with the part %s has no score, and nothing of it is printed",
  (part) => {
    const printed = vi.spyOn(console, "warn").mockReturnValue();
    expect(scoreOfVector(`AV:N/AC:L/Au:N/C:P/I:P/A:P/${part}`)).toBeUndefined();
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
  },
);
