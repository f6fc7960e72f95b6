// What the checklist needs of a client: requests, tokens by private_key_jwt, and small resources to write.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';

export const fhirBase = required('EPICENTER_FHIR').replace(/\/$/, '');
export const tokenUrl = required('EPICENTER_TOKEN');
export const adminBase = required('EPICENTER_ADMIN').replace(/\/$/, '');
export const profile = process.env.EPICENTER_PROFILE ?? 'strict';

function required(name) {
  const value = process.env[name];
  assert.ok(value, `${name} must name a running mock`);
  return value;
}

export const json = 'application/fhir+json';
export const clientId = `checklist-${crypto.randomUUID()}`;

export class SigningKey {
  constructor(algorithm) {
    this.algorithm = algorithm;
    this.kid = crypto.randomUUID();
    this.pair = algorithm.startsWith('ES')
      ? crypto.generateKeyPairSync('ec', { namedCurve: algorithm === 'ES256' ? 'P-256' : 'P-384' })
      : crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  }
  jwk() {
    return { ...this.pair.publicKey.export({ format: 'jwk' }), kid: this.kid, alg: this.algorithm, use: 'sig' };
  }
  jwt(claims, header = {}) {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: this.algorithm, typ: 'JWT', kid: this.kid, ...header })}.${part(claims)}`;
    const key = { key: this.pair.privateKey, dsaEncoding: 'ieee-p1363' };
    return `${text}.${crypto.sign(`sha${this.algorithm.slice(2)}`, Buffer.from(text), key).toString('base64url')}`;
  }
}

export const keys = { ES384: new SigningKey('ES384'), RS384: new SigningKey('RS384') };

export async function registerClient(id = clientId, extra = {}) {
  const response = await fetch(`${adminBase}/site/clients/${encodeURIComponent(id)}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jwks: { keys: Object.values(keys).map((key) => key.jwk()) }, ...extra }),
  });
  assert.ok(response.ok, `client registration: ${response.status} ${await response.text()}`);
}

export function claims(change = {}) {
  const now = Math.floor(Date.now() / 1000);
  return { iss: clientId, sub: clientId, aud: tokenUrl, jti: crypto.randomUUID(), iat: now, exp: now + 240, ...change };
}

/** Asks for a token with that assertion; `form` adds to or replaces what is posted. */
export async function askToken(assertion, form = {}) {
  const response = await fetch(tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...form,
    }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : null };
}

const tokens = new Map();
/** A token for the scope: granted once, then kept. */
export async function tokenFor(scope = '', id = clientId) {
  const key = `${id} ${scope}`;
  if (!tokens.has(key)) {
    const got = await askToken(keys.ES384.jwt(claims({ iss: id, sub: id })), scope ? { scope } : {});
    assert.equal(got.status, 200, JSON.stringify(got.body));
    tokens.set(key, got.body.access_token);
  }
  return tokens.get(key);
}

/** One request with a token. A path is below the base, an absolute URL is taken as it is. */
export async function ask(method, path, { body, headers = {}, token, redirect } = {}) {
  const response = await fetch(/^https?:/.test(path) ? path : `${fhirBase}${path}`, {
    method,
    redirect,
    headers: {
      Accept: json,
      Authorization: `Bearer ${token ?? (await tokenFor())}`,
      ...(body === undefined ? {} : { 'Content-Type': json }),
      ...headers,
    },
    body: body === undefined || typeof body === 'string' || body instanceof URLSearchParams ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text ? JSON.parse(text) : undefined,
    header: (name) => response.headers.get(name),
  };
}

/** The same, and its status is the one expected; every 4xx and 5xx of the FHIR server tells an OperationOutcome. */
export async function expectStatus(status, method, path, options) {
  const got = await ask(method, path, options);
  assert.equal(got.status, status, `${method} ${path}: ${got.status} ${got.text.slice(0, 500)}`);
  if (status >= 400 && profile === 'orders') assertOutcome(got, `${method} ${path}`);
  return got;
}

export function assertOutcome(got, what = '') {
  assert.equal(got.body?.resourceType, 'OperationOutcome', `${what}: ${got.text.slice(0, 300)}`);
  assert.ok(got.body.issue.length > 0);
  for (const issue of got.body.issue) assert.ok(issue.severity && issue.code);
}

/** The path below the base of an absolute or relative Location, and its parts. */
export function readLocation(location) {
  const found = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]+)(?:\/_history\/([A-Za-z0-9.-]+))?$/.exec(location ?? '');
  assert.ok(found, `Location: ${location}`);
  return { type: found[1], id: found[2], version: found[3], path: `/${found[1]}/${found[2]}` };
}

export const entries = (bundle, mode = 'match') =>
  (bundle.entry ?? []).filter((entry) => (entry.search?.mode ?? 'match') === mode).map((entry) => entry.resource);
export const ids = (bundle) => entries(bundle).map((resource) => resource.id);
export const link = (bundle, relation) => bundle.link?.find((one) => one.relation === relation)?.url;
export const unique = () => crypto.randomUUID();
export const system = 'urn:epicenter:checklist';

/** The FHIR id of somebody in the seeded hospital. */
let known;
export async function somePatient() {
  if (!known) {
    const response = await fetch(`${adminBase}/site/patients`);
    if (response.ok) {
      const list = await response.json();
      known = (list.patients ?? list)[0]?.patient;
    }
    // Otherwise one of Epic's public sandbox patients.
    known ??= 'erXuFYUfucBZaryVksYEcMg3';
  }
  return known;
}

/** With a social security number, which Epic's sandbox wants of a new patient. */
export const newPatient = (more = {}) => ({
  resourceType: 'Patient',
  identifier: [
    { system, value: unique() },
    { use: 'usual', system: 'http://hl7.org/fhir/sid/us-ssn', value: `${crypto.randomInt(100, 665)}-${crypto.randomInt(10, 99)}-${crypto.randomInt(1000, 9999)}` },
  ],
  name: [{ use: 'official', family: `Check${unique().slice(0, 8)}`, given: ['Ada'] }],
  gender: 'female',
  birthDate: '1971-03-04',
  ...more,
});

/** An order; its identifier makes it findable. */
export const newOrder = (patient, more = {}) => ({
  resourceType: 'ServiceRequest',
  identifier: [{ system, value: unique() }],
  status: 'active',
  intent: 'order',
  code: { coding: [{ system: 'http://loinc.org', code: '58410-2', display: 'CBC panel' }], text: 'CBC' },
  subject: { reference: `Patient/${patient}` },
  ...more,
});
