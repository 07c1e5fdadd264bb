"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useRef } from "react";

/**
 * After a navigation within the browser the keyboard goes on at the new page's content, as it does
 * where the page is loaded anew; otherwise the focus stays on a bar at the page's end, or on nothing.
 */
export function FocusContent({ id }: { id: string }) {
  const path = usePathname();
  const query = useSearchParams().toString();
  const shown = useRef({ path, query });
  useEffect(() => {
    const before = shown.current;
    shown.current = { path, query };
    const content = document.getElementById(id);
    const focused = document.activeElement;
    const lost = focused === null || focused === document.body;
    const left = before.path !== path && !content?.contains(focused);
    if (left || (lost && before.query !== query)) {
      content?.focus({ preventScroll: true });
    }
  }, [id, path, query]);
  return null;
}
