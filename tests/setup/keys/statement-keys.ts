import { loadModule, parsePlPgSQLSync, parseSync } from "libpg-query";
import { type Keys, SPREAD } from "./distribution";

/** PostgreSQL's own parser, compiled to WebAssembly, gives its tree; only what is read of it is typed. */
type Tree = { [name: string]: Tree } & Tree[];

/** A table, or the rows of a subquery, in a FROM. */
interface Relation {
  id: number;
  alias: string;
  /** Where its keys are, as `relation.column`; none where it is not spread. */
  keys: Places;
  columns?: ReadonlySet<string>;
  /** Rows of contracts, each with its own: they have to stay beside it. */
  ofContracts: boolean;
}

type Kind = keyof Keys;
type Places = Record<Kind, string[]>;

interface Scope {
  relations: Relation[];
  parent?: Scope;
  /** Named subqueries of this statement. */
  named: Map<string, Rows>;
}

/** What is known of the rows that a statement gives. */
interface Rows {
  ofContracts: boolean;
  /** Where the keys are within it, and under which names it gives them. */
  keys: Places;
  names: Places;
  /** Whose column it gives under a name, as `relation.column`. */
  origins: ReadonlyMap<string, string>;
  /** Undefined where not all names are known. */
  columns?: ReadonlySet<string>;
}

const nowhere = (): Places => ({ company: [], contract: [] });
const NO_ROWS: Rows = { ofContracts: false, keys: nowhere(), names: nowhere(), origins: new Map() };

/** The columns of each table, by which a name without its table is found. */
export type Columns = ReadonlyMap<string, ReadonlySet<string>>;

export const columnsOf = (tables: Record<string, string[]>): Columns =>
  new Map(Object.entries(tables).map(([table, columns]) => [table, new Set(columns)]));

export const openParser = loadModule;

/**
 * What is wrong with a statement: its joins between spread tables that do not equate the keys by which
 * both are spread, one sentence each. A key that is given (a parameter, a constant) stands for itself.
 * @throws {Error} where PostgreSQL could not parse it
 */
export function keyFaults(statement: string, columns: Columns): string[] {
  const found = new Set<string>();
  const tree = parseSync(statement) as unknown as Tree;
  for (const { stmt } of list(tree.stmts)) {
    const walk = new Walk(columns, found);
    walk.statement(stmt, undefined);
    walk.judge();
  }
  return [...found];
}

/** The statements in the body of a PL/pgSQL function, given as its whole definition. */
export function bodyStatements(definition: string): string[] {
  const statements: string[] = [];
  const look = (node: unknown) => {
    for (const [name, value] of Object.entries((node ?? {}) as Record<string, unknown>)) {
      if (name === "query" && /^\s*(select|insert|update|delete|with)\b/i.test(String(value))) {
        statements.push(String(value));
      } else if (typeof value === "object") {
        look(value);
      }
    }
  };
  look(parsePlPgSQLSync(definition));
  return statements;
}

const GIVEN = "given";
const NOTHING = {} as Tree;

class Walk {
  private relations = 0;
  /** Who is equal to whom: `relation.column`, or GIVEN. */
  private readonly leaders = new Map<string, string>();
  /** Whose rows meet: those of a query's own FROM, and those further out that it asks. */
  private readonly met: { own: Relation[]; outer: ReadonlySet<Relation> }[] = [];

  constructor(
    private readonly columns: Columns,
    private readonly found: Set<string>,
  ) {}

