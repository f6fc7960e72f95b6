// The checklist of a convincing FHIR server, walked over the wire against a running mock (Node 20, nothing else).
//
//   EPICENTER_FHIR=http://127.0.0.1:8080/interconnect-fhir-oauth/api/FHIR/R4
//   EPICENTER_TOKEN=http://127.0.0.1:8080/interconnect-fhir-oauth/oauth2/token
//   EPICENTER_ADMIN=http://127.0.0.1:8080/__admin  EPICENTER_PROFILE=orders  node --test checklist.mjs
//
// orders: the R4 list. strict: what Epic's public API refuses and how. EPICENTER_GROUP names a Group to export in
// strict, where groups cannot be listed.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { before, describe, test } from 'node:test';
import * as kit from './kit.mjs';
import { ask, expectStatus } from './kit.mjs';

const orders = kit.profile === 'orders';
const inOrders = { skip: orders ? false : 'profile orders only' };
const inStrict = { skip: orders ? 'profile strict only' : false };
const missing = 'eDoesNotExistAnywhere00003';

before(() => kit.registerClient());

async function create(resource, options = {}) {
  const made = await expectStatus(201, 'POST', `/${resource.resourceType}`, { body: resource, ...options });
  return { ...kit.readLocation(made.header('location')), response: made };
}

describe('token endpoint', () => {
  for (const algorithm of ['ES384', 'RS384'])
    test(`private_key_jwt with ${algorithm}`, async () => {
      const got = await kit.askToken(kit.keys[algorithm].jwt(kit.claims()));
      assert.equal(got.status, 200, JSON.stringify(got.body));
      assert.equal(got.body.token_type.toLowerCase(), 'bearer');
      assert.ok(got.body.expires_in > 0 && got.body.access_token && got.body.scope);
      assert.match(got.headers.get('cache-control') ?? '', /no-store/);
    });

  test('a jti is taken once', async () => {
    const jwt = kit.keys.ES384.jwt(kit.claims());
    assert.equal((await kit.askToken(jwt)).status, 200);
    const again = await kit.askToken(jwt);
    assert.equal(again.status, 400);
    assert.equal(again.body.error, 'invalid_client');
  });

  const wrong = {
    'an assertion that lives longer than five minutes': () => ({ exp: Math.floor(Date.now() / 1000) + 900 }),
    'one that has expired': () => ({ exp: Math.floor(Date.now() / 1000) - 600 }),
    'another audience': () => ({ aud: 'https://elsewhere.example/token' }),
    'another subject': () => ({ sub: 'somebody-else' }),
    'an unknown client': () => ({ iss: 'unknown-client', sub: 'unknown-client' }),
  };
  for (const [name, change] of Object.entries(wrong))
    test(`refuses ${name}`, async () => {
      const got = await kit.askToken(kit.keys.ES384.jwt(kit.claims(change())));
      assert.equal(got.status, 400, JSON.stringify(got.body));
      assert.equal(got.body.error, 'invalid_client');
    });

  test('refuses a signature by another key', async () => {
    const thief = new kit.SigningKey('ES384');
    const got = await kit.askToken(thief.jwt(kit.claims(), { kid: kit.keys.ES384.kid }));
    assert.equal(got.status, 400);
    assert.equal(got.body.error, 'invalid_client');
  });

  test('refuses other grants', async () => {
    const got = await kit.askToken(kit.keys.ES384.jwt(kit.claims()), { grant_type: 'password' });
    assert.equal(got.status, 400);
    // RFC 6749 has the first; servers that check the form before the grant say the second.
    assert.ok(['unsupported_grant_type', 'invalid_request'].includes(got.body.error), got.body.error);
  });

  for (const [spelling, scope] of [['v1', 'system/Patient.read'], ['v2', 'system/Patient.rs']])
    test(`narrows to what is asked for (${spelling})`, inOrders, async () => {
      const token = await kit.tokenFor(scope);
      const patient = await kit.somePatient();
      assert.equal((await ask('GET', `/Patient/${patient}`, { token })).status, 200);
      assert.equal((await ask('GET', `/Condition?patient=${patient}`, { token })).status, 403);
      assert.equal((await ask('POST', '/Patient', { token, body: kit.newPatient() })).status, 403);
    });
});

