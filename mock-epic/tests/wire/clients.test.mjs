// Clients as teams use them, unchanged, against the mock.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import FhirClient from 'fhir-kit-client';
import {custom, Issuer} from 'openid-client';
import {exportJWK} from 'jose';
import {WireMockRestClient} from 'wiremock-rest-client';
import {Mock} from './mock.mjs';

let orders;
before(async () => {
  orders = await Mock.start({profile: 'orders', args: ['--patients', '20']});
});
after(() => orders?.stop());

describe('fhir-kit-client', () => {
  let client;
  let patient;
  before(async () => {
    client = new FhirClient({baseUrl: orders.fhir, bearerToken: await orders.bearer()});
    patient = (await orders.patients())[9];
  });

  test('reads the capability statement and where to get tokens', async () => {
    const statement = await client.capabilityStatement();
    assert.equal(statement.fhirVersion, '4.0.1');
    const smart = await client.request('.well-known/smart-configuration');
    assert.equal(smart.token_endpoint, orders.token);
  });

  test('creates, reads, updates, patches, deletes, and reads every version', async () => {
    const body = {
      resourceType: 'ServiceRequest', status: 'active', intent: 'order',
      code: {coding: [{system: 'http://loinc.org', code: '58410-2', display: 'CBC panel - Blood by Automated count'}]},
      subject: {reference: `Patient/${patient.patient}`},
    };
    const made = await client.create({resourceType: 'ServiceRequest', body, headers: {Prefer: 'return=representation'}});
    assert.ok(made.id);
    assert.equal(made.meta.versionId, '1');
    const changed = await client.update({resourceType: 'ServiceRequest', id: made.id, body: {...made, priority: 'stat'},
                                         headers: {'If-Match': 'W/"1"', Prefer: 'return=representation'}});
    assert.equal(changed.meta.versionId, '2');
    await assert.rejects(client.update({resourceType: 'ServiceRequest', id: made.id, body: {...made, priority: 'asap'},
                                        headers: {'If-Match': 'W/"1"'}}), (why) => why.response.status === 412);
    await client.patch({resourceType: 'ServiceRequest', id: made.id,
                        JSONPatch: [{op: 'replace', path: '/priority', value: 'urgent'}]});
    const read = await client.read({resourceType: 'ServiceRequest', id: made.id});
    assert.equal(read.priority, 'urgent');
    assert.equal((await client.vread({resourceType: 'ServiceRequest', id: made.id, version: '1'})).priority, undefined);
    const history = await client.history({resourceType: 'ServiceRequest', id: made.id});
    assert.equal(history.entry.length, 3);
    await client.delete({resourceType: 'ServiceRequest', id: made.id});
    await assert.rejects(client.read({resourceType: 'ServiceRequest', id: made.id}), (why) => why.response.status === 410);
  });

  test('searches page by page and resolves references', async () => {
    let page = await client.search({resourceType: 'Observation', searchParams: {patient: patient.patient, _count: 5}});
    const seen = new Set();
    for (let pages = 0; page && pages < 200; pages += 1) {
      for (const entry of page.entry ?? []) if (entry.search.mode === 'match') seen.add(entry.resource.id);
      page = page.link.some((link) => link.relation === 'next') ? await client.nextPage({bundle: page}) : null;
    }
    const all = await orders.search(`/Observation?patient=${patient.patient}`);
    assert.deepEqual([...seen].sort(), all.map((one) => one.id).sort());
    assert.ok(seen.size > 5);
    const subject = await client.resolve({reference: all[0].subject.reference});
    assert.equal(subject.id, patient.patient);
  });

  test('sends a transaction that files all or nothing', async () => {
    const order = (subject) => ({
      resource: {resourceType: 'ServiceRequest', status: 'active', intent: 'order', code: {text: 'CBC'}, subject: {reference: subject}},
      request: {method: 'POST', url: 'ServiceRequest'},
    });
    const before = (await orders.search(`/ServiceRequest?patient=${patient.patient}`)).length;
    const good = await client.transaction({body: {resourceType: 'Bundle', type: 'transaction',
      entry: [order(`Patient/${patient.patient}`), order(`Patient/${patient.patient}`)]}});
    assert.deepEqual(good.entry.map((one) => one.response.status.slice(0, 3)), ['201', '201']);
    await assert.rejects(client.transaction({body: {resourceType: 'Bundle', type: 'transaction',
      entry: [order(`Patient/${patient.patient}`), order('Patient/nobody')]}}));
    assert.equal((await orders.search(`/ServiceRequest?patient=${patient.patient}`)).length, before + 2);
  });
});

