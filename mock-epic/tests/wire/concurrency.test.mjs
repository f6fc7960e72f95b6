// 64 clients write, update with ETags and page at once: no lost update, every version in history, ids unique.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Mock} from './mock.mjs';

const seconds = Number(process.env.EPICENTER_SOAK_SECONDS ?? 60);
const clients = 64;
const shared = 8;  // resources that every client increments

let mock;
let patient;
before(async () => {
  mock = await Mock.start({profile: 'orders', args: ['--patients', '20']});
  patient = (await mock.patients())[11].patient;
});
after(() => mock?.stop());

const counterSystem = 'urn:test:counter';
const countOf = (resource) => Number(resource.identifier.find((one) => one.system === counterSystem).value);
const order = (count) => ({
  resourceType: 'ServiceRequest', status: 'active', intent: 'order', code: {text: 'counter'},
  identifier: [{system: counterSystem, value: String(count)}], subject: {reference: `Patient/${patient}`},
});

test(`${clients} clients for ${seconds} s`, {timeout: (seconds + 120) * 1000}, async () => {
  const made = [];
  for (let i = 0; i < shared; i += 1) made.push((await create(0)).id);
  const ids = new Set(made);
  const increments = new Map(made.map((id) => [id, 0]));
  const ended = Date.now() + seconds * 1000;
  let conflicts = 0;
  let pages = 0;

  async function create(count) {
    const answer = await mock.ask('/ServiceRequest', {method: 'POST', body: order(count), headers: {Prefer: 'return=representation'}});
    assert.equal(answer.status, 201);
    return answer.json();
  }
  async function increment(id) {
    const read = await mock.ask(`/ServiceRequest/${id}`);
    const etag = read.headers.get('etag');
    const resource = await read.json();
    assert.equal(etag, `W/"${resource.meta.versionId}"`);
    const answer = await mock.ask(`/ServiceRequest/${id}`, {
      method: 'PUT', headers: {'If-Match': etag},
      body: {...order(countOf(resource) + 1), id},
    });
    await answer.arrayBuffer();
    if (answer.status === 412) {
      conflicts += 1;
    } else {
      assert.equal(answer.status, 200);
      increments.set(id, increments.get(id) + 1);
    }
  }
  async function page() {
    const seen = new Set();
    for (let next = `/ServiceRequest?patient=${patient}&_count=25`; next && pages < 1e6; pages += 1) {
      const bundle = await mock.json(next);
      assert.equal(bundle.resourceType, 'Bundle', JSON.stringify(bundle));
      for (const entry of bundle.entry ?? []) {
        if (entry.search.mode !== 'match') continue;
        assert.ok(!seen.has(entry.resource.id), 'a page repeats a resource');
        seen.add(entry.resource.id);
      }
      next = seen.size < 200 ? bundle.link.find((link) => link.relation === 'next')?.url : undefined;
    }
  }
  async function client(number) {
    for (let turn = number; Date.now() < ended; turn += 1) {
      const kind = turn % 8;
      if (kind === 0) {
        const {id} = await create(0);
        assert.ok(!ids.has(id), 'an id twice');
        ids.add(id);
      } else if (kind === 1) {
        await page();
      } else {
        await increment(made[(number + turn) % shared]);
      }
    }
  }
  await Promise.all(Array.from({length: clients}, (_, number) => client(number)));

  for (const id of made) {
    const now = await mock.json(`/ServiceRequest/${id}`);
    assert.equal(countOf(now), increments.get(id), 'a lost update');
    assert.equal(now.meta.versionId, String(increments.get(id) + 1));
    const versions = [];
    for (let next = `/ServiceRequest/${id}/_history?_count=500`; next;) {
      const bundle = await mock.json(next);
      for (const entry of bundle.entry) versions.push([Number(entry.resource.meta.versionId), countOf(entry.resource)]);
      next = bundle.link.find((link) => link.relation === 'next')?.url;
    }
    versions.sort((a, b) => a[0] - b[0]);
    assert.deepEqual(versions, Array.from({length: increments.get(id) + 1}, (_, i) => [i + 1, i]), 'a version is missing');
  }
  const total = [...increments.values()].reduce((a, b) => a + b, 0);
  assert.ok(total > 0 && conflicts > 0 && ids.size > shared, 'nothing was contended');
  console.log(`${total} updates, ${conflicts} conflicts refused, ${ids.size} resources, ${pages} pages`);
});
