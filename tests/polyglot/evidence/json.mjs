// Canonical JSON (formats.md §1) and the shapes of documents.
import { Invalid, require } from './faults.mjs';

const MaxDepth = 8;

/** The canonical form of a value. It throws for whatever has none: floats, null, lone surrogates, too many levels. */
export function canonical(value, depth = 1) {
  switch (typeof value) {
    case 'string':
      require(value.isWellFormed(), 'a text has a lone surrogate');
      return JSON.stringify(value); // its escapes are exactly those of RFC 8785
    case 'number':
      require(Number.isSafeInteger(value) && !Object.is(value, -0), 'a number is no integer within 2^53-1');
      return String(value);
    case 'boolean':
      return String(value);
  }
  require(value !== null && value !== undefined, 'null is not allowed');
  require(depth <= MaxDepth, `more than ${MaxDepth} levels`);
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(',')}]`;
  // The default order of sort() is that of UTF-16 code units, as RFC 8785 wants it.
  return `{${Object.keys(value).sort().map((name) => `${canonical(name)}:${canonical(value[name], depth + 1)}`).join(',')}}`;
}

export const canonicalBytes = (value) => Buffer.from(canonical(value), 'utf8');

/** Parses bytes that have to be their own canonical form, and checks them against a shape. */
export function parse(bytes, shape, what) {
  const value = parseLoose(bytes, what);
  // Duplicate names, white space, exponents, other escapes and orders all come out as a different text.
  require(canonicalBytes(value).equals(bytes), `${what} is not in canonical form`);
  shape(value, what);
  return value;
}

/** Parses any UTF-8 JSON. */
export function parseLoose(bytes, what) {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new Invalid(`${what} is no JSON in UTF-8`);
  }
}

// Shapes: functions (value, path) that throw. They compose into the tables of formats.md.

export const optional = (shape) => Object.assign((value, path) => shape(value, path), { optional: true });

/** An object with exactly these members. */
export function object(members) {
  const names = Object.keys(members);
  return (value, path) => {
    require(typeof value === 'object' && value !== null && !Array.isArray(value), `${path} is no object`);
    for (const name of Object.keys(value)) require(Object.hasOwn(members, name), `${path} has the unknown member "${name}"`);
    for (const name of names) {
      if (Object.hasOwn(value, name)) members[name](value[name], `${path}.${name}`);
      else require(members[name].optional, `${path} has no member "${name}"`);
    }
  };
}

export const array = (shape, least = 0, most = Infinity) => (value, path) => {
  require(Array.isArray(value) && value.length >= least && value.length <= most, `${path} is no list of ${least} to ${most}`);
  value.forEach((item, i) => shape(item, `${path}[${i}]`));
};

export const integer = (least = 0, most = Number.MAX_SAFE_INTEGER) => (value, path) =>
  require(Number.isSafeInteger(value) && value >= least && value <= most, `${path} is no integer from ${least} to ${most}`);

export const oneOf = (...values) => (value, path) => require(values.includes(value), `${path} is none of ${values.join(', ')}`);
export const boolean = oneOf(true, false);

const matching = (pattern, what) => (value, path) => require(typeof value === 'string' && pattern.test(value), `${path} is no ${what}`);
export const hash = matching(/^[0-9a-f]{64}$/, 'hash of 64 lower-case hex digits');
export const uuid = matching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'UUID');

export const text = (most = Infinity) => (value, path) =>
  require(typeof value === 'string' && value.length >= 1 && value.length <= most, `${path} is no text of 1 to ${most} characters`);

/** RFC 3339 in UTC with three decimals, and a day that exists. */
export const time = (value, path) => {
  const known = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
  const date = known ? new Date(value) : undefined;
  require(known && !Number.isNaN(date.getTime()) && date.toISOString() === value, `${path} is no time`);
};

/** A decimal text of a u64 without leading zeros. */
export const u64Text = (value, path) =>
  require(typeof value === 'string' && /^(0|[1-9]\d{0,19})$/.test(value) && BigInt(value) < 1n << 64n, `${path} is no unsigned 64-bit number`);

/** Base64 in its one spelling, of exactly or any number of bytes. */
export const base64 = (bytes = undefined) => encoded('base64', bytes);
export const base64url = (bytes = undefined) => encoded('base64url', bytes);

const encoded = (encoding, length) => (value, path) => {
  const bytes = typeof value === 'string' ? Buffer.from(value, encoding) : undefined;
  require(bytes?.toString(encoding) === value && (length === undefined || bytes.length === length), `${path} is no ${encoding}${length === undefined ? '' : ` of ${length} bytes`}`);
};
