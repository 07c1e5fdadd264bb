import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { PROGRAMS } from "@/lib/cli/build/programs";
import { envSchema } from "@/lib/env";

const ROOT = path.resolve(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");

/** What our programs read: ours, and what Node.js, Next.js and the AWS SDK do. */
const KNOWN = [
  ...Object.keys(envSchema.shape),
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "NODE_ENV",
  "PORT",
];

interface Service {
  image: string;
  build?: string;
  command?: string[];
  entrypoint?: string[];
  environment: Record<string, string>;
  depends_on?: Record<string, { condition: string }> | string[];
  read_only?: boolean;
  cap_drop?: string[];
  volumes?: string[];
  ports?: string[];
}

const compose = parse(read("compose.yaml"), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image === "sportello");

/** The files of cli/ that a line starts; the build makes PROGRAMS. */
const started = (line: string) => [...line.matchAll(/cli\/([\w-]+)\.js/g)].map(([, name]) => name);

describe("compose.yaml", () => {
  test("has web server, worker, migration, command line, mailbox, database and storage", () => {
    expect(services.map(([name]) => name).sort()).toEqual(
      "bucket database mailbox migrate sportello storage web worker".split(" "),
    );
    expect(ours.map(([name]) => name).sort()).toEqual(
      "mailbox migrate sportello web worker".split(" "),
    );
  });

  test("gives our programs variables that lib/env.ts knows, and all that it needs", () => {
    for (const [name, { environment }] of ours) {
      expect(
        Object.keys(environment).filter((variable) => !KNOWN.includes(variable)),
        name,
      ).toEqual([]);
      // As somebody with an .env of long enough passwords would have them.
      const filled = Object.fromEntries(
        Object.entries(environment).map(([key, value]) => [
          key,
          String(value).replace(/\$\{(\w+)(?::-([^}]*)|:\?)\}/g, (_, variable, otherwise) =>
            otherwise !== undefined
              ? otherwise
              : variable === "RESEND_WEBHOOK_SECRET"
                ? "whsec_dGVzdA=="
                : "x".repeat(32),
          ),
        ]),
      );
      expect(envSchema.safeParse(filled).error?.issues ?? [], name).toEqual([]);
    }
  });

  test("only the migration knows the owner's password", () => {
    const owners = ours.filter(([, { environment }]) => "DATABASE_OWNER_URL" in environment);
    expect(owners.map(([name]) => name)).toEqual(["migrate"]);
  });

  test("our programs cannot write to their own files nor gain rights, and are reached from this machine alone", () => {
    for (const [name, service] of ours) {
      expect([service.read_only, service.cap_drop], name).toEqual([true, ["ALL"]]);
      for (const port of service.ports ?? []) {
        expect(port, name).toMatch(/^127\.0\.0\.1:/);
      }
    }
  });

  test("names programs that the build makes, services and volumes that exist, files that are here", () => {
    for (const [name, service] of services) {
      for (const program of started(
        [...(service.command ?? []), ...(service.entrypoint ?? [])].join(" "),
      )) {
        expect(PROGRAMS, name).toContain(program);
      }
      const needed = service.depends_on ?? [];
      for (const other of Array.isArray(needed) ? needed : Object.keys(needed)) {
        expect(Object.keys(compose.services), name).toContain(other);
      }
      for (const volume of service.volumes ?? []) {
        const [from = ""] = volume.split(":");
        expect(
          from.startsWith(".") ? existsSync(path.join(ROOT, from)) : from in compose.volumes,
          volume,
        ).toBe(true);
      }
    }
  });
});

