import { NotFoundError } from "@/lib/errors";

/** What a query finds; null where there is no such thing. */
export async function whenFound<T>(query: Promise<T>): Promise<T | null> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof NotFoundError) {
      return null;
    }
    throw error;
  }
}
