import { customerDocument } from "@/lib/api/customer/openapi";

/** Where this server is reached stands in it. */
export const dynamic = "force-dynamic";

export function GET(): Response {
  return Response.json(customerDocument());
}
