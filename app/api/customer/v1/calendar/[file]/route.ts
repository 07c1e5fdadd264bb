import { answerCustomer, refusedCalendar } from "@/lib/api/customer/answer-customer";
import { calendarOf } from "@/lib/documents/due-calendar";
import { listDueDates } from "@/lib/documents/queries/due-dates";
import { env } from "@/lib/env";
import { romeDay } from "@/lib/time";

interface CalendarRouteContext {
  params: Promise<{ file: string }>;
}

/**
 * The due dates of the account whose calendar's secret the address ends with: calendar programs send no
 * headers. It reads due dates and nothing else, and is revoked in the profile.
 */
export async function GET(request: Request, { params }: CalendarRouteContext): Promise<Response> {
  const { file } = await params;
  const shown = { secret: file.replace(/\.ics$/, ""), purpose: "calendar" } as const;
  const answer = await answerCustomer(request, shown, async (ctx) => {
    const dates = await listDueDates(ctx, romeDay(new Date()));
    return new Response(calendarOf(dates, ctx.actor.language, env().APP_URL), {
      headers: {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": "private, no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
      },
    });
  });
  return refusedCalendar(answer);
}
