/** Tools that are not part of the package: a test without one skips, unless it must not. */

import { spawnSync } from "node:child_process";

/**
 * Whether a program is there. If not, the test skips and says so, and under
 * `QIP_REQUIRE_TOOLS=1` it fails.
 * @param {import("node:test").TestContext} test
 * @param {string} program
 */
export function hasTool(test, program) {
  const { status } = spawnSync(program, ["--version"], { stdio: "ignore" });
  if (status === 0) return true;
  if (process.env.QIP_REQUIRE_TOOLS === "1")
    throw new Error(`\`${program}\` is not there, and QIP_REQUIRE_TOOLS is 1`);
  test.skip(`\`${program}\` is not there`);
  return false;
}
