"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useTransition } from "react";

/** Between one answer and the next question. */
const PAUSE_MS = 2_500;
/** Then it stops: a page left alone must not keep its session alive. */
const LONGEST_MS = 20 * 60_000;

/** Keeps the page around it up to date while it is in sight; shows nothing itself. */
export function LiveRefresh() {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const since = useRef(0);
  useEffect(() => {
    since.current ||= Date.now();
    if (pending || Date.now() - since.current > LONGEST_MS) {
      return;
    }
    const refresh = () => {
      if (document.visibilityState === "visible") {
        startTransition(() => router.refresh());
      }
    };
    const timer = setTimeout(refresh, PAUSE_MS);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [pending, router]);
  return null;
}
