import path from "node:path";
import { ensureBuild, releaseBuild } from "@/lib/cli/demo/build";

/** Makes the build that demo and browser tests start, or keeps the one that is there. */
process.env.SPORTELLO_BUILD_DIR = ".next-test";
await ensureBuild(path.resolve(".sportello-test"), () => {});
await releaseBuild();
