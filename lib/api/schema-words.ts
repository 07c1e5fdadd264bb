/** What of JSON Schema our document uses. */
interface JsonSchema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  required?: string[];
  description?: string;
  default?: unknown;
  maximum?: number;
  maxLength?: number;
}

/** A schema's type as people read it: `integer or null`, `one of "a", "b"`. */
export function typeInWords(schema: object): string {
  const { $ref, type, format, enum: values, anyOf, items, ...more } = schema as JsonSchema;
  if ($ref !== undefined) {
    return $ref.split("/").at(-1) ?? "";
  }
  if (anyOf !== undefined) {
    return anyOf.map(typeInWords).join(" or ");
  }
  const limits = [
    ...(more.maxLength === undefined ? [] : [`${more.maxLength} characters at most`]),
    ...(more.maximum === undefined || more.maximum > 2 ** 31 ? [] : [`${more.maximum} at most`]),
    ...(more.default === undefined ? [] : [`${JSON.stringify(more.default)} if left out`]),
  ];
  const base =
    values !== undefined
      ? `one of ${values.map((value) => JSON.stringify(value)).join(", ")}`
      : items !== undefined
        ? `list of ${typeInWords(items)}`
        : [type ?? "anything", ...(format === undefined ? [] : [`(${format})`])].join(" ");
  return [base, ...limits].join(", ");
}

/** Every field of an object's schema; one inside another by its path: `approval.given[].person`. */
export function fieldsOf(
  schema: object,
  before = "",
): { name: string; type: string; description: string }[] {
  const { properties = {} } = schema as JsonSchema;
  return Object.entries(properties).flatMap(([key, property]) => {
    const inside = property.items ?? property;
    const name = `${before}${key}`;
    return [
      { name, type: typeInWords(property), description: property.description ?? "" },
      ...fieldsOf(inside, `${name}${property.items === undefined ? "." : "[]."}`),
    ];
  });
}
