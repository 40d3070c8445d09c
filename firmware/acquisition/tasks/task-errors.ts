import { EdgeError } from "../../../shared/base/edge-error.ts";

/** Two tasks of one runner cannot have the same name. */
export class TaskExists extends EdgeError {
  readonly code = "EDGE_TASK_EXISTS";
  constructor(name: string) {
    super(`there is a task "${name}" already: expected a name of its own for each task`);
  }
}
