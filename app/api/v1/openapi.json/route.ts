import { openApiDocument } from "@/lib/api/v1/openapi";

/** Where this server is reached stands in it. */
export const dynamic = "force-dynamic";

export function GET(): Response {
  return Response.json(openApiDocument());
}