describe('access', () => {
  test('no token and a bad one are 401 with a challenge', async () => {
    const patient = await kit.somePatient();
    const without = await fetch(`${kit.fhirBase}/Patient/${patient}`);
    assert.equal(without.status, 401);
    assert.match(without.headers.get('www-authenticate') ?? '', /^Bearer/);
    const bad = await ask('GET', `/Patient/${patient}`, { token: 'nonsense' });
    assert.equal(bad.status, 401);
    assert.match(bad.header('www-authenticate'), /error="invalid_token"/);
  });

  test('metadata and smart-configuration need none', async () => {
    const metadata = await fetch(`${kit.fhirBase}/metadata`, { headers: { Accept: kit.json } });
    assert.equal(metadata.status, 200);
    const statement = await metadata.json();
    assert.equal(statement.resourceType, 'CapabilityStatement');
    assert.equal(statement.fhirVersion, '4.0.1');
    const smart = await fetch(`${kit.fhirBase}/.well-known/smart-configuration`);
    assert.equal(smart.status, 200);
    const configuration = await smart.json();
    assert.equal(configuration.token_endpoint, kit.tokenUrl);
    assert.ok(configuration.token_endpoint_auth_signing_alg_values_supported.includes('ES384'));
    assert.ok(configuration.code_challenge_methods_supported.includes('S256'));
    assert.ok(configuration.capabilities.includes('client-confidential-asymmetric'));
    assert.ok(configuration.authorization_endpoint);
    const resources = Object.fromEntries(statement.rest[0].resource.map((one) => [one.type, one]));
    assert.ok(resources.Patient.interaction.some((one) => one.code === 'read'));
    assert.equal(
      statement.rest[0].interaction?.some((one) => one.code === 'transaction') ?? false, orders);
  });

  test('authorize wants PKCE', async () => {
    const configuration = await (await fetch(`${kit.fhirBase}/.well-known/smart-configuration`)).json();
    const id = `public-${kit.unique()}`;
    const redirect = 'http://127.0.0.1:9/callback';
    const registered = await fetch(`${kit.adminBase}/site/clients/${id}`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [redirect] }),
    });
    assert.ok(registered.ok, await registered.text());
    const verifier = crypto.randomBytes(32).toString('base64url');
    const parameters = {
      response_type: 'code', client_id: id, redirect_uri: redirect, state: 's1', aud: kit.fhirBase,
      scope: 'launch/patient patient/Patient.rs',
      code_challenge: crypto.createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    const authorize = (change) => {
      const query = new URLSearchParams({ ...parameters, ...change });
      return fetch(`${configuration.authorization_endpoint}?${query}`, { redirect: 'manual' });
    };
    const granted = await authorize({});
    assert.ok([302, 303].includes(granted.status), `${granted.status}`);
    const back = new URL(granted.headers.get('location'));
    assert.equal(back.searchParams.get('state'), 's1');
    const code = back.searchParams.get('code');
    assert.ok(code, back.toString());
    const redeem = (form) =>
      fetch(kit.tokenUrl, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code', client_id: id, redirect_uri: redirect, code, code_verifier: verifier, ...form,
        }),
      });
    const got = await redeem({});
    assert.equal(got.status, 200);
    assert.ok((await got.json()).access_token);
    assert.equal((await redeem({})).status, 400, 'a code is taken once');
  });
});

