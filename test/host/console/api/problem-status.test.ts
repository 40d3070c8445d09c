import test from "ava";
import { problemStatus } from "../../../../host/console/api/problem-status.ts";
import { errorCodes } from "../../../docs/error-codes.ts";
import { sourceFiles } from "../../../docs/source-tree.ts";

/** Errors behind the API that no request meets: they belong to the start, to other processes or to the end of an operation, or are failures of ours. */
const never = new Set([
  "EDGE_ARTIFACT_DAMAGED",
  "EDGE_BACKUP_INVALID",
  "EDGE_COMMAND_EXPIRED",
  "EDGE_COMMAND_FAILED",
  "EDGE_COMMAND_REFUSED",
  "EDGE_COMMAND_UNKNOWN",
  "EDGE_HISTORY_DAMAGED",
  "EDGE_HTTP_CERTIFICATE",
  "EDGE_HTTP_EXPOSED",
  "EDGE_NO_EXECUTOR",
  "EDGE_OPERATION_EXPIRED",
  "EDGE_OPERATION_INTERRUPTED",
  "EDGE_OPERATION_REPLACED",
  "EDGE_RESTORE_REFUSED",
  "EDGE_STORE_DOCUMENT",
]);

test("every error that a request can meet has a status", (t) => {
  const behind = /^(host\/console\/(api|access)|host\/twin|shared\/twin\/(access|documents|resources)|shared\/twin\/store-errors)/;
  const files = sourceFiles("host", "shared").filter(({ name }) => behind.test(name));
  const codes = [...errorCodes(files).keys()];
  t.true(codes.length > 30);
  t.deepEqual(
    codes.filter((code) => problemStatus[code] === undefined && !never.has(code)),
    [],
  );
});

test("a status is one of those that HTTP has for errors", (t) => {
  for (const [code, status] of Object.entries(problemStatus))
    t.true([400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 421, 429, 500, 503, 507].includes(status), code);
});
