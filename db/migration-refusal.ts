/** A database that cannot be migrated: what the operator has to change first, in one sentence. */
export class MigrationRefusal extends Error {
  override name = "MigrationRefusal";
}