describe('read and content', () => {
  test('read, and 404 with an OperationOutcome', async () => {
    const patient = await kit.somePatient();
    const got = await expectStatus(200, 'GET', `/Patient/${patient}`);
    assert.equal(got.body.id, patient);
    const unknown = await expectStatus(404, 'GET', `/Patient/${missing}`);
    kit.assertOutcome(unknown);
  });

  test('JSON and XML', async () => {
    const patient = await kit.somePatient();
    for (const [accept, type] of [
      ['application/fhir+json', /^application\/fhir\+json/],
      ['application/json', /^application\/(fhir\+)?json/],
      ['application/fhir+xml', /^application\/(fhir\+)?xml/],
    ])
      assert.match((await ask('GET', `/Patient/${patient}`, { headers: { Accept: accept } })).header('content-type'), type);
    const xml = await ask('GET', `/Patient/${patient}`, { headers: { Accept: 'application/fhir+xml' } });
    assert.match(xml.text, /<Patient xmlns="http:\/\/hl7\.org\/fhir"/);
  });
});

describe('versions', inOrders, () => {
  test('create, vread, update, stale If-Match, If-None-Match', async () => {
    const patient = await kit.somePatient();
    const order = kit.newOrder(patient);
    const made = await create(order);
    assert.equal(made.version, '1');
    assert.equal(made.response.header('etag'), 'W/"1"');
    assert.ok(!Number.isNaN(Date.parse(made.response.header('last-modified'))));
    const read = await expectStatus(200, 'GET', made.path);
    assert.equal(read.header('etag'), 'W/"1"');
    assert.equal(read.body.meta.versionId, '1');
    const unchanged = await ask('GET', made.path, { headers: { 'If-None-Match': 'W/"1"' } });
    assert.equal(unchanged.status, 304);
    assert.equal(unchanged.text, '');
    const changed = { ...read.body, priority: 'urgent' };
    const updated = await expectStatus(200, 'PUT', made.path, { body: changed, headers: { 'If-Match': 'W/"1"' } });
    assert.equal(updated.header('etag'), 'W/"2"');
    await expectStatus(412, 'PUT', made.path, { body: changed, headers: { 'If-Match': 'W/"1"' } });
    assert.equal((await expectStatus(200, 'GET', `${made.path}/_history/1`)).body.priority, undefined);
    assert.equal((await expectStatus(200, 'GET', `${made.path}/_history/2`)).body.priority, 'urgent');
    await expectStatus(404, 'GET', `${made.path}/_history/77`);
    await expectStatus(400, 'PUT', made.path, { body: { ...changed, id: 'another' } });
  });

  test('update as create, conditional update', async () => {
    const patient = await kit.somePatient();
    const id = `own-${kit.unique().slice(0, 8)}`;
    const order = kit.newOrder(patient, { id });
    const made = await expectStatus(201, 'PUT', `/ServiceRequest/${id}`, { body: order });
    assert.equal(kit.readLocation(made.header('location')).id, id);
    const criteria = `identifier=${kit.system}|${order.identifier[0].value}`;
    const { id: _, ...content } = order;
    await expectStatus(200, 'PUT', `/ServiceRequest?${criteria}`, { body: { ...content, priority: 'stat' } });
    assert.equal((await ask('GET', `/ServiceRequest/${id}`)).body.priority, 'stat');
    const other = kit.newOrder(patient);
    await expectStatus(201, 'PUT', `/ServiceRequest?identifier=${kit.system}|${other.identifier[0].value}`, { body: other });
    await create(kit.newOrder(patient, { identifier: other.identifier }));
    await expectStatus(412, 'PUT', `/ServiceRequest?identifier=${kit.system}|${other.identifier[0].value}`, { body: other });
  });

  test('JSON Patch', async () => {
    const made = await create(kit.newOrder(await kit.somePatient()));
    const headers = { 'Content-Type': 'application/json-patch+json' };
    const body = JSON.stringify([{ op: 'add', path: '/priority', value: 'asap' }]);
    await expectStatus(200, 'PATCH', made.path, { body, headers });
    assert.equal((await ask('GET', made.path)).body.priority, 'asap');
    const failing = JSON.stringify([{ op: 'test', path: '/priority', value: 'routine' }]);
    const refused = await ask('PATCH', made.path, { body: failing, headers });
    assert.ok([400, 409, 422].includes(refused.status), `${refused.status}`);
    kit.assertOutcome(refused);
    await expectStatus(412, 'PATCH', made.path, { body, headers: { ...headers, 'If-Match': 'W/"1"' } });
  });

  test('delete, then 410; history of instance, type and system', async () => {
    const made = await create(kit.newOrder(await kit.somePatient()));
    const removed = await ask('DELETE', made.path);
    assert.ok([200, 204].includes(removed.status), `${removed.status}`);
    await expectStatus(410, 'GET', made.path);
    const history = await expectStatus(200, 'GET', `${made.path}/_history`);
    assert.equal(history.body.type, 'history');
    assert.deepEqual(history.body.entry.map((one) => one.request.method), ['DELETE', 'POST']);
    for (const path of ['/ServiceRequest/_history?_count=5', '/_history?_count=5']) {
      const got = await expectStatus(200, 'GET', path);
      assert.equal(got.body.type, 'history');
      assert.ok(got.body.entry.some((one) => one.fullUrl.endsWith(made.path) && one.request.method === 'DELETE'), path);
    }
  });

  test('If-None-Exist: none 201, one 200, several 412', async () => {
    const order = kit.newOrder(await kit.somePatient());
    const headers = { 'If-None-Exist': `identifier=${kit.system}|${order.identifier[0].value}` };
    const first = kit.readLocation((await expectStatus(201, 'POST', '/ServiceRequest', { body: order, headers })).header('location'));
    const again = await expectStatus(200, 'POST', '/ServiceRequest', { body: order, headers });
    assert.equal(kit.readLocation(again.header('location')).id, first.id);
    await create(order);
    await expectStatus(412, 'POST', '/ServiceRequest', { body: order, headers });
  });
});

