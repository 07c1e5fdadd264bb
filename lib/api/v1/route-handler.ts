import type { Operation } from "./operation";

/** A route handler of Next.js that answers with an operation. */
export const route =
  ({ answer }: Operation) =>
  async (
    request: Request,
    { params }: { params: Promise<Record<string, string>> },
  ): Promise<Response> =>
    await answer(request, await params);