  /** `test` is what stands before IN, where the statement stands behind it: their rows meet as in a join. */
  statement(node: Tree | undefined, parent: Scope | undefined, test?: Tree): Rows {
    const [kind = "", body] = Object.entries(node ?? {})[0] ?? [];
    if (!body || !/^(Select|Insert|Update|Delete)Stmt$/.test(kind)) {
      return NO_ROWS;
    }
    const scope: Scope = { relations: [], parent, named: new Map() };
    for (const { CommonTableExpr: named = NOTHING } of list(body.withClause?.ctes)) {
      // A recursive one may name itself.
      scope.named.set(text(named.ctename), NO_ROWS);
      scope.named.set(text(named.ctename), this.statement(named.ctequery, scope));
    }
    if (kind === "InsertStmt") {
      this.statement(body.selectStmt, scope);
      scope.relations.push(this.table(body.relation, scope, false));
      return this.rowsOf(scope, body.returningClause?.exprs ?? body.returningList);
    }
    if (body.larg) {
      const arms = [body.larg, body.rarg].map((arm) =>
        this.statement({ SelectStmt: arm } as unknown as Tree, scope),
      );
      const [first = NO_ROWS] = arms;
      return {
        ...first,
        ofContracts: arms.some((arm) => arm.ofContracts),
        keys: {
          company: arms.flatMap((arm) => arm.keys.company),
          contract: arms.flatMap((arm) => arm.keys.contract),
        },
      };
    }
    const equated: Tree[] = [];
    if (body.relation) {
      scope.relations.push(this.table(body.relation, scope));
    }
    for (const item of [...list(body.fromClause), ...list(body.usingClause)]) {
      this.from(item, scope, equated);
    }
    for (const condition of [...equated, body.whereClause, body.havingClause]) {
      this.condition(condition, scope);
    }
    const outer = new Set<Relation>();
    if (test && parent) {
      const outs = list(body.targetList).map((target) => target.ResTarget?.val);
      for (const [at, left] of cells(test).entries()) {
        this.pair(left, outs[at], parent, scope);
      }
      this.inside(test, { relations: [], parent, named: new Map() }, outer);
    }
    for (const part of [body.targetList, body.whereClause, body.havingClause, ...equated]) {
      this.inside(part, scope, outer);
    }
    this.met.push({ own: scope.relations.filter(isSpread), outer });
    const targets =
      kind === "SelectStmt" ? body.targetList : (body.returningClause?.exprs ?? body.returningList);
    const rows = this.rowsOf(scope, targets);
    const ofAll = body.groupClause || body.distinctClause || isTotal(body.targetList);
    return ofAll ? { ...rows, ofContracts: false } : rows;
  }

  private rowsOf({ relations }: Scope, targets: Tree | undefined): Rows {
    const names = list(targets).flatMap((target) => {
      const { name, val } = target.ResTarget ?? NOTHING;
      const fields = list(val?.ColumnRef?.fields);
      if (!fields.at(-1)?.A_Star) {
        return [text(name) || text(fields.at(-1)?.String?.sval)];
      }
      const of = relations.filter(
        ({ alias }) => fields.length === 1 || alias === text(fields[0]?.String?.sval),
      );
      return of.flatMap(({ columns }) => [...(columns ?? ["*"])]);
    });
    const spread = relations.filter(isSpread);
    const keys: Places = {
      company: spread.flatMap((one) => one.keys.company),
      contract: spread.flatMap((one) => one.keys.contract),
    };
    const origins = this.origins(relations, list(targets));
    const named = (kind: Kind) => {
      const leaders = new Set(keys[kind].map((key) => this.leader(key)));
      return [...origins].filter(([, of]) => leaders.has(this.leader(of))).map(([name]) => name);
    };
    return {
      ofContracts: relations.some((relation) => relation.ofContracts),
      ...{ keys, origins, names: { company: named("company"), contract: named("contract") } },
      columns: names.includes("*") ? undefined : new Set(names),
    };
  }

  /** Whose column each output is, where it is one; of a star those of its tables. */
  private origins(relations: Relation[], targets: Tree[]): Map<string, string> {
    const scope: Scope = { relations, named: new Map() };
    const origins = new Map<string, string>();
    for (const { ResTarget: target = NOTHING } of targets) {
      const fields = list(target.val?.ColumnRef?.fields);
      const names = fields.map((field) => text(field.String?.sval));
      if (fields.at(-1)?.A_Star) {
        const of = relations.filter(({ alias }) => fields.length === 1 || alias === names[0]);
        for (const { id, columns } of of) {
          for (const column of columns ?? []) {
            origins.set(column, `${id}.${column}`);
          }
        }
      } else if (fields.length > 0) {
        const relation = find(scope, names);
        if (relation) {
          origins.set(text(target.name) || (names.at(-1) ?? ""), `${relation.id}.${names.at(-1)}`);
        }
      }
    }
    return origins;
  }

  /** The rows of a subquery in a FROM: its columns are those within it, and so are its keys. */
  private subquery(alias: string, { ofContracts, keys, origins, columns }: Rows): Relation {
    const id = this.nextId();
    for (const [name, origin] of origins) {
      this.equate(`${id}.${name}`, origin);
    }
    return { id, alias, ofContracts, keys, columns };
  }