describe('openid-client', () => {
  const authMethods = {token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'RS384'};
  async function issuer() {
    const smart = await (await fetch(`${orders.fhir}/.well-known/smart-configuration`)).json();
    return new Issuer({issuer: smart.issuer ?? orders.fhir, token_endpoint: smart.token_endpoint});
  }
  async function clientOf(made) {
    const jwk = {...(await exportJWK(orders.privateKey)), kid: 'wire-1', alg: 'RS384'};
    const client = new made.Client({client_id: orders.client, ...authMethods}, {keys: [jwk]});
    client[custom.clock_tolerance] = 5;
    return client;
  }

  test('gets a token by private_key_jwt, and the token opens the chart', async () => {
    const client = await clientOf(await issuer());
    const tokens = await client.grant({grant_type: 'client_credentials'}, {clientAssertionPayload: {aud: orders.token}});
    assert.ok(tokens.access_token);
    assert.ok(tokens.expires_in > 0);
    const [one] = await orders.patients();
    const read = await fetch(`${orders.fhir}/Patient/${one.patient}`,
                             {headers: {Authorization: `Bearer ${tokens.access_token}`, Accept: 'application/fhir+json'}});
    assert.equal(read.status, 200);
  });

  test('is told what Epic tells when the key is unknown', async () => {
    const made = await issuer();
    const stranger = new made.Client({client_id: 'nobody', ...authMethods},
                                     {keys: [{...(await exportJWK(orders.privateKey)), kid: 'wire-1', alg: 'RS384'}]});
    await assert.rejects(
      stranger.grant({grant_type: 'client_credentials'}, {clientAssertionPayload: {aud: orders.token}}),
      (why) => why.error === 'invalid_client' && why.response.statusCode === 400);
  });
});

describe('wiremock-rest-client', () => {
  let wiremock;
  let root;
  before(() => {
    root = orders.admin.replace('/__admin', '');
    wiremock = new WireMockRestClient(root, {logLevel: 'silent'});
  });

  test('creates, lists, changes and deletes stubs; a stub wins over Epic', async () => {
    const made = await wiremock.mappings.createMapping({
      request: {method: 'GET', urlPath: '/interconnect-fhir-oauth/api/FHIR/R4/Patient/from-a-stub'},
      response: {status: 418, jsonBody: {stubbed: true}, headers: {'Content-Type': 'application/json'}},
    });
    assert.ok(made.id);
    const answer = await fetch(`${orders.fhir}/Patient/from-a-stub`);
    assert.equal(answer.status, 418);
    assert.equal(answer.headers.get('matched-stub-id'), made.id);
    assert.deepEqual(await answer.json(), {stubbed: true});
    assert.equal((await wiremock.mappings.getAllMappings()).meta.total, 1);
    await wiremock.mappings.updateMapping(made.id, {...made, response: {status: 204}});
    assert.equal((await fetch(`${orders.fhir}/Patient/from-a-stub`)).status, 204);
    await wiremock.mappings.deleteMapping(made.id);
    assert.equal((await wiremock.mappings.getAllMappings()).meta.total, 0);
    assert.equal((await orders.ask('/Patient/from-a-stub')).status, 404);
  });

  test('counts and finds requests', async () => {
    await wiremock.requests.deleteAllRequests();
    await orders.ask('/Patient/counted?x=1');
    await orders.ask('/Patient/counted?x=2');
    const pattern = {method: 'GET', urlPathPattern: '.*/Patient/counted'};
    assert.equal((await wiremock.requests.getCount(pattern)).count, 2);
    const found = await wiremock.requests.findRequests(pattern);
    assert.equal(found.requests.length, 2);
    assert.ok(!JSON.stringify(found).includes(await orders.bearer()), 'no token leaves the journal');
  });

  test('walks a scenario', async () => {
    const stub = (state, next, status) => ({
      scenarioName: 'retry', requiredScenarioState: state, newScenarioState: next,
      request: {method: 'GET', urlPath: '/retry'}, response: {status},
    });
    await wiremock.mappings.createMapping(stub('Started', 'second', 503));
    await wiremock.mappings.createMapping(stub('second', 'done', 200));
    assert.equal((await fetch(`${root}/retry`)).status, 503);
    assert.equal((await fetch(`${root}/retry`)).status, 200);
    const {scenarios} = await wiremock.scenarios.getAllScenarios();
    assert.deepEqual(scenarios.map((one) => [one.name, one.state]), [['retry', 'done']]);
    await wiremock.scenarios.resetAllScenarios();
    assert.equal((await fetch(`${root}/retry`)).status, 503);
    await wiremock.mappings.deleteAllMappings();
  });

  test('sets a global delay', async () => {
    await wiremock.mappings.createMapping({request: {urlPath: '/slow'}, response: {status: 200}});
    await wiremock.global.updateGlobalSettings({fixedDelay: 150});
    const began = performance.now();
    await fetch(`${root}/slow`);
    assert.ok(performance.now() - began >= 149);
    await wiremock.global.updateGlobalSettings({});
    await wiremock.mappings.deleteAllMappings();
  });
});
