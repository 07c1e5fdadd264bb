interface Answering {
  answer(request: Request, given: Record<string, string>): Promise<Response>;
}

/** A route handler of Next.js that answers with an operation. */
export const route =
  ({ answer }: Answering) =>
  async (
    request: Request,
    { params }: { params: Promise<Record<string, string> | undefined> },
  ): Promise<Response> =>
    // An address without a part in brackets has none at all.
    await answer(request, (await params) ?? {});