  /** The rows of a named subquery: each time it is named they are others, known by what it gives. */
  private reference(alias: string, { ofContracts, keys, names, columns }: Rows): Relation {
    const id = this.nextId();
    const places = (kind: Kind) => {
      const own = names[kind].map((name) => `${id}.${name}`);
      const given = keys[kind].some((key) => this.leader(key) === this.leader(GIVEN));
      for (const place of given ? own : []) {
        this.equate(place, GIVEN);
      }
      return given ? [GIVEN] : own;
    };
    const own = { company: places("company"), contract: places("contract") };
    return { id, alias, ofContracts, keys: own, columns };
  }

  private table(node: Tree = NOTHING, scope: Scope, known = true): Relation {
    const name = text(node.relname);
    const alias = text(node.alias?.aliasname) || name;
    const named = known && !node.schemaname ? namedIn(scope, name) : undefined;
    if (named) {
      return this.reference(alias, named);
    }
    const id = this.nextId();
    const { company, contract } = SPREAD.get(name) ?? {};
    const keys = {
      company: company ? [`${id}.${company}`] : [],
      contract: contract ? [`${id}.${contract}`] : [],
    };
    const columns = this.columns.get(name);
    return { id, alias, keys, columns, ofContracts: contract !== undefined };
  }

  private from(item: Tree = NOTHING, scope: Scope, equated: Tree[]): void {
    const { RangeVar, JoinExpr, RangeSubselect, RangeFunction } = item;
    if (RangeVar) {
      scope.relations.push(this.table(RangeVar, scope));
    } else if (JoinExpr) {
      this.from(JoinExpr.larg, scope, equated);
      const left = [...scope.relations];
      this.from(JoinExpr.rarg, scope, equated);
      const right = scope.relations.filter((relation) => !left.includes(relation));
      for (const column of list(JoinExpr.usingClause).map((name) => text(name.String?.sval))) {
        for (const one of left.filter((relation) => mayHave(relation, column))) {
          for (const other of right.filter((relation) => mayHave(relation, column))) {
            this.equate(`${one.id}.${column}`, `${other.id}.${column}`);
          }
        }
      }
      if (JoinExpr.quals) {
        equated.push(JoinExpr.quals);
      }
    } else if (RangeSubselect) {
      const rows = this.statement(RangeSubselect.subquery, scope);
      scope.relations.push(this.subquery(text(RangeSubselect.alias?.aliasname), rows));
    } else if (RangeFunction) {
      const alias = text(RangeFunction.alias?.aliasname);
      scope.relations.push({ id: this.nextId(), alias, keys: nowhere(), ofContracts: false });
    }
  }

  /** Takes the equalities of a condition that hold for every row: those joined by AND. */
  private condition(node: Tree | undefined, scope: Scope): void {
    const { BoolExpr, A_Expr } = node ?? NOTHING;
    if (BoolExpr && text(BoolExpr.boolop) === "AND_EXPR") {
      for (const part of list(BoolExpr.args)) {
        this.condition(part, scope);
      }
    } else if (A_Expr && text(A_Expr.kind) === "AEXPR_OP" && nameIs(A_Expr, "=")) {
      const sides = [A_Expr.lexpr, A_Expr.rexpr].map((side) => cells(side));
      for (const [at, left] of (sides[0] ?? []).entries()) {
        this.pair(left, sides[1]?.[at] ?? sides[1]?.[0], scope, scope);
      }
    }
  }

  private pair(left: Tree | undefined, right: Tree | undefined, ours: Scope, theirs: Scope): void {
    const [one, other] = [this.nameOf(left, ours), this.nameOf(right, theirs)];
    if (one && other) {
      this.equate(one, other);
    }
  }

  /** `relation.column`, GIVEN where no row is asked, undefined for what is reckoned from a row. */
  private nameOf(node: Tree | undefined, scope: Scope): string | undefined {
    const bare = node?.TypeCast ? node.TypeCast.arg : node;
    if (bare?.TypeCast) {
      return this.nameOf(bare, scope);
    }
    if (bare?.ColumnRef) {
      const fields = list(bare.ColumnRef.fields).map((field) => text(field.String?.sval));
      const relation = find(scope, fields);
      // A name that no table has is a parameter of the function around it.
      return relation ? `${relation.id}.${fields.at(-1)}` : GIVEN;
    }
    return bare && !JSON.stringify(bare).includes('"ColumnRef"') ? GIVEN : undefined;
  }

