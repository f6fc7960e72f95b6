// Profile strict against replies captured from Epic's public sandbox (The Map, (c) 2026 Mock Health, Inc., CC BY 4.0).
// They lie beside the checkout; without them nothing can be compared, and the test is skipped.
import assert from 'node:assert/strict';
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {after, before, test} from 'node:test';
import {differences, mapStrings} from './compare.mjs';
import {Mock} from './mock.mjs';

const folder = fileURLToPath(new URL('../../../../shared/data/epic-captures/', import.meta.url));
const epicBase = 'https://fhir.epic.com/interconnect-fhir-oauth';

// What stays different, by capture and path, with the reason. A line that no longer differs fails the test, too.
const known = [
  {file: /^CapabilityStatement/, path: /^date$/, why: 'the day of the answer'},
  {file: /^CapabilityStatement/, path: /^implementation\.(url|description)$/, why: 'names the server that answers'},
  {file: /./, path: /^link\.\d+\.url$/, only: /sessionID=/, why: 'page sessions are drawn anew'},
  {file: /./, path: /^entry\.\d+\.fullUrl$/, only: /^urn:uuid:/, why: 'UUIDs are drawn anew'},
];

const present = existsSync(folder);
const skip = present ? false : 'no captures beside the checkout (../shared/data/epic-captures)';
if (!present) process.exitCode = 77;

let mock;
before(async () => {
  if (present) mock = await Mock.start({profile: 'strict', args: ['--patients', '20']});
});
after(() => mock?.stop());

const local = (text) => text.replaceAll(mock.fhir.replace('/api/FHIR/R4', ''), epicBase);

function check(file, theirs, ours) {
  const found = differences(theirs, mapStrings(ours, local));
  const rules = known.filter((rule) => rule.file.test(file));
  const excused = (d) => rules.some((rule) => rule.path.test(d.path) &&
    (!rule.only || (rule.only.test(String(d.theirs)) && rule.only.test(String(d.ours)))));
  const left = found.filter((d) => !excused(d));
  assert.deepEqual(left.slice(0, 20), [], `${file}: ${left.length} differences that nothing excuses`);
}

const files = present ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
for (const file of files) {
  const captured = JSON.parse(readFileSync(folder + file, 'utf8'));
  if (captured._request) {
    test(file, {skip}, async () => {
      const path = captured._request.url.slice(`${epicBase}/api/FHIR/R4`.length);
      const answer = await mock.ask(path, {method: captured._request.method});
      assert.equal(answer.status, captured._request.status);
      const text = await answer.text();
      if (captured.body._non_json_body !== undefined) {
        assert.equal(text, captured.body._non_json_body);
        assert.equal(answer.headers.get('content-type'), 'text/html');
        return;
      }
      assert.equal(answer.headers.get('content-type'), 'application/fhir+json; charset=utf-8');
      for (const absent of ['etag', 'last-modified', 'location']) assert.equal(answer.headers.get(absent), null, absent);
      check(file, captured.body, JSON.parse(text));
    });
  } else if (captured.resourceType === 'CapabilityStatement' || captured.body?.resourceType === 'CapabilityStatement') {
    test(file, {skip}, async () => {
      const answer = await mock.ask('/metadata', {headers: {Authorization: ''}});
      assert.equal(answer.status, 200);
      check(file, captured.body ?? captured, await answer.json());
    });
  } else if (captured._canonical_submitted) {
    test(file, {skip}, async () => {
      const sent = captured._canonical_submitted;
      const made = await mock.ask(`/${sent.resourceType}`, {method: 'POST', body: sent});
      assert.equal(made.status, 201);
      assert.equal(await made.text(), '', 'Epic returns nothing of what it filed');
      const location = made.headers.get('location');
      assert.match(location, new RegExp(`^${sent.resourceType}/[A-Za-z0-9.-]+$`));
      const theirs = captured._epic_returned_get;
      const ours = await mock.json(`/${location}`);
      assert.equal(ours.id.length, theirs.id.length, 'ids of writes are long');
      check(file, {...theirs, id: ''}, {...ours, id: ''});
    });
  } else if (captured.page_count_5) {
    // A probe of Bundle.total: what was asked, and what came back of it.
    test(file, {skip}, async () => {
      const below = (url) => url.slice(`${epicBase}/api/FHIR/R4`.length);
      const first = await mock.json(below(captured.page_count_5.url));
      assert.equal(first.total, captured.page_count_5.bundle_total);
      assert.equal(first.entry.length, captured.page_count_5.entry_count);
      assert.deepEqual(first.link.map((one) => one.relation), captured.page_count_5.link_relations.map((one) => one.relation));
      const shape = (url) => local(url).replace(/sessionID=.*$/, 'sessionID=');
      assert.deepEqual(first.link.map((one) => shape(one.url)), captured.page_count_5.link_relations.map((one) => shape(one.url)));
      const second = await mock.json(first.link[0].url);
      assert.equal(second.total, captured.page_2_via_next.bundle_total);
      assert.equal(second.entry.length, captured.page_2_via_next.entry_count);
      const most = await mock.json(below(captured.page_count_1000.url));
      assert.equal(most.total, captured.page_count_1000.bundle_total);
    });
  } else {
    test(file, {skip}, () => assert.fail('a capture of a kind that this test does not know'));
  }
}

test('token-scope-response.txt', {skip}, async () => {
  const text = readFileSync(`${folder}token-scope-response.txt`, 'utf8');
  const theirs = text.slice(text.indexOf('raw_scope:') + 'raw_scope:'.length).trim().split(/\s+/);
  const answer = await mock.requestToken();
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.deepEqual((await answer.json()).scope.split(' ').sort(), theirs.sort());
});
