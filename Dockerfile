# syntax=docker/dockerfile:1
# One image for web server, worker and command line; compose.yaml shows each.

FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json .npmrc ./
COPY patches ./patches
RUN npm ci
COPY . .
# The same key at each build, so that forms opened before a new version still arrive; without one Next.js makes its own.
RUN --mount=type=secret,id=actions_key \
  NEXT_SERVER_ACTIONS_ENCRYPTION_KEY="$(cat /run/secrets/actions_key 2>/dev/null || true)" npm run build

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
ENV NEXT_TELEMETRY_DISABLED=1
# Owned by root and read by everybody: the program cannot change itself, and needs no writable file but /tmp.
COPY --from=build /app/.next/standalone ./
USER node
EXPOSE 3000
# The process lives; whether it may be sent requests is /readyz, for the proxy before it.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "cli/start.js"]