describe("Dockerfile", () => {
  const lines = read("Dockerfile").replaceAll("\\\n", " ").split("\n");
  const of = (word: string) => lines.filter((line) => line.startsWith(`${word} `));

  test("copies what is there, and what the build leaves", () => {
    for (const line of of("COPY")) {
      const parts = line.split(/\s+/).slice(1);
      const paths = parts.filter((part) => !part.startsWith("--")).slice(0, -1);
      if (line.includes("--from=build")) {
        expect(paths).toEqual(["/app/.next/standalone"]);
        continue;
      }
      for (const source of paths) {
        expect(existsSync(path.join(ROOT, source)), source).toBe(true);
      }
    }
  });

  test("runs as nobody in particular, says whether it lives, and starts a program of the build", () => {
    expect(of("USER")).toEqual(["USER node"]);
    expect(of("HEALTHCHECK")[0]).toContain("/healthz");
    expect(started(of("CMD").join())).toEqual(["start"]);
    for (const [, name = ""] of of("ENV")
      .join("\n")
      .matchAll(/^ENV (\w+)=/gm)) {
      expect([...KNOWN, "NEXT_TELEMETRY_DISABLED"]).toContain(name);
    }
  });

  test("takes no secret, no other build and no packages of this machine into the image", () => {
    const ignored = read(".dockerignore").split("\n");
    for (const name of [
      ".env",
      ".env.local",
      ".next",
      ".next-*",
      ".sportello",
      ".git",
      "node_modules",
    ]) {
      expect(ignored).toContain(name);
    }
    // Yet nothing that the build is made from.
    for (const name of [
      "app",
      "components",
      "db",
      "emails",
      "lib",
      "public",
      "patches",
      "next.config.ts",
    ]) {
      expect(ignored).not.toContain(name);
    }
  });
});

describe("systemd units", () => {
  test.each(["web", "worker", "migrate"])("sportello-%s starts a program of the build", (name) => {
    const unit = read(`.deploy/systemd/sportello-${name}.service`);
    const section = (title: string) => unit.includes(`[${title}]\n`);
    expect([section("Unit"), section("Service")]).toEqual([true, true]);
    const settings = unit.split("\n").filter((line) => line !== "" && !/^(#|\[)/.test(line));
    expect(settings.filter((line) => !/^[A-Z][A-Za-z]+=/.test(line))).toEqual([]);
    const [program] = started(/^ExecStart=(.*)$/m.exec(unit)?.[1] ?? "");
    expect(PROGRAMS).toContain(program);
    expect(unit).toMatch(/^User=sportello$/m);
    expect(unit).toMatch(/^ProtectSystem=strict$/m);
    for (const [, variable = ""] of unit.matchAll(/^Environment=(\w+)=/gm)) {
      expect(KNOWN).toContain(variable);
    }
  });
});

test("npm start and npm run worker pass SIGTERM on: no shell stands between npm and Node.js", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const name of ["start", "worker"]) {
    expect(scripts[name]).toBe(`exec node .next/standalone/cli/${name}.js`);
  }
});

describe("README", () => {
  const readme = read("README.md");
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

  test("leads to files that are there, and names commands that npm knows", () => {
    for (const [, target = ""] of readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      expect(existsSync(path.join(ROOT, target)), target).toBe(true);
    }
    for (const [, name = ""] of readme.matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g)) {
      expect(Object.keys(scripts), name).toContain(name);
    }
  });

  test("leads to headings that it has", () => {
    const anchors = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    );
    for (const [, anchor = ""] of readme.matchAll(/\]\(#([^)]+)\)/g)) {
      expect([...anchors, "files"]).toContain(anchor);
    }
  });

  test("fills every variable that compose.yaml asks for", () => {
    const asked = [...read("compose.yaml").matchAll(/\$\{(\w+):\?\}/g)].map(([, name]) => name);
    const filled = readme.replace(
      /for name in ([A-Z ]+); do echo "\$\{name\}_PASSWORD/g,
      (_, names) =>
        String(names)
          .split(" ")
          .map((name) => `${name}_PASSWORD`)
          .join(" "),
    );
    for (const name of new Set(asked)) {
      expect(filled).toContain(name);
    }
  });
});
