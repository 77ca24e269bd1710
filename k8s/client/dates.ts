/** The times of the API's own types. Anything else that looks like a time is the user's text. */
const timeFields = new Set(
  'acquireTime completionTime creationTimestamp deletionTimestamp eventTime finishedAt firstTimestamp lastProbeTime lastTimestamp lastTransitionTime renewTime startTime startedAt'.split(
    ' ',
  ),
);
/** Maps with keys of the user's making. */
const foreign = new Set(['annotations', 'labels', 'data', 'binaryData', 'stringData', 'matchLabels', 'nodeSelector']);

/**
 * The one place where JSON of the API becomes typed objects: times become dates, as the library's types say (its own LIST gives dates, its WATCH
 * strings), and `managedFields`, half of many an object, is dropped.
 */
export function withDates<T>(json: unknown): T {
  return converted(json) as T; // the server keeps to its schema
}

function converted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(converted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'managedFields')
      .map(([name, field]) => [name, fieldOf(name, field)]),
  );
}

function fieldOf(name: string, field: unknown): unknown {
  if (foreign.has(name)) return field;
  return timeFields.has(name) && typeof field === 'string' ? new Date(field) : converted(field);
}
