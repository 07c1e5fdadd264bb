import { importAgain } from "../faults/import-again";
import { importAtOnce } from "../faults/import-at-once";
import { importCrashed } from "../faults/import-crashed";
import { importKilled } from "../faults/import-killed";
import { testFaults } from "../setup/quick-faults";

testFaults([
  [
    "imports that are killed and started again end as if nothing had happened, and leave nothing behind",
    importKilled,
  ],
  [
    "imports between whose batches PostgreSQL crashes lose, double and miss nothing, their PDFs included",
    importCrashed,
  ],
  ["two imports at once lose nothing, double nothing and fail neither", importAtOnce],
  ["the same file again, of every kind, writes to no row", importAgain],
]);
