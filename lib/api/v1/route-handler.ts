interface Answering {
  answer(request: Request, given: Record<string, string>): Promise<Response>;
}

/** A route handler of Next.js that answers with an operation. */
export const route =
  ({ answer }: Answering) =>
  async (
    request: Request,
    { params }: { params: Promise<Record<string, string>> },
  ): Promise<Response> =>
    await answer(request, await params);
