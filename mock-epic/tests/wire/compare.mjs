// Compares two JSON documents field by field, order of members aside.

/** Paths where the documents differ: [{path, theirs, ours}]. `path` is written entry.0.resource.id */
export function differences(theirs, ours, path = '') {
  if (isObject(theirs) && isObject(ours)) {
    const keys = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
    return [...keys].flatMap((key) => differences(theirs[key], ours[key], path ? `${path}.${key}` : key));
  }
  if (Array.isArray(theirs) && Array.isArray(ours)) {
    const found = [];
    for (let i = 0; i < Math.max(theirs.length, ours.length); i += 1)
      found.push(...differences(theirs[i], ours[i], path ? `${path}.${i}` : String(i)));
    return found;
  }
  return Object.is(theirs, ours) ? [] : [{path, theirs, ours}];
}

function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Applies f to every string of the document. */
export function mapStrings(value, f) {
  if (typeof value === 'string') return f(value);
  if (Array.isArray(value)) return value.map((one) => mapStrings(one, f));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapStrings(one, f)]));
  return value;
}
