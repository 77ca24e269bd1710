type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = { readonly [name: string]: Json };

/** Lists whose items are known by a field: theirs are merged into ours of the same key, and new ones go to the end. */
const keys: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  ports: 'containerPort',
  imagePullSecrets: 'name',
};
/** Lists that only grow. */
const appended = new Set(['tolerations', 'envFrom', 'topologySpreadConstraints', 'hostAliases']);

/**
 * A user's part of a pod template over ours, by rules like those of `kubectl patch`: maps are merged field by field, `null` removes a field, the
 * lists above are merged by key or appended, and everything else is replaced.
 */
export function merged<T extends object>(ours: T, theirs: object): T {
  return mergedMap(ours as JsonObject, theirs as JsonObject) as T; // both came from JSON or go there
}

function mergedMap(ours: JsonObject, theirs: JsonObject): JsonObject {
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  return Object.fromEntries(
    names.flatMap((name) => {
      const [mine, other] = [ours[name], theirs[name]];
      if (other === null) return [];
      return [[name, other === undefined ? mine! : mergedField(name, mine, other)]];
    }),
  );
}

function mergedField(name: string, ours: Json | undefined, theirs: Json): Json {
  if (isList(ours) && isList(theirs)) {
    if (appended.has(name)) return [...ours, ...theirs];
    const key = keys[name];
    return key === undefined ? theirs : mergedByKey(key, ours, theirs);
  }
  if (isMap(theirs)) return mergedMap(isMap(ours) ? ours : {}, theirs);
  return theirs;
}

function mergedByKey(key: string, ours: readonly Json[], theirs: readonly Json[]): readonly Json[] {
  const keyOf = (item: Json): Json | undefined => (isMap(item) ? item[key] : undefined);
  const isOurs = (item: Json): boolean => ours.some((mine) => keyOf(mine) === keyOf(item));
  const changed = ours.map((mine) =>
    theirs
      .filter((item) => keyOf(item) === keyOf(mine))
      .reduce<Json>((result, item) => mergedMap(result as JsonObject, item as JsonObject), mine),
  );
  return [...changed, ...theirs.filter((item) => !isOurs(item))];
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const isMap = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
