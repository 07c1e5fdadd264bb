/** Whoever may knock: the data asked for is the owner's. */
export const ACTORS = [
  "anonymous",
  "owner",
  "other",
  "support",
  "operator",
  "admin",
  "deleted",
  "signed out",
  "garbage",
] as const;
export type ActorName = (typeof ACTORS)[number];

/** The cookie header of each; empty for who brings none. */
export type Cookies = Record<ActorName, string>;

/** Something for each kind of actor; who is signed in no more stands as a stranger does. */
export interface ByKind<T> {
  stranger: T;
  owner: T;
  other: T;
  support: T;
  operator: T;
  admin: T;
}

/** Who is nobody to the portal, whatever cookie they bring. */
export const STRANGERS: readonly ActorName[] = ["anonymous", "deleted", "signed out", "garbage"];

export function forActor<T>(byKind: ByKind<T>, actor: ActorName): T {
  switch (actor) {
    case "owner":
    case "other":
    case "support":
    case "operator":
    case "admin":
      return byKind[actor];
    default:
      return byKind.stranger;
  }
}