describe('search', inOrders, () => {
  let patient, family, made;
  before(async () => {
    patient = await kit.somePatient();
    const resource = kit.newPatient();
    family = resource.name[0].family;
    made = { ...(await create(resource)), resource };
  });
  const find = async (query) => kit.ids((await expectStatus(200, 'GET', `/Patient?${query}`)).body);

  test('_id and tokens', async () => {
    assert.deepEqual(await find(`_id=${made.id}`), [made.id]);
    const value = made.resource.identifier[0].value;
    for (const token of [value, `${kit.system}|${value}`, `${kit.system}|${value},nonsense`])
      assert.deepEqual(await find(`identifier=${encodeURIComponent(token)}`), [made.id], token);
    assert.deepEqual(await find(`identifier=${encodeURIComponent(`urn:other|${value}`)}`), []);
  });

  test('strings: prefix, :exact, :contains', async () => {
    const also = 'birthdate=1971-03-04';
    assert.deepEqual(await find(`family=${family.slice(0, 9).toLowerCase()}&${also}`), [made.id]);
    assert.deepEqual(await find(`family:exact=${family}&${also}`), [made.id]);
    assert.deepEqual(await find(`family:exact=${family.toLowerCase()}&${also}`), []);
    assert.deepEqual(await find(`family:contains=${family.slice(3, 11)}&${also}`), [made.id]);
  });

  test('date prefixes', async () => {
    const matrix = { '1971-03-04': 1, '1971': 1, 'eq1971-03': 1, 'ne1971-03-04': 0, 'lt1971-03-05': 1, 'gt1971-03-04': 0,
                     'ge1971-03-04': 1, 'le1971-03-03': 0, 'sa1971-03-03': 1, 'eb1971-03-04': 0 };
    for (const [date, count] of Object.entries(matrix))
      assert.equal((await find(`family=${family}&birthdate=${date}`)).length, count, date);
  });

  test('references, compartment and POST', async () => {
    const direct = (await expectStatus(200, 'GET', `/Observation?patient=${patient}&_count=1000`)).body;
    assert.ok(kit.ids(direct).length > 0);
    const spelled = (await expectStatus(200, 'GET', `/Observation?subject=Patient/${patient}&_count=1000`)).body;
    assert.deepEqual(kit.ids(spelled).sort(), kit.ids(direct).sort());
    const compartment = (await expectStatus(200, 'GET', `/Patient/${patient}/Observation?_count=1000`)).body;
    assert.deepEqual(kit.ids(compartment).sort(), kit.ids(direct).sort());
    const posted = await expectStatus(200, 'POST', '/Observation/_search', {
      body: new URLSearchParams({ patient, _count: '1000' }),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    assert.deepEqual(kit.ids(posted.body).sort(), kit.ids(direct).sort());
  });

  test('_count with next links, _total, _summary=count, _sort', async () => {
    const whole = (await expectStatus(200, 'GET', `/Observation?patient=${patient}&_count=1000&_sort=-date`)).body;
    const times = kit.entries(whole).map((one) => Date.parse(one.effectiveDateTime ?? one.effectivePeriod?.start));
    for (let i = 1; i < times.length; ++i) assert.ok(!(times[i] > times[i - 1]), 'newest first');
    const paged = [];
    let url = `/Observation?patient=${patient}&_count=3&_sort=-date`;
    for (let pages = 0; url && pages < 1000; ++pages) {
      const { body } = await expectStatus(200, 'GET', url);
      assert.ok(kit.ids(body).length <= 3);
      paged.push(...kit.ids(body));
      url = kit.link(body, 'next');
    }
    assert.deepEqual(paged, kit.ids(whole));
    const total = (await expectStatus(200, 'GET', `/Observation?patient=${patient}&_count=1&_total=accurate`)).body.total;
    assert.equal(total, paged.length);
    const counted = (await expectStatus(200, 'GET', `/Observation?patient=${patient}&_summary=count`)).body;
    assert.equal(counted.total, paged.length);
    assert.equal(counted.entry, undefined);
  });

  test('_include and _revinclude', async () => {
    const order = kit.newOrder(made.id);
    const filed = await create(order);
    const by = `identifier=${kit.system}|${order.identifier[0].value}`;
    const forward = (await expectStatus(200, 'GET', `/ServiceRequest?${by}&_include=ServiceRequest:subject`)).body;
    assert.deepEqual(kit.entries(forward, 'include').map((one) => one.id), [made.id]);
    const back = (await expectStatus(200, 'GET', `/Patient?_id=${made.id}&_revinclude=ServiceRequest:subject`)).body;
    assert.ok(kit.entries(back, 'include').some((one) => one.id === filed.id));
  });

  test('_elements cuts and says so', async () => {
    const cut = kit.entries((await expectStatus(200, 'GET', `/Patient?_id=${made.id}&_elements=birthDate`)).body)[0];
    assert.equal(cut.birthDate, '1971-03-04');
    assert.equal(cut.name, undefined);
    assert.ok(cut.meta.tag.some((one) => one.code === 'SUBSETTED'));
  });

  test('an unknown parameter is refused under strict handling', async () => {
    const path = `/Patient?_id=${made.id}&totally-bogus-param=1`;
    await expectStatus(400, 'GET', path, { headers: { Prefer: 'handling=strict' } });
    await expectStatus(200, 'GET', path, { headers: { Prefer: 'handling=lenient' } });
  });
});

describe('batch and transaction', inOrders, () => {
  const bundle = (type, entry) => ({ resourceType: 'Bundle', type, entry });

  test('the entries of a batch are independent', async () => {
    const patient = await kit.somePatient();
    const got = await expectStatus(200, 'POST', '/', {
      body: bundle('batch', [
        { request: { method: 'POST', url: 'ServiceRequest' }, resource: kit.newOrder(patient) },
        { request: { method: 'GET', url: `Patient/${missing}` } },
        { request: { method: 'GET', url: `Patient/${patient}` } },
      ]),
    });
    assert.equal(got.body.type, 'batch-response');
    assert.deepEqual(got.body.entry.map((one) => one.response.status.slice(0, 3)), ['201', '404', '200']);
    assert.equal(got.body.entry[2].resource.id, patient);
  });

  test('a transaction resolves urn:uuid references', async () => {
    const url = `urn:uuid:${kit.unique()}`;
    const order = { ...kit.newOrder('x'), subject: { reference: url } };
    const got = await expectStatus(200, 'POST', '/', {
      body: bundle('transaction', [
        { request: { method: 'POST', url: 'ServiceRequest' }, resource: order },
        { fullUrl: url, request: { method: 'POST', url: 'Patient' }, resource: kit.newPatient() },
      ]),
    });
    assert.equal(got.body.type, 'transaction-response');
    const [filed, patient] = got.body.entry.map((one) => kit.readLocation(one.response.location));
    assert.equal((await ask('GET', filed.path)).body.subject.reference, `Patient/${patient.id}`);
  });

  test('a transaction is atomic', async () => {
    const order = kit.newOrder(await kit.somePatient());
    const got = await ask('POST', '/', {
      body: bundle('transaction', [
        { request: { method: 'POST', url: 'ServiceRequest' }, resource: order },
        { request: { method: 'PUT', url: 'ServiceRequest/x', ifMatch: 'W/"9"' }, resource: kit.newOrder('x', { id: 'x' }) },
      ]),
    });
    assert.ok(got.status >= 400 && got.status < 500, `${got.status}`);
    kit.assertOutcome(got);
    const found = await expectStatus(200, 'GET', `/ServiceRequest?identifier=${kit.system}|${order.identifier[0].value}`);
    assert.deepEqual(kit.ids(found.body), []);
  });
});

describe('bulk data', () => {
  const headers = { Prefer: 'respond-async' };

  async function manifestOf(path, options = {}) {
    const accepted = await expectStatus(202, options.method ?? 'GET', path, { headers: { ...headers, ...options.headers }, body: options.body });
    const url = accepted.header('content-location');
    assert.ok(url.startsWith('http'), url);
    for (let polls = 0; polls < 120; ++polls) {
      const got = await ask('GET', url);
      if (got.status === 200) return { url, manifest: JSON.parse(got.text), done: got };
      assert.equal(got.status, 202, got.text);
      assert.ok(got.header('x-progress'));
      const seconds = Number(got.header('retry-after'));
      assert.ok(seconds > 0);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
    assert.fail('the export does not end');
  }

  async function linesOf(manifest, list = 'output') {
    const all = [];
    for (const file of manifest[list]) {
      const got = await ask('GET', file.url, { headers: { Accept: 'application/fhir+ndjson' } });
      assert.equal(got.status, 200);
      assert.match(got.header('content-type'), /^application\/fhir\+ndjson/);
      const lines = got.text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
      assert.equal(lines.length, file.count);
      for (const line of lines) assert.equal(line.resourceType, file.type);
      all.push(...lines);
    }
    return all;
  }

  test('a whole export', inOrders, async () => {
    const begun = Date.now();
    const { url, manifest, done } = await manifestOf('/$export?_type=Patient,Condition');
    assert.ok(done.header('expires'));
    assert.ok(Math.abs(Date.parse(manifest.transactionTime) - begun) < 60_000);
    assert.ok(manifest.request.endsWith('/$export?_type=Patient,Condition'));
    assert.equal(typeof manifest.requiresAccessToken, 'boolean');
    assert.deepEqual(manifest.error, []);
    const lines = await linesOf(manifest);
    assert.deepEqual([...new Set(lines.map((one) => one.resourceType))].sort(), ['Condition', 'Patient']);
    const one = lines[0];
    assert.deepEqual(one, (await ask('GET', `/${one.resourceType}/${one.id}`)).body);
    assert.equal((await fetch(manifest.output[0].url)).status, 401);
    await expectStatus(202, 'DELETE', url);
    await expectStatus(404, 'GET', url);
    await expectStatus(404, 'GET', manifest.output[0].url);
  });

  test('_since, _typeFilter, _elements, patients by POST', inOrders, async () => {
    const first = await manifestOf('/$export?_type=ServiceRequest');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const patient = await kit.somePatient();
    const made = await create(kit.newOrder(patient));
    const later = await manifestOf(`/$export?_type=ServiceRequest&_since=${first.manifest.transactionTime}`);
    assert.ok((await linesOf(later.manifest)).some((one) => one.id === made.id));
    assert.ok(Array.isArray(later.manifest.deleted));
    const filter = encodeURIComponent('Observation?category=laboratory');
    const labs = await linesOf((await manifestOf(`/Patient/$export?_type=Observation&_typeFilter=${filter}`)).manifest);
    assert.ok(labs.length > 0);
    for (const lab of labs) assert.ok(JSON.stringify(lab.category).includes('laboratory'));
    const cut = await linesOf((await manifestOf('/$export?_type=Patient&_elements=birthDate')).manifest);
    for (const one of cut) assert.equal(one.name, undefined);
    const body = {
      resourceType: 'Parameters',
      parameter: [
        { name: '_type', valueString: 'Patient' },
        { name: 'patient', valueReference: { reference: `Patient/${patient}` } },
      ],
    };
    const posted = await manifestOf('/Patient/$export', { method: 'POST', body });
    assert.deepEqual((await linesOf(posted.manifest)).map((one) => one.id), [patient]);
  });

  test('refusals, and lenient handling', inOrders, async () => {
    await expectStatus(400, 'GET', '/$export');
    await expectStatus(400, 'GET', '/$export?bogus=1', { headers });
    await expectStatus(400, 'GET', '/$export?_type=Nonsense', { headers });
    const lenient = await manifestOf('/$export?_type=Patient&bogus=1', { headers: { Prefer: 'respond-async, handling=lenient' } });
    assert.equal((await linesOf(lenient.manifest, 'error'))[0].resourceType, 'OperationOutcome');
  });

  test('of a group', async (t) => {
    let group = process.env.EPICENTER_GROUP;
    if (!group && orders) group = kit.ids((await expectStatus(200, 'GET', '/Group?_count=1')).body)[0];
    if (!group) return t.skip('no group is known: EPICENTER_GROUP names one');
    const { url, manifest } = await manifestOf(`/Group/${group}/$export?_type=Patient`);
    assert.ok((await linesOf(manifest)).length > 0);
    await expectStatus(202, 'DELETE', url);
    assert.equal((await ask('GET', url)).status, 404);
  });

  test('of an unknown group is 404', async () => {
    const got = await ask('GET', `/Group/${missing}/$export`, { headers });
    assert.equal(got.status, 404);
    kit.assertOutcome(got);
  });
});

describe('what Epic refuses', inStrict, () => {
  test('a system export and an unknown type get the page of IIS', async () => {
    for (const path of ['/$export', '/Patient/$export', '/FakeResourceTypeThatDoesNotExist?_count=1']) {
      const got = await ask('GET', path, { headers: { Prefer: 'respond-async' } });
      assert.equal(got.status, 404, path);
      assert.equal(got.header('content-type'), 'text/html');
      assert.match(got.text, /404 - File or directory not found/);
    }
  });

  test('versions, history, patch, delete and transactions are not there', async () => {
    const patient = await kit.somePatient();
    const read = await ask('GET', `/Patient/${patient}`);
    assert.equal(read.header('etag'), null);
    assert.equal(read.body.meta?.versionId, undefined);
    for (const [method, path, body] of [
      ['GET', `/Patient/${patient}/_history`],
      ['GET', `/Patient/${patient}/_history/1`],
      ['DELETE', `/Patient/${patient}`],
      ['PATCH', `/Patient/${patient}`, [{ op: 'remove', path: '/gender' }]],
      ['PUT', `/Patient/${patient}`, read.body],
      ['POST', '/', { resourceType: 'Bundle', type: 'batch', entry: [] }],
    ]) {
      const got = await ask(method, path, { body });
      assert.ok([404, 405].includes(got.status), `${method} ${path}: ${got.status}`);
    }
  });

  test('orders are refused', async () => {
    const patient = await kit.somePatient();
    assert.equal((await ask('POST', '/ServiceRequest', { body: kit.newOrder(patient) })).status, 403);
    const medication = { resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject: { reference: `Patient/${patient}` } };
    assert.equal((await ask('POST', '/MedicationRequest', { body: medication })).status, 405);
  });

  test('Epic\'s codes', async () => {
    const code = (got) => got.body.issue.map((one) => one.details.coding[0].code);
    assert.deepEqual(code(await ask('GET', `/Patient/${missing}`)), ['59008']);
    const bare = await ask('GET', '/Patient?totally-bogus-param=1');
    assert.equal(bare.status, 400);
    assert.deepEqual(code(bare), ['59100', '59159']);
  });

  test('XML without Accept', async () => {
    const patient = await kit.somePatient();
    for (const accept of ['*/*', 'text/plain'])
      assert.match((await ask('GET', `/Patient/${patient}`, { headers: { Accept: accept } })).header('content-type'), /xml/, accept);
  });

  test('a page counts itself, and sessions lead on', async () => {
    const path = `/Observation?patient=${await kit.somePatient()}&category=laboratory&_count=2`;
    const first = (await ask('GET', path)).body;
    assert.equal(first.total, kit.ids(first).length);
    const next = kit.link(first, 'next');
    if (kit.ids(first).length === 2 && next) {
      assert.match(next, /\/Observation\?sessionID=\d+-[0-9A-F]{32}$/);
      const second = (await ask('GET', next)).body;
      assert.equal(second.total, kit.ids(second).length);
    }
  });

  test('a create says nothing but where, and no conditional create is known', async () => {
    const patient = await kit.somePatient();
    const allergy = {
      resourceType: 'AllergyIntolerance',
      clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }] },
      code: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '1191', display: 'Aspirin' }], text: 'Aspirin' },
      patient: { reference: `Patient/${patient}` },
    };
    const made = await ask('POST', '/AllergyIntolerance', { body: allergy });
    assert.equal(made.status, 201, made.text);
    assert.equal(made.text, '');
    assert.match(made.header('location'), /^AllergyIntolerance\/[A-Za-z0-9.-]+$/);
    assert.equal(made.header('etag'), null);
  });

  test('$match wants certainty', async () => {
    const person = (await ask('GET', `/Patient/${await kit.somePatient()}`)).body;
    const body = (...more) => ({
      resourceType: 'Parameters',
      parameter: [{ name: 'resource', resource: { resourceType: 'Patient', name: person.name, birthDate: person.birthDate, gender: person.gender } }, ...more],
    });
    assert.equal((await ask('POST', '/Patient/$match', { body: body() })).status, 400);
    const got = await ask('POST', '/Patient/$match', { body: body({ name: 'onlyCertainMatches', valueBoolean: true }) });
    assert.equal(got.status, 200, got.text);
    assert.deepEqual(kit.ids(got.body), [person.id]);
  });
});

describe('operations', () => {
  test('$summary is a document', async () => {
    const got = await expectStatus(200, 'GET', `/Patient/${await kit.somePatient()}/$summary`);
    assert.equal(got.body.type, 'document');
    assert.equal(got.body.entry[0].resource.resourceType, 'Composition');
  });

  test('$everything pages through the compartment', inOrders, async () => {
    const path = `/Patient/${await kit.somePatient()}/$everything`;
    const whole = (await expectStatus(200, 'GET', path)).body.entry.map((one) => one.fullUrl);
    const paged = [];
    for (let url = `${path}?_count=7`; url; ) {
      const { body } = await expectStatus(200, 'GET', url);
      paged.push(...body.entry.map((one) => one.fullUrl));
      url = kit.link(body, 'next');
    }
    assert.deepEqual(paged, whole);
  });
});
