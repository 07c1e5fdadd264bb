import type { Tone } from "@/components/ui/notice";
import type { ReleaseState } from "@/lib/support/rules";

/** The colour that repeats a release's state. */
export const RELEASE_TONES: Record<ReleaseState, Tone> = {
  open: "warning",
  expired: "danger",
  void: "danger",
  released: "success",
  cancelled: "info",
};