  /** Subqueries within expressions, and the outer rows that this scope's expressions ask. */
  private inside(node: unknown, scope: Scope, outer: Set<Relation>): void {
    if (!node || typeof node !== "object") {
      return;
    }
    for (const [name, value] of Object.entries(node as Tree)) {
      if (name === "SubLink") {
        this.statement(value.subselect, scope, value.testexpr);
        this.inside(value.testexpr, scope, outer);
      } else if (name === "ColumnRef") {
        const relation = find(
          scope,
          list(value.fields).map((field) => text(field.String?.sval)),
        );
        if (relation && !scope.relations.includes(relation)) {
          outer.add(relation);
        }
      } else {
        this.inside(value, scope, outer);
      }
    }
  }

  /**
   * All rows of contracts that meet in a place must be of one contract, and all of companies of one company.
   * To be asked when all is known: what an inner query asks may be equated further out.
   */
  judge(): void {
    for (const { own, outer } of this.met) {
      const all = [...own, ...[...outer].filter(isSpread)];
      if (own.length > 0 && all.length > 1) {
        this.judgeOne(all);
      }
    }
  }

  private judgeOne(all: Relation[]): void {
    for (const kind of ["company", "contract"] as const) {
      const keyed = all.filter((one) => kind === "company" || one.ofContracts);
      const groups = new Set(keyed.map((relation) => this.group(relation, kind, keyed)));
      if (keyed.length > 1 && groups.size > 1) {
        this.found.add(`${keyed.map(({ alias }) => alias).join(", ")}: not by one ${kind}`);
      }
    }
  }

  /** Who leads the relation's key, where it meets the key of another one or is given. */
  private group(relation: Relation, kind: Kind, all: Relation[]): string {
    const own = relation.keys[kind].map((place) => this.leader(place));
    const given = own.find((leader) => leader === this.leader(GIVEN));
    const met = all
      .filter((other) => other !== relation)
      .flatMap((other) => other.keys[kind].map((place) => this.leader(place)));
    return given ?? own.find((leader) => met.includes(leader)) ?? own[0] ?? `${relation.id}`;
  }

  private nextId(): number {
    this.relations += 1;
    return this.relations;
  }

  private leader(name: string): string {
    const above = this.leaders.get(name);
    return above === undefined ? name : this.leader(above);
  }

  private equate(one: string, other: string): void {
    const [first, second] = [this.leader(one), this.leader(other)];
    if (first !== second) {
      // What is given leads.
      const [lead, follow] = second === GIVEN ? [second, first] : [first, second];
      this.leaders.set(follow, lead);
    }
  }
}

const list = (node: Tree | undefined): Tree[] => (Array.isArray(node) ? node : []);
const text = (node: unknown): string => (typeof node === "string" ? node : "");
const cells = (node: Tree | undefined): Tree[] =>
  node?.RowExpr ? list(node.RowExpr.args) : node ? [node] : [];
const nameIs = (node: Tree, name: string) => text(list(node.name)[0]?.String?.sval) === name;
const mayHave = (relation: Relation, column: string) => relation.columns?.has(column) ?? true;

const isSpread = ({ keys, ofContracts }: Relation) => ofContracts || keys.company.length > 0;

function namedIn(scope: Scope | undefined, name: string): Rows | undefined {
  return scope && (scope.named.get(name) ?? namedIn(scope.parent, name));
}

/** Whose column it is: of the nearest scope that has such a relation, or such a column. */
function find(scope: Scope | undefined, fields: string[]): Relation | undefined {
  if (!scope) {
    return undefined;
  }
  const column = fields.at(-1) ?? "";
  const here =
    fields.length > 1
      ? scope.relations.find(({ alias }) => alias === fields.at(-2))
      : (scope.relations.find(({ columns }) => columns?.has(column)) ??
        scope.relations.find(({ columns }) => !columns));
  return here ?? find(scope.parent, fields);
}

/** One row for all, as count(*) gives it. */
const isTotal = (targets: Tree | undefined) =>
  list(targets).length > 0 &&
  list(targets).every((target) =>
    /"(count|sum|min|max|bool_or|bool_and|array_agg|json_agg|jsonb_agg|coalesce)"/.test(
      JSON.stringify(target.ResTarget?.val?.FuncCall?.funcname ?? ""),
    ),
  );
