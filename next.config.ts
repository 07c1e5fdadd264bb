import type { NextConfig } from "next";
import { PHASE_PRODUCTION_BUILD } from "next/constants";
import createNextIntlPlugin from "next-intl/plugin";
import { env } from "./lib/env";

const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=()" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
];

/** Sources and tools that tracing finds mentioned and no page needs. */
const NOT_SERVED = [
  // A pattern counts wherever it stands in a path: packages have a lib/ of their own.
  "lib/**/*.ts",
  "node_modules/typescript/**",
  "node_modules/sharp/**",
  "node_modules/@img/**",
];

const config: NextConfig = {
  // Tests build into a folder of their own, never a running demo's.
  distDir: process.env.SPORTELLO_BUILD_DIR ?? ".next",
  // Everything that a machine with Node.js needs, in one folder (lib/cli/build.ts).
  ...(process.env.SPORTELLO_STANDALONE ? { output: "standalone" } : {}),
  outputFileTracingExcludes: { "/*": NOT_SERVED },
  // Vercel starts the check of a PDF from the compiled program (lib/imports/program.ts).
  outputFileTracingIncludes: { "/api/cron/tick": [".next-programs/pdf-check-process.js"] },
  images: { unoptimized: true },
  // Title and descriptions stand in the head for everybody; streamed, they come in the body, for a script to move.
  htmlLimitedBots: /.*/,
  poweredByHeader: false,
  reactStrictMode: true,
  serverExternalPackages: [
    "@node-rs/argon2",
    "@zxcvbn-ts/core",
    "@zxcvbn-ts/language-common",
    "postgres",
    "graphile-worker",
    "pdfkit",
    "pino",
    "rate-limiter-flexible",
  ],
  // `npm run check` looks at the types; a build need not do it again.
  typescript: { ignoreBuildErrors: true },
  async headers() {
    // Not "no-referrer": with it browsers post forms with the origin "null", which actions refuse.
    const token = [{ key: "Referrer-Policy", value: "same-origin" }];
    return [
      { source: "/:path*", headers: securityHeaders },
      // Its address is the secret, and no form is posted from it. What a route says of itself loses against this list.
      {
        source: "/api/customer/v1/calendar/:file",
        headers: [{ key: "Referrer-Policy", value: "no-referrer" }],
      },
      { source: "/:language(en|de)?/confirm", headers: token },
      { source: "/:language(en|de)?/confirm-address", headers: token },
      { source: "/:language(en|de)?/reset-password", headers: token },
    ];
  },
};

export default function nextConfig(phase: string): NextConfig {
  // A wrong environment stops the start, not the build: the same build serves everywhere.
  if (phase !== PHASE_PRODUCTION_BUILD) {
    env();
  }
  return createNextIntlPlugin("./lib/i18n/request.ts")(config);
}
